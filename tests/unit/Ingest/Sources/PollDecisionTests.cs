using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Sources;

public sealed class PollDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly PollOptions Options = new();
    private static readonly Source Feed = new(Guid.Empty) { Url = "https://e.example/feed", CreatedAt = Now.AddDays(-1) };
    private static readonly Source EveryTenSeconds = Feed with { IntervalSeconds = 10 };

    private static (SourceCursor Cursor, TimeSpan Wait) After(Source source, SourceCursor cursor, PollOutcome outcome, double jitter = 0.5)
    {
        var (next, due) = PollDecision.After(source, cursor, outcome, Options, Now, jitter);
        return (next, due - Now);
    }

    [Fact]
    public void A_good_read_keeps_validators_counts_and_forgets_failures()
    {
        var before = new SourceCursor(Failures: 3, LastError: new("timeout", "x", Now), ItemsSeen: 5);
        var (cursor, wait) = After(Feed, before, new PollOutcome.Good(2, "{}", Hints.None));
        cursor.ShouldBe(new SourceCursor("{}", Now, Now, 0, null, 7, 60));
        wait.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_page_without_a_state_keeps_the_one_there_was() =>
        After(Feed, new("{}"), new PollOutcome.Good(0, null, Hints.None)).Cursor.State.ShouldBe("{}");

    [Fact]
    public void While_there_is_more_it_is_read_on_at_once_and_the_pace_stays()
    {
        var (cursor, wait) = After(Feed, new(PaceSeconds: 100), new PollOutcome.Good(0, null, Hints.None, More: true));
        wait.ShouldBe(TimeSpan.Zero);
        cursor.PaceSeconds.ShouldBe(100);
    }

    [Fact]
    public void What_our_own_limits_hold_back_is_no_failure()
    {
        var (cursor, wait) = After(Feed, new("{}", Failures: 0), new PollOutcome.Held("units a day", TimeSpan.FromHours(3)));
        wait.ShouldBe(TimeSpan.FromHours(3));
        (cursor.Failures, cursor.State, cursor.LastError!.Code).ShouldBe((0, "{}", "budget_spent"));
    }

    [Fact]
    public void A_stream_that_broke_after_it_had_lived_is_opened_again_at_once_whatever_the_interval()
    {
        var daily = Feed with { IntervalSeconds = 86_400 };
        After(daily, new(), new PollOutcome.Bad("cut_off", "x", Permanent: false, Lived: true)).Wait.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        After(daily, new(), new PollOutcome.Bad("cut_off", "x", Permanent: false, TimeSpan.FromMinutes(2), Lived: true)).Wait.ShouldBe(TimeSpan.FromMinutes(2));
        After(daily, new(), new PollOutcome.Bad("cut_off", "x", Permanent: false)).Wait.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_set_interval_wins_over_everything_the_publisher_says() =>
        After(EveryTenSeconds, new(), new PollOutcome.Good(0, null, new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)))).Wait.ShouldBe(TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(30.0, null, 30.0)]
    [InlineData(5_000.0, null, 60.0)]
    [InlineData(null, 5.0, 5.0)]
    [InlineData(null, 90.0, 15.0)]
    public void The_publishers_wish_counts_within_bounds(double? minInterval, double? maxAge, double minutes) =>
        After(Feed, new(), new PollOutcome.Good(0, null, new(Minutes(minInterval), Minutes(maxAge)))).Wait.ShouldBe(TimeSpan.FromMinutes(minutes));

    [Fact]
    public void Quiet_feeds_are_read_ever_more_seldom_and_busy_ones_ever_more_often()
    {
        Settle(taken: 0).ShouldBe(TimeSpan.FromMinutes(15));
        Settle(taken: 1).ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Failures_double_the_wait_up_to_an_hour_and_never_end()
    {
        var cursor = new SourceCursor();
        var waits = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            (cursor, var wait) = After(Feed, cursor, new PollOutcome.Bad("http_500", "x", Permanent: false));
            waits.Add(wait.TotalSeconds);
        }

        waits[..4].ShouldBe([60, 120, 240, 480]);
        waits[^1].ShouldBe(3_600);
        cursor.Failures.ShouldBe(40);
        cursor.LastError!.Code.ShouldBe("http_500");
    }

    [Fact]
    public void Jitter_spreads_what_failed_together()
    {
        After(Feed, new(), new PollOutcome.Bad("timeout", "x", false), 0).Wait.ShouldBe(TimeSpan.FromSeconds(48));
        After(Feed, new(), new PollOutcome.Bad("timeout", "x", false), 1).Wait.ShouldBe(TimeSpan.FromSeconds(72));
    }

    [Fact]
    public void The_server_may_ask_for_a_longer_wait_but_not_for_a_shorter_one()
    {
        After(EveryTenSeconds, new(), new PollOutcome.Bad("rate_limited", "x", false, TimeSpan.FromMinutes(20))).Wait.ShouldBe(TimeSpan.FromMinutes(20));
        After(Feed, new(), new PollOutcome.Bad("rate_limited", "x", false, TimeSpan.FromSeconds(1))).Wait.ShouldBe(TimeSpan.FromSeconds(60));
    }

    private static TimeSpan? Minutes(double? minutes) => minutes is { } m ? TimeSpan.FromMinutes(m) : null;

    private static TimeSpan Settle(int taken)
    {
        var cursor = new SourceCursor();
        var wait = TimeSpan.Zero;
        for (var i = 0; i < 50; i++)
        {
            (cursor, wait) = After(Feed, cursor, new PollOutcome.Good(taken, null, Hints.None));
        }

        return wait;
    }
}
