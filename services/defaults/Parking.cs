using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Serm.Defaults;

/// <summary>Puts a message that cannot even be read, or that nobody here understands, aside with the reason. MassTransit's own way would declare the parked queue with other arguments than <see cref="Topology"/>, which the broker refuses by closing the channel, and put what nobody understands where nobody looks.</summary>
internal sealed partial class Parking(ConnectionFactory factory, string queue, TimeProvider clock, ILogger<Parking> log) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is OperationCanceledException || Transient.Is(context.Exception) || !context.TryGetPayload<RabbitMqBasicConsumeContext>(out var received))
        {
            // It goes back to its queue: this process stops, or a server does not answer.
            throw context.Exception;
        }

        LogParked(log, queue, context.Exception);
        await ParkAsync(context, received, context.Exception.GetType().FullName, context.Exception.Message, context.CancellationToken);

        // Or it would be taken for one that nobody understands, and put aside a second time.
        await context.NotifyFaulted(context.Exception);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (!context.TryGetPayload<RabbitMqBasicConsumeContext>(out var received))
        {
            throw new InvalidOperationException($"A message of {queue} came another way than from the broker.");
        }

        LogUnknown(log, queue);
        await ParkAsync(context, received, "MessageUnknown", "Nobody here takes messages of this type from this queue: another version may, or it is somebody else's.", context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parking");

    private async Task ParkAsync(ReceiveContext context, RabbitMqBasicConsumeContext received, string? error, string message, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(received.Properties)
        {
            Persistent = true,
            Headers = new Dictionary<string, object?>(received.Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
            {
                [MessageHeaders.FaultExceptionType] = error,
                [MessageHeaders.FaultMessage] = message,
                [MessageHeaders.FaultTimestamp] = clock.GetUtcNow().UtcDateTime.ToString("O"),
            },
        };
        await using var connection = await factory.CreateConnectionAsync("parking", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        await channel.BasicPublishAsync("", queue + Topology.ParkedSuffix, mandatory: true, properties, context.Body.GetBytes(), cancellationToken);
        BatchMetrics.Parked.Add(1, new KeyValuePair<string, object?>("queue", queue));
    }

    [LoggerMessage(EventId = 122, Level = LogLevel.Error, Message = "A message of {Queue} cannot be read and is parked")]
    private static partial void LogParked(ILogger log, string queue, Exception exception);

    [LoggerMessage(EventId = 123, Level = LogLevel.Error, Message = "A message of {Queue} is of a type that nobody here takes and is parked")]
    private static partial void LogUnknown(ILogger log, string queue);
}
