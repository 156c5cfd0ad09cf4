using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Where an erasure is.</summary>
public enum ErasureStatus
{
    /// <summary>Under way: something is still to be found, or a service has not answered.</summary>
    Running = 0,

    /// <summary>Every service has answered.</summary>
    Done = 1,
}

/// <summary>An erasure, and once it is done its receipt. Names nobody: an author is a hash.</summary>
/// <param name="Id">The erasure.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Subject">The mention or the author; null for one by age.</param>
/// <param name="SeenBefore">One by age takes what was seen before.</param>
/// <param name="KeepOut">The author's posts are not taken in any more.</param>
/// <param name="Reference">What it is filed under.</param>
/// <param name="AskedBy">Who asked; <c>retention</c> for one by age.</param>
/// <param name="AskedAt">When.</param>
/// <param name="DoneAt">When the last service had answered; null while one has not.</param>
/// <param name="Mentions">Mentions that were emptied so far. They stay in counts and history.</param>
/// <param name="Notes">Notes, drafts and reasons that went with them.</param>
/// <param name="Copies">Texts that other services had.</param>
public sealed record ErasureView(
    Guid Id,
    ErasureKind Kind,
    ErasureStatus Status,
    Guid? Subject,
    DateTimeOffset? SeenBefore,
    bool KeepOut,
    string? Reference,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? DoneAt,
    long Mentions,
    long Notes,
    ErasedCopies Copies);

/// <summary>The erasures of workspaces.</summary>
internal static class ErasureRows
{
    private const string Columns = """
        e.id, e.kind, e.status, e.subject, e.seen_before, e.keep_out, e.reference, e.asked_by, e.asked_at, e.done_at, e.mentions, e.notes,
        e.ingest + coalesce(p.ingest, 0), e.sentiment + coalesce(p.sentiment, 0), e.alerts + coalesce(p.alerts, 0)
        from mentions.erasures e left join lateral (
            select sum(ingest)::bigint as ingest, sum(sentiment)::bigint as sentiment, sum(alerts)::bigint as alerts
            from mentions.erasure_pages where workspace = e.workspace and erasure_id = e.id) p on true
        """;

    /// <summary>Orders one, in the session's transaction.</summary>
    /// <param name="session">Of the workspace.</param>
    /// <param name="id">The erasure.</param>
    /// <param name="ordered">What is wanted.</param>
    /// <param name="seenFrom">Where one by age begins.</param>
    /// <param name="trace">W3C traceparent.</param>
    public static void Order(IDocumentSession session, Guid id, ErasureOrdered ordered, DateTimeOffset? seenFrom, string? trace)
    {
        session.Events.StartStream(id, ordered);
        session.Queue("mentions", SettingsChanges.Erasure(id, ordered));
        session.QueueSqlCommand(
            '^',
            """
            insert into mentions.erasures (workspace, id, kind, subject, seen_before, keep_out, reference, asked_by, asked_at, look_at, cursor_at, cursor_id, trace_parent)
            values (^, ^, ^, nullif(^, '00000000-0000-0000-0000-000000000000'), nullif(^::timestamptz, 'infinity'), ^, nullif(^, ''), ^, ^, ^, nullif(^::timestamptz, 'infinity'), '00000000-0000-0000-0000-000000000000', nullif(^, ''))
            """,
            session.TenantId,
            id,
            (short)ordered.Kind,
            ordered.Subject ?? Guid.Empty,
            ordered.SeenBefore?.ToUniversalTime() ?? DateTimeOffset.MaxValue,
            ordered.KeepOut,
            ordered.Reference ?? "",
            ordered.By,
            ordered.At.ToUniversalTime(),
            ordered.At.ToUniversalTime(),
            seenFrom?.ToUniversalTime() ?? DateTimeOffset.MaxValue,
            trace ?? "");
    }

    /// <summary>The newest first, at most 200.</summary>
    public static Task<List<ErasureView>> ListAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken) =>
        ReadAsync(dataSource, $"select {Columns} where e.workspace = $1 order by e.asked_at desc, e.id desc limit 200", workspace, [], cancellationToken);

    /// <summary>One; null when there is none.</summary>
    public static async Task<ErasureView?> FindAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(dataSource, $"select {Columns} where e.workspace = $1 and e.id = $2", workspace, [new() { Value = id }], cancellationToken)).FirstOrDefault();

    /// <summary>The one of a subject that is under way; null when none is.</summary>
    public static async Task<ErasureView?> RunningAsync(NpgsqlDataSource dataSource, string workspace, ErasureKind kind, Guid subject, bool keepOut, CancellationToken cancellationToken) =>
        (await ReadAsync(
            dataSource, $"select {Columns} where e.workspace = $1 and e.kind = $2 and e.subject = $3 and e.status = 0 and (e.keep_out or not $4)", workspace,
            [new() { Value = (short)kind }, new() { Value = subject }, new() { Value = keepOut }], cancellationToken)).FirstOrDefault();

    /// <summary>Notes what a service answered of a part. The same answer twice counts once.</summary>
    public static async Task AnsweredAsync(NpgsqlDataSource dataSource, Contracts.TextsErased answer, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            with answered as (
                update mentions.erasure_pages set
                    ingest = case when $4 = 'ingest' then greatest(coalesce(ingest, 0), $5) else ingest end,
                    sentiment = case when $4 = 'sentiment' then greatest(coalesce(sentiment, 0), $5) else sentiment end,
                    alerts = case when $4 = 'alerts' then greatest(coalesce(alerts, 0), $5) else alerts end
                where workspace = $1 and erasure_id = $2 and page = $3 returning ingest is not null and sentiment is not null and alerts is not null as complete)
            update mentions.erasures set look_at = least(look_at, $6) where workspace = $1 and id = $2 and exists (select from answered where complete)
            """);
        command.Parameters.AddWithValue(answer.Workspace);
        command.Parameters.AddWithValue(answer.ErasureId);
        command.Parameters.AddWithValue(answer.Page);
        command.Parameters.AddWithValue(answer.Service);
        command.Parameters.AddWithValue(answer.Rows);
        command.Parameters.AddWithValue(answer.At.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<ErasureView>> ReadAsync(NpgsqlDataSource dataSource, string sql, string workspace, NpgsqlParameter[] more, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddRange(more);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var views = new List<ErasureView>();
        while (await r.ReadAsync(cancellationToken))
        {
            views.Add(new(
                r.GetGuid(0), (ErasureKind)r.GetInt16(1), (ErasureStatus)r.GetInt16(2), r.IsDBNull(3) ? null : r.GetGuid(3), Moment(r, 4), r.GetBoolean(5), r.IsDBNull(6) ? null : r.GetString(6), r.GetString(7),
                r.GetFieldValue<DateTimeOffset>(8), Moment(r, 9), r.GetInt64(10), r.GetInt64(11), new(r.GetInt64(12), r.GetInt64(13), r.GetInt64(14))));
        }

        return views;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
