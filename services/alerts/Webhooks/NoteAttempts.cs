using Npgsql;
using NpgsqlTypes;

namespace Serm.Alerts;

/// <summary>Notes what attempts came to: the newest of each delivery in its row, earlier ones beside it, and how each receiver does.</summary>
internal static class NoteAttempts
{
    // Removed webhooks get none. Where a row is there already, the delivery came due or was asked for again meanwhile.
    private const string UnwrittenSql = """
        insert into alerts.deliveries (workspace, webhook_id, event_id, seq, type, status, due_at, step, attempts, created_at, last_attempt_at, last_code, last_error, last_url, last_ms, last_head)
        select t.workspace, t.webhook_id, t.event_id, t.seq, t.type, t.status, t.due_at, t.step, 1, t.created_at, t.at, t.code, t.error, t.url, t.ms, t.head
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as t(webhook_id, event_id, status, due_at, step, at, code, error, url, ms, head, workspace, seq, type, created_at)
        where exists (select 1 from alerts.webhooks w where w.workspace = t.workspace and w.id = t.webhook_id and not w.removed)
        on conflict do nothing
        returning webhook_id, event_id
        """;

    private const string EarlierSql = """
        insert into alerts.delivery_attempts (webhook_id, event_id, at, url, ms, code, error, body_head)
        select d.webhook_id, d.event_id, d.last_attempt_at, d.last_url, d.last_ms, d.last_code, d.last_error, d.last_head
        from alerts.deliveries d join unnest($1, $2) as t(webhook_id, event_id) on d.webhook_id = t.webhook_id and d.event_id = t.event_id
        where d.last_url is not null
        order by d.webhook_id, d.event_id
        for update of d
        on conflict do nothing
        """;

    // Only what the claim was for is settled: a delivery that was asked for again meanwhile is sent again.
    private const string WrittenSql = """
        update alerts.deliveries d
        set attempts = d.attempts + 1, last_attempt_at = t.at, last_code = t.code, last_error = t.error, last_url = t.url, last_ms = t.ms, last_head = t.head,
            status = case when d.due_at = t.leased then t.status else d.status end,
            step = case when d.due_at = t.leased then t.step else d.step end,
            due_at = case when d.due_at = t.leased then t.due_at else d.due_at end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as t(webhook_id, event_id, status, due_at, step, at, code, error, url, ms, head, leased)
        where d.webhook_id = t.webhook_id and d.event_id = t.event_id
        """;

    private const string HealthSql = """
        insert into alerts.webhook_health as h (webhook_id, failing_since, last_success_at, last_failure_at, last_error)
        select * from unnest($1, $2, $3, $4, $5)
        on conflict (webhook_id) do update set
            failing_since = case when excluded.failing_since is null then null when excluded.last_success_at is not null then excluded.failing_since else coalesce(h.failing_since, excluded.failing_since) end,
            last_success_at = greatest(h.last_success_at, excluded.last_success_at),
            last_failure_at = greatest(h.last_failure_at, excluded.last_failure_at),
            last_error = coalesce(excluded.last_error, h.last_error)
        returning h.webhook_id, h.failing_since
        """;

