using JasperFx.Events.Daemon;
using Marten;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>Runs Marten's async daemon in the one process that holds the advisory lock of the service's schema. The others stand by. A daemon whose lock is lost is stopped before the lock is asked for again; one that cannot be stopped takes its process along.</summary>
internal sealed partial class DaemonLeader(IDocumentStore store, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<DaemonLeader> log) : BackgroundService
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var name = new PostgresAdvisoryLockKey($"serm-daemon-{store.Options.DatabaseSchemaName}", allowHashing: true);
        var gate = new PostgresDistributedLock(name, configuration.GetConnectionString("Postgres")!, o => o.KeepaliveCadence(TimeSpan.FromSeconds(10)));
        for (var attempt = 0; !stoppingToken.IsCancellationRequested; attempt++)
        {
            try
            {
                await using var handle = await gate.AcquireAsync(cancellationToken: stoppingToken);
                await LeadAsync(handle.HandleLostToken, stoppingToken);
            }
            catch (Exception e) when (Transient.Is(e) && !stoppingToken.IsCancellationRequested)
            {
                LogAwaiting(log, e.Message);
                await Task.Delay(Transient.Pause(attempt, Random.Shared.NextDouble()), stoppingToken);
            }
        }
    }

    private async Task LeadAsync(CancellationToken lost, CancellationToken stopping)
    {
        using var daemon = await store.BuildProjectionDaemonAsync(logger: log);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(lost, stopping);
        try
        {
            await daemon.StartAllAsync();
            LogLeading(log);
            while (!end.IsCancellationRequested)
            {
                await Task.Delay(Watch, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await RestartPausedAsync(daemon);
            }
        }
        finally
        {
            await StopAsync(daemon, stopping);
        }

        if (lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            LogLost(log);
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
