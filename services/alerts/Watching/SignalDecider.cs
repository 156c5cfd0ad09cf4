using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>A cause that a watch looks at.</summary>
/// <param name="Brand">Null for none.</param>
/// <param name="Cause">Its key within rule and brand.</param>
/// <param name="Subject">What it is about; null when rule and brand say all.</param>
/// <param name="SourceId">The source; null for none.</param>
/// <param name="Measured">What was measured; null when the cause is over.</param>
internal sealed record Signal(BrandRef? Brand, string Cause, string? Subject, Guid? SourceId, Measured? Measured);

/// <summary>What there has been of a cause.</summary>
/// <param name="Last">The incident that lasts, or ended last; null when there was none.</param>
/// <param name="GoesOn">Where that one goes on: it itself, or the one that it was merged into.</param>
/// <param name="Count">Incidents of the cause so far.</param>
internal sealed record CausePast(Standing? Last, Incident? GoesOn, long Count)
{
    public static readonly CausePast None = new(null, null, 0);

    /// <summary>The past of a cause among all incidents of its rule and brand.</summary>
    public static CausePast Of(IEnumerable<Standing> all, string cause)
    {
        var known = all.Where(s => s.State.Cause == cause).OrderByDescending(s => s.State.ResolvedAt ?? DateTimeOffset.MaxValue).ThenByDescending(s => s.State.OpenedAt).ToList();
        return known is [var last, ..] ? new(last, last.State, known.Count) : None;
    }
}

/// <summary>Decides what a watch's measurement does to the incident of its cause. Pure.</summary>
internal static class SignalDecider
{
    // An incident tells that it grows, not every look.
    private const double Growth = 1.5;

    /// <summary>The incident of the cause as it was, and its new events.</summary>
    public static (Standing Before, IReadOnlyList<object> Events) Decide(string workspace, CausePast past, Rule rule, Signal signal, Func<IncidentOpened, Guid?> silenced, DateTimeOffset now)
    {
        var known = past.GoesOn is { } on && (on.Lasts || now - on.ResolvedAt < TimeSpan.FromMinutes(on.CooldownMinutes)) ? past.Last : null;
        if (signal.Measured is not { } measured)
        {
            return known?.State.Lasts == true ? (known, [new IncidentResolved("causeOver", Incident.Ourselves, now)]) : (known ?? None, []);
        }

        if (known is null)
        {
            // The start of what was measured makes the id, and how many there were before: what lasts beyond the end of its incident has the same start in the next one.
            var id = Incident.IdOf(workspace, rule.Id, signal.Brand?.Id, signal.Cause, new Guid((int)(measured.From.ToUnixTimeSeconds() / 60), 0, 0, BitConverter.GetBytes(past.Count)));
            var opened = new IncidentOpened(rule.Kind, rule.Id, rule.Terms.Name, rule.Terms.Severity, signal.Brand, signal.Cause, signal.Subject, signal.SourceId, rule.Terms.CooldownMinutes, measured, null, now, Labels: rule.Terms.Labels);
            return (new(new(id), 0), [opened with { Silence = silenced(opened) }]);
        }

        return known.State switch
        {
            { Status: IncidentStatus.Resolved, ResolvedBy: Incident.Ourselves } => (known, [new IncidentReopened("causeBack", Incident.Ourselves, now), new IncidentMeasured(measured, now)]),
            // A merged one goes on in the other, and says no more.
            { Lasts: true } when Grew(measured, known.State) || !Same(measured.Terms, known.State.Measured?.Terms) || EndsElsewhen(measured, known.State) => (known, [new IncidentMeasured(measured, now)]),
            _ => (known, []),
        };
    }

    /// <summary>What lasts of a rule and is looked at no more is over: its brand or source was removed or has told nothing for weeks, its gap is long closed, or the rule looks elsewhere now.</summary>
    public static IEnumerable<Signal> Over(IReadOnlyList<Signal> found, IReadOnlyList<Standing> standing) => standing
        .Where(s => s.State.Lasts)
        .ExceptBy(found.Select(f => (f.Brand?.Id, f.Cause)), s => (s.State.Brand?.Id, s.State.Cause))
        .Select(s => new Signal(s.State.Brand, s.State.Cause, s.State.Subject, s.State.SourceId, null));

    private static readonly Standing None = new(new(Guid.Empty), 0);

    // A fact that counts nothing does not grow.
    private static bool Grew(Measured measured, Incident known) => measured.Observed > known.Peak && measured.Observed >= known.Peak * Growth;

    private static bool EndsElsewhen(Measured measured, Incident known) => known.Kind == RuleKinds.CredentialsEnd && measured.To != known.Measured?.To;

    private static bool Same(IReadOnlyList<string>? a, IReadOnlyList<string>? b) => (a ?? []).Order(StringComparer.Ordinal).SequenceEqual((b ?? []).Order(StringComparer.Ordinal), StringComparer.Ordinal);
}
