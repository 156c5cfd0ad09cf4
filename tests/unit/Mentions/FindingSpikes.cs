using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class FindingSpikes
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_hour_that_is_far_above_the_same_hour_of_other_days_stands_out_and_those_that_follow_are_one_spike()
    {
        var times = Hours(21 * 24, h => h % 24 is >= 8 and < 20 ? 6 : 1);
        times[(15 * 24) + 12] = times[(15 * 24) + 12] with { All = 40, Negative = 35 };
        times[(15 * 24) + 13] = times[(15 * 24) + 13] with { All = 30, Negative = 25 };
        Find(times).ShouldBe([new(Monday.AddDays(15).AddHours(12), Monday.AddDays(15).AddHours(14), true, 60, 4)]);
    }

    [Fact]
    public void What_the_brand_does_every_day_or_every_saturday_is_no_spike()
    {
        Find(Hours(28 * 24, h => h % 24 == 12 ? 60 : 1)).ShouldBeEmpty();
        Find(Hours(28 * 24, h => h / 24 % 7 == 5 ? 60 : 3)).ShouldBeEmpty();
        Find(Days(35, d => d % 7 == 5 ? 300 : 20)).ShouldBeEmpty();
    }

    [Fact]
    public void A_day_stands_out_by_all_mentions_where_negative_ones_do_not()
    {
        var times = Days(21, d => 20 + (d % 3));
        times[14] = times[14] with { All = 90, Negative = 7 };
        Find(times).ShouldBe([new(Monday.AddDays(14), Monday.AddDays(15), false, 90, 21)]);
    }

    [Fact]
    public void Nothing_is_marked_where_a_source_was_blind_nor_before_it_is_over_nor_before_the_time_asked_for()
    {
        var times = Hours(14 * 24, _ => 2);
        var at = (10 * 24) + 5;
        times[at] = times[at] with { All = 50, Negative = 50 };
        Find(times).Count.ShouldBe(1);
        Find([.. times[..at], times[at] with { Blind = true }, .. times[(at + 1)..]]).ShouldBeEmpty();
        Spikes.Find(times, Monday, times[at].To.AddTicks(-1)).ShouldBeEmpty("it is not over");
        Spikes.Find(times, times[at].To, Monday.AddDays(60)).ShouldBeEmpty();
    }

    [Fact]
    public void Few_mentions_and_a_brand_that_is_new_have_no_spikes()
    {
        var times = Hours(14 * 24, _ => 0);
        times[3] = times[3] with { All = 1 };
        times[200] = times[200] with { All = 4, Negative = 4 };
        Find(times).ShouldBeEmpty("four mentions are no spike");
        times[200] = times[200] with { All = 9, Negative = 9 };
        Find(times).Count.ShouldBe(1);

        var young = Hours(28 * 24, h => h < 25 * 24 ? 0 : 10);
        Find(young).ShouldBeEmpty("before, it was not listened for");
    }

    private static IReadOnlyList<Spike> Find(IReadOnlyList<CountedTime> times) => Spikes.Find(times, Monday, Monday.AddDays(60));

    private static List<CountedTime> Hours(int count, Func<int, long> mentions) =>
        [.. Enumerable.Range(0, count).Select(i => new CountedTime(Monday.AddHours(i), Monday.AddHours(i + 1), mentions(i), mentions(i) / 3, false))];

    private static List<CountedTime> Days(int count, Func<int, long> mentions) =>
        [.. Enumerable.Range(0, count).Select(i => new CountedTime(Monday.AddDays(i), Monday.AddDays(i + 1), mentions(i), mentions(i) / 3, false))];
}
