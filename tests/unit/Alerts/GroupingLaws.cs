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

        var quiet = Grouping.Assign("main", [byPerson], Strong, [AnAlert(2, 1)], _ => null, Now.AddMinutes(30)).Single();
        quiet.After.Id.ShouldBe(open.State.Id);
        quiet.After.Status.ShouldBe(IncidentStatus.Resolved);
        Grouping.Assign("main", [byItself], Strong, [AnAlert(2, 1)], _ => null, Now.AddMinutes(30)).Single().After.Status.ShouldBe(IncidentStatus.Open);
        Grouping.Assign("main", [byPerson], Strong, [AnAlert(2, 1)], _ => null, Now.AddMinutes(90)).Single().After.Id.ShouldNotBe(open.State.Id);
    }

    private static Standing Ended(Entry entry, string by) => new(Incident.Apply(entry.State, new IncidentResolved("x", by, Now)), entry.Alerts);

    // As the store does it, batch by batch.
    private static Dictionary<Guid, Entry> Deliver(IReadOnlyList<(Guid Id, Raised Alert)> alerts, int batch)
    {
        var stored = new Dictionary<Guid, Entry>();
        foreach (var chunk in alerts.Chunk(batch))
        {
            foreach (var t in Grouping.Assign("main", [.. stored.Values.Select(e => new Standing(e.State, e.Alerts))], Strong, chunk, _ => null, Now))
            {
                var before = stored.GetValueOrDefault(t.After.Id)?.In ?? [];
                stored[t.After.Id] = new(t.After, t.Before.Alerts + t.Alerts.Count, [.. before, .. t.Alerts.Select(a => a.Id)]);
            }
        }

        return stored;
    }

    private static string[] Groups(Dictionary<Guid, Entry> incidents) => [.. incidents.Values.Select(i => string.Join(',', i.In.Order())).Order(StringComparer.Ordinal)];

    private static (Guid Id, Raised Alert) AnAlert(int n, int story) => (
        new Guid(0, (short)n, 1, new byte[8]),
        new(Strong.Id, "strong", 1, new Guid(0, (short)n, 2, new byte[8]), Acme, 1, "m", 0.9f, n, Now.AddSeconds(n % 5), Now, Now, null, Story.Key((ulong)(story + 1) * 0x9E3779B97F4A7C15, 0)));

    private sealed record Entry(Incident State, long Alerts, IReadOnlyList<Guid> In);
}
