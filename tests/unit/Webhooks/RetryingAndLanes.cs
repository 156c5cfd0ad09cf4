using FsCheck.Xunit;
using Serm.Alerts;

namespace Serm.Tests.Unit.Webhooks;

public sealed class RetryingAndLanes
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly AttemptResult Taken = new(200, null);
    private static readonly AttemptResult Failed = new(500, "status");

    [Fact]
    public void Ten_attempts_take_about_75_hours()
    {
        var (at, step, attempts) = (Now, 0, 1);
        while (RetrySchedule.After(Failed, step, at, random: 0.5) is { Status: DeliveryStatus.Pending } next)
        {
            (at, step, attempts) = (next.DueAt, next.Step, attempts + 1);
        }

        attempts.ShouldBe(10);
        (at - Now).TotalHours.ShouldBe(75.6, 0.1);
    }

    [Property]
    public bool Jitter_stays_within_a_fifth_either_way(byte random, byte step)
    {
        var n = step % RetrySchedule.Pauses.Count;
        var pause = RetrySchedule.After(Failed, n, Now, random / 255d).DueAt - Now;
        return pause >= RetrySchedule.Pauses[n] * 0.799 && pause <= RetrySchedule.Pauses[n] * 1.201;
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 4)]
    [InlineData(-5, 4)]
    [InlineData(10_000_000, 86_400)]
    public void Retry_after_makes_it_later_within_bounds_and_never_sooner(int asked, int least)
    {
        var next = RetrySchedule.After(new(429, "status", TimeSpan.FromSeconds(asked)), 0, Now, random: 0);

        (next.DueAt - Now).TotalSeconds.ShouldBe(least, 0.01);
    }

    [Fact]
    public void A_lane_breaks_after_failures_in_a_row_and_heals_at_the_first_success()
    {
        var lane = new Lane(atOnce: 4, maxPerSecond: null, Now);
        var at = Now;
        for (var i = 0; i < Lane.BreaksAfter; i++)
        {
            lane.Room(at).ShouldBe(4);
            lane.Begin(at);
            lane.End(Failed, at);
        }

        lane.Room(at).ShouldBe(0);
        at = lane.RoomAt(at)!.Value;
        (at - Now).ShouldBe(TimeSpan.FromSeconds(5));
        lane.Room(at).ShouldBe(1);
        lane.Begin(at);
        lane.Room(at).ShouldBe(0);
        lane.End(Failed, at);
        (lane.RoomAt(at) - at).ShouldBe(TimeSpan.FromSeconds(10));

        at = lane.RoomAt(at)!.Value;
        lane.Begin(at);
        lane.End(Taken, at);
        lane.Room(at).ShouldBe(4);
    }

    [Fact]
    public void What_runs_side_by_side_and_fails_together_is_one_break()
    {
        var lane = new Lane(atOnce: 16, maxPerSecond: null, Now);
        Enumerable.Range(0, 16).ToList().ForEach(_ => lane.Begin(Now));
        lane.Room(Now).ShouldBe(0);
        Enumerable.Range(0, 16).ToList().ForEach(_ => lane.End(Failed, Now));

        lane.RoomAt(Now).ShouldBe(Now.AddSeconds(5));
    }

    [Fact]
    public void A_receiver_that_asks_for_time_gets_it_for_all_its_deliveries()
    {
        var lane = new Lane(atOnce: 4, maxPerSecond: null, Now);
        lane.Begin(Now);
        lane.Begin(Now);
        lane.End(new(429, "status", TimeSpan.FromSeconds(30)), Now);
        lane.End(Taken, Now);

        lane.Room(Now.AddSeconds(29)).ShouldBe(0);
        lane.Room(Now.AddSeconds(30)).ShouldBe(4);
    }

    [Fact]
    public void A_rate_is_kept_over_any_second_after_the_first()
    {
        var lane = new Lane(atOnce: 100, maxPerSecond: 10, Now);
        var begun = new List<DateTimeOffset>();
        for (var at = Now; at < Now.AddSeconds(5); at = at.AddMilliseconds(10))
        {
            while (lane.Room(at) > 0)
            {
                lane.Begin(at);
                lane.End(Taken, at);
                begun.Add(at);
            }
        }

        begun.Count(b => b >= Now.AddSeconds(1)).ShouldBeInRange(38, 41);
        lane.Room(Now.AddMinutes(5)).ShouldBe(10);
    }
}
