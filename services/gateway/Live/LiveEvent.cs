namespace Serm.Gateway.Live;

/// <summary>Something that open screens and streams are told at once.</summary>
/// <param name="Seq">Its place in the log: grows, with gaps. What <c>Last-Event-ID</c> takes.</param>
/// <param name="Type">One of <see cref="Mention"/>, <see cref="Alert"/>, <see cref="Incident"/>, <see cref="Presence"/>, <see cref="Webhook"/>, <see cref="Reset"/>.</param>
/// <param name="Payload">The contract as JSON on one line: <c>MentionChanged</c>, <c>AlertRaised</c>, <c>IncidentChanged</c>, <c>PresenceChanged</c> or <c>EndpointDisabled</c>.</param>
/// <param name="MentionId">The mention, or the incident; empty for a webhook or a reset.</param>
/// <param name="BrandId">Its brand; empty for a webhook, a reset, and an incident that concerns none.</param>
public sealed record LiveEvent(long Seq, string Type, string Payload, Guid MentionId, Guid BrandId)
{
    /// <summary>A mention changed.</summary>
    public const string Mention = "mention";

    /// <summary>An alert was raised.</summary>
    public const string Alert = "alert";

    /// <summary>Somebody reads a mention, or has left it.</summary>
    public const string Presence = "presence";

    /// <summary>A webhook was disabled.</summary>
    public const string Webhook = "webhook";

    /// <summary>Something happened to an incident.</summary>
    public const string Incident = "incident";

    /// <summary>Events since the given place are no longer kept: load everything anew and go on from here.</summary>
    public const string Reset = "reset";
}

/// <summary>An event on its way into or out of the log.</summary>
/// <param name="EventId">The stored event that it came from: a repeat is known by it.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="At">When it happened.</param>
/// <param name="TraceParent">W3C traceparent.</param>
/// <param name="Event">The event; <see cref="LiveEvent.Seq"/> is 0 until it is logged.</param>
internal sealed record LiveEntry(Guid EventId, string Workspace, DateTimeOffset At, string? TraceParent, LiveEvent Event);
