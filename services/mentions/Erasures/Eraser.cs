using MassTransit;
using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>
/// Carries erasures out, part by part. What a part takes is written down before anything of it is done, the other services are told and the broker has confirmed before its mentions are emptied: a killed
/// process leaves its part to another, which does it once more and changes nothing by that. An erasure is done when all services have answered all parts.
/// </summary>
internal sealed partial class Eraser(IDocumentStore store, NpgsqlDataSource dataSource, IBus bus, Playbooks books, TimeProvider clock, ILogger<Eraser> log) : BackgroundService
{
    private const int Most = 200;

    private static readonly Guid MessageSpace = new("7c9e0d54-9a37-5c0e-a5d7-64a1f0f3b806");
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // What is live goes first: erasing a long history is in no hurry.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // What was on its way when an author was kept out comes in after them, by hours where a message was parked.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookLater = TimeSpan.FromHours(1);

    private static readonly string Process = $"{Environment.MachineName}/{Environment.ProcessId}";

    private sealed record Job(
        string Workspace, Guid Id, ErasureKind Kind, ErasureStatus Status, Guid? Subject, DateTimeOffset? SeenBefore, bool KeepOut, int Pages, DateTimeOffset? CursorAt, Guid CursorId, DateTimeOffset? DoneAt, string? Trace);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Transient.RetryAsync(
                async ct =>
                {
                    while (await ClaimAsync(ct) is { } job)
                    {
                        await StepAsync(job, ct);
                    }
                },
                log,
                stoppingToken);
            await Task.Delay(Look, clock, stoppingToken);
        }
    }

    private async Task StepAsync(Job job, CancellationToken cancellationToken)
    {
        if (await UnhandledAsync(job, cancellationToken) is { } left)
        {
            await HandleAsync(job, left.Page, left.Ids, cancellationToken);
            return;
        }

        var (ids, last) = await NextAsync(job, cancellationToken);

        // The services are told who is kept out also where nothing of them is left.
        if (ids.Length > 0 || job.Pages == 0)
        {
            await WriteDownAsync(job, ids, last, cancellationToken);
            await HandleAsync(job, job.Pages + 1, ids, cancellationToken);
            await Task.Delay(Pause, clock, cancellationToken);
        }
        else if (last?.At < job.SeenBefore)
        {
            await MoveAsync(job, last, clock.GetUtcNow(), cancellationToken);
        }
        else if (job.Status == ErasureStatus.Done)
        {
            await MoveAsync(job, null, clock.GetUtcNow() + LookLater, cancellationToken);
        }
        else if (!await CompletedAsync(job, cancellationToken))
        {
            // The last answer makes it be looked at again at once.
            await MoveAsync(job, null, clock.GetUtcNow() + LookAgain, cancellationToken);
        }
    }

    private async Task<(Guid[] Ids, (DateTimeOffset At, Guid Id)? Last)> NextAsync(Job job, CancellationToken cancellationToken)
    {
        switch (job.Kind)
        {
            case ErasureKind.Author:
                return (await ErasedMentions.OfAuthorAsync(dataSource, job.Workspace, job.Subject!.Value, Most, cancellationToken), null);
            case ErasureKind.Age:
                return await ErasedMentions.OfAgeAsync(dataSource, job.Workspace, (job.CursorAt!.Value, job.CursorId), job.SeenBefore!.Value, Most, cancellationToken);
            default:
                await using (var session = store.QuerySession(job.Workspace))
                {
                    return (job.Pages > 0 ? [] : await ErasedMentions.OfPostAsync(session, dataSource, job.Subject!.Value, cancellationToken), null);
                }
        }
    }

    private async Task HandleAsync(Job job, int page, Guid[] ids, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = store.QuerySession(job.Workspace);
        var states = await MentionLog.LoadAsync(session, ids, cancellationToken);
        var posts = states.Values.Where(m => m.Brand is not null).OrderBy(m => m.Id).Select(m => new ErasedPost(m.Id, m.SourceKind, m.NativeId)).ToList();
        var asked = new ErasureAsked(job.Workspace, job.Id, page, posts, job.KeepOut ? job.Subject : null, job.Trace);
        await bus.PublishAllAsync([(NameBasedGuid.Create(MessageSpace, job.Id.ToString("N"), $"{page}"), asked)], cancellationToken);
        var reason = job.Kind == ErasureKind.Age ? Removed.ByAge : Removed.Erased;
        await MentionLog.ApplyAsync(
            store, job.Workspace, [.. ids.Select(id => new Change(id, (s, at) => Decide.Erase(s, reason, at, job.Trace)))], await books.OfAsync(job.Workspace, cancellationToken), clock, cancellationToken);
        await using var command = dataSource.CreateCommand("""
            with gone as (delete from mentions.notes where workspace = $1 and mention_id = any($4) returning 1),
            handled as (update mentions.erasure_pages set handled = true where workspace = $1 and erasure_id = $2 and page = $3 and not handled returning 1)
            update mentions.erasures set mentions = mentions + $5 * (select count(*) from handled), notes = notes + (select count(*) from gone), look_at = $6, lease_until = null where workspace = $1 and id = $2
            """);
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.AddWithValue(job.Id);
        command.Parameters.AddWithValue(page);
        command.Parameters.AddWithValue(ids);
        command.Parameters.AddWithValue(ids.Length);
        command.Parameters.AddWithValue(now.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // The author's list goes with them: that somebody was on one says something of them.
    private async Task<bool> CompletedAsync(Job job, CancellationToken cancellationToken)
    {
        await using var open = dataSource.CreateCommand("""
            select count(*) filter (where not handled or ingest is null or sentiment is null or alerts is null) from mentions.erasure_pages where workspace = $1 and erasure_id = $2
            """);
        open.Parameters.AddWithValue(job.Workspace);
        open.Parameters.AddWithValue(job.Id);
        if ((long)(await open.ExecuteScalarAsync(cancellationToken))! > 0 || await ErasureRows.FindAsync(dataSource, job.Workspace, job.Id, cancellationToken) is not { } view)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await using var session = store.LightweightSession(job.Workspace);
        session.Events.Append(job.Id, new ErasureCompleted(view.Mentions, view.Notes, view.Copies, now));
        session.QueueSqlCommand(
            '^',
            "update mentions.erasures set status = 1, done_at = coalesce(done_at, ^), ingest = ^, sentiment = ^, alerts = ^, look_at = ^, lease_until = null where workspace = ^ and id = ^",
            now.ToUniversalTime(), view.Copies.Ingest, view.Copies.Sentiment, view.Copies.Alerts, (job.DoneAt is null ? now + LookAgain : now + LookLater).ToUniversalTime(), job.Workspace, job.Id);
        session.QueueSqlCommand('^', "delete from mentions.erasure_pages where workspace = ^ and erasure_id = ^", job.Workspace, job.Id);
        if (job.Kind == ErasureKind.Author)
        {
            session.QueueSqlCommand('^', "delete from mentions.author_lists where workspace = ^ and author_key = ^", job.Workspace, job.Subject!.Value);
            session.QueueSqlCommand('^', "delete from mentions.changes where workspace = ^ and about_id = ^", job.Workspace, job.Subject!.Value.ToString());
        }

        await session.SaveChangesAsync(cancellationToken);
        books.Forget(job.Workspace);
        LogDone(log, job.Kind, view.Mentions);
        return true;
    }

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "An erasure by {Kind} is done: {Mentions} mentions were emptied")]
    private static partial void LogDone(ILogger log, ErasureKind kind, long mentions);

    private async Task<Job?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            update mentions.erasures set lease_until = $2, leased_by = $3 where (workspace, id) = (
                select workspace, id from mentions.erasures where look_at <= $1 and (status = 0 or keep_out) and (lease_until is null or lease_until < $1 or leased_by = $3)
                order by look_at limit 1 for update skip locked)
            returning workspace, id, kind, status, subject, seen_before, keep_out, pages, cursor_at, cursor_id, done_at, trace_parent
            """);
        var now = clock.GetUtcNow();
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        command.Parameters.AddWithValue(Process);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        return await r.ReadAsync(cancellationToken)
            ? new(
                r.GetString(0), r.GetGuid(1), (ErasureKind)r.GetInt16(2), (ErasureStatus)r.GetInt16(3), r.IsDBNull(4) ? null : r.GetGuid(4), Moment(r, 5), r.GetBoolean(6), r.GetInt32(7), Moment(r, 8),
                r.GetGuid(9), Moment(r, 10), r.IsDBNull(11) ? null : r.GetString(11))
            : null;
    }

    private async Task<(int Page, Guid[] Ids)?> UnhandledAsync(Job job, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select page, ids from mentions.erasure_pages where workspace = $1 and erasure_id = $2 and not handled order by page limit 1");
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.AddWithValue(job.Id);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        return await r.ReadAsync(cancellationToken) ? (r.GetInt32(0), r.GetFieldValue<Guid[]>(1)) : null;
    }

    private async Task WriteDownAsync(Job job, Guid[] ids, (DateTimeOffset At, Guid Id)? last, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            with page as (insert into mentions.erasure_pages (workspace, erasure_id, page, ids) values ($1, $2, $3, $4))
            update mentions.erasures set pages = $3, status = 0, cursor_at = coalesce($5, cursor_at), cursor_id = coalesce($6, cursor_id) where workspace = $1 and id = $2
            """);
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.AddWithValue(job.Id);
        command.Parameters.AddWithValue(job.Pages + 1);
        command.Parameters.AddWithValue(ids);
        AddPlace(command, last);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task MoveAsync(Job job, (DateTimeOffset At, Guid Id)? last, DateTimeOffset lookAt, CancellationToken cancellationToken)
    {
        // An answer that came meanwhile is not waited for.
        await using var command = dataSource.CreateCommand("""
            update mentions.erasures set cursor_at = coalesce($3, cursor_at), cursor_id = coalesce($4, cursor_id), lease_until = null,
                look_at = case when status = 0 and exists (select from mentions.erasure_pages where workspace = $1 and erasure_id = $2)
                    and not exists (select from mentions.erasure_pages where workspace = $1 and erasure_id = $2 and (ingest is null or sentiment is null or alerts is null)) then $6 else $5 end
            where workspace = $1 and id = $2
            """);
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.AddWithValue(job.Id);
        AddPlace(command, last);
        command.Parameters.AddWithValue(lookAt.UtcDateTime);
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddPlace(NpgsqlCommand command, (DateTimeOffset At, Guid Id)? place)
    {
        command.Parameters.Add(new() { Value = (object?)place?.At.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)place?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
