using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Serm.Defaults;

/// <summary>Runs Marten's async daemon in the one process that holds the advisory lock of the service's schema. The others stand by. A daemon whose lock is lost is stopped before the lock is asked for again; one that cannot be stopped takes its process along.</summary>
internal sealed partial class DaemonLeader(IDocumentStore store, IConfiguration configuration, IHostApplicationLifetime lifetime, ILoggerFactory logs, ILogger<DaemonLeader> log) : BackgroundService
{
    /// <summary>The category of what Marten's daemon itself logs.</summary>
    public const string StoreLog = "Marten.Daemon";

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var address = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Postgres")) { Pooling = false, Timeout = 5, CommandTimeout = 5 }.ConnectionString;
        for (var attempt = 0; !stoppingToken.IsCancellationRequested; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(address);
                await connection.OpenAsync(stoppingToken);
                while (!await LockAsync(connection, stoppingToken))
                {
                    await Task.Delay(Watch, stoppingToken);
                }

                await LeadAsync(connection, stoppingToken);
            }
            catch (Exception e) when (Transient.Is(e) && !stoppingToken.IsCancellationRequested)
            {
                LogAwaiting(log, e.Message);
                await Task.Delay(Transient.Pause(attempt, Random.Shared.NextDouble()), stoppingToken);
            }
        }
    }

    // Asked again and again, never waited for: a statement that lasts looks to Marten like a transaction that may still fill a gap in the events, and the daemon would wait for it.
    private async Task<bool> LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.AddWithValue($"serm-daemon-{store.Options.DatabaseSchemaName}");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> HoldsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (Transient.Is(e) || e is InvalidOperationException)
        {
            return false;
        }
    }

    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        using var daemon = await store.BuildProjectionDaemonAsync(logger: logs.CreateLogger(StoreLog));
        try
        {
            await daemon.StartAllAsync();
            LogLeading(log);
            while (await HoldsAsync(connection, stopping))
            {
                await RestartPausedAsync(daemon);
                await Task.Delay(Watch, stopping);
            }

            LogLost(log);
        }
        finally
        {
            await StopAsync(daemon, stopping);
        }
    }

    private async Task StopAsync(IProjectionDaemon daemon, CancellationToken stopping)
    {
        try
        {
            await daemon.StopAllAsync().WaitAsync(StopPatience, CancellationToken.None);
        }
        catch (TimeoutException) when (!stopping.IsCancellationRequested)
        {
            LogStuck(log);
            Environment.ExitCode = 75;
            lifetime.StopApplication();
        }
    }

    private async Task RestartPausedAsync(IProjectionDaemon daemon)
    {
        if (daemon.HasAnyPaused())
        {
            LogPaused(log);
            await daemon.StopAllAsync();
            await daemon.StartAllAsync();
        }
    }

    [LoggerMessage(EventId = 131, Level = LogLevel.Information, Message = "This process runs the projections and relays")]
    private static partial void LogLeading(ILogger log);

    [LoggerMessage(EventId = 132, Level = LogLevel.Error, Message = "The daemon lock was lost; it is asked for again")]
    private static partial void LogLost(ILogger log);

    [LoggerMessage(EventId = 135, Level = LogLevel.Critical, Message = "The daemon does not stop although its lock is lost; the process ends so that another can take over")]
    private static partial void LogStuck(ILogger log);

    [LoggerMessage(EventId = 133, Level = LogLevel.Error, Message = "A projection or relay had stopped and is started again")]
    private static partial void LogPaused(ILogger log);

    [LoggerMessage(EventId = 134, Level = LogLevel.Warning, Message = "The daemon lock cannot be asked for: {Reason}")]
    private static partial void LogAwaiting(ILogger log, string reason);
}
