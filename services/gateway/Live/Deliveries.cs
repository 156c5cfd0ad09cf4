using System.Threading.Channels;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Gateway.Live;

/// <summary>Tells the ledger when an alert reached the first listener of its workspace: once for all replicas, and again only if this process dies between telling and noting it.</summary>
internal sealed class Deliveries(NpgsqlDataSource database, IBus bus, TimeProvider clock, ILogger<Deliveries> log) : BackgroundService
{
    private static readonly Guid Space = new("6f1f7d0e-7d1b-4a39-9a55-0d7c1f0b2a61");

    private readonly Channel<(long Seq, DateTimeOffset At)> _shown = Channel.CreateBounded<(long, DateTimeOffset)>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Notes that the alert at this place was handed to a listener just now.</summary>
    public void Note(long seq) => _shown.Writer.TryWrite((seq, clock.GetUtcNow()));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _shown.Reader.WaitToReadAsync(stoppingToken))
        {
            var shown = new Dictionary<long, DateTimeOffset>();
            while (shown.Count < 200 && _shown.Reader.TryRead(out var one))
            {
                shown.TryAdd(one.Seq, one.At);
            }

            await Transient.RetryAsync(ct => TellAsync(shown, ct), log, stoppingToken);
        }
    }

    private async Task TellAsync(Dictionary<long, DateTimeOffset> shown, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another replica that was first holds the rows until it has told; then they are no longer null here.
        await using var first = new NpgsqlCommand(
            "select seq, payload::text from gateway.live_log where seq = any($1) and delivered_at is null order by seq for update", connection);
        first.Parameters.Add(new() { Value = shown.Keys.ToArray() });
        var messages = new List<(Guid, AlertDelivered)>();
        await using (var reader = await first.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var alert = LiveIntake.Alert(reader.GetString(1));
                var message = new AlertDelivered(alert.Workspace, alert.AlertId, alert.MentionId, shown[reader.GetInt64(0)]);
                messages.Add((NameBasedGuid.Create(Space, alert.Workspace, alert.AlertId.ToString()), message));
            }
        }

        if (messages.Count == 0)
        {
            return;
        }

        await bus.PublishAllAsync(messages, cancellationToken);
        await using var note = new NpgsqlCommand("update gateway.live_log set delivered_at = $2 where seq = any($1) and delivered_at is null", connection);
        note.Parameters.Add(new() { Value = shown.Keys.ToArray() });
        note.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await note.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
