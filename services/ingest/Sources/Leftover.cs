using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>What a source has left at its network and no longer needs.</summary>
/// <param name="Workspace">Its tenant.</param>
/// <param name="Source">As it was when it still needed it.</param>
/// <param name="Sealed">The credentials that it had; null for none.</param>
/// <param name="Bucket">Stands for these credentials.</param>
/// <param name="Since">When it stopped needing it.</param>
/// <param name="Tries">Tries that failed.</param>
internal sealed record Leftover(string Workspace, Source Source, byte[]? Sealed, string Bucket, DateTimeOffset Since, int Tries)
{
    private const int MostTries = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);

    /// <summary>When the next try comes after so many failed ones, some two days in all; null when it is given up.</summary>
    public static TimeSpan? WaitAfter(int tries) => tries >= MostTries ? null : TimeSpan.FromMinutes(Math.Min(Math.Pow(2, tries - 1), LongestWait.TotalMinutes));

    /// <summary>True when a change leaves something at the network that is no longer needed. What is still needed there is kept in order by reading.</summary>
    /// <param name="connector">The source's own.</param>
    /// <param name="before">The source as it was, with its settings.</param>
    /// <param name="after">As it is now.</param>
    public static bool Is(ITakesBack connector, (Source Source, Settings Settings) before, (Source Source, Settings Settings) after) =>
        !before.Source.Paused && connector.Leaves(before.Settings) && !Needs(connector, after, before.Settings.Bucket(connector.Card));

    /// <summary>True when a source needs what these credentials have left.</summary>
    public static bool Needs(ITakesBack connector, (Source Source, Settings Settings) now, string bucket) =>
        now.Source is { Removed: false, Paused: false } && connector.Leaves(now.Settings) && now.Settings.Bucket(connector.Card) == bucket;
}

/// <summary>Leftovers in PostgreSQL. They outlive their source, with a copy of its sealed credentials.</summary>
internal static class LeftoverTable
{
    // Taking one moves its time: a process that dies with it leaves it to the next.
    private const string Claim = """
        update ingest.leftovers l set due_at = $1 + interval '2 minutes'
        from (select workspace, source_id, bucket from ingest.leftovers where due_at <= $1 order by due_at limit 10 for update skip locked) t
        where l.workspace = t.workspace and l.source_id = t.source_id and l.bucket = t.bucket
        returning l.workspace, l.source, l.sealed, l.bucket, l.since, l.tries
        """;

    /// <summary>Queues that something is to be taken back; goes with the source's events.</summary>
    public static void Queue(IDocumentSession session, Leftover left, DateTimeOffset dueAt) => session.QueueSqlCommand(
        '^',
        """
        insert into ingest.leftovers (workspace, source_id, bucket, source, sealed, since, due_at) values (^, ^, ^, ^::jsonb, ^, ^, ^)
        on conflict (workspace, source_id, bucket) do update set source = excluded.source, sealed = excluded.sealed, since = excluded.since, due_at = excluded.due_at, tries = 0, error = null
        """,
        session.TenantId,
        left.Source.Id,
        left.Bucket,
        JsonSerializer.Serialize(left.Source, SourceLog.Json),
        left.Sealed ?? [],
        left.Since.ToUniversalTime(),
        dueAt.ToUniversalTime());

    /// <summary>Those whose time has come, for two minutes ours.</summary>
    public static async Task<List<Leftover>> ClaimAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        var due = new List<Leftover>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var box = reader.GetFieldValue<byte[]>(2);
            due.Add(new(reader.GetString(0), JsonSerializer.Deserialize<Source>(reader.GetString(1), SourceLog.Json)!, box.Length == 0 ? null : box, reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5)));
        }

        return due;
    }

    /// <summary>It is taken back, or needed again.</summary>
    public static Task ForgetAsync(NpgsqlDataSource dataSource, Leftover left, CancellationToken cancellationToken) =>
        RunAsync(dataSource, "delete from ingest.leftovers where workspace = $1 and source_id = $2 and bucket = $3 and since = $4", left, [], cancellationToken);

    /// <summary>It could not be taken back.</summary>
    /// <param name="next">The next try; null when there is none.</param>
    public static Task FailedAsync(NpgsqlDataSource dataSource, Leftover left, SourceError error, DateTimeOffset? next, CancellationToken cancellationToken) => RunAsync(
        dataSource,
        "update ingest.leftovers set tries = tries + 1, due_at = $5, error = $6::jsonb where workspace = $1 and source_id = $2 and bucket = $3 and since = $4",
        left,
        [new NpgsqlParameter { Value = (object?)next?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz }, new NpgsqlParameter { Value = JsonSerializer.Serialize(error, SourceLog.Json) }],
        cancellationToken);

    private static async Task RunAsync(NpgsqlDataSource dataSource, string sql, Leftover left, NpgsqlParameter[] more, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = left.Workspace });
        command.Parameters.Add(new() { Value = left.Source.Id });
        command.Parameters.Add(new() { Value = left.Bucket });
        command.Parameters.Add(new() { Value = left.Since.UtcDateTime });
        Array.ForEach(more, p => command.Parameters.Add(p));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