    /// <summary>Notes attempts and what follows from them, all or nothing.</summary>
    /// <returns>The webhooks that fail, and since when.</returns>
    public static async Task<IReadOnlyList<(Guid Webhook, DateTimeOffset FailingSince)>> WriteAsync(NpgsqlDataSource dataSource, IReadOnlyList<(Attempt Attempt, NextAttempt Next)> done, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Whoever else writes the same rows takes them in the same order. A statement may touch a row once, and a delivery can have been tried twice in one page.
        var tries = done.GroupBy(d => (d.Attempt.Delivery.WebhookId, d.Attempt.Delivery.EventId)).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        for (var i = 0; i < tries.Max(t => t.Length); i++)
        {
            await DeliveriesAsync(connection, [.. tries.Where(t => t.Length > i).Select(t => t[i])], cancellationToken);
        }

        var failing = await HealthAsync(connection, [.. done.GroupBy(d => d.Attempt.Delivery.WebhookId).OrderBy(g => g.Key).Select(g => Health.Of(g.Key, [.. g.Select(d => d.Attempt)]))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return failing;
    }

    private static async Task DeliveriesAsync(NpgsqlConnection connection, (Attempt Attempt, NextAttempt Next)[] rows, CancellationToken cancellationToken)
    {
        var written = rows.Where(r => !r.Attempt.Delivery.Unwritten).ToList();
        if (Array.FindAll(rows, r => r.Attempt.Delivery.Unwritten) is { Length: > 0 } unwritten)
        {
            var fresh = new HashSet<(Guid, Guid)>(unwritten.Length);
            await using (var insert = Command(connection, UnwrittenSql, [
                .. Results(unwritten),
                Column(unwritten, d => d.Attempt.Delivery.Workspace, NpgsqlDbType.Text),
                Column(unwritten, d => d.Attempt.Delivery.Sequence, NpgsqlDbType.Bigint),
                Column(unwritten, d => d.Attempt.Delivery.Type, NpgsqlDbType.Text),
                Column(unwritten, d => d.Attempt.Delivery.At.ToUniversalTime(), NpgsqlDbType.TimestampTz)]))
            await using (var reader = await insert.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    fresh.Add((reader.GetGuid(0), reader.GetGuid(1)));
                }
            }

            written.AddRange(unwritten.Where(u => !fresh.Contains((u.Attempt.Delivery.WebhookId, u.Attempt.Delivery.EventId))));
        }

        if (written.Count == 0)
        {
            return;
        }

        (Attempt Attempt, NextAttempt Next)[] known = [.. written.OrderBy(r => r.Attempt.Delivery.WebhookId).ThenBy(r => r.Attempt.Delivery.EventId)];
        await using var earlier = Command(connection, EarlierSql, [Column(known, d => d.Attempt.Delivery.WebhookId, NpgsqlDbType.Uuid), Column(known, d => d.Attempt.Delivery.EventId, NpgsqlDbType.Uuid)]);
        await earlier.ExecuteNonQueryAsync(cancellationToken);
        await using var update = Command(connection, WrittenSql, [.. Results(known), Column(known, d => d.Attempt.Delivery.LeasedUntil, NpgsqlDbType.TimestampTz)]);
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<(Guid, DateTimeOffset)>> HealthAsync(NpgsqlConnection connection, Health[] healths, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, HealthSql, [
            Column(healths, h => h.Webhook, NpgsqlDbType.Uuid),
            Column(healths, h => h.FailingSince, NpgsqlDbType.TimestampTz),
            Column(healths, h => h.Success, NpgsqlDbType.TimestampTz),
            Column(healths, h => h.Failure, NpgsqlDbType.TimestampTz),
            Column(healths, h => h.Error, NpgsqlDbType.Text)]);
        var failing = new List<(Guid, DateTimeOffset)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(1))
            {
                failing.Add((reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1)));
            }
        }

        return failing;
    }

    private static NpgsqlParameter[] Results((Attempt Attempt, NextAttempt Next)[] rows) =>
    [
        Column(rows, d => d.Attempt.Delivery.WebhookId, NpgsqlDbType.Uuid),
        Column(rows, d => d.Attempt.Delivery.EventId, NpgsqlDbType.Uuid),
        Column(rows, d => (short)d.Next.Status, NpgsqlDbType.Smallint),
        Column(rows, d => d.Next.DueAt, NpgsqlDbType.TimestampTz),
        Column(rows, d => (short)d.Next.Step, NpgsqlDbType.Smallint),
        Column(rows, d => d.Attempt.At, NpgsqlDbType.TimestampTz),
        Column(rows, d => d.Attempt.Result.Code, NpgsqlDbType.Integer),
        Column(rows, d => d.Attempt.Result.Error, NpgsqlDbType.Text),
        Column(rows, d => d.Attempt.Url, NpgsqlDbType.Text),
        Column(rows, d => d.Attempt.Milliseconds, NpgsqlDbType.Integer),
        Column(rows, d => d.Attempt.BodyHead, NpgsqlDbType.Text),
    ];

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Column<TRow, T>(TRow[] rows, Func<TRow, T> value, NpgsqlDbType type) =>
        new() { Value = Array.ConvertAll(rows, r => value(r)), NpgsqlDbType = NpgsqlDbType.Array | type };

    /// <summary>What a page of attempts says of a receiver.</summary>
    private sealed record Health(Guid Webhook, DateTimeOffset? FailingSince, DateTimeOffset? Success, DateTimeOffset? Failure, string? Error)
    {
        public static Health Of(Guid webhook, IReadOnlyList<Attempt> attempts)
        {
            var ok = attempts.Where(a => a.Result.Ok).Select(a => (DateTimeOffset?)a.At).Max();
            var failed = attempts.Where(a => !a.Result.Ok && (ok is null || a.At > ok)).OrderBy(a => a.At).ToList();
            var any = attempts.Where(a => !a.Result.Ok).MaxBy(a => a.At);
            return new(webhook, failed.FirstOrDefault()?.At, ok, any?.At, any is null ? null : any.Result.Error is "status" ? $"http_{any.Result.Code}" : any.Result.Error);
        }
    }
}
