using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class ServiceLevels
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly BusinessHours Office = new("Europe/Stockholm", [.. Enumerable.Range(1, 5).Select(d => new OpenHours((DayOfWeek)d, 9 * 60, 17 * 60))], [new(2026, 3, 4)]);
    private static readonly SlaPolicy Policy = new("office", [], [], [Sentiment.Negative], 60, 480, 75, true, false, Office);
    private static readonly SlaPolicies Policies = new(1, [Policy]);

    private static Mention Negative(DateTimeOffset seenAt) => new(Guid.Empty)
    {
        Brand = new BrandRef(Guid.Empty, "Acme"),
        Version = 2,
        Ledger = new(SeenAt: seenAt),
        Verdicts = new Mention(Guid.Empty).Verdicts.Add((1, "m"), new(Sentiment.Negative, 0.9f, 0.05f, 0.05f, "m", [], seenAt)),
    };

    private static DateTimeOffset? Due(DateTimeOffset seenAt, SlaClock clock = SlaClock.FirstAnswer, params Pause[] pauses) =>
        SlaClocks.Read(Policy, new(seenAt, null, null, pauses)).Single(r => r.Clock == clock).DueAt;

    [Fact]
    public void Clocks_run_in_business_hours_only()
    {
        // Monday 09:00 in Stockholm is 08:00 UTC in winter.
        Due(Monday).ShouldBe(Monday.AddHours(1));
        Due(Monday.AddHours(-6)).ShouldBe(Monday.AddHours(1), "seen at night");
        Due(Monday.AddHours(7.5)).ShouldBe(Monday.AddDays(1).AddHours(0.5), "half an hour today, the rest tomorrow");
        Due(Monday.AddDays(1).AddHours(7.5)).ShouldBe(Monday.AddDays(3).AddHours(0.5), "Wednesday is a holiday");
        Due(Monday.AddDays(4).AddHours(8)).ShouldBe(Monday.AddDays(7).AddHours(1), "after Friday comes Monday");
    }

    [Fact]
    public void Clocks_follow_the_clock_on_the_wall_when_it_is_turned()
    {
        // On 29 March 2026 Stockholm goes from +1 to +2: Monday 09:00 is 07:00 UTC.
        Due(new(2026, 3, 27, 15, 30, 0, TimeSpan.Zero)).ShouldBe(new DateTimeOffset(2026, 3, 30, 7, 30, 0, TimeSpan.Zero));

        // Open from Sunday 01:00 to 05:00: three hours in March, five in October.
        var sunday = Office with { Week = [new(DayOfWeek.Sunday, 60, 300)] };
        var spring = sunday.Spans(new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero)).First();
        var autumn = sunday.Spans(new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero)).First();
        (spring.To - spring.From).ShouldBe(TimeSpan.FromHours(3));
        (autumn.To - autumn.From).ShouldBe(TimeSpan.FromHours(5));
    }

    [Theory]
    [InlineData("Europe/Stockholm")]
    [InlineData("America/Santiago")]
    [InlineData("Asia/Ho_Chi_Minh")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Cairo")]
    public void Open_all_hours_of_all_days_is_always_open_whatever_the_zone_does(string zone)
    {
        var always = new BusinessHours(zone, [.. Enum.GetValues<DayOfWeek>().Select(d => new OpenHours(d, 0, 1440))], []);
        var start = new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.Zero);

        var span = always.Spans(start).First();
        span.From.ShouldBe(start);
        (span.To - span.From).ShouldBeGreaterThan(TimeSpan.FromDays(800));
    }

    [Property(MaxTest = 100)]
    public void Spans_are_in_order_and_apart_and_the_due_time_is_when_the_time_is_spent(ushort minutesIn, byte pauseAfter, byte pauseFor)
    {
        var seen = new DateTimeOffset(2026, 3, 20, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutesIn);
        var spans = Office.Spans(seen).Take(30).ToList();
        spans.ShouldAllBe(s => s.From < s.To && s.From >= seen);
        spans.Zip(spans.Skip(1)).ShouldAllBe(p => p.First.To < p.Second.From);

        Pause[] pauses = [new(MentionStatus.Waiting, seen.AddMinutes(pauseAfter), seen.AddMinutes(pauseAfter + (pauseFor * 10)))];
        var due = Due(seen, SlaClock.Resolve, pauses)!.Value;
        SlaClocks.Spent(Office, pauses, seen, due).ShouldBe(TimeSpan.FromMinutes(480));
        SlaClocks.Spent(Office, pauses, seen, due.AddSeconds(-1)).ShouldBeLessThan(TimeSpan.FromMinutes(480));
        due.ShouldBeGreaterThanOrEqualTo(Due(seen, SlaClock.Resolve)!.Value);
    }

    [Fact]
    public void While_the_author_has_the_turn_the_clock_stands()
    {
        Due(Monday, SlaClock.Resolve, new Pause(MentionStatus.Waiting, Monday.AddMinutes(30), null)).ShouldBeNull();
        Due(Monday, SlaClock.Resolve, new Pause(MentionStatus.Waiting, Monday.AddHours(1), Monday.AddHours(3))).ShouldBe(Monday.AddDays(1).AddHours(2));
        Due(Monday, SlaClock.Resolve, new Pause(MentionStatus.Snoozed, Monday.AddHours(1), Monday.AddHours(3))).ShouldBe(Monday.AddHours(8), "this policy does not stop for a snooze");
    }

    [Fact]
    public void Marks_are_set_once_each_in_order()
    {
        var state = Negative(Monday);
        SlaDecider.Mark(state, Policies, Monday.AddMinutes(44)).ShouldBeEmpty();

        var warned = SlaDecider.Mark(state, Policies, Monday.AddMinutes(46)).Single().ShouldBeOfType<SlaMarked>();
        (warned.Clock, warned.State, warned.DueAt).ShouldBe((SlaClock.FirstAnswer, SlaState.DueSoon, Monday.AddHours(1)));
        state = Evolve.Apply(state, warned);
        SlaDecider.Mark(state, Policies, Monday.AddMinutes(59)).ShouldBeEmpty();
        state = SlaDecider.Mark(state, Policies, Monday.AddMinutes(61)).Aggregate(state, Evolve.Apply);
        state.SlaMarks[SlaClock.FirstAnswer].State.ShouldBe(SlaState.Breached);
        SlaDecider.Mark(state, Policies, Monday.AddMinutes(62)).ShouldBeEmpty();
    }

    [Fact]
    public void Answered_in_time_is_met_and_the_next_clock_runs_on()
    {
        var answered = Evolve.Apply(Negative(Monday), new Replied("ana", Monday.AddMinutes(20), null, null));

        var met = SlaDecider.Mark(answered, Policies, Monday.AddMinutes(21)).Single().ShouldBeOfType<SlaMarked>();
        (met.Clock, met.State).ShouldBe((SlaClock.FirstAnswer, SlaState.Met));
        SlaDecider.Of(Evolve.Apply(answered, met), Policies).ShouldBe(new SlaStanding(SlaState.Running, Monday.AddHours(8), Monday.AddHours(6)));
    }

    [Fact]
    public void What_the_row_shows_leads_the_keeper_through_all_marks_and_then_to_rest()
    {
        var state = Negative(Monday);
        var said = new List<(SlaClock, SlaState)>();
        for (var standing = SlaDecider.Of(state, Policies); standing.NextAt is { } next; standing = SlaDecider.Of(state, Policies))
        {
            var marks = SlaDecider.Mark(state, Policies, next);
            marks.ShouldNotBeEmpty("or it would be looked at for ever");
            said.AddRange(marks.Cast<SlaMarked>().Select(m => (m.Clock, m.State)));
            state = marks.Aggregate(state, Evolve.Apply);
        }

        said.ShouldBe([(SlaClock.FirstAnswer, SlaState.DueSoon), (SlaClock.FirstAnswer, SlaState.Breached), (SlaClock.Resolve, SlaState.DueSoon), (SlaClock.Resolve, SlaState.Breached)]);
    }

    [Fact]
    public void What_was_answered_at_last_is_told_so_that_nobody_waits_on()
    {
        var state = Negative(Monday);
        state = SlaDecider.Mark(state, Policies, Monday.AddMinutes(61)).Aggregate(state, Evolve.Apply);
        state = Evolve.Apply(state, new Replied("ana", Monday.AddMinutes(90), null, null));

        SlaDecider.Of(state, Policies).NextAt.ShouldBe(Monday.AddMinutes(90));
        var late = SlaDecider.Mark(state, Policies, Monday.AddMinutes(91)).Single().ShouldBeOfType<SlaMarked>();
        (late.Clock, late.State, late.Done).ShouldBe((SlaClock.FirstAnswer, SlaState.Breached, true));
        SlaRelay.Name(late.State, late.Done).ShouldBe("late");
        SlaDecider.Mark(Evolve.Apply(state, late), Policies, Monday.AddMinutes(92)).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_over_its_time_counts_no_more_when_it_is_dismissed_and_is_told_again_when_it_is_reopened()
    {
        var state = Kept(Negative(Monday), Policies, Monday.AddHours(9));
        var (dismissed, reopened) = (Monday.AddHours(10), Monday.AddDays(1));

        state = Kept(Evolve.Apply(state, new Dismissed("ana", dismissed, DismissReason.Spam, null)), Policies, dismissed.AddMinutes(1));
        state.SlaMarks.Values.ShouldAllBe(m => m.State == SlaState.Paused);
        SlaRelay.Name(SlaState.Paused, done: false).ShouldBe("withdrawn");

        state = Evolve.Apply(state, new Reopened("ana", reopened, null));
        SlaDecider.Of(state, Policies).NextAt.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(reopened);
        var told = SlaDecider.Mark(state, Policies, reopened.AddSeconds(1)).Cast<SlaMarked>().ToList();
        told.Single(m => m.Clock == SlaClock.Resolve).ShouldSatisfyAllConditions(m => m.State.ShouldBe(SlaState.Breached), m => m.Done.ShouldBeFalse(), m => m.DueAt.ShouldBe(Monday.AddHours(8)));
        SlaDecider.Mark(told.Aggregate(state, Evolve.Apply), Policies, reopened.AddHours(1)).ShouldBeEmpty();
    }

    /// <summary>Whatever happens to a mention, once the keeper has been led through what is due: what was told last of a clock is what the clock says, and there is nothing more to look at before its time.</summary>
    [Property]
    public void What_was_told_last_of_a_clock_is_what_it_says(byte[] steps)
    {
        var (state, now, policies) = (Negative(Monday), Monday, Policies);
        foreach (var step in steps.Take(40))
        {
            now = now.AddMinutes(1 + ((step >> 3) * 17));
            var happened = (step & 7) switch
            {
                0 => new Dismissed("ana", now, DismissReason.Spam, null),
                1 or 2 => new Reopened("ana", now, null),
                3 => new Resolved("ana", now, null),
                4 => new Claimed("ana", now, null),
                5 => new AwaitedAuthor("ana", now, null),
                6 => (object?)null,
                _ => new Replied("ana", now, null, null),
            };
            policies = (step & 7) == 6 ? new(policies.Version + 1, policies.Version % 3 == 0 ? [] : [Policy with { FirstAnswerMinutes = 60 * policies.Version, ResolveMinutes = 480 * (1 + (policies.Version % 2)) }]) : policies;
            state = Kept(happened is null ? state : Evolve.Apply(state, happened), policies, now);

            var over = SlaDecider.PolicyOf(state, policies) is { } policy
                ? SlaClocks.Read(policy, new(Monday, state.FirstAnsweredAt, state.Status == MentionStatus.Resolved ? state.Ledger.ResolvedAt : null, state.Pauses)).Where(r => r.DoneAt is null && r.At(now) == SlaState.Breached).Select(r => r.Clock)
                : [];
            state.SlaMarks.Where(m => m.Value is { State: SlaState.Breached, Done: false }).Select(m => m.Key).ShouldBe(over, ignoreOrder: true);
        }
    }

    private static Mention Kept(Mention state, SlaPolicies policies, DateTimeOffset now)
    {
        while (SlaDecider.Of(state, policies).NextAt <= now)
        {
            var marks = SlaDecider.Mark(state, policies, now);
            marks.ShouldNotBeEmpty("or it would be looked at for ever");
            state = marks.Aggregate(state, Evolve.Apply);
        }

        return state;
    }

    [Fact]
    public void Another_policy_tells_another_past()
    {
        var late = Evolve.Apply(Negative(Monday), new Replied("ana", Monday.AddMinutes(90), null, null));
        late = SlaDecider.Mark(late, Policies, Monday.AddMinutes(91)).Aggregate(late, Evolve.Apply);
        late.SlaMarks[SlaClock.FirstAnswer].State.ShouldBe(SlaState.Breached);

        var kinder = new SlaPolicies(2, [Policy with { FirstAnswerMinutes = 120 }]);
        SlaDecider.Mark(late, kinder, Monday.AddMinutes(92)).OfType<SlaMarked>().Single(m => m.Clock == SlaClock.FirstAnswer).State.ShouldBe(SlaState.Met);
    }

    [Fact]
    public void The_first_policy_that_fits_counts_and_some_mentions_have_none()
    {
        var critical = Policy with { Name = "critical", Severities = [Severity.Critical], FirstAnswerMinutes = 10 };
        var policies = new SlaPolicies(1, [critical, Policy]);

        policies.For(Guid.Empty, Severity.Critical, Sentiment.Negative)!.Name.ShouldBe("critical");
        policies.For(Guid.Empty, Severity.Normal, Sentiment.Negative)!.Name.ShouldBe("office");
        policies.For(Guid.Empty, Severity.Normal, Sentiment.Positive).ShouldBeNull();
        SlaDecider.Of(Negative(Monday) with { Backfill = true }, policies).ShouldBe(SlaStanding.None);
        SlaDecider.Of(Negative(Monday) with { StoryId = Guid.CreateVersion7() }, policies).ShouldBe(SlaStanding.None);
    }

    [Fact]
    public void What_only_a_rescoring_calls_negative_has_no_clock_and_what_was_negative_keeps_its_own()
    {
        Mention Told(Sentiment label, params (Sentiment Label, string Model)[] again) => Evolve.Fold(
            Guid.Empty,
            [
                new Found(new(Guid.Empty, "Acme"), "push", Guid.Empty, "tests", "1", "en", 1, Monday, Monday, Monday, Monday, null, null, 1, "00", false, null),
                new Scored(1, Verdict(label, "m1", Monday), null),
                .. again.Select((a, i) => new Rescored(Guid.Empty, 1, Verdict(a.Label, a.Model, Monday.AddDays(i + 1)), null)),
            ]);
        Verdict Verdict(Sentiment label, string model, DateTimeOffset at) => new(label, 0.5f, 0.3f, 0.2f, model, [], at);

        var late = Told(Sentiment.Neutral, (Sentiment.Negative, "m2"));
        late.Label.ShouldBe(Sentiment.Negative);
        SlaDecider.Of(late, Policies).ShouldBe(SlaStanding.None);
        SlaDecider.Mark(late, Policies, Monday.AddDays(2)).ShouldBeEmpty();
        SlaDecider.Of(Told(Sentiment.Neutral, (Sentiment.Negative, "m1")), Policies).ShouldBe(SlaStanding.None, "the same model, by other settings");

        SlaDecider.Of(Told(Sentiment.Negative, (Sentiment.Negative, "m2")), Policies).ShouldBe(SlaDecider.Of(Told(Sentiment.Negative), Policies));
        SlaDecider.Of(Told(Sentiment.Negative, (Sentiment.Neutral, "m2"), (Sentiment.Negative, "m3")), Policies).ShouldBe(SlaDecider.Of(Told(Sentiment.Negative), Policies));
        SlaDecider.PolicyOf(Told(Sentiment.Negative, (Sentiment.Neutral, "m2")), Policies).ShouldBeNull("it is not negative any more");

        var all = new SlaPolicies(1, [Policy, Policy with { Name = "all", Sentiments = [] }]);
        SlaDecider.PolicyOf(late, all)!.Name.ShouldBe("all", "a clock that runs goes on");

        var corrected = Evolve.Apply(late, new Corrected("ana", Monday.AddDays(2), 1, Sentiment.Negative, null, null, null, null));
        SlaDecider.PolicyOf(corrected, Policies).ShouldBe(Policy, "a person says so");
        var edited = Evolve.Apply(Evolve.Apply(late, new Edited(2, "11", "en", null, Monday, Monday, Monday, null)), new Scored(2, Verdict(Sentiment.Negative, "m2", Monday.AddHours(1)), null));
        SlaDecider.PolicyOf(edited, Policies).ShouldBe(Policy, "it says something else now");
    }

    [Fact]
    public void The_report_counts_what_was_met_and_how_long_it_took()
    {
        SlaRow Row(int? minutes) => new(Guid.Empty, "Acme", "ana", Severity.Normal, Sentiment.Negative, MentionStatus.Claimed, new(Monday, minutes is { } m ? Monday.AddMinutes(m) : null, null, []), Sentiment.Negative);

        var report = ReadSlaReport.Of([Row(10), Row(30), Row(90), Row(null)], Policies, ReadSlaReport.Key("person"), Monday.AddMinutes(100));

        report.Lines.Single().Key.ShouldBe("ana");
        report.All.FirstAnswer.ShouldBe(new SlaFigures(4, 3, 2, 2, 0.5, 30, 90));
        report.All.Resolve.ShouldBe(new SlaFigures(4, 0, 0, 0, null, null, null));
        report.All.Breached.ShouldBe(2);

        var muchLater = ReadSlaReport.Of([Row(10), Row(30), Row(90), Row(null)], Policies, ReadSlaReport.Key("person"), Monday.AddDays(30)).Lines.Single();
        (muchLater.FirstAnswer.Breached, muchLater.Resolve.Breached, muchLater.Breached).ShouldBe((2, 4, 4), "a mention that missed both was too late once");
    }

    [Theory]
    [InlineData("Europe/Nowhere", "09:00", "17:00", "policies[0].timeZone")]
    [InlineData("Europe/Stockholm", "9", "17:00", "policies[0].hours[0].from")]
    [InlineData("Europe/Stockholm", "17:00", "09:00", "policies[0].hours[0].to")]
    public void A_policy_that_cannot_be_is_refused_with_its_place(string zone, string from, string to, string field) =>
        Should.Throw<RuleViolation>(() => new SlaPolicyRequest("p", 60, TimeZone: zone, Hours: [new("monday", from, to)]).Check("policies[0]")).Field.ShouldBe(field);

    [Theory]
    [InlineData("monday,tuesday")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData(null)]
    public void A_day_is_one_day(string? day) =>
        Should.Throw<RuleViolation>(() => new SlaPolicyRequest("p", 60, TimeZone: "Europe/Stockholm", Hours: [new(day, "09:00", "17:00")]).Check("policies[0]")).Field.ShouldBe("policies[0].hours[0].day");
}
