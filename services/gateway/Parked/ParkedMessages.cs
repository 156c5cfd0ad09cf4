using System.Collections.Concurrent;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Gateway.Parked;

/// <summary>The queues of messages that could not be handled: counting them, saying why, sending them again. Tests of pages put another in its place, as they have no broker.</summary>
internal class ParkedMessages(ConnectionFactory factory, TimeProvider clock)
{
    // Sent again before the broker has confirmed them all; then they are acknowledged together.
    private const int Page = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    // Looking at a message counts as a delivery, of which a broker may allow only so many (RabbitMQ 4: 20) before it drops it: who was looked at this often is renewed.
    private const int Looks = 5;

    private readonly ConcurrentDictionary<string, FirstParked> _first = new(StringComparer.Ordinal);

    /// <summary>How many waited in all queues when they were counted last; 0 before that. What every open page of an admin may look at.</summary>
    public long Waiting { get; protected set; }

    /// <summary>How many messages wait in each queue, without looking at them.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken) => WithChannelAsync<IReadOnlyDictionary<string, long>>(
        async (channel, ct) =>
        {
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var (queue, _) in Queues.All)
            {
                counts[queue] = await channel.MessageCountAsync(Parked(queue), ct);
            }

            Waiting = counts.Values.Sum();
            return counts;
        },
        cancellationToken);

    /// <summary>How many messages are in all queues, those that wait to be handled and those that are parked.</summary>
    public Task<long> TotalAsync(CancellationToken cancellationToken) => WithChannelAsync(
        async (channel, ct) =>
        {
            var total = 0L;
            foreach (var (queue, _) in Queues.All)
            {
                total += await channel.MessageCountAsync(queue, ct) + await channel.MessageCountAsync(Parked(queue), ct);
            }

            return total;
        },
        cancellationToken);

    /// <summary>Every queue, with the cause of its first message.</summary>
    public virtual Task<IReadOnlyList<ParkedQueue>> ListAsync(CancellationToken cancellationToken) => WithChannelAsync<IReadOnlyList<ParkedQueue>>(
        async (channel, ct) =>
        {
            var list = new List<ParkedQueue>();
            foreach (var (queue, _) in Queues.All)
            {
                var count = await channel.MessageCountAsync(Parked(queue), ct);
                list.Add(new ParkedQueue(queue, count, await FirstAsync(channel, queue, count, ct)));
            }

            Waiting = list.Sum(q => q.Count);
            return list;
        },
        cancellationToken);

    /// <summary>Sends parked messages to their queue again, oldest first. Each is taken off only after the broker has confirmed its copy: killed in between, one may come twice and none is lost.</summary>
    /// <param name="queue">One of <see cref="Queues.All"/>.</param>
    /// <param name="max">At most so many; null for all that wait now. Those that fail again meanwhile are not taken a second time.</param>
    /// <param name="cancellationToken">Stops after the page under way.</param>
    /// <exception cref="RuleViolation">404: there is no such queue.</exception>
    public virtual async Task<int> ResendAsync(string queue, int? max, CancellationToken cancellationToken)
    {
        if (!Queues.All.Any(q => string.Equals(q.Queue, queue, StringComparison.Ordinal)))
        {
            throw new RuleViolation("not_found", "There is no such queue. The list of what is parked names them all.", StatusCodes.Status404NotFound);
        }

        if (max < 1)
        {
            throw RuleViolation.Invalid("max", "max_invalid", "max is the number of messages to send again, 1 or more; leave it out for all.");
        }

        _first.TryRemove(queue, out _);
        var left = max ?? int.MaxValue;
        var moved = 0;
        for (var first = true; left > 0; first = false)
        {
            var (sent, waiting) = await WithChannelAsync(
                async (channel, ct) =>
                {
                    var count = (int)Math.Min(int.MaxValue, await channel.MessageCountAsync(Parked(queue), ct));
                    return (count == 0 ? 0 : await MoveAsync(channel, Parked(queue), queue, Math.Min(count, Math.Min(left, Page)), ParkedHeaders.Fresh, ct), count);
                },
                cancellationToken);
            left = Math.Min(left, first ? waiting : left) - sent;
            moved += sent;
            if (sent == 0)
            {
                break;
            }
        }

        return moved;
    }

    // Consumed, not fetched singly: RabbitMQ treats every fetch from a quorum queue as a consumer of its own, and forgets acknowledgements that wait when the channel closes.
    private static async Task<int> MoveAsync(
        IChannel channel, string from, string to, int wanted, Func<IReadOnlyBasicProperties, BasicProperties> properties, CancellationToken cancellationToken)
    {
        var arriving = Channel.CreateUnbounded<BasicDeliverEventArgs>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            // The consumer owns the body only until this returns.
            var copy = new BasicDeliverEventArgs(message.ConsumerTag, message.DeliveryTag, message.Redelivered, message.Exchange, message.RoutingKey, message.BasicProperties, message.Body.ToArray(), message.CancellationToken);
            await arriving.Writer.WriteAsync(copy, cancellationToken);
        };
        await channel.BasicQosAsync(0, (ushort)wanted, global: false, cancellationToken);
        var tag = await channel.BasicConsumeAsync(from, autoAck: false, consumer, cancellationToken);
        var confirms = new List<Task>();
        var last = 0UL;
        while (confirms.Count < wanted && await NextAsync(arriving.Reader, cancellationToken) is { } message)
        {
            // Mandatory: without its queue the copy would be confirmed and gone.
            confirms.Add(channel.BasicPublishAsync("", to, mandatory: true, properties(message.BasicProperties), message.Body, cancellationToken).AsTask());
            last = message.DeliveryTag;
        }

        await Task.WhenAll(confirms);

        // First: what the acknowledgement makes room for would be handed out, and given back counted.
        await channel.BasicCancelAsync(tag, noWait: false, cancellationToken);
        if (last != 0)
        {
            await channel.BasicAckAsync(last, multiple: true, cancellationToken);
        }

        return confirms.Count;
    }

    // Null when nothing comes although something was counted: another admin was faster.
    private static async Task<BasicDeliverEventArgs?> NextAsync(ChannelReader<BasicDeliverEventArgs> arriving, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            return await arriving.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ParkedCause?> FirstAsync(IChannel channel, string queue, long count, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_first.TryGetValue(queue, out var first) && first.IsStill(count, now))
        {
            first = first with { Count = count };
        }
        else
        {
            _first.TryRemove(queue, out _);
            if (count == 0 || await channel.BasicGetAsync(Parked(queue), autoAck: false, cancellationToken) is not { } message)
            {
                return null;
            }

            first = new FirstParked(ParkedHeaders.Cause(message.BasicProperties, now), count, now);
            await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, cancellationToken);
            if (ParkedHeaders.Deliveries(message.BasicProperties) >= Looks)
            {
                // Not counted before: what was just given back need not be in the broker's count yet, and would never be renewed.
                await MoveAsync(channel, Parked(queue), Parked(queue), 1, p => ParkedHeaders.Renewed(p, now), cancellationToken);
            }
        }

        _first[queue] = first;
        return first.Cause with { AgeSeconds = first.Cause.ParkedAt is { } at ? Math.Max(0, (long)(now - at).TotalSeconds) : null };
    }

    private static string Parked(string queue) => queue + Topology.ParkedSuffix;

    // A connection of its own for each call: an admin looks here seldom, and a channel that fails takes nobody along.
    private async Task<T> WithChannelAsync<T>(Func<IChannel, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await using var connection = await factory.CreateConnectionAsync("parked", timeout.Token);
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), timeout.Token);
            return await work(channel, timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not answer within {Timeout.TotalSeconds:0} s.", e);
        }
    }
}
