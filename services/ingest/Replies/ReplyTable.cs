using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;

namespace Serm.Ingest.Replies;

/// <summary>Answers in PostgreSQL. Who takes one in hand moves its time and counts it: a process that dies with it leaves it to the next, and one that comes back late writes nothing any more.</summary>
internal static class ReplyTable
{
    // What was settled and is asked for again is told again.
    private const string Add = """
        insert into ingest.replies (reply_id, workspace, mention_id, source_id, source_kind, answered, text, asked_at, since, due_at, trace_parent)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
        on conflict (reply_id) do update set due_at = excluded.due_at where ingest.replies.settled_at is not null
        """;

    // Of each source one after the other: a slow network holds up nobody but itself.
    private const string Claim = """
        update ingest.replies r set due_at = $1 + $3, tries = tries + 1
        from (
            select reply_id from ingest.replies c
            where due_at <= $1 and (settled_at is not null or not exists (
                select from ingest.replies e where e.source_id = c.source_id and e.settled_at is null and (e.since, e.reply_id) < (c.since, c.reply_id)))
            order by due_at limit $2 for update skip locked) t
        where r.reply_id = t.reply_id
        returning r.reply_id, r.workspace, r.mention_id, r.source_id, r.source_kind, r.answered, r.text, r.since, r.begun_at, r.tries, r.state, r.native_id, r.url, r.code, r.detail, r.settled_at, r.trace_parent, r.asked_at
        """;

    /// <summary>Notes answers that are asked for; those that are known stay as they are.</summary>
    public static async Task AddAsync(NpgsqlDataSource dataSource, IReadOnlyList<ReplyAsked> asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var reply in asked.DistinctBy(r => r.ReplyId).OrderBy(r => r.ReplyId))
        {
            batch.BatchCommands.Add(new(Add)
            {
                Parameters =
                {
                    new() { Value = reply.ReplyId }, new() { Value = reply.Workspace }, new() { Value = reply.MentionId }, new() { Value = reply.SourceId }, new() { Value = reply.SourceKind },
                    new() { Value = reply.NativeId }, new() { Value = reply.Text.Replace("\0", "", StringComparison.Ordinal) }, new() { Value = reply.At.UtcDateTime }, new() { Value = now.UtcDateTime }, Text(reply.TraceParent),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Those whose time has come, for a while ours.</summary>
    public static async Task<List<Reply>> ClaimAsync(NpgsqlDataSource dataSource, DateTimeOffset now, int most, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = lease });
        var due = new List<Reply>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2), reader.GetGuid(3), reader.GetString(4), reader.GetString(5), Said(6),
                reader.GetFieldValue<DateTimeOffset>(17), reader.GetFieldValue<DateTimeOffset>(7), At(8), reader.GetInt32(9), At(15) is { } settledAt ? new(Outcome(reader.GetString(10)), Said(11), Said(12), Said(13), Said(14), settledAt) : null, Said(16)));
        }

        return due;

        string? Said(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    /// <summary>Notes that the network is asked to take it now. False when another process has it in hand meanwhile.</summary>
    public static async Task<bool> BeginAsync(NpgsqlDataSource dataSource, Reply reply, string said, DateTimeOffset now, CancellationToken cancellationToken) => await RunAsync(
        dataSource,
        "update ingest.replies set state = 'sending', begun_at = coalesce(begun_at, $3), said = $4 where reply_id = $1 and tries = $2 and settled_at is null",
        reply,
        [new() { Value = now.UtcDateTime }, new() { Value = (object?)Reply.Hash(said) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea }],
        cancellationToken) == 1;

    /// <summary>It is tried again.</summary>
    public static Task AgainAsync(NpgsqlDataSource dataSource, Reply reply, Next.Again next, CancellationToken cancellationToken) => RunAsync(
        dataSource,
        "update ingest.replies set due_at = $3, begun_at = $4, state = case when $4 is null then 'waiting' else state end where reply_id = $1 and tries = $2 and settled_at is null",
        reply,
        [new() { Value = next.At.UtcDateTime }, new() { Value = (object?)next.BegunAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }],
        cancellationToken);

    /// <summary>It is settled; the text goes. False when another process has it in hand meanwhile.</summary>
    public static async Task<bool> SettleAsync(NpgsqlDataSource dataSource, Reply reply, Settled settled, CancellationToken cancellationToken) => await RunAsync(
        dataSource,
        """
        update ingest.replies set state = $3, text = null, settled_at = $4, native_id = coalesce($5, native_id), url = $6, code = $7, detail = $8, said = case when $3 = 'refused' then null else said end
        where reply_id = $1 and tries = $2 and settled_at is null
        """,
        reply,
        [new() { Value = StateOf(settled.Outcome) }, new() { Value = settled.At.UtcDateTime }, Text(settled.NativeId), Text(settled.Url), Text(settled.Code), Text(settled.Detail)],
        cancellationToken) == 1;

    /// <summary>What became of it was told.</summary>
    public static Task ToldAsync(NpgsqlDataSource dataSource, Reply reply, CancellationToken cancellationToken) =>
        RunAsync(dataSource, "update ingest.replies set due_at = null where reply_id = $1 and tries = $2", reply, [], cancellationToken);

    private static string StateOf(ReplyOutcome outcome) => outcome switch { ReplyOutcome.Sent => "sent", ReplyOutcome.Refused => "refused", _ => "unknown" };

    private static ReplyOutcome Outcome(string state) => state switch { "sent" => ReplyOutcome.Sent, "refused" => ReplyOutcome.Refused, _ => ReplyOutcome.Unknown };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static async Task<int> RunAsync(NpgsqlDataSource dataSource, string sql, Reply reply, NpgsqlParameter[] more, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = reply.Id });
        command.Parameters.Add(new() { Value = reply.Tries });
        Array.ForEach(more, p => command.Parameters.Add(p));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
