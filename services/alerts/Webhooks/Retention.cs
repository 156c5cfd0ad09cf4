using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Forgets events, what they quote and the log of deliveries after <see cref="WebhookOptions.KeepDays"/>, once an hour and in small steps; and, every minute, again what removed posts said.</summary>
internal sealed class Retention(NpgsqlDataSource dataSource, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    // Marks in the feed's own order how far it is gone, so that nobody takes a hole for the end.
    private const string Events = """
        with old as (
            select workspace, max(seq) as seq from (select workspace, seq from alerts.public_events where at < $1 and seq is not null order by at limit 5000) o group by workspace),
        marked as (
            update alerts.public_sequences s set trimmed = greatest(s.trimmed, o.seq) from old o where s.workspace = o.workspace)
        delete from alerts.public_events e using old o where e.workspace = o.workspace and (e.seq <= o.seq or (e.seq is null and e.at < $1))
        """;

    private static readonly string[] Tables =
    [
        Events,
        "delete from alerts.deliveries where ctid = any(array(select ctid from alerts.deliveries where created_at < $1 limit 5000))",
        "delete from alerts.delivery_attempts where ctid = any(array(select ctid from alerts.delivery_attempts where at < $1 limit 5000))",
        "delete from alerts.mentions where ctid = any(array(select ctid from alerts.mentions where at < $1 order by at limit 5000))",
        "delete from alerts.replays where at < $1",
        "delete from alerts.removed where at < $1",
    ];

    /// <summary>Forgets what is older.</summary>
    public static async Task TrimAsync(NpgsqlDataSource dataSource, DateTimeOffset before, CancellationToken cancellationToken)
    {
        foreach (var table in Tables)
        {
            int gone;
            do
            {
                await using var command = dataSource.CreateCommand(table);
                command.Parameters.AddWithValue(before);
                gone = await command.ExecuteNonQueryAsync(cancellationToken);
            }
            while (gone > 0);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        for (var minute = 1; await timer.WaitForNextTickAsync(stoppingToken); minute++)
        {
            await Transient.RetryAsync(ForgetRemovedAsync, log, stoppingToken);
            if (minute % 60 != 0)
            {
                continue;
            }

            await Transient.RetryAsync(ct => TrimAsync(dataSource, clock.GetUtcNow().AddDays(-options.Value.KeepDays), ct), log, stoppingToken);
        }
    }

    private async Task ForgetRemovedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await RemovedTexts.ForgetAsync(connection, null, clock.GetUtcNow(), cancellationToken);
    }
}
