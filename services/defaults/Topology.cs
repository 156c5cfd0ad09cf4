using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Serm.Contracts;

namespace Serm.Defaults;

/// <summary>Declares every durable queue with its bindings before this process publishes anything: a message sent before its queue is bound is lost in silence, confirmed or not.</summary>
public sealed partial class Topology(ConnectionFactory factory, ILogger<Topology> log) : IHostedService
{
    /// <summary>Redeliveries after which the broker itself dead-letters a message: a consumer that dies with it each time must not block the queue for ever.</summary>
    public const int DeliveryLimit = 50;

    /// <summary>Suffix of the queue in which messages that could not be handled are parked.</summary>
    public const string ParkedSuffix = "_error";

    /// <summary>The exchange that MassTransit publishes a contract to.</summary>
    public static string ExchangeOf(Type message) => $"{message.Namespace}:{message.Name}";

    /// <summary>Arguments of a work queue: quorum, bounded redelivery, dead letters to the parked queue.</summary>
    public static Dictionary<string, object?> QueueArguments(string queue) => new(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-dead-letter-exchange"] = queue + ParkedSuffix,
    };

    /// <summary>Waits for the broker, then declares. Retries until the host stops.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await DeclareAsync(factory, cancellationToken);
                return;
            }
            catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException)
            {
                LogBrokerAwaited(log, e.Message);
                await Task.Delay(Transient.Pause(attempt, Random.Shared.NextDouble()), cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Declares all queues of <see cref="Queues.All"/> with their parked twins. Repeating it changes nothing.</summary>
    public static async Task DeclareAsync(ConnectionFactory factory, CancellationToken cancellationToken)
    {
        await using var connection = await factory.CreateConnectionAsync("topology", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var (queue, message) in Queues.All)
        {
            var exchange = ExchangeOf(message);
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken);
            await DeclareQueueAsync(channel, queue + ParkedSuffix, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }, cancellationToken);
            await DeclareQueueAsync(channel, queue, QueueArguments(queue), cancellationToken);
            await channel.ExchangeBindAsync(queue, exchange, "", cancellationToken: cancellationToken);
        }
    }

    private static async Task DeclareQueueAsync(IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, queue, "", cancellationToken: cancellationToken);
    }

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "The broker is not there yet: {Reason}")]
    private static partial void LogBrokerAwaited(ILogger log, string reason);
}
