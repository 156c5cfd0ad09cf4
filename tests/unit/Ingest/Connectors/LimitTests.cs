using Serm.Ingest.Connectors;
using Serm.Ingest.Coverage;

namespace Serm.Tests.Unit.Ingest.Connectors;

public sealed class LimitTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 9, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task No_window_ever_holds_more_than_the_limit()
    {
        var limit = new RateLimit("calls", 10, TimeSpan.FromMinutes(1));
        var (quotas, account, random) = (new MemoryQuotas(), new Account("main", Guid.Empty, "b"), new Random(7));
        var taken = new List<DateTimeOffset>();
        for (var now = Monday; now < Monday.AddMinutes(30); now += TimeSpan.FromSeconds(random.Next(1, 9)))
        {
            if (await quotas.TakeAsync(account, [limit], new("lane"), now, TestContext.Current.CancellationToken) is null)
            {
                taken.Add(now);
            }
        }

        taken.Count.ShouldBeGreaterThan(150);
        taken.ShouldAllBe(at => taken.Count(t => t > at - limit.Window && t <= at) <= limit.Most);
    }

    [Fact]
    public void A_new_process_holds_back_for_one_window_as_it_cannot_know_what_the_last_one_called()
    {
        var (second, pacer) = (new RateLimit("calls a second", 3, TimeSpan.FromSeconds(1)), new Pacer(Monday));
        pacer.Take("b", [second], Monday.AddMilliseconds(400)).ShouldBe(TimeSpan.FromMilliseconds(600));
        var later = Monday.AddSeconds(1);
        for (var call = 0; call < 3; call++)
        {
            pacer.Take("b", [second], later).ShouldBe(TimeSpan.Zero);
        }

        pacer.Take("b", [second], later).ShouldBe(TimeSpan.FromSeconds(1));
        pacer.Take("other", [second], later).ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("2026-03-10T06:59:00Z", "2026-03-09T07:00:00Z", "2026-03-10T07:00:00Z")]
    [InlineData("2026-03-08T09:59:00Z", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z")]
    public void A_day_of_another_zone_begins_at_its_midnight_also_when_clocks_change(string now, string from, string to)
    {
        var (slot, since, freeAt) = new RateLimit("units a day", 1, TimeSpan.FromDays(1), "America/Los_Angeles").At(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        (slot, since, freeAt).ShouldBe((At(from), At(from), At(to)));
    }

    [Fact]
    public void A_week_counts_what_was_blind_once_and_not_what_was_read_later()
    {
        var gaps = new CoverageGap[]
        {
            new(Guid.Empty, Monday.AddHours(10), Monday.AddHours(20), "timeout", false),
            new(Guid.Empty, Monday.AddHours(15), Monday.AddHours(25), "http_500", false),
            new(Guid.Empty, Monday.AddHours(30), Monday.AddHours(90), "timeout", Backfilled: true),
        };
        var weeks = ReadCoverage.Weeks(Monday, Monday.AddDays(9), Monday, [], gaps);
        weeks.Select(w => (w.Week, w.BlindSeconds)).ShouldBe([(Monday, 15 * 3_600), (Monday.AddDays(7), 0)]);
        weeks[0].Covered.ShouldBe(Math.Round(1 - (15 / 168.0), 6));
        ReadCoverage.Weeks(Monday, Monday.AddDays(7), Monday.AddDays(30), [], gaps).ShouldHaveSingleItem().Covered.ShouldBeNull();
    }

    [Fact]
    public void Remaining_calls_and_resets_are_read_in_every_form()
    {
        var now = Monday;
        Blocked(new("left", "reset", ResetForm.UnixSeconds), "0", $"{now.AddSeconds(30).ToUnixTimeSeconds()}").ShouldBe(now.AddSeconds(30));
        Blocked(new("left", "reset", ResetForm.Seconds), "0.0", "42").ShouldBe(now.AddSeconds(42));
        Blocked(new("left", "reset", ResetForm.Iso), "0", "2026-03-09T00:05:00.000000Z").ShouldBe(now.AddMinutes(5));
        Blocked(new("left", "reset", ResetForm.Seconds), "1", "42").ShouldBeNull();
        Blocked(new("left", "reset", ResetForm.Iso), "0", "soon").ShouldBeNull();

        static DateTimeOffset? Blocked(RateHeaders headers, string left, string reset) => headers.BlockedUntil(name => name == "left" ? left : reset, Monday);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
