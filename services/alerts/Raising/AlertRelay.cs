using JasperFx.Events;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Tells the bus which alerts were raised.</summary>
internal sealed class AlertRelay(IBus bus, ILogger<AlertRelay> log) : Relay(bus, log)
{
    protected override Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        IReadOnlyList<(Guid, object)> messages =
        [
            .. events.Select(Map).OfType<AlertRaised>().Select(m => (m.EventId, (object)m)),
            .. events.Where(e => e.Data is WebhookDisabled).Select(e => (e.Id, (object)Disabled(e, (WebhookDisabled)e.Data))),
        ];
        return Task.FromResult(messages);
    }

    /// <summary>The contract for an event; null when it is one of a rule.</summary>
    public static AlertRaised? Map(IEvent stored) => stored.Data is Raised e
        ? new(stored.Id, stored.TenantId, stored.StreamId, e.RuleId, e.RuleName, e.MentionId, e.Brand, e.Negative, e.Reach, e.SeenAt, e.RaisedAt, e.TraceParent)
        : null;

    private static EndpointDisabled Disabled(IEvent stored, WebhookDisabled e) => new(stored.Id, stored.TenantId, stored.StreamId, e.Name, e.Reason, e.Detail, e.At);
}
