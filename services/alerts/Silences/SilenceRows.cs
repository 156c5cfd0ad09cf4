using System.Text.Json;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The table of silences.</summary>
internal static class SilenceRows
{
    /// <summary>Silences that hold, or ended after a moment; those that hold first, then the newest.</summary>
    public static async Task<IReadOnlyList<Silence>> ReadAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select state from alerts.silences where workspace = $1 and ends_at > $2 order by (state -> 'endedAt' is not null and state ->> 'endedAt' is not null), ends_at desc, id limit 1000");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(since.ToUniversalTime());
        var found = new List<Silence>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(JsonSerializer.Deserialize<Silence>(reader.GetString(0), RuleLog.Json)!);
        }

        return found;
    }

    /// <summary>Stores a new one.</summary>
    public static Task AddAsync(NpgsqlDataSource dataSource, string workspace, Silence silence, CancellationToken cancellationToken) =>
        ChangeRows.WithAsync(dataSource, "alerts", workspace, c => AddAsync(c, workspace, silence, cancellationToken), _ => SilenceChanges.Added(silence), cancellationToken);

    private static async Task<bool> AddAsync(NpgsqlConnection connection, string workspace, Silence silence, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("insert into alerts.silences (workspace, id, ends_at, state) values ($1, $2, $3, $4::jsonb)", connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(silence.Id);
        command.Parameters.AddWithValue(silence.Until.ToUniversalTime());
        command.Parameters.AddWithValue(JsonSerializer.Serialize(silence, RuleLog.Json));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Ends one that still holds; one that has ended stays as it is.</summary>
    /// <returns>As it is now; null when there is none.</returns>
    public static Task<Silence?> EndAsync(NpgsqlDataSource dataSource, string workspace, Guid id, string by, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeRows.WithAsync(dataSource, "alerts", workspace, c => EndAsync(c, workspace, id, by, now, cancellationToken), ended => ended?.EndedAt == now ? SilenceChanges.Ended(ended) : null, cancellationToken);

    private static async Task<Silence?> EndAsync(NpgsqlConnection connection, string workspace, Guid id, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            update alerts.silences set
                state = case when ends_at > $3 then state || jsonb_build_object('endedAt', $4::text, 'endedBy', $5::text) else state end,
                ends_at = least(ends_at, $3)
            where workspace = $1 and id = $2 returning state
            """,
            connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(now.ToUniversalTime());
        command.Parameters.AddWithValue(now.ToUniversalTime().ToString("O"));
        command.Parameters.AddWithValue(by);
        return await command.ExecuteScalarAsync(cancellationToken) is string state ? JsonSerializer.Deserialize<Silence>(state, RuleLog.Json) : null;
    }
}
