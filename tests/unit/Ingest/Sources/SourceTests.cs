using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Sources;

public sealed class SourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid GapId = new("018f0000-0000-7000-8000-000000000001");
    private static readonly SourceWish Wish = new("Blog", "https://e.example/feed", 60);
    private static readonly Source Added = Fold(new Source(Guid.Empty), SourceDecider.Add(new(Guid.Empty), Source.FeedKind, Wish, "ann", Now));
    private static readonly Source Blind = Fold(Added, SourceDecider.WentBlind(Added, Now, 2, false, "timeout", GapId, Now.AddMinutes(5)));

    private static Source Fold(Source source, IEnumerable<object> events) => events.Aggregate(source, Source.Apply);

    [Fact]
    public void Adding_twice_is_adding_once() => SourceDecider.Add(Added, Source.FeedKind, Wish, "ann", Now).ShouldBeEmpty();

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, true)]
    [InlineData(1, true, true)]
    [InlineData(9, false, true)]
    public void A_gap_opens_after_two_failures_or_at_once_for_good_reasons(int failures, bool permanent, bool opens)
    {
        var events = SourceDecider.WentBlind(Added, null, failures, permanent, "http_404", GapId, Now.AddHours(1));
        (events.Count == 1).ShouldBe(opens);
    }

    [Fact]
    public void That_a_source_was_removed_is_told()
    {
        var removed = SourceDecider.Remove(Added, "ann", Now).ShouldHaveSingleItem().ShouldBeOfType<SourceRemoved>();
        var stored = new JasperFx.Events.Event<SourceRemoved>(removed) { Id = Guid.CreateVersion7(), TenantId = "main", StreamId = Guid.CreateVersion7() };

        SourceRelay.Gone(stored).ShouldBe(new(stored.Id, "main", stored.StreamId, Now));
        SourceRelay.Gone(new JasperFx.Events.Event<SourcePaused>(new("ann", Now))).ShouldBeNull();
    }

    [Fact]
    public void A_gap_begins_at_the_last_good_read_and_is_opened_once()
    {
        Blind.Gap.ShouldBe(new Gap(GapId, Now, null, "timeout"));
        SourceDecider.WentBlind(Blind, Now, 3, false, "timeout", Guid.Empty, Now.AddMinutes(9)).ShouldBeEmpty();
        SourceDecider.WentBlind(Added, null, 2, false, "timeout", GapId, Now.AddMinutes(5)).ShouldHaveSingleItem().ShouldBeOfType<GapOpened>().From.ShouldBe(Added.CreatedAt);
    }

    [Fact]
    public void A_good_read_closes_the_gap_once()
    {
        var events = SourceDecider.SawAgain(Blind, Blind.Url!, null, caughtUp: true, backfilled: false, Now.AddMinutes(10));
        events.ShouldHaveSingleItem().ShouldBe(new GapClosed(GapId, "Blog", Now, Now.AddMinutes(10), "timeout"));
        SourceDecider.SawAgain(Fold(Blind, events), Blind.Url!, null, caughtUp: true, backfilled: false, Now.AddMinutes(11)).ShouldBeEmpty();
    }

    [Fact]
    public void Credentials_that_end_within_a_week_are_told_once_and_new_ones_end_that()
    {
        var end = Now.AddDays(6);
        SourceDecider.Ends(Added, null, Now).ShouldBeEmpty();
        SourceDecider.Ends(Added, Now.AddDays(8), Now).ShouldBeEmpty();
        var ending = SourceDecider.Ends(Added, end, Now);
        ending.ShouldHaveSingleItem().ShouldBe(new CredentialsEnding("Blog", end, Now));
        var told = Fold(Added, ending);
        SourceDecider.Ends(told, end, Now.AddDays(1)).ShouldBeEmpty();
        SourceDecider.Ends(told, end, end.AddDays(30)).ShouldBeEmpty("they are still ended");
        SourceDecider.Ends(told, end.AddDays(-1), Now).ShouldHaveSingleItem().ShouldBe(new CredentialsEnding("Blog", end.AddDays(-1), Now));
        var last = SourceDecider.Ends(told, Now.AddDays(90), Now);
        last.ShouldHaveSingleItem().ShouldBe(new CredentialsLast("Blog", Now));
        Fold(told, last).Ending.ShouldBeNull();
        SourceDecider.Ends(told, null, Now).ShouldHaveSingleItem().ShouldBeOfType<CredentialsLast>();
        SourceDecider.Remove(told, "ann", Now).ShouldBe([new CredentialsLast("Blog", Now), new SourceRemoved("ann", Now)]);
        SourceDecider.Ends(Fold(told, SourceDecider.Remove(told, "ann", Now)), end, Now).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("2026-04-01", null, "2026-04-01")]
    [InlineData(null, "2026-05-01", "2026-05-01")]
    [InlineData("2026-04-01", "2026-05-01", "2026-04-01")]
    [InlineData("2026-06-01", "2026-05-01", "2026-05-01")]
    public void Of_the_day_that_a_person_wrote_and_that_of_the_network_the_earlier_one_counts(string? written, string? told, string? counts)
    {
        var source = Added with { Options = written is null ? """{"terms":["a"]}""" : $$"""{"terms":["a"],"credentialsEnd":"{{written}}"}""" };
        SourceCursor.EndOf(source, Day(told)).ShouldBe(Day(counts));

        static DateTimeOffset? Day(string? day) => day is null ? null : new DateTimeOffset(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero);
    }

    [Fact]
    public void A_move_is_followed_but_ids_stay_scoped_to_the_first_address()
    {
        var moved = Fold(Added, SourceDecider.SawAgain(Added, Added.Url!, new Uri("https://new.example/feed"), caughtUp: true, backfilled: false, Now));
        moved.Url.ShouldBe("https://new.example/feed");
        moved.Identity.ShouldBe("https://e.example/feed");
        SourceDecider.SawAgain(moved, Added.Url!, new Uri("https://late.example/feed"), caughtUp: true, backfilled: false, Now).ShouldBeEmpty();
    }

    [Fact]
    public void A_pause_is_a_gap_that_ends_with_the_first_good_read_after_it()
    {
        var paused = Fold(Added, SourceDecider.Change(Added, Wish with { Paused = true }, "ann", Now, Now, GapId));
        paused.Paused.ShouldBeTrue();
        paused.Gap!.Reason.ShouldBe(SourceDecider.PausedReason);
        SourceDecider.SawAgain(paused, paused.Url!, null, caughtUp: true, backfilled: false, Now).ShouldBeEmpty();
        var resumed = Fold(paused, SourceDecider.Change(paused, Wish with { Paused = false }, "ann", Now, Now, GapId));
        resumed.Gap.ShouldNotBeNull();
        SourceDecider.SawAgain(resumed, resumed.Url!, null, caughtUp: true, backfilled: false, Now).ShouldHaveSingleItem().ShouldBeOfType<GapClosed>();
    }

    [Fact]
    public void A_source_that_is_only_called_is_blind_from_its_pause_to_its_end_as_nothing_reads_it_after_it()
    {
        var wish = new SourceWish("Site", null, null);
        var called = Fold(new Source(Guid.Empty), SourceDecider.Add(new(Guid.Empty), "hypercomments", wish, "ann", Now));
        var paused = Fold(called, SourceDecider.Change(called, wish with { Paused = true }, "ann", Now.AddDays(2), Now.AddDays(1), GapId));
        paused.Gap.ShouldBe(new Gap(GapId, Now.AddDays(2), null, SourceDecider.PausedReason), "it would have been called until then");
        SourceDecider.Change(paused, wish with { Name = "Blog" }, "ann", Now.AddDays(3), null, GapId).ShouldHaveSingleItem().ShouldBeOfType<SourceChanged>();
        SourceDecider.Change(paused, wish with { Paused = false }, "ann", Now.AddDays(3), null, GapId)
            .ShouldBe([new SourceResumed("ann", Now.AddDays(3)), new GapClosed(GapId, "Site", Now.AddDays(2), Now.AddDays(3), SourceDecider.PausedReason)]);
    }

    [Fact]
    public void A_blind_source_that_is_only_called_from_now_on_is_blind_no_more() =>
        SourceDecider.Change(Blind, Wish with { Url = null }, "ann", Now.AddMinutes(9), Now, GapId)[^1].ShouldBe(new GapClosed(GapId, "Blog", Now, Now.AddMinutes(9), "timeout"));

    [Fact]
    public void A_time_that_was_missed_leaves_the_gap_open_that_lasts()
    {
        var missed = SourceDecider.Missed(Blind, new(Now.AddDays(-2), Now.AddDays(-1), "cursor_too_old"), Guid.CreateVersion7(Now), Now.AddMinutes(6));
        missed.Count.ShouldBe(2);
        Fold(Blind, missed).Gap.ShouldBe(Blind.Gap);
        Fold(Added, missed).Gap.ShouldBeNull();
        SourceDecider.SawAgain(Fold(Blind, missed), Blind.Url!, null, caughtUp: true, backfilled: false, Now.AddMinutes(10)).ShouldHaveSingleItem().ShouldBeOfType<GapClosed>().GapId.ShouldBe(GapId);
    }

    [Fact]
    public void Gaps_that_streams_of_before_left_open_end_together()
    {
        var (missed, second) = (Guid.CreateVersion7(Now.AddHours(1)), Guid.CreateVersion7(Now.AddHours(2)));
        var stream = Fold(
            Blind,
            [
                new GapOpened(missed, "Blog", Now, "cursor_too_old", Now), new GapClosed(missed, "Blog", Now, Now.AddHours(1), "cursor_too_old"), new GapOpened(second, "Blog", Now.AddHours(2), "gone", Now.AddHours(2)),
            ]);
        object[] ends = [new GapClosed(GapId, "Blog", Now, Now.AddHours(3), "timeout"), new GapClosed(second, "Blog", Now.AddHours(2), Now.AddHours(3), "gone")];
        SourceDecider.SawAgain(stream, stream.Url!, null, caughtUp: true, backfilled: false, Now.AddHours(3)).ShouldBe(ends);
        SourceDecider.SawAgain(Fold(stream, ends), stream.Url!, null, caughtUp: true, backfilled: false, Now.AddHours(4)).ShouldBeEmpty();
        SourceDecider.Remove(stream, "ann", Now.AddHours(3)).Take(2).ShouldBe(ends);
    }

    [Fact]
    public void Changing_nothing_says_nothing() => SourceDecider.Change(Added, Wish, "ann", Now, null, GapId).ShouldBeEmpty();

    [Fact]
    public void Removing_closes_the_gap_and_nothing_happens_after_it()
    {
        var events = SourceDecider.Remove(Blind, "ann", Now.AddMinutes(7));
        events.Select(e => e.GetType()).ShouldBe([typeof(GapClosed), typeof(SourceRemoved)]);
        var removed = Fold(Blind, events);
        SourceDecider.SawAgain(removed, removed.Url!, null, caughtUp: true, backfilled: false, Now).ShouldBeEmpty();
        SourceDecider.WentBlind(removed, null, 5, true, "gone", GapId, Now).ShouldBeEmpty();
        Should.Throw<RuleViolation>(() => SourceDecider.Remove(removed, "ann", Now)).Status.ShouldBe(404);
    }

    [Fact]
    public void The_ledger_lists_gaps_newest_first()
    {
        var second = Guid.CreateVersion7(Now);
        object[] events =
        [
            new GapOpened(GapId, "Blog", Now, "timeout", Now), new GapClosed(GapId, "Blog", Now, Now.AddHours(1), "timeout"), new GapOpened(second, "Blog", Now.AddHours(2), "gone", Now),
        ];
        SourceGaps.Of(events).ShouldBe([new(second, Now.AddHours(2), null, "gone"), new(GapId, Now, Now.AddHours(1), "timeout")]);
    }

    [Fact]
    public void Names_of_stored_events_are_for_good() => SourceEventNames.All.Keys.Order(StringComparer.Ordinal).ShouldBe(
        ["source_added", "source_changed", "source_credentials_changed", "source_credentials_ending", "source_credentials_last", "source_gap_closed", "source_gap_opened", "source_moved", "source_paused", "source_removed", "source_resumed"]);

    [Theory]
    [InlineData(0, false, false, SourceState.New)]
    [InlineData(0, true, false, SourceState.Healthy)]
    [InlineData(1, true, false, SourceState.Failing)]
    [InlineData(1, true, true, SourceState.Paused)]
    public void The_state_says_how_it_goes(int failures, bool read, bool paused, SourceState state) =>
        SourceView.Of(Added with { Paused = paused }, new(Failures: failures, LastGoodAt: read ? Now : null), Now, Now).State.ShouldBe(state);
}
