using Npgsql;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>Work that is done again and again for as long as the service runs. What fails because a server does not answer, or because somebody else wrote at the same time, is put off to the next time and told.</summary>
/// <param name="what">Names it in the log.</param>
/// <param name="every">From one time to the next.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where it is told that it was put off.</param>
internal abstract partial class Recurring(string what, TimeSpan every, TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Clock { get; } = clock;

    /// <summary>The log.</summary>
    protected ILogger Log { get; } = log;

    /// <summary>Does it once.</summary>
    protected abstract Task DoAsync(CancellationToken stopping);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await DoAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && (e is NpgsqlException || Transient.Is(e)))
            {
                LogPutOff(Log, what, e.Message);
            }
        }
    }

    [LoggerMessage(EventId = 231, Level = LogLevel.Warning, Message = "{What} is put off: {Reason}")]
    private static partial void LogPutOff(ILogger log, string what, string reason);
}
