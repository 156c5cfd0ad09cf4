using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Looks at counts, terms, gaps and overdue mentions every few seconds, in one process at a time, and ends incidents whose cause is over.</summary>
internal sealed partial class Watch(
    NpgsqlDataSource dataSource, RuleBook book, SpikeWatch spikes, TopicWatch topics, SilenceWatch silences, SlaWatch sla, QuietWatch quiet, SilenceEnds ends, MissedSteps missed, History history, IOptions<AlertOptions> options, TimeProvider clock, ILogger<Watch> log) : BackgroundService
{
    private static readonly TimeSpan TrimEvery = TimeSpan.FromHours(1);

    private DateTimeOffset trimmed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.WatchSeconds), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookOnceAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The next look finds what this one did not.
                LogFailed(log, e);
            }
        }
    }

    // Who does not get the lock leaves it to who has it.
    private async Task LookOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (!await AskAsync(connection, "select pg_try_advisory_lock(hashtextextended('serm-alerts-watch', 0))", cancellationToken))
        {
            return;
        }

        try
        {
            foreach (var workspace in await WorkspacesAsync(cancellationToken))
            {
                try
                {
                    await LookAsync(workspace, cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    // One workspace that fails must not blind those after it.
                    LogWorkspaceFailed(log, workspace, e);
                }
            }

            if (clock.GetSteadyNow() - trimmed > TrimEvery)
            {
                await history.TrimAsync(cancellationToken);
                trimmed = clock.GetSteadyNow();
            }
        }
        finally
        {
            await AskAsync(connection, "select pg_advisory_unlock(hashtextextended('serm-alerts-watch', 0))", CancellationToken.None);
        }
    }

    private async Task LookAsync(string workspace, CancellationToken cancellationToken)
    {
        foreach (var rule in (await book.OfAsync(workspace, cancellationToken)).Where(r => r.Terms.Enabled))
        {
            try
            {
                await (rule.Kind switch
                {
                    RuleKinds.VolumeSpike or RuleKinds.NegativeSpike => spikes.LookAsync(workspace, rule, cancellationToken),
                    RuleKinds.RisingTopic => topics.LookAsync(workspace, rule, cancellationToken),
                    RuleKinds.SourceSilence => silences.LookAsync(workspace, rule, cancellationToken),
                    RuleKinds.SlaBreach => sla.LookAsync(workspace, rule, cancellationToken),
                    _ => Task.CompletedTask,
                });
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One rule that fails must not blind the others.
                LogRuleFailed(log, rule.Id, e);
            }
        }

        await quiet.LookAsync(workspace, cancellationToken);

        // After whatever ends incidents: what is over need not be told.
        await ends.LookAsync(workspace, cancellationToken);
        await missed.LookAsync(workspace, cancellationToken);
    }

    private async Task<List<string>> WorkspacesAsync(CancellationToken cancellationToken)
    {
        // Also those without a rule: what their rules found has to end.
        await using var command = dataSource.CreateCommand("select distinct workspace from alerts.rules order by workspace");
        var found = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(EventId = 410, Level = LogLevel.Warning, Message = "The watches could not look; they look again shortly")]
    private static partial void LogFailed(ILogger log, Exception exception);

    [LoggerMessage(EventId = 411, Level = LogLevel.Warning, Message = "The watch of rule {Rule} could not look")]
    private static partial void LogRuleFailed(ILogger log, Guid rule, Exception exception);

    [LoggerMessage(EventId = 412, Level = LogLevel.Warning, Message = "The watches of workspace {Workspace} could not look; they look again shortly")]
    private static partial void LogWorkspaceFailed(ILogger log, string workspace, Exception exception);
}
