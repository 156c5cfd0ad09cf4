using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using System.Threading.RateLimiting;
using Npgsql;
using NpgsqlTypes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Bench;

/// <summary>The same hops with nothing in between: confirmed publish, consume, confirmed publish, consume, one insert of many rows; quorum queues, persistent messages, batches.</summary>
internal sealed class BareChain(string postgres, string rabbitMq)
{
    private const int Batch = 500;
    private const string First = "bench.found";
    private const string Second = "bench.scored";

    // What sentiment adds to a mention on its way.
    private static readonly byte[] Verdict = JsonSerializer.SerializeToUtf8Bytes(
        new { verdict = Posts.Scored(new Random(1), Posts.Found(new Random(1), new(Guid.Empty, "Acme"), Guid.Empty, "1", DateTimeOffset.UnixEpoch)).Verdict }, ServiceDefaults.Configure(new()));

    /// <summary>Sends mentions through and waits until all of them are stored.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> RunAsync(IReadOnlyList<MentionFound> mentions, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(rabbitMq) };
        await using var publisher = await factory.CreateConnectionAsync(cancellationToken);
        await using var consumer = await factory.CreateConnectionAsync(cancellationToken);
        await using var source = NpgsqlDataSource.Create(postgres);
        await DeleteAsync(factory, cancellationToken);
        await PrepareAsync(publisher, source, cancellationToken);
        var json = ServiceDefaults.Configure(new());
        await using var firstHop = await OpenAsync(publisher, cancellationToken);
        await using var secondHop = await OpenAsync(publisher, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new[]
        {
            ConsumeAsync(consumer, First, batch => PublishAsync(secondHop, Second, batch.Select(b => (ReadOnlyMemory<byte>)(byte[])[.. b.Span[..^1], (byte)',', .. Verdict.AsSpan(1)]), stop.Token), stop.Token),
            ConsumeAsync(
                consumer,
                Second,
                async batch =>
                {
                    await InsertAsync(source, batch, stop.Token);
                    if (Interlocked.Add(ref stored, batch.Count) >= mentions.Count)
                    {
                        done.TrySetResult();
                    }
                },
                stop.Token),
        };
        var watch = Stopwatch.StartNew();
        foreach (var chunk in mentions.Chunk(Batch * 2))
        {
            await PublishAsync(firstHop, First, chunk.Select(m => (ReadOnlyMemory<byte>)JsonSerializer.SerializeToUtf8Bytes(m, json)), cancellationToken);
        }

        await await Task.WhenAny([done.Task, .. work]).WaitAsync(cancellationToken);
        var elapsed = watch.Elapsed;
        await stop.CancelAsync();
        await Task.WhenAll(work).ContinueWith(static _ => { }, TaskScheduler.Default);
        await DeleteAsync(factory, CancellationToken.None);
        return elapsed;
    }

    private static async Task PrepareAsync(IConnection connection, NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var queue in new[] { First, Second })
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        }

        await using var create = source.CreateCommand("drop table if exists bench_chain; create table bench_chain (id uuid primary key, data jsonb not null)");
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    // A broker that is still burying the consumers of a quorum queue can answer with an internal error, and close the connection.
    private static async Task DeleteAsync(ConnectionFactory factory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(cancellationToken);
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                await channel.QueueDeleteAsync(First, cancellationToken: cancellationToken);
                await channel.QueueDeleteAsync(Second, cancellationToken: cancellationToken);
                return;
            }
            catch (Exception e) when (e is OperationInterruptedException && attempt < 5)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellationToken);
            }
        }
    }

    // The client's own limiter slows down from half of its permits on; a plain one does not.
    private static Task<IChannel> OpenAsync(IConnection connection, CancellationToken cancellationToken) => connection.CreateChannelAsync(
        new CreateChannelOptions(
            publisherConfirmationsEnabled: true,
            publisherConfirmationTrackingEnabled: true,
            outstandingPublisherConfirmationsRateLimiter: new ConcurrencyLimiter(new() { PermitLimit = Batch * 2, QueueLimit = int.MaxValue })),
        cancellationToken);

    private static Task PublishAsync(IChannel channel, string queue, IEnumerable<ReadOnlyMemory<byte>> bodies, CancellationToken cancellationToken) => Task.WhenAll(
        bodies.Select(b => channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true, ContentType = "application/json" }, b, cancellationToken).AsTask()));

    private static async Task ConsumeAsync(IConnection connection, string queue, Func<IReadOnlyList<ReadOnlyMemory<byte>>, Task> handle, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, Batch * 3, global: false, cancellationToken);
        var waiting = Channel.CreateUnbounded<(ulong Tag, byte[] Body)>(new() { SingleReader = true, SingleWriter = true });
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, e) =>
        {
            waiting.Writer.TryWrite((e.DeliveryTag, e.Body.ToArray()));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
        var batch = new List<ReadOnlyMemory<byte>>(Batch);
        while (await waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            ulong last = 0;
            while (batch.Count < Batch && waiting.Reader.TryRead(out var next))
            {
                batch.Add(next.Body);
                last = next.Tag;
            }

            await handle(batch);
            await channel.BasicAckAsync(last, multiple: true, cancellationToken);
            batch.Clear();
        }
    }

    private static async Task InsertAsync(NpgsqlDataSource source, IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("insert into bench_chain select * from unnest($1, $2) on conflict do nothing");
        command.Parameters.Add(new() { Value = batch.Select(IdOf).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = batch.Select(b => b.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Guid IdOf(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("mentionId"u8))
            {
                reader.Read();
                return reader.GetGuid();
            }
        }

        throw new InvalidOperationException("A message without an id.");
    }
}
