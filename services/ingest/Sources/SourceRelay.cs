using JasperFx.Events;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>Tells the bus where sources were blind, whose credentials end, and which are gone.</summary>
internal sealed class SourceRelay(IBus bus, ILogger<SourceRelay> log) : Relay(bus, log)
{
    protected override Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        IReadOnlyList<(Guid, object)> messages = [.. events.Select(e => (e.Id, Message: (object?)Map(e) ?? (object?)Ending(e) ?? Gone(e))).Where(m => m.Message is not null).Select(m => (m.Id, m.Message!))];
        return Task.FromResult(messages);
    }

    /// <summary>The contract for an event; null when it is none of a gap.</summary>
    public static SourceGapChanged? Map(IEvent stored) => stored.Data switch
    {
        GapOpened e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, e.GapId, e.From, null, e.Reason),
        GapClosed e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, e.GapId, e.From, e.To, e.Reason, e.Backfilled),
        _ => null,
    };

    /// <summary>The contract for a source that was removed; null for any other event.</summary>
    public static SourceGone? Gone(IEvent stored) => stored.Data is SourceRemoved e ? new(stored.Id, stored.TenantId, stored.StreamId, e.At) : null;

    /// <summary>The contract for an event; null when it is none of credentials.</summary>
    public static SourceCredentialsEnding? Ending(IEvent stored) => stored.Data switch
    {
        CredentialsEnding e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, e.EndAt, e.At),
        CredentialsLast e => new(stored.Id, stored.TenantId, stored.StreamId, e.SourceName, null, e.At),
        _ => null,
    };
}
