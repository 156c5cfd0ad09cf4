using System.Globalization;
using Serm.Alerts;
using Serm.Contracts;
using static Serm.Tests.Unit.Alerts.NoticeDecisions;

namespace Serm.Tests.Unit.Alerts;

/// <summary>Steps of the on-call order that quiet hours, here from 22 to 7, hold back.</summary>
public sealed class OnCallAfterQuietHours
{
    [Theory]
    [InlineData("2026-03-02T23:00:00Z", true, "07:00", "07:15", "07:30")]
    [InlineData("2026-03-02T23:00:00Z", false, "07:00", "23:15", "07:30")]
    [InlineData("2026-03-02T21:50:00Z", true, "21:50", "07:00", "07:15")]
    [InlineData("2026-03-02T06:50:00Z", true, "07:00", "07:15", "07:30")]
    [InlineData("2026-03-02T06:50:00Z", false, "07:00", "07:15", "07:30")]
    [InlineData("2026-03-02T12:00:00Z", true, "12:00", "12:15", "12:30")]
    public void Steps_follow_one_another_after_them_and_who_may_be_told_meanwhile_is(string at, bool secondKeepsQuiet, params string[] due) =>
        Plan(at, OnlyInTheOrder(1), OnlyInTheOrder(2) with { KeepsQuiet = secondKeepsQuiet }, OnlyInTheOrder(3)).Select(Due).ShouldBe(due);

    /// <summary>At its time it is passed on to the next: at night that would be before the one ahead was told.</summary>
    [Fact]
    public void A_step_that_is_off_keeps_its_place_behind_one_that_is_held_back() =>
        Plan("2026-03-02T23:00:00Z", OnlyInTheOrder(1), OnlyInTheOrder(2) with { Enabled = false }, OnlyInTheOrder(3)).Select(Due).ShouldBe(["07:00", "07:15", "07:30"]);

    [Fact]
    public void A_step_behind_a_channel_that_is_told_at_once_waits_its_minutes_as_well() =>
        Plan("2026-03-02T23:00:00Z", AChannel(1), OnlyInTheOrder(2)).Select(n => (n.Kind, Due(n))).ShouldBe([(NoticeKinds.Opened, "07:00"), (NoticeKinds.Escalated, "07:15")]);

    private static NoticeChannel OnlyInTheOrder(int n) => AChannel(n, min: IncidentSeverity.Critical);

    private static IReadOnlyList<Notice> Plan(string at, params NoticeChannel[] channels) => NoticePlan.Of(
        "main", Open, Opened(IncidentSeverity.Warning), channels, null, new([.. channels.Select((c, i) => new OnCallStep(c.Id, i * 15))], IncidentSeverity.Warning, 1),
        new(new(new(22, 0), new(7, 0)), "UTC", 1), DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));

    private static string Due(Notice notice) => notice.DueAt.ToString("HH:mm", CultureInfo.InvariantCulture);
}
