using System.Globalization;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class DynamicsDays
{
    public static TheoryData<string, string, string, string[]> Ranges => new()
    {
        { "UTC", "2026-03-28T14:00Z", "2026-03-30T02:00Z", ["2026-03-28T00:00Z", "2026-03-29T00:00Z", "2026-03-30T00:00Z"] },

        // Clocks are put forward on the 29th: a day of 23 hours.
        { "Europe/Stockholm", "2026-03-28T14:00Z", "2026-03-30T02:00Z", ["2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"] },
        { "America/New_York", "2026-11-01T02:00Z", "2026-11-02T06:00Z", ["2026-10-31T04:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z"] },

        // Half past six in the evening is midnight there; counts are kept by whole hours.
        { "Asia/Kolkata", "2026-05-01T18:45Z", "2026-05-02T19:00Z", ["2026-04-30T19:00Z", "2026-05-01T19:00Z"] },

        // Its clocks are put forward at midnight.
        { "America/Santiago", "2026-09-05T12:00Z", "2026-09-07T12:00Z", ["2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"] },

        // It left out the 30th when it moved to the other side of the date line.
        { "Pacific/Apia", "2011-12-29T12:00Z", "2011-12-31T12:00Z", ["2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_day_begins_at_midnight_of_the_zone(string zone, string from, string to, string[] starts) =>
        ReadDynamics.Starts(At(from), At(to), Bucket.Day, TimeZoneInfo.FindSystemTimeZoneById(zone)).ShouldBe(starts.Select(At));

    [Theory]
    [InlineData(Bucket.Hour, "2026-03-29T12:30Z", "2026-03-29T13:00Z")]
    [InlineData(Bucket.Hour, "2026-03-29T12:00Z", "2026-03-29T12:00Z")]
    [InlineData(Bucket.Day, "2026-03-29T12:30Z", "2026-03-29T22:00Z")]
    public void The_last_bar_is_complete_as_well(Bucket width, string to, string end)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");
        ReadDynamics.End(ReadDynamics.Starts(At("2026-03-28T14:00Z"), At(to), width, zone), At(to), width, zone).ShouldBe(At(end));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task The_ends_of_the_calendar_are_refused(string to)
    {
        var refused = await Should.ThrowAsync<RuleViolation>(() => ReadDynamics.Handle(Guid.Empty, null, DateTimeOffset.Parse(to, CultureInfo.InvariantCulture), null, null, null, null!, null!, TimeProvider.System, TestContext.Current.CancellationToken));
        (refused.Code, refused.Field).ShouldBe(("out_of_range", "to"));
    }

    [Fact]
    public void Days_of_every_zone_follow_each_other_without_a_gap_and_take_in_the_whole_range()
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var starts = ReadDynamics.Starts(At("2025-02-10T07:20Z"), At("2026-02-12T00:00Z"), Bucket.Day, zone);
            starts[0].ShouldBeLessThanOrEqualTo(At("2025-02-10T07:20Z"), zone.Id);
            starts.Length.ShouldBeInRange(367, 369, zone.Id);
            starts.Zip(starts.Skip(1), (a, b) => (b - a).TotalHours).ShouldAllBe(h => h >= 22 && h <= 26 && h == Math.Floor(h), zone.Id);
        }
    }

    [Theory]
    [InlineData("0001-01-01T00:00Z", "9999-12-31T00:00Z")]
    [InlineData("1969-12-31T23:30Z", "1970-01-03T00:00Z")]
    public void Ranges_that_nobody_means_have_days_too(string from, string to)
    {
        var starts = ReadDynamics.Starts(At(from), At(to), Bucket.Day, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"));
        starts[0].ShouldBeLessThanOrEqualTo(At(from));
        starts.ShouldBeInOrder();
        starts.Length.ShouldBeLessThanOrEqualTo(40_000);
    }

    [Fact]
    public void Hours_are_those_of_UTC() =>
        ReadDynamics.Starts(At("2026-05-01T18:45Z"), At("2026-05-01T20:00Z"), Bucket.Hour, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")).ShouldBe([At("2026-05-01T18:00Z"), At("2026-05-01T19:00Z")]);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
