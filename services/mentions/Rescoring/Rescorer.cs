using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Hands the history to the model page by page, no faster than asked for and never far ahead of what is judged. Where it is stands in the database, moved once the broker has confirmed a page: a killed process leaves its work to another, which sends at most one page twice.</summary>
internal sealed class Rescorer(NpgsqlDataSource dataSource, IBus bus, TimeProvider clock, ILogger<Rescorer> log) : BackgroundService
{
    private const int LargestPage = 200;

    // Beyond it the model is behind, and more would only fill the broker's disk: such a job is not taken, and holds up no other.
    private const int MostAhead = 2000;

    private static readonly Guid MessageSpace = new("5e1d86a6-1c0a-5b6c-8f55-0f7a6a1c9e02");
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Process = $"{Environment.MachineName}/{Environment.ProcessId}";

    private sealed record Job(string Workspace, Guid Id, Guid? Brand, DateTime? From, DateTime To, string? Model, int PerSecond, long Sent, long Judged, DateTime? CursorAt, Guid? CursorId, DateTimeOffset ChangedAt);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Transient.RetryAsync(
                async ct =>
                {
                    while (await ClaimAsync(ct) is { } job && await PageAsync(job, ct))
                    {
                    }
                },
                log,
                stoppingToken);
            await Task.Delay(Look, clock, stoppingToken);
        }
    }

    /// <summary>One page of a job.</summary>
    /// <returns>False when there was nothing to do but wait.</returns>
    private async Task<bool> PageAsync(Job job, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var (page, last) = await ReadAsync(job, Math.Min(LargestPage, job.PerSecond), cancellationToken);
        if (last is null)
        {
            // What was parked is never judged; it is not waited for without end.
            var isDone = job.Judged >= job.Sent || clock.GetUtcNow() - job.ChangedAt > Patience;
            await MoveAsync(job, null, 0, isDone, cancellationToken);
            return false;
        }

        await bus.PublishAllAsync(page.Select(m => (NameBasedGuid.Create(MessageSpace, job.Id.ToString("N"), m.MentionId.ToString("N")), m)), cancellationToken);
        await MoveAsync(job, last, page.Count, isDone: false, cancellationToken);
        var pause = TimeSpan.FromSeconds(page.Count / (double)job.PerSecond) - clock.GetElapsedTime(begun);
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, clock, cancellationToken);
        }

        return true;
    }

    private async Task<Job?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            update mentions.rescores set lease_until = $2, leased_by = $3 where (workspace, id) = (
                select workspace, id from mentions.rescores where status = 0 and (lease_until is null or lease_until < $1 or leased_by = $3) and (sent - judged <= $4 or changed_at <= $5)
                order by touched_at nulls first limit 1 for update skip locked)
            returning workspace, id, brand_id, from_at, to_at, model, per_second, sent, judged, cursor_at, cursor_id, changed_at
            """);
        var now = clock.GetUtcNow();
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        command.Parameters.AddWithValue(Process);
        command.Parameters.AddWithValue(MostAhead);
        command.Parameters.AddWithValue((now - Patience).UtcDateTime);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        return await r.ReadAsync(cancellationToken)
            ? new(
                r.GetString(0), r.GetGuid(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.IsDBNull(3) ? null : r.GetDateTime(3), r.GetDateTime(4), r.IsDBNull(5) ? null : r.GetString(5), r.GetInt32(6),
                r.GetInt64(7), r.GetInt64(8), r.IsDBNull(9) ? null : r.GetDateTime(9), r.IsDBNull(10) ? null : r.GetGuid(10), r.GetFieldValue<DateTimeOffset>(11))
            : null;
    }

    private async Task<(List<RescoreAsked> Page, (DateTime At, Guid Id)? Last)> ReadAsync(Job job, int size, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select i.id, i.revision, c.title, case when not c.removed then c.text end, i.language, c.names, i.published_at
            from mentions.inbox i left join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision
            where i.workspace = $1 and ($2::uuid is null or i.brand_id = $2) and ($3::timestamptz is null or i.published_at >= $3) and i.published_at < $4
            and ($5::timestamptz is null or (i.published_at, i.id) < ($5, $6)) order by i.published_at desc, i.id desc limit $7
            """);
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.Add(new() { Value = (object?)job.Brand ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)job.From ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(job.To);
        command.Parameters.Add(new() { Value = (object?)job.CursorAt ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)job.CursorId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(size);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<RescoreAsked>(size);
        (DateTime, Guid)? last = null;
        while (await r.ReadAsync(cancellationToken))
        {
            last = (r.GetDateTime(6), r.GetGuid(0));
            // What is erased or gone cannot be judged again.
            if (!r.IsDBNull(3))
            {
                page.Add(new(job.Workspace, job.Id, r.GetGuid(0), r.GetInt32(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetString(3), r.GetString(4), job.Model, ContentRows.Names(r, 5)));
            }
        }

        return (page, last);
    }

    private async Task MoveAsync(Job job, (DateTime At, Guid Id)? last, int sent, bool isDone, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            update mentions.rescores set cursor_at = coalesce($3, cursor_at), cursor_id = coalesce($4, cursor_id), sent = sent + $5, touched_at = $6,
                changed_at = case when $5 > 0 or $7 then $6 else changed_at end,
                status = case when status = 0 and $7 then 2 else status end, lease_until = case when $7 then null else $8 end
            where workspace = $1 and id = $2
            """);
        var now = clock.GetUtcNow();
        command.Parameters.AddWithValue(job.Workspace);
        command.Parameters.AddWithValue(job.Id);
        command.Parameters.Add(new() { Value = (object?)last?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)last?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(sent);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(isDone);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
