using System.Globalization;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class ComparingBrands
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Ids = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8]), new(3, 0, 0, new byte[8])];

    [Fact]
    public void Who_is_spoken_of_most_comes_first_and_shares_are_of_all_that_are_compared()
    {
        var compared = ReadComparison.Compare([Brand(0, before: 4, new DynamicsPoint(Noon, 1, 1, 0, 2, 10)), Brand(1, before: 2, new DynamicsPoint(Noon, 3, 0, 0, 0, 5), new DynamicsPoint(Noon.AddHours(1), 2, 5, 2, 0, 5))]);
        compared.Select(b => b.BrandId).ShouldBe([Ids[1], Ids[0]]);
        compared[0].Now.ShouldBe(new VoiceFigures(12, 0.75, 5, 5, 2, 0, 0.4167, 10));

        // Of four, two are judged.
        compared[1].Now.ShouldBe(new VoiceFigures(4, 0.25, 1, 1, 0, 2, 0.5, 10));
        compared[0].Change.ShouldBe(new VoiceChange(5, 0.4167, -0.5833));
        compared[1].Change.ShouldBe(new VoiceChange(0, -0.4167, -0.5));
    }

    [Fact]
    public void Of_nothing_there_is_no_share_and_no_change()
    {
        var compared = ReadComparison.Compare([Brand(2, before: 0), Brand(0, before: 0)]);
        compared.Select(b => b.BrandId).ShouldBe([Ids[0], Ids[2]], "as many are in the order of their ids");
        compared.ShouldAllBe(b => b.Now.ShareOfVoice == null && b.Now.NegativeShare == null && b.Change == new VoiceChange(null, null, null));

        // Said of one alone: the other has a share, of nothing.
        ReadComparison.Compare([Brand(0, before: 0, new DynamicsPoint(Noon, 0, 0, 0, 2, 0)), Brand(1, before: 1)]).Select(b => (b.Now.ShareOfVoice, b.Now.NegativeShare, b.Change.Mentions, b.Change.ShareOfVoice))
            .ShouldBe([(1, null, null, 1), (0, null, -1, -1)]);
    }

    [Theory]
    [InlineData("2026-11-01T05:00Z", "2026-11-02T04:00Z", "UTC", "2026-10-31T05:00Z", "2026-11-01T04:00Z")]

    // The day has begun: what is compared with is a week earlier, up to the same hour.
    [InlineData("2026-10-27T00:00Z", "2026-11-03T00:00Z", "UTC", "2026-10-20T00:00Z", "2026-10-26T13:00Z")]

    // The week with the day of 25 hours.
    [InlineData("2026-10-20T22:00Z", "2026-10-27T23:00Z", "Europe/Stockholm", "2026-10-13T22:00Z", "2026-10-20T22:00Z")]
    [InlineData("2026-10-01T19:00Z", "2026-10-03T19:00Z", "Asia/Kolkata", "2026-09-29T19:00Z", "2026-10-01T19:00Z")]
    public void What_is_compared_with_is_as_long_and_has_the_same_hours(string from, string to, string zone, string beforeFrom, string beforeTo)
    {
        var now = to == "2026-11-03T00:00Z" ? At("2026-11-02T12:20Z") : At("2026-12-01T00:00Z");
        ReadComparison.Before(At(from), At(to), now, TimeZoneInfo.FindSystemTimeZoneById(zone)).ShouldBe((At(beforeFrom), At(beforeTo)));
    }

    [Fact]
    public void The_time_before_never_reaches_into_the_time_itself()
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            // Around the night in which many clocks go back: a day and an hour later it is as late as in the first of two hours of one name.
            for (var hour = 0; hour < 72; hour++)
            {
                foreach (var hours in new[] { 24, 25, 30 })
                {
                    var from = At("2026-10-24T00:00Z").AddHours(hour);
                    var (beforeFrom, beforeTo) = ReadComparison.Before(from, from.AddHours(hours), At("2027-01-01T00:00Z"), zone);
                    if (beforeTo > from || beforeFrom >= beforeTo)
                    {
                        Assert.Fail($"{zone.Id}, {from:O}, {hours} h: {beforeFrom:O} to {beforeTo:O}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, null, "hour", "brand")]
    [InlineData(11, null, "hour", "brand")]
    [InlineData(2, "2026-11-02T00:00Z", "hour", "from")]
    [InlineData(2, "2025-01-01T00:00Z", "day", "from")]
    [InlineData(2, null, "week", "bucket")]
    public async Task What_cannot_be_compared_is_refused(int brands, string? from, string bucket, string field)
    {
        var refused = await Should.ThrowAsync<RuleViolation>(() => ReadComparison.Handle(
            [.. Enumerable.Range(1, brands).Select(i => new Guid(i, 0, 0, new byte[8]))], from is null ? null : At(from), At("2026-11-01T12:00Z"), bucket, null, null!, null!, TimeProvider.System, TestContext.Current.CancellationToken));
        (refused.Status, refused.Field).ShouldBe((400, field));
    }

    private static ReadComparison.BrandCounts Brand(int id, long before, params DynamicsPoint[] points) => new(Ids[id], 0, [.. points], new(default, before, 0, 0, 0, 0));

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
