namespace Serm.Contracts;

/// <summary>How much an incident matters. Ordered.</summary>
public enum IncidentSeverity
{
    /// <summary>Worth knowing; nobody is woken.</summary>
    Info = 0,

    /// <summary>Somebody should look during the day.</summary>
    Warning = 1,

    /// <summary>Somebody should look now; passes quiet hours.</summary>
    Critical = 2,
}

/// <summary>Something happened to an incident: alerts of one cause, handled once. Producer: alerts (its event store is the outbox). Consumer: gateway, for the live screens and the event log. Carries no text of a post.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="IncidentId">The incident.</param>
/// <param name="Change">The stored event's name: <c>incident_opened</c>, <c>incident_acknowledged</c>, ...</param>
/// <param name="Version">The stream's version after it: what <c>If-Match</c> wants.</param>
/// <param name="Status">Status when it was told: <c>open</c>, <c>acknowledged</c>, <c>resolved</c>, <c>merged</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Kind">Kind of the rule: <c>negativeMention</c>, <c>negativeSpike</c>, ...</param>
/// <param name="RuleId">The rule.</param>
/// <param name="RuleName">Its name when the incident was opened.</param>
/// <param name="Brand">The brand; null for what concerns none, such as a silent source.</param>
/// <param name="Title">What it is about, in a few words that are not a post's.</param>
/// <param name="Owner">Who has it; null when nobody.</param>
/// <param name="Alerts">Alerts so far.</param>
/// <param name="Quiet">True while a silence covers it: screens show it without a toast.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="At">When this happened.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record IncidentChanged(
    Guid EventId,
    string Workspace,
    Guid IncidentId,
    string Change,
    int Version,
    string Status,
    IncidentSeverity Severity,
    string Kind,
    Guid RuleId,
    string RuleName,
    BrandRef? Brand,
    string Title,
    string? Owner,
    long Alerts,
    bool Quiet,
    DateTimeOffset OpenedAt,
    DateTimeOffset At,
    string? TraceParent = null);
