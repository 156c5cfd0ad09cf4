using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>Handles a batch so that one message that cannot be handled never takes its neighbours along.</summary>
public static partial class BatchHandling
{
    private static readonly Counter<long> Parked = Telemetry.Meter.CreateCounter<long>("serm.messages.parked", description: "Messages put aside because they could not be handled");

    /// <summary>Handles the batch as one; retries what passes by itself for as long as it takes; when it fails for good, handles each message alone and parks those that fail.</summary>
    /// <typeparam name="T">The contract.</typeparam>
    /// <param name="context">The batch.</param>
    /// <param name="handle">The work: all or nothing, and harmless when repeated.</param>
    /// <param name="log">Told about retries and parked messages, never about their contents.</param>
    public static async Task HandleAsync<T>(this ConsumeContext<Batch<T>> context, Func<IReadOnlyList<T>, CancellationToken, Task> handle, ILogger log)
        where T : class
    {
        var all = context.Message.Select(m => m.Message).ToList();
        try
        {
            await Transient.RetryAsync(ct => handle(all, ct), log, context.CancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach (var message in context.Message)
            {
                await HandleAloneAsync(message, handle, log);
            }
        }
    }

    private static async Task HandleAloneAsync<T>(ConsumeContext<T> message, Func<IReadOnlyList<T>, CancellationToken, Task> handle, ILogger log)
        where T : class
    {
        try
        {
            await Transient.RetryAsync(ct => handle([message.Message], ct), log, message.CancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var queue = message.ReceiveContext.InputAddress.AbsolutePath.Split('/')[^1];
            LogParked(log, message.MessageId, queue, e);
            var parked = await message.GetSendEndpoint(new Uri($"exchange:{queue}{Topology.ParkedSuffix}"));
            await parked.Send(message.Message, c =>
            {
                c.MessageId = message.MessageId;
                c.Headers.Set(MessageHeaders.FaultExceptionType, e.GetType().FullName);
                c.Headers.Set(MessageHeaders.FaultMessage, e.Message);
                c.Headers.Set(MessageHeaders.FaultTimestamp, TimeProvider.System.GetUtcNow().ToString("O"));
            });
            Parked.Add(1, new KeyValuePair<string, object?>("queue", queue));
        }
    }

    [LoggerMessage(EventId = 121, Level = LogLevel.Error, Message = "Message {MessageId} cannot be handled and is parked in {Queue}_error")]
    private static partial void LogParked(ILogger log, Guid? messageId, string queue, Exception exception);
}
