using Npgsql;
using NpgsqlTypes;

namespace Serm.Gateway.Live;

/// <summary>The table behind the live push. Sequence numbers are given under a lock that is held until commit, so whoever has read up to N has missed nothing below N.</summary>
internal sealed class LiveLog(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The channel on which replicas hear that the log has grown.</summary>
    public const string Channel = "serm_gateway_live";

    private const string Columns = "seq, event_id, workspace, type, mention_id, brand_id, payload::text, trace_parent, at";

    // What is told again is rare, and a row that need not be looked up before costs less.
    private const string Insert = """
        insert into gateway.live_log (event_id, workspace, type, mention_id, brand_id, payload, trace_parent, at)
        select event_id, workspace, type, mention_id, brand_id, payload::json, trace_parent, $8
        from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality as t (event_id, workspace, type, mention_id, brand_id, payload, trace_parent, n)
        order by n
        """;

    /// <summary>Adds what is not there yet and wakes the replicas; all in one transaction and one round trip.</summary>
    public async Task AppendAsync(IReadOnlyList<LiveEntry> entries, CancellationToken cancellationToken)
    {
        var ordered = entries.OrderBy(e => e.At).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended('serm.gateway.live', 0))"));
        var insert = new NpgsqlBatchCommand(Insert);
        insert.Parameters.Add(Array(ordered, e => e.EventId, NpgsqlDbType.Uuid));
        insert.Parameters.Add(Array(ordered, e => e.Workspace, NpgsqlDbType.Text));
        insert.Parameters.Add(Array(ordered, e => e.Event.Type, NpgsqlDbType.Text));
        insert.Parameters.Add(Array(ordered, e => e.Event.MentionId, NpgsqlDbType.Uuid));
        insert.Parameters.Add(Array(ordered, e => e.Event.BrandId, NpgsqlDbType.Uuid));
        insert.Parameters.Add(Array(ordered, e => e.Event.Payload, NpgsqlDbType.Text));
        insert.Parameters.Add(Array(ordered, e => e.TraceParent, NpgsqlDbType.Text));
        insert.Parameters.Add(new() { Value = clock.GetUtcNow() });
        batch.BatchCommands.Add(insert);
        batch.BatchCommands.Add(new($"notify {Channel}"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            insert.CommandText = $"{Insert} on conflict (event_id) do nothing";
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The next events after a place, of one workspace or of all.</summary>
    public async Task<IReadOnlyList<LiveEntry>> ReadAsync(long afterSeq, string? workspace, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from gateway.live_log where seq > $1 {(workspace is null ? "" : "and workspace = $3")} order by seq limit $2");
        command.Parameters.Add(new() { Value = afterSeq });
        command.Parameters.Add(new() { Value = limit });
        if (workspace is not null)
        {
            command.Parameters.Add(new() { Value = workspace });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<LiveEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new LiveEntry(
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(8),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                new LiveEvent(reader.GetInt64(0), reader.GetString(3), reader.GetString(6), reader.GetGuid(4), reader.GetGuid(5))));
        }

        return entries;
    }

    /// <summary>The last place that is filled; 0 in an empty log.</summary>
    public async Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select greatest((select max(seq) from gateway.live_log), (select seq from gateway.live_trim))");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>True when everything after a place is still there. False also for a place that this log has never given out.</summary>
    public async Task<bool> HasAllAfterAsync(long seq, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select $1 >= (select seq from gateway.live_trim) and $1 <= coalesce(pg_sequence_last_value(pg_get_serial_sequence('gateway.live_log', 'seq')), 0)");
        command.Parameters.Add(new() { Value = seq });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Forgets what is older than <paramref name="keep"/> or beyond the newest <paramref name="most"/>, in small steps.</summary>
    public async Task TrimAsync(TimeSpan keep, long most, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            var mark = new NpgsqlBatchCommand(
                """
                update gateway.live_trim set seq = greatest(seq, (
                    select least(
                        greatest(
                            coalesce((select seq - 1 from gateway.live_log where at >= $1 order by seq limit 1), (select max(seq) from gateway.live_log)),
                            (select max(seq) from gateway.live_log) - $2),
                        (select min(seq) from gateway.live_log) + $3)))
                """);
            mark.Parameters.Add(new() { Value = clock.GetUtcNow() - keep });
            mark.Parameters.Add(new() { Value = most });
            mark.Parameters.Add(new() { Value = 10_000L });
            batch.BatchCommands.Add(mark);
            var delete = new NpgsqlBatchCommand("delete from gateway.live_log where seq <= (select seq from gateway.live_trim)");
            batch.BatchCommands.Add(delete);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            deleted = (int)delete.RecordsAffected;
        }
        while (deleted > 0);
    }

    private static NpgsqlParameter Array<T>(IReadOnlyList<LiveEntry> entries, Func<LiveEntry, T> value, NpgsqlDbType type) =>
        new() { Value = entries.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
