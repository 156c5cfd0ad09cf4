using Npgsql;
using NpgsqlTypes;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Where a rescoring is.</summary>
public enum RescoreStatus
{
    Running = 0,
    Paused = 1,
    Done = 2,
    Cancelled = 3,

    /// <summary>There is no such model.</summary>
    Failed = 4,
}

/// <summary>A part of the history that is judged again, the newest first.</summary>
/// <param name="BrandId">Only this brand; null for all.</param>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before.</param>
/// <param name="Model">The model's version; null for the one in use.</param>
/// <param name="PerSecond">Mentions a second at most.</param>
/// <param name="Total">Mentions that it takes in.</param>
/// <param name="Sent">Handed to the model so far.</param>
/// <param name="Judged">Judged so far; what comes twice counts once.</param>
/// <param name="AskedBy">Who asked for it.</param>
/// <param name="ChangedAt">When anything of this last changed.</param>
public sealed record RescoreView(
    Guid Id, RescoreStatus Status, Guid? BrandId, DateTimeOffset? From, DateTimeOffset To, string? Model, int PerSecond, long Total, long Sent, long Judged, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset ChangedAt);

/// <summary>The rescorings of workspaces.</summary>
internal static class RescoreRows
{
    private const string Columns = "id, status, brand_id, from_at, to_at, model, per_second, total, sent, judged, asked_by, asked_at, changed_at";

    /// <summary>Asks for one; its end is now, as what comes in later is judged anyway.</summary>
    /// <returns>Null when one is under way in the workspace.</returns>
    public static Task<RescoreView?> AskAsync(NpgsqlDataSource dataSource, string workspace, RescoreRequest request, string by, DateTimeOffset now, CancellationToken cancellationToken) => ChangeRows.WithAsync(
        dataSource, "mentions", workspace, c => AskAsync(c, workspace, request, by, now, cancellationToken), asked => asked is null ? null : SettingsChanges.Rescore(asked), cancellationToken);

    private static async Task<RescoreView?> AskAsync(NpgsqlConnection connection, string workspace, RescoreRequest request, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            insert into mentions.rescores (workspace, id, status, brand_id, from_at, to_at, model, per_second, total, asked_by, asked_at, changed_at)
            select $1, $2, 0, $3, $4, $5, $6, $7, (
                select count(*) from mentions.inbox where workspace = $1 and ($3::uuid is null or brand_id = $3) and ($4::timestamptz is null or published_at >= $4) and published_at < $5), $8, $9, $9
            on conflict do nothing returning {Columns}
            """, connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(Guid.CreateVersion7());
        command.Parameters.Add(new() { Value = (object?)request.Brand ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)request.From?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue((request.To ?? now).UtcDateTime);
        command.Parameters.Add(new() { Value = (object?)request.Model ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(request.PerSecond ?? RescoreRequest.DefaultPerSecond);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(now.UtcDateTime);
        return await OneAsync(command, cancellationToken);
    }

    /// <summary>The newest first, at most 50.</summary>
    public static async Task<List<RescoreView>> ListAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from mentions.rescores where workspace = $1 order by asked_at desc limit 50");
        command.Parameters.AddWithValue(workspace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var views = new List<RescoreView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            views.Add(Read(reader));
        }

        return views;
    }

    /// <summary>One, or null.</summary>
    public static async Task<RescoreView?> FindAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from mentions.rescores where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        return await OneAsync(command, cancellationToken);
    }

    /// <summary>Pauses, resumes or cancels one that is under way.</summary>
    /// <param name="by">Who wants that; null where it comes to its end by itself.</param>
    /// <returns>Null when there is none such under way.</returns>
    public static Task<RescoreView?> SetAsync(NpgsqlDataSource dataSource, string workspace, Guid id, RescoreStatus status, string? by, DateTimeOffset now, CancellationToken cancellationToken) => ChangeRows.WithAsync(
        dataSource, "mentions", workspace, c => SetAsync(c, workspace, id, status, now, cancellationToken), set => set is null || by is null ? null : SettingsChanges.Rescore(set, by), cancellationToken);

    private static async Task<RescoreView?> SetAsync(NpgsqlConnection connection, string workspace, Guid id, RescoreStatus status, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            update mentions.rescores set status = $3, changed_at = $4, lease_until = null where workspace = $1 and id = $2 and (status <= 1 or (status = 2 and $3 = 4)) returning {Columns}
            """, connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);

        // That there is no such model can be heard after it was waited for in vain.
        command.Parameters.AddWithValue((short)status);
        command.Parameters.AddWithValue(now.UtcDateTime);
        return await OneAsync(command, cancellationToken);
    }

    /// <summary>Counts mentions as judged, each once. Ids of jobs grow with time, so what comes late of an earlier one makes nothing count again.</summary>
    public static async Task CountAsync(NpgsqlDataSource dataSource, string workspace, Guid id, IEnumerable<Guid> mentions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            with counted as (
                insert into mentions.rescored (workspace, mention_id, rescore_id) select $1, m, $2 from unnest($3) m order by m
                on conflict (workspace, mention_id) do update set rescore_id = excluded.rescore_id where rescored.rescore_id < excluded.rescore_id
                returning 1)
            update mentions.rescores set judged = judged + (select count(*) from counted), changed_at = $4 where workspace = $1 and id = $2
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(mentions.Distinct().ToArray());
        command.Parameters.AddWithValue(now.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The workspaces that have mentions, by name. By steps through the index, as there are few among millions of rows.</summary>
    public static async Task<List<string>> WorkspacesAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            with recursive known as (
                (select workspace from mentions.inbox order by workspace limit 1)
                union all
                select (select i.workspace from mentions.inbox i where i.workspace > k.workspace order by i.workspace limit 1) from known k where k.workspace is not null)
            select workspace from known where workspace is not null
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<RescoreView?> OneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static RescoreView Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), (RescoreStatus)r.GetInt16(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), r.GetFieldValue<DateTimeOffset>(4),
        r.IsDBNull(5) ? null : r.GetString(5), r.GetInt32(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), r.GetString(10), r.GetFieldValue<DateTimeOffset>(11), r.GetFieldValue<DateTimeOffset>(12));
}
