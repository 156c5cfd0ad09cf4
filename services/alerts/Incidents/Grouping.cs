namespace Serm.Alerts;

/// <summary>An incident and how many alerts its row counts.</summary>
/// <param name="State">The fold of its events.</param>
/// <param name="Alerts">All its alerts, each counted.</param>
public sealed record Standing(Incident State, long Alerts);

/// <summary>What one rule says of the mentions of one brand.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Standing">Its incidents of the brand that last, or ended not long ago.</param>
/// <param name="Alerts">New alerts with their ids.</param>
/// <param name="Stored">Mentions that it has raised before, and the incident of each.</param>
/// <param name="Merged">Where the incidents go on that a person put into another one; null for none.</param>
/// <param name="Rest">Stories of which alerts went into the incident for the rest within the last hour, counted up to <see cref="Grouping.MostAnHour"/>.</param>
internal sealed record RuleAlerts(Rule Rule, IReadOnlyList<Standing> Standing, IReadOnlyList<(Guid Id, Raised Alert)> Alerts, IReadOnlyDictionary<Guid, Guid> Stored, IReadOnlyList<Merged>? Merged = null, int Rest = 0);

/// <summary>An incident that was put into another one.</summary>
/// <param name="Cause">Its cause.</param>
/// <param name="GoesOn">The other one, or the one into which that was put.</param>
internal sealed record Merged(string Cause, Standing GoesOn);

/// <summary>Puts alerts of single mentions into incidents: one story of one rule and brand is one incident, and a mention that several rules fit is in the incident of the gravest, if it tells all whom the others would. Pure: the caller holds the locks of rules and brand.</summary>
internal static class Grouping
{
    /// <summary>Stories that a rule finds of a brand within an hour before everything further goes into one incident, until fewer come again: a rule that matches everything must not bury the list.</summary>
    public const int MostAnHour = 10;

    // Single events up to here, then one each time the number has doubled: a stream stays short however long the flood lasts.
    private const int SingleEvents = 10;

    /// <summary>What happens to incidents when alerts come.</summary>
    /// <param name="workspace">The tenant.</param>
    /// <param name="rules">The rules that fit, each for one brand.</param>
    /// <param name="silenced">The silence that covers an incident to be opened; null when none does.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Each incident that is touched: as it was, the alerts that go into it, and its new events.</returns>
    public static IReadOnlyList<Attached> Assign(
        string workspace,
        IReadOnlyList<RuleAlerts> rules,
        Func<IncidentOpened, Guid?> silenced,
        DateTimeOffset now)
    {
        // What one rule's incident was put into may be another rule's: it is one place for both.
        var places = rules.SelectMany(r => r.Standing.Concat((r.Merged ?? []).Select(m => m.GoesOn))).Where(s => Takes(s.State, now)).DistinctBy(s => s.State.Id).ToDictionary(s => s.State.Id, s => new Attached(s));
        var graver = new Dictionary<Guid, List<(Attached Place, RuleTerms Terms)>>();
        foreach (var one in rules.OrderByDescending(r => r.Rule.Terms.Severity).ThenBy(r => r.Rule.Id))
        {
            Assign(workspace, one, places, graver, silenced, now);
        }

        var changed = places.Values.Where(t => t.Alerts.Count > 0).ToList();
        changed.ForEach(t => Tell(t, now));
        return changed;
    }

