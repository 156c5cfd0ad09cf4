using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>Handles messages of one contract, as many at once as wait.</summary>
/// <typeparam name="T">The contract.</typeparam>
public interface IBatchConsumer<T>
    where T : class
{
    /// <summary>The work: all or nothing, and harmless when repeated. What fails for good is tried again message by message, and those that still fail are parked.</summary>
    /// <param name="messages">At least one; from any workspace, with repeats.</param>
    /// <param name="cancellationToken">Gives up: the messages go back to their queue.</param>
    Task ConsumeAsync(IReadOnlyList<T> messages, CancellationToken cancellationToken);
}

/// <summary>Handles a batch so that one message that cannot be handled never takes its neighbours along.</summary>
/// <param name="consumer">Does the work.</param>
/// <param name="queue">The queue that the messages came from.</param>
/// <param name="log">Told about retries and parked messages, never about their contents.</param>
internal sealed partial class BatchHandling<T>(Lazy<IBatchConsumer<T>> consumer, string queue, ILogger log)
    where T : class
{
    /// <summary>Handles the bulks as one; retries what passes by itself for as long as it takes; when it fails for good, handles each message alone and parks those that fail.</summary>
    public async Task HandleAsync(IReadOnlyList<ConsumeContext<Bulk<T>>> bulks)
    {
        var all = bulks.Count == 1 ? bulks[0].Message.Items : [.. bulks.SelectMany(b => b.Message.Items)];
        try
        {
            if (all.Count > 0)
            {
                await Transient.RetryAsync(ct => consumer.Value.ConsumeAsync(all, ct), log, bulks[0].CancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach (var bulk in bulks)
            {
                await HandleSinglyAsync(bulk);
            }
        }

        foreach (var bulk in bulks.Where(b => b.Message.Unreadable.Count > 0))
        {
            for (var i = 0; i < bulk.Message.Unreadable.Count; i++)
            {
                var member = bulk.Message.Unreadable[i];
                await ParkAsync(bulk, Packing.Alone<T>(member), bulk.Message.Items.Count + i, member.Why);
            }
        }
    }

    private async Task HandleSinglyAsync(ConsumeContext<Bulk<T>> bulk)
    {
        for (var i = 0; i < bulk.Message.Items.Count; i++)
        {
            var message = bulk.Message.Items[i];
            try
            {
                await Transient.RetryAsync(ct => consumer.Value.ConsumeAsync([message], ct), log, bulk.CancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await ParkAsync(bulk, Packing.Alone(message), i, e);
            }
        }
    }

    private async Task ParkAsync(ConsumeContext bulk, Bulk<T> alone, int index, Exception why)
    {
        var id = Packing.MemberId(bulk.MessageId, index);
        LogParked(log, id, queue, why);
        var parked = await bulk.GetSendEndpoint(new Uri($"exchange:{queue}{Topology.ParkedSuffix}"));
        await parked.Send(alone, c =>
        {
            c.MessageId = id;
            c.Headers.Set(MessageHeaders.FaultExceptionType, why.GetType().FullName);
            c.Headers.Set(MessageHeaders.FaultMessage, why.Message);
            c.Headers.Set(MessageHeaders.FaultTimestamp, TimeProvider.System.GetUtcNow().ToString("O"));
        });
        BatchMetrics.Parked.Add(1, new KeyValuePair<string, object?>("queue", queue));
    }

    [LoggerMessage(EventId = 121, Level = LogLevel.Error, Message = "Message {MessageId} cannot be handled and is parked in {Queue}_error")]
    private static partial void LogParked(ILogger log, Guid? messageId, string queue, Exception exception);
}

internal static class BatchMetrics
{
    public static readonly Counter<long> Parked = Telemetry.Meter.CreateCounter<long>("serm.messages.parked", description: "Messages put aside because they could not be handled");

    public static readonly Histogram<long> Size = Telemetry.Meter.CreateHistogram<long>("serm.batch.size", description: "Messages handled at once, by queue");
}
