namespace Serm.Alerts;

/// <summary>What a rule would have raised: incidents as they would have been opened, by the decisions that also run live.</summary>
/// <param name="rule">The rule.</param>
internal sealed class Replay(Rule rule)
{
    private const string Workspace = "backtest";

    private readonly List<Standing> standing = [];

    // When the last alert came to each.
    private readonly Dictionary<Guid, DateTimeOffset> lastAt = [];

    // What went into the incident for the rest within the last hour, as many as are looked at live.
    private readonly Queue<(DateTimeOffset At, string Story)> rest = new();

    /// <summary>Every incident, the oldest first, as it is at the end.</summary>
    public List<Standing> Incidents { get; } = [];

    /// <summary>A watch looked.</summary>
    public void Look(Signal signal, DateTimeOffset now)
    {
        var (before, events) = SignalDecider.Decide(Workspace, CausePast.Of(Incidents, signal.Cause), rule, signal, _ => null, now);
        if (events.Count > 0)
        {
            Keep(new(events.Aggregate(before.State, Incident.Apply), before.Alerts + events.Count(e => e is IncidentOpened or IncidentReopened)), now);
        }
    }

    /// <summary>Single mentions came.</summary>
    public void Raise(IReadOnlyList<(Guid Id, Raised Alert)> alerts, TimeSpan quiet, DateTimeOffset now)
    {
        // As the watch ends what nothing comes to: from then on its cool-down runs.
        foreach (var over in standing.FindAll(s => s.State.Lasts && lastAt[s.State.Id] < now - quiet))
        {
            Keep(over with { State = Incident.Apply(over.State, new IncidentResolved("quiet", Incident.Ourselves, lastAt[over.State.Id] + quiet)) }, now);
        }

        while (rest.TryPeek(out var first) && (rest.Count > 1_000 || now - first.At >= TimeSpan.FromHours(1)))
        {
            rest.Dequeue();
        }

        foreach (var t in Grouping.Assign(Workspace, [new(rule, standing, alerts, new Dictionary<Guid, Guid>(), Rest: Story.Count(rest.Select(r => r.Story), Grouping.MostAnHour))], _ => null, now))
        {
            Keep(new(t.After, t.Before.Alerts + t.Alerts.Count), now);
            lastAt[t.After.Id] = now;
            for (var i = 0; t.After.Cause == Story.Many && i < t.Alerts.Count; i++)
            {
                rest.Enqueue((now, t.Alerts[i].Alert.Cause));
            }
        }
    }

    private void Keep(Standing after, DateTimeOffset now)
    {
        var at = Incidents.FindLastIndex(s => s.State.Id == after.State.Id);
        if (at < 0)
        {
            Incidents.Add(after);
        }
        else
        {
            Incidents[at] = after;
        }

        standing.RemoveAll(s => s.State.Id == after.State.Id || (!s.State.Lasts && now - s.State.ResolvedAt > TimeSpan.FromDays(7)));
        standing.Add(after);
    }
}
