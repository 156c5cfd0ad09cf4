using JasperFx.Events;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>Tells the bus where sources were blind.</summary>
internal sealed class SourceRelay(IBus bus, ILogger<SourceRelay> log) : Relay(bus, log)
{
    protected override Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        IReadOnlyList<(Guid, object)> messages = [.. events.Select(Map).OfType<SourceGapChanged>().Select(m => (m.EventId, (object)m))];
        return Task.FromResult(messages);
    }

    /// <summary>The contract for an event; null when it is none of a gap.</summary>
    public static SourceGapChanged? Map(IEvent stored) => stored.Data switch
    {
        GapOpened e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, e.GapId, e.From, null, e.Reason),
        GapClosed e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, e.GapId, e.From, e.To, e.Reason, e.Backfilled),
        _ => null,
    };
}