    private static void Assign(
        string workspace, RuleAlerts one, Dictionary<Guid, Attached> places, Dictionary<Guid, List<(Attached Place, RuleTerms Terms)>> graver, Func<IncidentOpened, Guid?> silenced, DateTimeOffset now)
    {
        var rule = one.Rule;
        var touched = one.Standing.Where(s => Takes(s.State, now)).OrderBy(s => s.State.OpenedAt).ThenBy(s => s.State.Id).Select(s => places[s.State.Id]).ToList();
        var merged = (one.Merged ?? []).Where(m => Takes(m.GoesOn.State, now)).Select(m => (m.Cause, Place: places[m.GoesOn.State.Id])).ToList();
        var found = one.Rest + touched.Count(t => t.After.Cause != Story.Many && t.After.OpenedAt > now.AddHours(-1));
        foreach (var (mention, incident) in one.Stored)
        {
            Remember(mention, places.GetValueOrDefault(incident));
        }

        foreach (var (id, alert) in one.Alerts.OrderBy(a => a.Alert.SeenAt).ThenBy(a => a.Id))
        {
            var place = graver.GetValueOrDefault(alert.MentionId)?.Find(g => Covers(g.Place.After, g.Terms, rule.Terms)).Place
                ?? touched.Find(t => Story.Same(t.After.Cause, alert.Cause))
                ?? merged.Find(m => Story.Same(m.Cause, alert.Cause)).Place;
            if (place is null && ++found > MostAnHour)
            {
                place = Flood(touched, now) ?? Open(Story.Many, id, alert);
            }

            place ??= Open(alert.Cause, id, alert);
            place.Alerts.Add((id, alert));
            Remember(alert.MentionId, place);
        }

        Attached Open(string cause, Guid id, Raised alert)
        {
            var place = new Attached(new(new(Incident.IdOf(workspace, rule.Id, alert.Brand.Id, cause, id)), 0));
            var opened = new IncidentOpened(rule.Kind, rule.Id, rule.Terms.Name, rule.Terms.Severity, alert.Brand, cause, null, null, rule.Terms.CooldownMinutes, null, null, now, alert.TraceParent, rule.Terms.Labels);
            place.Add(opened with { Silence = silenced(opened) });
            touched.Add(place);
            places.Add(place.After.Id, place);
            return place;
        }

        void Remember(Guid mention, Attached? place)
        {
            if (place is not null)
            {
                graver.TryAdd(mention, []);
                graver[mention].Add((place, rule.Terms));
            }
        }
    }

    // Nobody whom the lesser rule would tell misses it: the incident is as grave, is of this story and not of all the rest, is not silenced, and tells the same channels and whoever filters by the same labels.
    private static bool Covers(Incident incident, RuleTerms its, RuleTerms lesser) =>
        incident.Severity >= lesser.Severity
        && incident.Cause != Story.Many
        && incident.Silence is null
        && (its.Channels is null || lesser.Channels?.All(its.Channels.Contains) == true)
        && (lesser.Labels ?? []).All(l => incident.Labels.Contains(l, StringComparer.Ordinal));

    // Within the cool-down what a person ended takes in quietly, and what ended by itself goes on.
    private static bool Takes(Incident i, DateTimeOffset now) =>
        i.Lasts || (i is { Status: IncidentStatus.Resolved, ResolvedAt: { } at } && now - at < TimeSpan.FromMinutes(i.CooldownMinutes));

    private static Attached? Flood(List<Attached> touched, DateTimeOffset now) =>
        touched.Find(t => t.After.Cause == Story.Many && t.After.Lasts && now - t.After.OpenedAt < TimeSpan.FromDays(1));

    private static void Tell(Attached t, DateTimeOffset now)
    {
        // One of a watch, into which a person put a story, goes by what the watch sees.
        if (t.After is { Status: IncidentStatus.Resolved, ResolvedBy: Incident.Ourselves } && RuleKinds.IsSingle(t.After.Kind))
        {
            t.Add(new IncidentReopened("causeBack", Incident.Ourselves, now));
        }

        var count = t.Before.Alerts + t.Alerts.Count;
        if (count <= SingleEvents || count >= t.After.Told * 2)
        {
            t.Add(new AlertsAttached(count, [.. t.Alerts.Select(a => a.Alert.MentionId).Distinct().Take(20)], t.Alerts.Max(a => a.Alert.Negative), t.Alerts.Max(a => a.Alert.Reach), now));
        }
    }
}

/// <summary>An incident on its way to the store.</summary>
/// <param name="before">As it is stored; version 0 when it is new.</param>
internal sealed class Attached(Standing before)
{
    public Standing Before { get; } = before;

    public Incident After { get; private set; } = before.State;

    public List<(Guid Id, Raised Alert)> Alerts { get; } = [];

    public List<object> Events { get; } = [];

    public void Add(object happened)
    {
        Events.Add(happened);
        After = Incident.Apply(After, happened);
    }
}
