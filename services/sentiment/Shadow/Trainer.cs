using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Sentiments.Shadow;

/// <summary>Learns the models that are asked for, one at a time in a process, in the background. A process that dies leaves its work to another: the lease runs out and the training begins again, with the same result.</summary>
internal sealed partial class Trainer(TrainModel train, NpgsqlDataSource dataSource, IOptions<SentimentOptions> options, TimeProvider clock, ILogger<Trainer> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // At most half of one core: the live flow goes first.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Transient.RetryAsync(
                async ct =>
                {
                    while (await ClaimAsync(ct) is { } claimed)
                    {
                        await RunAsync(claimed.Workspace, claimed.Id, ct);
                    }
                },
                log,
                stoppingToken);
            await Task.Delay(Look, clock, stoppingToken);
        }
    }

    private async Task RunAsync(string workspace, Guid id, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(TimeSpan.FromSeconds(options.Value.TrainingSeconds));
        var cancelled = false;
        var (sliced, beaten) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        try
        {
            LogBegun(log, id);
            await train.RunAsync(workspace, id, TickAsync, limit.Token);
            LogDone(log, id);
        }
        catch (OperationCanceledException) when (cancelled)
        {
            LogCancelled(log, id);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            await ModelRows.EndAsync(dataSource, workspace, id, ModelStatus.Failed, $"It took longer than {options.Value.TrainingSeconds} s (Sentiment:TrainingSeconds).", null, clock.GetUtcNow(), stopping);
        }
        catch (Exception e) when (!Transient.Is(e) && !stopping.IsCancellationRequested)
        {
            LogFailed(log, id, e);
            await ModelRows.EndAsync(dataSource, workspace, id, ModelStatus.Failed, e is RuleViolation ? e.Message : "An unexpected error; the service's log has it under the training's id.", null, clock.GetUtcNow(), stopping);
        }

        async ValueTask TickAsync(float progress)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(sliced) > Slice)
            {
                await Task.Delay(Slice, limit.Token);
                sliced = Stopwatch.GetTimestamp();
            }

            if (Stopwatch.GetElapsedTime(beaten) > Beat)
            {
                beaten = Stopwatch.GetTimestamp();
                if (!await BeatAsync(workspace, id, progress, limit.Token))
                {
                    cancelled = true;
                    await limit.CancelAsync();
                }
            }
        }
    }

    private async Task<(string Workspace, Guid Id)?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            update sentiment.models set status = 'training', shipped = $3, lease_until = $2 where (workspace, id) = (
                select workspace, id from sentiment.models where status = 'queued' or (status = 'training' and lease_until < $1)
                order by asked_at limit 1 for update skip locked)
            returning workspace, id
            """);
        var now = clock.GetUtcNow();
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        command.Parameters.AddWithValue(train.Shipped);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetGuid(1)) : null;
    }

    // Also how a training learns that it was cancelled.
    private async Task<bool> BeatAsync(string workspace, Guid id, float progress, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("update sentiment.models set progress = $3, lease_until = $4 where workspace = $1 and id = $2 and status = 'training'");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(progress);
        command.Parameters.AddWithValue((clock.GetUtcNow() + Lease).UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "Training {Id} begins")]
    private static partial void LogBegun(ILogger log, Guid id);

    [LoggerMessage(EventId = 312, Level = LogLevel.Information, Message = "Training {Id} is done")]
    private static partial void LogDone(ILogger log, Guid id);

    [LoggerMessage(EventId = 313, Level = LogLevel.Information, Message = "Training {Id} was cancelled")]
    private static partial void LogCancelled(ILogger log, Guid id);

    [LoggerMessage(EventId = 314, Level = LogLevel.Error, Message = "Training {Id} failed")]
    private static partial void LogFailed(ILogger log, Guid id, Exception exception);
}
