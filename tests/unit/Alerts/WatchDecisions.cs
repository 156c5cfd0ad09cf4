using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Unit.Alerts;

/// <summary>What is out of the ordinary.</summary>
public sealed class WatchDecisions
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly Caution Normal = Caution.Of(Sensitivity.Normal);

    [Fact]
    public void A_baseline_knows_the_hours_of_the_week()
    {
        var baseline = Baseline.Learn(Monday, Weeks(4, h => h % 24 is >= 8 and < 20 ? 60 : 6));

        (baseline.RateAt(Monday.AddHours(12)) * 60).ShouldBeInRange(50, 70);
        (baseline.RateAt(Monday.AddHours(3)) * 60).ShouldBeInRange(4, 9);
        baseline.Spread.ShouldBeLessThan(0.2);
    }

    [Theory]
    [InlineData(1, 6, 20)]
    [InlineData(3, 6, 20)]
    [InlineData(3, 48, 20)]
    [InlineData(3, 24, 5)]
    [InlineData(8, 6, 5)]
    public void A_spike_does_not_raise_what_it_is_measured_by(int weeks, int length, int times)
    {
        var plain = Weeks(weeks, _ => 20);
        var spiked = plain.ToArray();
        for (var i = 0; i < length; i++)
        {
            spiked[^(24 + i)] *= times;
        }

        var (before, after) = (Baseline.Learn(Monday, plain), Baseline.Learn(Monday, spiked));
        for (var i = 0; i < length; i++)
        {
            var at = Monday.AddHours(plain.Length - 24 - i);
            (after.RateAt(at) / before.RateAt(at)).ShouldBeInRange(0.95, 1.05);
        }

        after.Spread.ShouldBe(before.Spread, 0.05);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_brand_that_has_grown_for_a_week_is_not_a_burst_for_ever(int times)
    {
        var grown = Weeks(8, h => h < 7 * 168 ? 20 : 20 * times);

        (Baseline.Learn(Monday, grown).RateAt(Monday.AddDays(60)) * 60 / 20).ShouldBeGreaterThan(1.8);
    }

    [Fact]
    public void Hours_in_which_nobody_looked_teach_nothing()
    {
        var counts = Weeks(3, _ => 20);
        var blind = new bool[counts.Length];
        for (var i = counts.Length - 100; i < counts.Length; i++)
        {
            (counts[i], blind[i]) = (0, true);
        }

        (Baseline.Learn(Monday, counts, blind).RateAt(Monday) * 60).ShouldBeInRange(18, 22);
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(1, 60, true)]
    [InlineData(3, 60, true)]
    public void Ordinary_minutes_say_nothing_and_a_threefold_hour_does(int perMinute, int burstMinutes, bool found)
    {
        var baseline = Baseline.Learn(Monday, Weeks(4, _ => perMinute * 60));
        var counts = Enumerable.Repeat(perMinute, Burst.LookBack).ToArray();
        for (var i = 0; i < burstMinutes; i++)
        {
            counts[^(1 + i)] *= 3;
        }

        var burst = Burst.Find(baseline, Monday.AddDays(28), counts, Normal);

        (burst is not null).ShouldBe(found);
        if (burst is not null)
        {
            burst.From.ShouldBeInRange(Monday.AddDays(28).AddMinutes(Burst.LookBack - burstMinutes - 5), Monday.AddDays(28).AddMinutes(Burst.LookBack));
            burst.Observed.ShouldBeGreaterThan(2 * burst.Expected);
        }
    }

    [Theory]
    [InlineData(10, 2, 0.1)]
    [InlineData(30, 6, 0.2)]
    [InlineData(300, 100, 0.1)]
    public void More_mentions_say_more_and_a_rate_that_strays_makes_them_say_less(double seen, double expected, double spread)
    {
        Burst.Weigh(seen + 1, expected, spread).ShouldBeGreaterThan(Burst.Weigh(seen, expected, spread));
        Burst.Weigh(seen, expected, spread * 2).ShouldBeLessThan(Burst.Weigh(seen, expected, spread));
    }

    [Fact]
    public void Few_mentions_are_weighed_by_chance_alone_and_many_by_how_much_the_rate_strays()
    {
        Burst.Weigh(10, 1, 0.05).ShouldBe((10 * Math.Log(10)) - 9, 0.3);

        // Twofold weeks of a brand that strays by 40 % are ordinary, however many mentions come; of one that strays by 10 % they are not.
        Burst.Weigh(2_000_000, 1_000_000, 0.4).ShouldBeLessThan(Normal.BurstEvidence);
        Burst.Weigh(2_000, 1_000, 0.1).ShouldBeGreaterThan(Normal.BurstEvidence);
        Burst.Weigh(1_600, 1_000, 0.05).ShouldBe(0);
    }

    [Fact]
    public void A_burst_that_is_over_is_not_told_as_if_it_lasted()
    {
        var baseline = Baseline.Learn(Monday, Weeks(4, _ => 60));
        var counts = Enumerable.Repeat(1, Burst.LookBack).ToArray();
        Array.Fill(counts, 10, 100, 30);

        Burst.Find(baseline, Monday.AddDays(28), counts.AsSpan(0, 131), Normal).ShouldNotBeNull();
        Burst.Find(baseline, Monday.AddDays(28), counts, Normal).ShouldBeNull();
    }

    [Fact]
    public void A_quiet_brand_wants_a_few_mentions_and_a_short_history_says_nothing()
    {
        var quiet = Baseline.Learn(Monday, Weeks(4, h => h % 12 == 0 ? 1 : 0));
        var counts = new int[Burst.LookBack];
        counts[^1] = 3;
        Burst.Find(quiet, Monday.AddDays(28), counts, Normal).ShouldBeNull();
        counts[^2] = 6;
        Burst.Find(quiet, Monday.AddDays(28), counts, Normal).ShouldNotBeNull();
        Burst.Find(Baseline.Learn(Monday, Weeks(1, _ => 0).AsSpan(0, 48)), Monday.AddDays(2), counts, Normal).ShouldBeNull();
    }

    [Fact]
    public void A_source_that_falls_quiet_is_told_and_one_that_was_always_quiet_is_not()
    {
        var busy = Baseline.Learn(Monday, Weeks(4, _ => 30));
        var rare = Baseline.Learn(Monday, Weeks(4, h => h % 48 == 0 ? 1 : 0));

        Burst.FindLull(busy, Monday.AddDays(28), new int[Burst.LookBack], Normal).ShouldNotBeNull();
        Burst.FindLull(rare, Monday.AddDays(28), new int[Burst.LookBack], Normal).ShouldBeNull();
    }

    [Fact]
    public void Terms_that_rise_in_the_same_mentions_are_one_topic()
    {
        Guid[] same = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];
        var topics = Rising.Find(
            [new("battery fire", 12, 0, same), new("recall", 11, 1, same), new("delivery", 30, 2_900, [new(9, 0, 0, new byte[8])]), new("fire", 12, 1, same)],
            100,
            10_000,
            Normal);

        topics.ShouldHaveSingleItem().Terms.ShouldBe(["battery fire", "recall"]);
        Rising.Find([new("battery", 12, 0, same)], 100, Rising.FewestBefore - 1, Normal).ShouldBeEmpty();
    }

    [Fact]
    public void A_term_in_Turkish_capitals_is_the_same_term() => Topics.Terms("İade", "iade").ShouldBe(["iade", "iade iade"]);

    [Fact]
    public void Of_a_flood_some_mentions_of_each_brand_and_minute_are_looked_at_and_as_many_in_the_next()
    {
        var clock = new FakeTimeProvider(Monday);
        var topics = new Topics(clock);
        Counted(1).ShouldBe(Topics.MostAMinute);
        Counted(1).ShouldBe(0);
        Counted(2).ShouldBe(Topics.MostAMinute);
        clock.Advance(TimeSpan.FromMinutes(1));
        Counted(1).ShouldBe(Topics.MostAMinute);

        // Each mention is counted once under no term.
        int Counted(int brand)
        {
            using var batch = new NpgsqlBatch();
            topics.Queue(batch, "main", [.. Enumerable.Range(0, Topics.MostAMinute + 10).Select(i => AJudged(brand, i, clock.GetUtcNow()))], clock.GetUtcNow());
            return batch.BatchCommands.OfType<NpgsqlBatchCommand>().Sum(c => ((string[])c.Parameters[3].Value!).Count(t => t.Length == 0));
        }
    }

    [Fact]
    public void A_fact_that_counts_nothing_is_told_once_and_an_end_of_credentials_again_when_it_moves()
    {
        var (gap, end) = (new Measured(0, 0, Monday, Monday.AddHours(1), 0), new Measured(0, 0, Monday, Monday.AddDays(5), 0));
        Events(RuleKinds.SourceSilence, gap, gap with { To = Monday.AddHours(2) }).ShouldBe(1);
        Events(RuleKinds.CredentialsEnd, end, end).ShouldBe(1);
        Events(RuleKinds.CredentialsEnd, end, end with { To = Monday.AddDays(2) }).ShouldBe(2);

        static int Events(string kind, Measured first, Measured then)
        {
            var rule = new Rule(new(1, 0, 0, new byte[8])) { Kind = kind, Version = 1, Terms = new("fact", null, 0, null, UnknownReach.Alert, true) };
            var state = After(SignalDecider.Decide("main", CausePast.None, rule, new(null, "cause", "Forum", null, first), _ => null, Monday));
            return After(SignalDecider.Decide("main", CausePast.Of([state], "cause"), rule, new(null, "cause", "Forum", null, then), _ => null, Monday.AddMinutes(1))).State.Version;
        }

        static Standing After((Standing Before, IReadOnlyList<object> Events) decided) => new(decided.Events.Aggregate(decided.Before.State, Serm.Alerts.Incident.Apply), 0);
    }

    [Fact]
    public void A_watch_opens_one_incident_for_a_cause_and_ends_it_when_the_cause_is_over()
    {
        var rule = new Rule(new(1, 0, 0, new byte[8])) { Kind = RuleKinds.NegativeSpike, Version = 1, Terms = new("spike", null, 0, null, UnknownReach.Alert, true) };
        var brand = new BrandRef(new(2, 0, 0, new byte[8]), "Acme");
        var burst = new Measured(30, 10, Monday, Monday.AddMinutes(10), 12, Negative: true);
        Standing Next(Standing? s, Measured? m, DateTimeOffset now) => SignalDecider.Decide("main", s is null ? CausePast.None : CausePast.Of([s], SpikeWatch.Cause), rule, new(brand, SpikeWatch.Cause, null, null, m), _ => null, now) is var (before, events)
            ? new(events.Aggregate(before.State, Incident.Apply), before.Alerts)
            : throw new InvalidOperationException();

        var open = Next(null, burst, Monday);
        open.State.Status.ShouldBe(IncidentStatus.Open);
        Next(open, burst with { Observed = 40 }, Monday.AddMinutes(1)).State.Version.ShouldBe(1);
        Next(open, burst with { Observed = 45 }, Monday.AddMinutes(2)).State.Peak.ShouldBe(45);
        var over = Next(open, null, Monday.AddMinutes(30));
        over.State.ResolvedBy.ShouldBe(Incident.Ourselves);
        Next(over, null, Monday.AddMinutes(31)).State.Version.ShouldBe(over.State.Version);
        Next(over, burst, Monday.AddMinutes(60)).State.Id.ShouldBe(open.State.Id);
        Next(over, burst with { From = Monday.AddHours(3) }, Monday.AddHours(3)).State.Id.ShouldNotBe(open.State.Id);
        Next(null, burst, Monday.AddMinutes(5)).State.Id.ShouldBe(open.State.Id);

        // A person ended it, and it lasts all the same.
        var ended = open with { State = Incident.Apply(open.State, new IncidentResolved("person", "ann", Monday.AddMinutes(30))) };
        Next(ended, burst, Monday.AddMinutes(80)).State.Version.ShouldBe(ended.State.Version);
        Next(ended, burst, Monday.AddMinutes(95)).State.Id.ShouldNotBe(open.State.Id);
    }

    [Fact]
    public void What_was_merged_goes_on_in_the_other_incident_as_long_as_that_one()
    {
        var rule = new Rule(new(1, 0, 0, new byte[8])) { Kind = RuleKinds.NegativeSpike, Version = 1, Terms = new("spike", null, 0, null, UnknownReach.Alert, true) };
        var burst = new Measured(30, 10, Monday, Monday.AddMinutes(10), 12, Negative: true);
        var opened = new IncidentOpened(rule.Kind, rule.Id, "spike", IncidentSeverity.Warning, null, SpikeWatch.Cause, null, null, 60, burst, null, Monday);
        var other = Incident.Apply(new(new(9, 0, 0, new byte[8])), opened with { Cause = "another" });
        var merged = new Standing(Incident.Apply(Incident.Apply(new(new(8, 0, 0, new byte[8])), opened), new IncidentMerged(other.Id, 1, "ann", Monday)), 1);
        IReadOnlyList<object> Next(Incident into, DateTimeOffset now) => SignalDecider.Decide("main", new(merged, into, 1), rule, new(null, SpikeWatch.Cause, null, null, burst), _ => null, now).Events;
        var over = Incident.Apply(other, new IncidentResolved("person", "ann", Monday.AddDays(1)));

        Next(other, Monday.AddDays(9)).ShouldBeEmpty();
        Next(over, Monday.AddDays(1).AddMinutes(59)).ShouldBeEmpty();
        Next(over, Monday.AddDays(1).AddMinutes(60)).ShouldHaveSingleItem().ShouldBeOfType<IncidentOpened>();
    }

    [Fact]
    public void What_a_rule_looks_at_no_more_is_over()
    {
        var opened = new IncidentOpened(RuleKinds.SourceSilence, Guid.Empty, "silence", IncidentSeverity.Warning, null, "fell:1", "Forum", new(1, 0, 0, new byte[8]), 60, null, null, Monday);
        var removed = new Standing(Incident.Apply(new(new(1, 0, 0, new byte[8])), opened), 1);
        var watched = new Standing(Incident.Apply(new(new(2, 0, 0, new byte[8])), opened with { Cause = "gap:2" }), 1);
        var ended = new Standing(Incident.Apply(Incident.Apply(new(new(3, 0, 0, new byte[8])), opened with { Cause = "fell:3" }), new IncidentResolved("causeOver", Incident.Ourselves, Monday)), 1);

        SignalDecider.Over([new(null, "gap:2", "Forum", null, new(0, 0, Monday, Monday, 0))], [removed, watched, ended]).ShouldHaveSingleItem().ShouldBe(new(null, "fell:1", "Forum", removed.State.SourceId, null));

        // Bursts of all brands have the same cause: of two brands one is looked at.
        var (looked, left) = (new BrandRef(new(4, 0, 0, new byte[8]), "Acme"), new BrandRef(new(5, 0, 0, new byte[8]), "Other"));
        Standing[] bursts = [.. new[] { looked, left }.Select(b => new Standing(Incident.Apply(new(b.Id), opened with { Cause = SpikeWatch.Cause, Brand = b, Subject = null, SourceId = null }), 1))];
        SignalDecider.Over([new(looked, SpikeWatch.Cause, null, null, null)], bursts).ShouldHaveSingleItem().ShouldBe(new(left, SpikeWatch.Cause, null, null, null));
    }

    // Four weeks of 20 mentions an hour; in the last ten days another source tells as many.
    [Fact]
    public void On_the_past_as_live_a_source_that_was_added_is_no_burst()
    {
        const int Hours = 28 * 24, Added = 18 * 24;
        var rule = new Rule(Guid.NewGuid()) { Kind = RuleKinds.VolumeSpike, Version = 1, Terms = new("spike", null, 0, null, UnknownReach.Alert, true) };
        var (hours, minutes) = (Enumerable.Repeat(20, Hours).ToList(), Enumerable.Range(0, Hours * 60).Select(m => m % 3 == 0 ? 1 : 0).ToList());
        PastSpikes.Newcomer added = new(
            Monday.AddHours(Added) + Counts.Settled, [.. Enumerable.Range(Added, Hours - Added).Select(h => (h, 20))], [.. Enumerable.Range(Added * 60, (Hours - Added) * 60).Where(m => m % 3 == 1).Select(m => (m, 1))]);

        Walk(new(Monday, hours.ConvertAll(h => (double)h).ToArray(), Monday, [.. minutes], 0) { Newcomers = new([added]) }).ShouldBeEmpty();
        added.Hours.ForEach(h => hours[h.At] += h.Count);
        added.Minutes.ForEach(m => minutes[m.At] += m.Count);
        Walk(new(Monday, hours.ConvertAll(h => (double)h).ToArray(), Monday, [.. minutes], 0)).ShouldNotBeEmpty("a source that was always there and tells more all at once is one");

        List<Standing> Walk(PastSpikes.Series series) => PastSpikes.Walk(rule, new(Guid.NewGuid(), "Acme"), SpikeWatch.Cause, null, null, series, false, (b, first, c) => Burst.Find(b, first, c, Normal), TestContext.Current.CancellationToken);
    }

    private static Judged AJudged(int brand, int mention, DateTimeOffset now)
    {
        var scored = new MentionScored(
            new("main", new Guid(brand, (short)mention, 0, new byte[8]), new(new Guid(brand, 0, 0, new byte[8]), "Acme"), new("push", Guid.Empty, "tests", $"n{mention}", null, null, "It burns.", null, now, "en", 1, null, null, 1, "hash"), now, now, false),
            new(Sentiment.Negative, 0.9f, 0.1f, 0, "model-1", [], now));
        return new(scored, MentionFacts.Of(scored));
    }

    private static double[] Weeks(int weeks, Func<int, double> hour) => [.. Enumerable.Range(0, weeks * 168).Select(hour)];
}
