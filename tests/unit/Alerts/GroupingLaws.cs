using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Unit.Alerts;

/// <summary>Which alerts are one incident.</summary>
public sealed class GroupingLaws
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BrandRef Acme = new(new("22222222-2222-5222-8222-222222222222"), "Acme");
    private static readonly Rule Strong = new(new Guid(1, 0, 0, new byte[8])) { Version = 1, Terms = new("strong", null, 0.8, null, UnknownReach.Alert, true) };

    private static readonly Rule Words = new(new Guid(2, 0, 0, new byte[8])) { Version = 1, Terms = new("words", null, 0.8, null, UnknownReach.Alert, true) };

    [Property(MaxTest = 200)]
    public void Any_order_and_any_batches_give_the_same_groups(byte[] stories, int seed, PositiveInt batch)
    {
        var alerts = stories.Take(60).Select((s, i) => AnAlert(i, s % 7)).ToArray();
        var shuffled = alerts.ToArray();
        new Random(seed).Shuffle(shuffled);

        Groups(Deliver(shuffled, 1 + (batch.Get % 9))).ShouldBe(Groups(Deliver(alerts, alerts.Length + 1)));
    }

    [Property(MaxTest = 100)]
    public void Every_alert_is_in_exactly_one_incident(byte[] stories)
    {
        var alerts = stories.Select((s, i) => AnAlert(i, s)).ToArray();
        var incidents = Deliver(alerts, 5);

        incidents.Sum(i => i.Value.Alerts).ShouldBe(alerts.Length);
        incidents.Values.SelectMany(i => i.In).Distinct().Count().ShouldBe(alerts.Length);
    }

    [Fact]
    public void A_rule_that_matches_everything_opens_a_few_incidents_and_then_one_for_the_rest()
    {
        var incidents = Deliver([.. Enumerable.Range(0, 2_000).Select(i => AnAlert(i, i))], 100);

        incidents.Count.ShouldBe(Grouping.MostAnHour + 1);
        var rest = incidents.Values.Single(i => i.State.Cause == Story.Many);
        rest.Alerts.ShouldBe(2_000 - Grouping.MostAnHour);
        rest.State.Version.ShouldBeLessThan(30);
    }

    [Fact]
    public void Once_a_flood_has_ebbed_what_is_new_is_an_incident_of_its_own()
    {
        var replay = new Serm.Alerts.Replay(Strong);
        for (var i = 0; i < 30; i++)
        {
            Raise(i, Now.AddMinutes(i));
        }

        replay.Incidents.Count.ShouldBe(Grouping.MostAnHour + 1);
        Raise(100, Now.AddMinutes(60));
        replay.Incidents.Count.ShouldBe(Grouping.MostAnHour + 1, "20 came within the hour before");
        Raise(101, Now.AddHours(3));
        replay.Incidents.Count.ShouldBe(Grouping.MostAnHour + 2);
        replay.Incidents.Single(i => i.State.Cause == Story.Many).Alerts.ShouldBe(21);

        // It comes back: what is too many again goes into the same incident.
        for (var i = 0; i < 15; i++)
        {
            Raise(200 + i, Now.AddHours(3).AddMinutes(i));
        }

        replay.Incidents.Count.ShouldBe(1 + (2 * Grouping.MostAnHour));
        replay.Incidents.Single(i => i.State.Cause == Story.Many).Alerts.ShouldBe(27);

        void Raise(int n, DateTimeOffset at) => replay.Raise([AnAlert(n, n)], TimeSpan.FromHours(72), at);
    }

    [Fact]
    public void A_flood_ends_by_the_stories_that_come_however_often_one_of_them_is_told()
    {
        var replay = new Serm.Alerts.Replay(Strong);
        for (var i = 0; i < 30; i++)
        {
            Raise(i, i, Now.AddMinutes(i));
        }

        // The last of the flood is told every minute for hours.
        for (var i = 30; i < 150; i++)
        {
            Raise(i, 29, Now.AddMinutes(i));
        }

        replay.Incidents.Count.ShouldBe(Grouping.MostAnHour + 2, "that story has an incident of its own now");
        Raise(500, 500, Now.AddMinutes(151));
        replay.Incidents.Count.ShouldBe(Grouping.MostAnHour + 3);
        Story.Count([Story.Key(1, 0), Story.Key(3, 0), Story.Key(ulong.MaxValue, 0), "one", "two"], 10).ShouldBe(4);

        void Raise(int n, int story, DateTimeOffset at) => replay.Raise([AnAlert(n, story)], TimeSpan.FromHours(72), at);
    }

    [Fact]
    public void On_the_past_too_an_incident_lasts_while_alerts_come_and_within_its_cool_down()
    {
        var quiet = TimeSpan.FromHours(72);
        var replay = new Serm.Alerts.Replay(Strong with { Terms = Strong.Terms with { CooldownMinutes = 60 } });
        for (var day = 0; day < 10; day++)
        {
            Raise(day, Now.AddDays(day));
        }

        replay.Incidents.ShouldHaveSingleItem().Alerts.ShouldBe(10);
        Raise(10, Now.AddDays(9) + quiet + TimeSpan.FromMinutes(30));
        replay.Incidents.ShouldHaveSingleItem().State.Reopened.ShouldBe(1, "it came back within the cool-down");
        Raise(11, Now.AddDays(9) + (2 * quiet) + TimeSpan.FromHours(2));
        replay.Incidents.Select(i => i.Alerts).ShouldBe([11, 1]);

        void Raise(int n, DateTimeOffset at) => replay.Raise([AnAlert(n, 1)], quiet, at);
    }

    [Fact]
    public void What_another_rule_finds_in_a_flood_is_not_lost_in_it()
    {
        var flood = Deliver([.. Enumerable.Range(0, 20).Select(i => AnAlert(i, i))], 20).Values.Select(e => new Standing(e.State, e.Alerts)).ToList();

        var found = Grouping.Assign("main", [Of(Strong, flood, [AnAlert(50, 50)]), Of(Words, [], [AnAlert(50, 50, Words)])], _ => null, Now);

        found.Select(f => (f.After.RuleId, f.After.Cause == Story.Many)).ShouldBe([(Strong.Id, true), (Words.Id, false)], ignoreOrder: true);
    }

    [Fact]
    public void A_copy_of_what_a_person_merged_goes_on_in_the_other_incident_while_that_lasts_and_in_its_cool_down()
    {
        var other = Grouping.Assign("main", [Of(Words, [], [AnAlert(1, 1, Words)])], _ => null, Now).Single().After;
        Merged merged = new(AnAlert(2, 2).Alert.Cause, new(other, 1));

        var copy = Grouping.Assign("main", [Of(Strong, [], [AnAlert(3, 2), AnAlert(4, 3)]) with { Merged = [merged] }], _ => null, Now);
        copy.Select(c => (c.After.Id == other.Id, c.Before.Alerts, c.Alerts.Single().Alert.MentionId)).ShouldBe([(true, 1, AnAlert(3, 2).Alert.MentionId), (false, 0, AnAlert(4, 3).Alert.MentionId)], ignoreOrder: true);

        // The other one is of a rule that the same batch is about: it is written once.
        var both = Grouping.Assign("main", [Of(Words, [new(other, 1)], [AnAlert(5, 1, Words)]), Of(Strong, [], [AnAlert(3, 2)]) with { Merged = [merged] }], _ => null, Now).ShouldHaveSingleItem();
        (both.After.Id, both.After.Told).ShouldBe((other.Id, 3));

        var over = Incident.Apply(other, new IncidentResolved("person", "ann", Now));
        After(TimeSpan.FromMinutes(30)).ShouldBe(other.Id);
        After(TimeSpan.FromMinutes(90)).ShouldNotBe(other.Id);

        Guid After(TimeSpan time) => Grouping.Assign("main", [Of(Strong, [], [AnAlert(3, 2)]) with { Merged = [merged with { GoesOn = new(over, 1) }] }], _ => null, Now + time).Single().After.Id;
    }

    [Fact]
    public void Near_copies_and_the_same_address_are_one_story()
    {
        Story.Same(Story.Key(0xF0F0F0F0F0F0F0F0, 0), Story.Key(0xF0F0F0F0F0F0F0F7, 0)).ShouldBeTrue();
        Story.Same(Story.Key(0xF0F0F0F0F0F0F0F0, 0), Story.Key(0xF0F0F0F0F0F0F00F, 0)).ShouldBeFalse();
        Story.Same(Story.Key(1, 77), Story.Key(ulong.MaxValue, 77)).ShouldBeTrue();
        Story.Same(Story.Key(1, 0), Story.Many).ShouldBeFalse();
    }

    [Fact]
    public void Within_the_cool_down_an_old_cause_goes_on_quietly_and_after_it_a_new_incident_begins()
    {
        var open = Deliver([AnAlert(1, 1)], 1).Values.Single();
        var byPerson = Ended(open, "ann");
        var byItself = Ended(open, Incident.Ourselves);

        var quiet = Grouping.Assign("main", [Of(Strong, [byPerson], [AnAlert(2, 1)])], _ => null, Now.AddMinutes(30)).Single();
        quiet.After.Id.ShouldBe(open.State.Id);
        quiet.After.Status.ShouldBe(IncidentStatus.Resolved);
        Grouping.Assign("main", [Of(Strong, [byItself], [AnAlert(2, 1)])], _ => null, Now.AddMinutes(30)).Single().After.Status.ShouldBe(IncidentStatus.Open);
        Grouping.Assign("main", [Of(Strong, [byPerson], [AnAlert(2, 1)])], _ => null, Now.AddMinutes(90)).Single().After.Id.ShouldNotBe(open.State.Id);
    }

    // Each mention fits one of two rules or both.
    [Property(MaxTest = 200)]
    public void A_mention_that_several_rules_fit_is_in_one_incident_in_any_order_and_any_batches(byte[] mentions, int seed, PositiveInt batch)
    {
        var grave = Terms(Strong, t => t with { Severity = IncidentSeverity.Critical });
        var alerts = mentions.Take(60).Select((m, i) => (m % 3) switch
        {
            0 => [AnAlert(i, m / 3 % 5, grave)],
            1 => [AnAlert(i, m / 3 % 5, Words)],
            _ => new[] { AnAlert(i, m / 3 % 5, Words), AnAlert(i, m / 3 % 5, grave) },
        }).ToArray();
        var shuffled = alerts.ToArray();
        new Random(seed).Shuffle(shuffled);

        var incidents = Deliver([Words, grave], shuffled, 1 + (batch.Get % 9));

        Groups(incidents).ShouldBe(Groups(Deliver([grave, Words], alerts, alerts.Length + 1)));
        incidents.Values.Sum(i => i.Alerts).ShouldBe(alerts.Sum(a => a.Length));
        foreach (var both in alerts.Where(a => a.Length == 2))
        {
            incidents.Values.Single(i => i.In.Contains(both[1].Id)).In.ShouldContain(both[0].Id);
        }
    }

    [Theory]
    [InlineData("the same", 1)]
    [InlineData("lesser", 1)]
    [InlineData("graver", 1)]
    [InlineData("channels of all", 1)]
    [InlineData("other channels", 2)]
    [InlineData("a label of its own", 2)]
    [InlineData("silenced", 2)]
    public void Rules_share_an_incident_where_nobody_misses_it(string other, int incidents)
    {
        var (first, second) = (new Guid(7, 0, 0, new byte[8]), new Guid(8, 0, 0, new byte[8]));
        var one = Terms(Strong, t => t with { Channels = other == "channels of all" ? null : [first], Labels = ["a"] });
        var two = Terms(Words, t => other switch
        {
            "lesser" => t with { Channels = [], Severity = IncidentSeverity.Info },
            "graver" => t with { Channels = [first], Labels = ["a"], Severity = IncidentSeverity.Critical },
            "other channels" => t with { Channels = [first, second] },
            "a label of its own" => t with { Channels = [first], Labels = ["a", "b"] },
            _ => t with { Channels = [first], Labels = ["a"] },
        });
        var found = Grouping.Assign("main", [Of(two, [], [AnAlert(1, 1, two)]), Of(one, [], [AnAlert(1, 1, one)])], o => other == "silenced" && o.RuleId == one.Id ? first : null, Now);
        found.Count.ShouldBe(incidents);
        found.Sum(f => f.Alerts.Count).ShouldBe(2);
        found.Max(f => f.After.Severity).ShouldBe(other == "graver" ? IncidentSeverity.Critical : IncidentSeverity.Warning);
    }

    [Fact]
    public void A_rule_that_fits_a_mention_later_joins_what_another_had_opened()
    {
        var first = Grouping.Assign("main", [Of(Strong, [], [AnAlert(1, 1)])], _ => null, Now).Single();
        Standing standing = new(first.After, 1);

        var later = Grouping.Assign(
            "main",
            [Of(Words, [], [AnAlert(1, 1, Words)]), new(Strong, [standing], [], new Dictionary<Guid, Guid> { [AnAlert(1, 1).Alert.MentionId] = first.After.Id })],
            _ => null,
            Now).Single();

        later.After.Id.ShouldBe(first.After.Id);
        (later.Before.Alerts, later.Alerts.ShouldHaveSingleItem().Alert.RuleId).ShouldBe((1, Words.Id));
    }

    private static Rule Terms(Rule rule, Func<RuleTerms, RuleTerms> change) => new(rule.Id) { Version = 1, Terms = change(rule.Terms) };

    private static Standing Ended(Entry entry, string by) => new(Incident.Apply(entry.State, new IncidentResolved("x", by, Now)), entry.Alerts);

    // As the store does it, batch by batch.
    private static Dictionary<Guid, Entry> Deliver(IReadOnlyList<(Guid Id, Raised Alert)> alerts, int batch) => Deliver([Strong], alerts.Select(a => new[] { a }), batch);

    private static Dictionary<Guid, Entry> Deliver(IReadOnlyList<Rule> rules, IEnumerable<(Guid Id, Raised Alert)[]> mentions, int batch)
    {
        var stored = new Dictionary<Guid, Entry>();
        foreach (var chunk in mentions.Chunk(batch).Select(c => c.SelectMany(m => m).ToList()))
        {
            foreach (var t in Grouping.Assign("main", [.. rules.Select(r => Of(r, [.. stored.Values.Where(e => e.State.RuleId == r.Id).Select(e => new Standing(e.State, e.Alerts))], chunk.Where(a => a.Alert.RuleId == r.Id)))], _ => null, Now))
            {
                var before = stored.GetValueOrDefault(t.After.Id)?.In ?? [];
                stored[t.After.Id] = new(t.After, t.Before.Alerts + t.Alerts.Count, [.. before, .. t.Alerts.Select(a => a.Id)]);
            }
        }

        return stored;
    }

    private static RuleAlerts Of(Rule rule, IReadOnlyList<Standing> standing, IEnumerable<(Guid, Raised)> alerts) => new(rule, standing, [.. alerts], new Dictionary<Guid, Guid>());

    private static string[] Groups(Dictionary<Guid, Entry> incidents) => [.. incidents.Values.Select(i => string.Join(',', i.In.Order())).Order(StringComparer.Ordinal)];

    private static (Guid Id, Raised Alert) AnAlert(int n, int story, Rule? rule = null) => (
        new Guid((rule ?? Strong).Id.ToByteArray()[0], (short)n, 1, new byte[8]),
        new((rule ?? Strong).Id, "strong", 1, new Guid(0, (short)n, 2, new byte[8]), Acme, 1, "m", 0.9f, n, Now.AddSeconds(n % 5), Now, Now, null, Story.Key((ulong)(story + 1) * 0x9E3779B97F4A7C15, 0)));

    private sealed record Entry(Incident State, long Alerts, IReadOnlyList<Guid> In);
}
