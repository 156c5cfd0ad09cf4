using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Orders an erasure by age for each workspace that says how long it keeps texts, once a day. Each begins where the last one ended.</summary>
internal sealed class Retention(IDocumentStore store, NpgsqlDataSource dataSource, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    /// <summary>Who orders.</summary>
    public const string By = "retention";

    private static readonly Guid LockSpace = new("c8a5f7f0-31f9-5f36-8f0b-0f6f3f6f9a07");
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Least = TimeSpan.FromDays(1);

    /// <summary>How long a workspace keeps texts.</summary>
    public static async Task<RetentionView> OfAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select state::text from mentions.settings where workspace = $1 and kind = '{SettingsLog.Retention}'");
        command.Parameters.AddWithValue(workspace);
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? JsonSerializer.Deserialize<RetentionView>(state, SettingsLog.Json)! : new(0, null);
    }

    /// <summary>What is due. Pure.</summary>
    /// <param name="days">How long texts are kept.</param>
    /// <param name="last">The end of the last erasure by age; null before the first.</param>
    /// <param name="first">When the first mention was seen; null when there is none.</param>
    /// <param name="now">The moment.</param>
    /// <returns>From when until when; null when nothing is due yet.</returns>
    internal static (DateTimeOffset From, DateTimeOffset Before)? Due(int days, DateTimeOffset? last, DateTimeOffset? first, DateTimeOffset now)
    {
        var before = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero).AddDays(-days);
        return (last ?? first) is not { } from || from >= before || before - last < Least ? null : (from, before);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            await Transient.RetryAsync(OrderAsync, log, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task OrderAsync(CancellationToken cancellationToken)
    {
        foreach (var (workspace, days, _) in await DueAsync(null, cancellationToken))
        {
            await using var session = store.LightweightSession(workspace);
            await session.HoldAsync([NameBasedGuid.Create(LockSpace, workspace)], cancellationToken);

            // Another process may have ordered it since.
            if ((await DueAsync(workspace, cancellationToken)) is [var (_, _, due)])
            {
                ErasureRows.Order(session, Guid.CreateVersion7(clock.GetUtcNow()), new(ErasureKind.Age, null, due.Before, false, $"{days} d", By, clock.GetUtcNow()), due.From, null);
                await session.SaveChangesAsync(cancellationToken);
            }
        }
    }

    private async Task<List<(string Workspace, int Days, (DateTimeOffset From, DateTimeOffset Before) Due)>> DueAsync(string? only, CancellationToken cancellationToken)
    {
        // Where nothing is old enough yet, the summary of ranges says so without the table being read.
        await using var command = dataSource.CreateCommand($"""
            select s.workspace, (s.state ->> 'days')::int, e.last, case when e.last is null then (select min(seen_at) from mentions.inbox i where i.workspace = s.workspace and i.seen_at < $2 - make_interval(days => (s.state ->> 'days')::int)) end
            from mentions.settings s left join lateral (
                select max(seen_before) as last, count(*) filter (where status = 0) as running from mentions.erasures where workspace = s.workspace and kind = 2) e on true
            where s.kind = '{SettingsLog.Retention}' and s.state ->> 'days' is not null and e.running = 0 and ($1::text is null or s.workspace = $1)
            """);
        command.Parameters.Add(new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, int, (DateTimeOffset, DateTimeOffset))>();
        while (await r.ReadAsync(cancellationToken))
        {
            if (Due(r.GetInt32(1), r.IsDBNull(2) ? null : r.GetFieldValue<DateTimeOffset>(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), clock.GetUtcNow()) is { } due)
            {
                found.Add((r.GetString(0), r.GetInt32(1), due));
            }
        }

        return found;
    }
}
