using System.Text.Json;
using Npgsql;

namespace Serm.Ingest.Sources;

/// <summary>A source that this process may read now.</summary>
/// <param name="Workspace">Its tenant.</param>
/// <param name="Source">What it is.</param>
/// <param name="Cursor">Where reading stands.</param>
/// <param name="Lease">Proof that it is ours.</param>
/// <param name="Host">Where it is read.</param>
/// <param name="Sealed">Its credentials; null when it has none.</param>
internal sealed record DueSource(string Workspace, Source Source, SourceCursor Cursor, Guid Lease, string Host, byte[]? Sealed = null);

/// <summary>Shares the reading among processes: a source is taken by row lock and held by a lease that outlives no crash for long.</summary>
internal static partial class SourceLeases
{
    private const string Sql = """
        with ranked as (
            select workspace, source_id, row_number() over (partition by host order by due_at) + coalesce((select b.n from unnest($3::text[], $4::int[]) as b(host, n) where b.host = c.host), 0) as place
            from ingest.cursors c
            where due_at <= $1 and (lease_until is null or lease_until < $1)
        ), taken as (
            select c.workspace, c.source_id
            from ingest.cursors c join ranked using (workspace, source_id)
            where ranked.place <= $5 and c.due_at <= $1 and (c.lease_until is null or c.lease_until < $1)
            order by c.due_at
            limit $2
            for update of c skip locked
        )
        update ingest.cursors c set lease = gen_random_uuid(), lease_until = $6
        from taken join ingest.sources s on s.workspace = taken.workspace and s.id = taken.source_id
        where c.workspace = taken.workspace and c.source_id = taken.source_id
        returning c.workspace, s.state, c.state, c.lease, c.host, (select k.sealed from ingest.credentials k where k.workspace = c.workspace and k.source_id = c.source_id)
        """;

    /// <summary>Takes sources that are due.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="busy">Reads that this process has under way, by host.</param>
    /// <param name="options">Limits.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<List<DueSource>> ClaimAsync(NpgsqlDataSource dataSource, int most, IReadOnlyDictionary<string, int> busy, PollOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = busy.Keys.ToArray() });
        command.Parameters.Add(new() { Value = busy.Values.ToArray() });
        command.Parameters.Add(new() { Value = options.PerHost });
        command.Parameters.Add(new() { Value = now.AddSeconds(options.LeaseSeconds).UtcDateTime });
        var due = new List<DueSource>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var source = JsonSerializer.Deserialize<Source>(reader.GetString(1), SourceLog.Json)!;
            var cursor = JsonSerializer.Deserialize<SourceCursor>(reader.GetString(2), SourceLog.Json)!;
            due.Add(new(reader.GetString(0), source, cursor, reader.GetGuid(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5)));
        }

        return due;
    }

    /// <summary>Keeps the leases of reads that are still under way.</summary>
    /// <returns>Those that are ours no more: the source was removed, stopped or changed, or another process has it.</returns>
    public static async Task<IReadOnlyCollection<Guid>> RenewAsync(NpgsqlDataSource dataSource, ICollection<Guid> leases, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var lost = leases.ToHashSet();
        if (lost.Count == 0)
        {
            return lost;
        }

        await using var command = dataSource.CreateCommand("update ingest.cursors set lease_until = $1 where lease = any($2) returning lease");
        command.Parameters.Add(new() { Value = until.UtcDateTime });
        command.Parameters.Add(new() { Value = lost.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lost.Remove(reader.GetGuid(0));
        }

        return lost;
    }

    /// <summary>Gives a source back unread, for a while later. When even that fails the lease runs out by itself.</summary>
    public static async Task GiveBackAsync(NpgsqlDataSource dataSource, DueSource due, DateTimeOffset dueAt, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = dataSource.CreateCommand("update ingest.cursors set lease = null, lease_until = null, due_at = $1 where workspace = $2 and source_id = $3 and lease = $4");
            command.Parameters.Add(new() { Value = dueAt.UtcDateTime });
            command.Parameters.Add(new() { Value = due.Workspace });
            command.Parameters.Add(new() { Value = due.Source.Id });
            command.Parameters.Add(new() { Value = due.Lease });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            LogKept(log, due.Source.Id);
        }
    }

    [LoggerMessage(EventId = 221, Level = LogLevel.Warning, Message = "The lease of source {SourceId} could not be given back; it runs out by itself")]
    private static partial void LogKept(ILogger log, Guid sourceId);
}
