using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>Reads sources when they are due, a bounded number at once, sharing the work with the other processes of the service.</summary>
internal sealed partial class SourcePoller(NpgsqlDataSource dataSource, ReadSource read, ConnectorBook book, IOptions<PollOptions> options, TimeProvider clock, ILogger<SourcePoller> log) : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, (string Host, bool Listens, CancellationTokenSource End, Task Reading)> running = new();
    private DateTimeOffset renewAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Leave the thread that starts the host.
        await Task.Yield();
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            var wait = TimeSpan.FromMilliseconds(options.Value.LookMilliseconds);
            try
            {
                await RenewAsync(stoppingToken);
                await StartDueAsync(stoppingToken);
                failures = 0;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The database is away: nothing is lost, what is due stays due.
                LogLookFailed(log, e.Message);
                wait = Transient.Pause(failures++, Random.Shared.NextDouble());
            }

            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running.Values.Select(r => r.Reading));
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        var now = clock.GetSteadyNow();
        if (now >= renewAt)
        {
            // What nobody wants to be read any more must not be listened to for hours.
            foreach (var lost in await SourceLeases.RenewAsync(dataSource, running.Keys, clock.GetUtcNow().AddSeconds(options.Value.LeaseSeconds), stopping))
            {
                if (running.TryGetValue(lost, out var reading))
                {
                    await EndAsync(reading.End);
                }
            }

            renewAt = now.AddSeconds(options.Value.LeaseSeconds / 3.0);
        }
    }

    private static async Task EndAsync(CancellationTokenSource end)
    {
        try
        {
            await end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    private async Task StartDueAsync(CancellationToken stopping)
    {
        // One that listens holds a connection and no place: it must not keep others from being read.
        var free = options.Value.Concurrency - running.Values.Count(r => !r.Listens);
        if (free <= 0)
        {
            return;
        }

        var busy = running.Values.Where(r => !r.Listens).CountBy(r => r.Host, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        foreach (var due in await SourceLeases.ClaimAsync(dataSource, free, busy, options.Value, clock.GetUtcNow(), stopping))
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            running[due.Lease] = (due.Host, book.Find(due.Source.Kind) is IStreamed, end, RunAsync(due, gate.Task, end, stopping));
            gate.SetResult();
        }
    }

    private async Task RunAsync(DueSource due, Task registered, CancellationTokenSource end, CancellationToken stopping)
    {
        // Not before it is in the list of running reads, or it could leave the list before it enters.
        await registered;
        try
        {
            await read.RunAsync(due, end.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
            await SourceLeases.GiveBackAsync(dataSource, due, clock.GetUtcNow(), log, moment.Token);
        }
        catch (Exception) when (end.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            LogEnded(log, due.Source.Id);
        }
        catch (Exception e)
        {
            LogReadFailed(log, due.Source.Id, e);
            await SourceLeases.GiveBackAsync(dataSource, due, clock.GetUtcNow().AddSeconds(5), log, stopping);
        }
        finally
        {
            running.TryRemove(due.Lease, out _);
            end.Dispose();
        }
    }

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "Sources that are due cannot be looked up: {Reason}")]
    private static partial void LogLookFailed(ILogger log, string reason);

    [LoggerMessage(EventId = 213, Level = LogLevel.Debug, Message = "The read of source {SourceId} was ended: it was removed, stopped or changed, or another process reads it")]
    private static partial void LogEnded(ILogger log, Guid sourceId);

    [LoggerMessage(EventId = 212, Level = LogLevel.Error, Message = "Source {SourceId} was read but could not be taken in; it is tried again")]
    private static partial void LogReadFailed(ILogger log, Guid sourceId, Exception exception);
}
