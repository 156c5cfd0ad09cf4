using JasperFx.Events.Daemon;
using Marten;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>Runs Marten's async daemon in the one process that holds the advisory lock of the service's schema. The others stand by. Losing the lock ends the process: two daemons must never run.</summary>
internal sealed partial class DaemonLeader(IDocumentStore store, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<DaemonLeader> log) : BackgroundService
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2);

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
        await daemon.StartAllAsync();
        LogLeading(log);
        while (!stopping.IsCancellationRequested && !lost.IsCancellationRequested)
        {
            await Task.Delay(Watch, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await RestartPausedAsync(daemon);
        }

        await daemon.StopAllAsync();
        if (lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            LogLost(log);
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

    [LoggerMessage(EventId = 132, Level = LogLevel.Error, Message = "The daemon lock is lost; stopping so that another process can take over")]
    private static partial void LogLost(ILogger log);

    [LoggerMessage(EventId = 133, Level = LogLevel.Error, Message = "A projection or relay had stopped and is started again")]
    private static partial void LogPaused(ILogger log);

    [LoggerMessage(EventId = 134, Level = LogLevel.Warning, Message = "The daemon lock cannot be asked for: {Reason}")]
    private static partial void LogAwaiting(ILogger log, string reason);
}
