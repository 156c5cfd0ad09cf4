using JasperFx.Events;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>The one place where a stored event becomes a public one.</summary>
internal static class PublicEventMap
{
    /// <summary>The mention that the public event will quote; null when it quotes none.</summary>
    public static Guid? Quotes(object stored) => stored switch
    {
        Raised e => e.MentionId,
        _ => null,
    };

    /// <summary>True for events that name their incident by their stream alone: whose brand, severity and labels have to be looked up.</summary>
    public static bool NeedsIncident(object stored) => stored is IncidentAcknowledged or IncidentResolved or IncidentReopened or IncidentMerged or IncidentEscalated or IncidentSilenceEnded;

    /// <summary>What programs outside are told of a stored event; null when it is of no interest to them. It must not fail: an event that cannot be mapped would hold up all that follow.</summary>
    /// <param name="stored">The stored event.</param>
    /// <param name="mention">The mention that it <see cref="Quotes"/>; null when its text is not kept any more.</param>
    /// <param name="incident">The incident, if it <see cref="NeedsIncident"/>.</param>
    public static PublicEvent? Of(IEvent stored, MentionScored? mention, Incident? incident = null) => stored.Data switch
    {
        Raised e => new(
            stored.Id,
            PublicEventTypes.AlertRaised,
            e.RaisedAt,
            new AlertRaisedData(stored.StreamId, new(e.RuleId, e.RuleName, e.RuleVersion), e.Negative, MentionData.Of(e.MentionId, e.Brand, e.Reach, e.SeenAt, mention), e.RaisedAt, e.IncidentId, e.Severity, e.Labels ?? []))
        {
            Severity = e.Severity is { } severity ? Text(severity) : null,
            Labels = e.Labels ?? [],
            BrandId = e.Brand.Id,
            MentionId = e.MentionId,
            TraceParent = e.TraceParent,
        },
        IncidentOpened e => new(
            stored.Id,
            PublicEventTypes.IncidentOpened,
            e.At,
            new IncidentOpenedData(stored.StreamId, e.Kind, e.RuleId, e.RuleName, e.Severity, e.Brand, e.Subject, e.SourceId, e.Measured, e.Silence is not null, e.At, e.Labels ?? []))
        {
            BrandId = e.Brand?.Id,
            Severity = Text(e.Severity),
            Labels = e.Labels ?? [],
            TraceParent = e.TraceParent,
        },
        IncidentAcknowledged e => Change(stored, incident, PublicEventTypes.IncidentAcknowledged, e.At, e.By, null, null),
        IncidentResolved e => Change(stored, incident, PublicEventTypes.IncidentResolved, e.At, e.By, e.Reason, null),
        IncidentReopened e => Change(stored, incident, PublicEventTypes.IncidentReopened, e.At, e.By, e.Reason, null),
        IncidentMerged e => Change(stored, incident, PublicEventTypes.IncidentMerged, e.At, e.By, null, e.Into),
        IncidentEscalated e => Change(stored, incident, PublicEventTypes.IncidentEscalated, e.At, Incident.Ourselves, null, null),
        IncidentSilenceEnded { Next: null } e => Change(stored, incident, PublicEventTypes.IncidentSilenceEnded, e.At, Incident.Ourselves, null, null),
        Triaged e when PublicEventTypes.IsKnown("mention." + e.Change) => new(stored.Id, "mention." + e.Change, e.At, new MentionTriagedData(e.MentionId, e.BrandId, e.Change, e.By, e.At))
        {
            BrandId = e.BrandId,
            TraceParent = e.TraceParent,
        },
        WebhookDisabled e => new(stored.Id, PublicEventTypes.EndpointDisabled, e.At, new EndpointDisabledData(stored.StreamId, e.Name, e.Reason, e.Detail, e.At)) { ExceptWebhook = stored.StreamId },
        WebhookTested e => new(stored.Id, PublicEventTypes.Test, e.At, new TestData(stored.StreamId, e.By)) { OnlyWebhook = stored.StreamId },
        _ => null,
    };

    // What filters by brand, severity or label wants to hear how its incidents go on, too.
    private static PublicEvent Change(IEvent stored, Incident? incident, string type, DateTimeOffset at, string by, string? reason, Guid? into) =>
        new(stored.Id, type, at, new IncidentChangeData(stored.StreamId, (int)stored.Version, by, reason, into, at))
        {
            BrandId = incident?.Brand?.Id,
            Severity = incident is null ? null : Text(incident.Severity),
            Labels = incident?.Labels ?? [],
            TraceParent = incident?.TraceParent,
        };

    private static string Text(IncidentSeverity severity) => severity.ToString().ToLowerInvariant();
}
