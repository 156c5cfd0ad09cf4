using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Serm.Defaults;

/// <summary>Puts a message that cannot even be read aside, with the reason. MassTransit's own way would declare the parked queue with other arguments than <see cref="Topology"/>, which the broker refuses by closing the channel.</summary>
internal sealed partial class Parking(ConnectionFactory factory, string queue, ILogger<Parking> log) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is OperationCanceledException || Transient.Is(context.Exception) || !context.TryGetPayload<RabbitMqBasicConsumeContext>(out var received))
        {
            // It goes back to its queue: this process stops, or a server does not answer.
            throw context.Exception;
        }

        LogParked(log, queue, context.Exception);
        var properties = new BasicProperties(received.Properties)
        {
            Persistent = true,
            Headers = new Dictionary<string, object?>(received.Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
            {
                [MessageHeaders.FaultExceptionType] = context.Exception.GetType().FullName,
                [MessageHeaders.FaultMessage] = context.Exception.Message,
                [MessageHeaders.FaultTimestamp] = context.ExceptionTimestamp.ToString("O"),
            },
        };
        await using var connection = await factory.CreateConnectionAsync("parking", context.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), context.CancellationToken);
        await channel.BasicPublishAsync("", queue + Topology.ParkedSuffix, mandatory: true, properties, context.Body.GetBytes(), context.CancellationToken);
        BatchMetrics.Parked.Add(1, new KeyValuePair<string, object?>("queue", queue));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parking");

    [LoggerMessage(EventId = 122, Level = LogLevel.Error, Message = "A message of {Queue} cannot be read and is parked")]
    private static partial void LogParked(ILogger log, string queue, Exception exception);
}
