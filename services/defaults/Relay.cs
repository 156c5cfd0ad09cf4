using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>The event store as outbox: publishes a contract for each stored event of interest, with the event's id as message id. Marten moves the relay's progress only after the broker confirmed the page, so an outage delays and never loses.</summary>
public abstract class Relay(IBus bus, ILogger log) : SubscriptionBase
{
    /// <summary>Maps a page of events to what the bus is told, in order. Events of no interest map to nothing.</summary>
    protected abstract Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken);

    /// <summary>What else follows the events of a page, once the bus has been told. Comes again when the page does.</summary>
    protected virtual Task AfterAsync(EventRange page, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public sealed override async Task<IChangeListener> ProcessEventsAsync(EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        await Transient.RetryAsync(
            async ct =>
            {
                var messages = await MapAsync(page.Events, ct);
                await bus.PublishAllAsync(messages, ct);
            },
            log,
            cancellationToken);
        await Transient.RetryAsync(ct => AfterAsync(page, ct), log, cancellationToken);
        return NullChangeListener.Instance;
    }
}
