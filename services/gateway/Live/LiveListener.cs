using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Live;

/// <summary>Hears when the log has grown and hands the new rows to the feed. One connection a replica; without it the log is looked at once a second.</summary>
internal sealed partial class LiveListener(NpgsqlDataSource database, LiveLog live, LiveFeed feed, ILogger<LiveListener> log) : BackgroundService
{
    private const int Page = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Transient.RetryAsync(async ct => feed.SkipTo(await live.HeadAsync(ct)), log, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (Transient.Is(e) && !stoppingToken.IsCancellationRequested)
            {
                LogLost(log, e.GetType().Name);
                await Task.Delay(Poll, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"listen {LiveLog.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        while (true)
        {
            await PumpAsync(cancellationToken);
            await connection.WaitAsync(Poll, cancellationToken);
        }
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        if (feed.IsIdle)
        {
            var head = await live.HeadAsync(cancellationToken);

            // Somebody may have sat down while the head was read: then the rows up to it are theirs.
            if (feed.IsIdle)
            {
                feed.SkipTo(head);
                return;
            }
        }

        IReadOnlyList<LiveEntry> page;
        do
        {
            page = await live.ReadAsync(feed.Head, null, Page, cancellationToken);
            feed.Dispatch(page);
        }
        while (page.Count == Page);
    }

    [LoggerMessage(EventId = 221, Level = LogLevel.Warning, Message = "The live connection to PostgreSQL is lost ({Error}); connecting again")]
    private static partial void LogLost(ILogger log, string error);
}
