using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Gateway.Live;

/// <summary>Writes what the other services tell into the live log.</summary>
internal static class LiveIntake
{
    private static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    /// <summary>As it goes into the log.</summary>
    public static LiveEntry Entry(MentionChanged m) => new(
        m.EventId, m.Workspace, m.At, m.TraceParent, new LiveEvent(0, LiveEvent.Mention, JsonSerializer.Serialize(m, Json), m.MentionId, m.BrandId));

    /// <summary>As it goes into the log.</summary>
    public static LiveEntry Entry(AlertRaised a) => new(
        a.EventId, a.Workspace, a.RaisedAt, a.TraceParent, new LiveEvent(0, LiveEvent.Alert, JsonSerializer.Serialize(a, Json), a.MentionId, a.Brand.Id));

    /// <summary>As it goes into the log.</summary>
    public static LiveEntry Entry(PresenceChanged p) => new(
        p.EventId, p.Workspace, p.At, null, new LiveEvent(0, LiveEvent.Presence, JsonSerializer.Serialize(p, Json), p.MentionId, p.BrandId));

    /// <summary>As it goes into the log.</summary>
    public static LiveEntry Entry(EndpointDisabled e) => new(
        e.EventId, e.Workspace, e.At, null, new LiveEvent(0, LiveEvent.Webhook, JsonSerializer.Serialize(e, Json), Guid.Empty, Guid.Empty));

    /// <summary>As it goes into the log.</summary>
    public static LiveEntry Entry(IncidentChanged i) => new(
        i.EventId, i.Workspace, i.At, i.TraceParent, new LiveEvent(0, LiveEvent.Incident, JsonSerializer.Serialize(i, Json), i.IncidentId, i.Brand?.Id ?? Guid.Empty));

    /// <summary>Reads an alert back.</summary>
    public static AlertRaised Alert(string payload) => JsonSerializer.Deserialize<AlertRaised>(payload, Json)!;
}

internal sealed class MentionChangedConsumer(LiveLog live) : IBatchConsumer<MentionChanged>
{
    public Task ConsumeAsync(IReadOnlyList<MentionChanged> messages, CancellationToken cancellationToken) => live.AppendAsync([.. messages.Select(LiveIntake.Entry)], cancellationToken);
}

internal sealed class PresenceChangedConsumer(LiveLog live) : IBatchConsumer<PresenceChanged>
{
    public Task ConsumeAsync(IReadOnlyList<PresenceChanged> messages, CancellationToken cancellationToken) => live.AppendAsync([.. messages.Select(LiveIntake.Entry)], cancellationToken);
}

internal sealed class AlertRaisedConsumer(LiveLog live) : IBatchConsumer<AlertRaised>
{
    public Task ConsumeAsync(IReadOnlyList<AlertRaised> messages, CancellationToken cancellationToken) => live.AppendAsync([.. messages.Select(LiveIntake.Entry)], cancellationToken);
}

internal sealed class EndpointDisabledConsumer(LiveLog live) : IBatchConsumer<EndpointDisabled>
{
    public Task ConsumeAsync(IReadOnlyList<EndpointDisabled> messages, CancellationToken cancellationToken) => live.AppendAsync([.. messages.Select(LiveIntake.Entry)], cancellationToken);
}

internal sealed class IncidentChangedConsumer(LiveLog live) : IBatchConsumer<IncidentChanged>
{
    public Task ConsumeAsync(IReadOnlyList<IncidentChanged> messages, CancellationToken cancellationToken) => live.AppendAsync([.. messages.Select(LiveIntake.Entry)], cancellationToken);
}
