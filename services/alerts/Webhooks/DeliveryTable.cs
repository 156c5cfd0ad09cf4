using Npgsql;
using NpgsqlTypes;

namespace Serm.Alerts;

/// <summary>The table of deliveries, for those that deliver.</summary>
internal sealed class DeliveryTable(NpgsqlDataSource dataSource, TimeProvider clock)
{
    // A claimed delivery is due again after the lease: so the work of a dead process comes back, and nobody has to notice its death.
    private const string ClaimSql = """
        with lanes as (select * from unnest($1, $2) as l(webhook_id, room)),
        picked as (
            select d.webhook_id, d.event_id
            from lanes l cross join lateral (
                select webhook_id, event_id from alerts.deliveries
                where webhook_id = l.webhook_id and status = 0 and due_at <= $3
                order by (replay_id is not null), due_at
                limit l.room
                for update skip locked) d)
        update alerts.deliveries d set due_at = $4
        from picked p, alerts.public_events e
        where d.webhook_id = p.webhook_id and d.event_id = p.event_id and e.workspace = d.workspace and e.id = d.event_id
        returning d.workspace, d.webhook_id, d.event_id, e.type, e.at, e.seq, e.data, d.step, e.trace_parent, d.due_at
        """;

    // Only what the claim was for is settled: a delivery that was asked for again meanwhile is sent again.
    private const string ResultsSql = """
        update alerts.deliveries d
        set attempts = d.attempts + 1, last_attempt_at = t.at, last_code = t.code, last_error = t.error,
            status = case when d.due_at = t.leased then t.status else d.status end,
            step = case when d.due_at = t.leased then t.step else d.step end,
            due_at = case when d.due_at = t.leased then t.due_at else d.due_at end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as t(webhook_id, event_id, status, due_at, step, at, code, error, leased)
        where d.webhook_id = t.webhook_id and d.event_id = t.event_id
        """;

    private const string AttemptsSql = """
        insert into alerts.delivery_attempts (webhook_id, event_id, at, url, ms, code, error, body_head)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
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

    /// <summary>Takes what is due, at most as much as each webhook has room for.</summary>
    public async Task<IReadOnlyList<DueDelivery>> ClaimAsync(IReadOnlyList<(Guid Webhook, int Room)> rooms, TimeSpan lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(ClaimSql);
        command.Parameters.Add(new() { Value = rooms.Select(r => r.Webhook).ToArray() });
        command.Parameters.Add(new() { Value = rooms.Select(r => r.Room).ToArray() });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + lease });
        var due = new List<DueDelivery>();
        var bodies = new Dictionary<Guid, byte[]>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            var (id, at) = (r.GetGuid(2), r.GetFieldValue<DateTimeOffset>(4));
            if (!bodies.TryGetValue(id, out var body))
            {
                bodies[id] = body = PublicEventBody.Bytes(id, r.GetString(3), at, r.IsDBNull(5) ? null : r.GetInt64(5), r.GetString(6));
            }

            due.Add(new(
                r.GetString(0),
                r.GetGuid(1),
                id,
                at,
                body,
                r.GetInt16(7),
                r.IsDBNull(8) ? null : r.GetString(8),
                r.GetFieldValue<DateTimeOffset>(9)));
        }

        return due;
    }

    /// <summary>Notes attempts and what follows from them, all or nothing.</summary>
    /// <returns>The webhooks that fail, and since when.</returns>
    public async Task<IReadOnlyList<(Guid Webhook, DateTimeOffset FailingSince)>> NoteAsync(IReadOnlyList<(Attempt Attempt, NextAttempt Next)> done, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);

        // A delivery can have been tried twice in one page; a statement may touch a row once.
        var last = done.GroupBy(d => (d.Attempt.Delivery.WebhookId, d.Attempt.Delivery.EventId)).Select(g => g.Last()).OrderBy(d => d.Attempt.Delivery.WebhookId).ThenBy(d => d.Attempt.Delivery.EventId).ToArray();
        var results = Command(batch, ResultsSql);
        Keys(results, last);
        results.Parameters.Add(Column(last, d => (short)d.Next.Status, NpgsqlDbType.Smallint));
        results.Parameters.Add(Column(last, d => d.Next.DueAt, NpgsqlDbType.TimestampTz));
        results.Parameters.Add(Column(last, d => (short)d.Next.Step, NpgsqlDbType.Smallint));
        results.Parameters.Add(Column(last, d => d.Attempt.At, NpgsqlDbType.TimestampTz));
        results.Parameters.Add(Column(last, d => d.Attempt.Result.Code, NpgsqlDbType.Integer));
        results.Parameters.Add(Column(last, d => d.Attempt.Result.Error, NpgsqlDbType.Text));
        results.Parameters.Add(Column(last, d => d.Attempt.Delivery.LeasedUntil, NpgsqlDbType.TimestampTz));

        var all = done.ToArray();
        var attempts = Command(batch, AttemptsSql);
        Keys(attempts, all);
        attempts.Parameters.Add(Column(all, d => d.Attempt.At, NpgsqlDbType.TimestampTz));
        attempts.Parameters.Add(Column(all, d => d.Attempt.Url, NpgsqlDbType.Text));
        attempts.Parameters.Add(Column(all, d => d.Attempt.Milliseconds, NpgsqlDbType.Integer));
        attempts.Parameters.Add(Column(all, d => d.Attempt.Result.Code, NpgsqlDbType.Integer));
        attempts.Parameters.Add(Column(all, d => d.Attempt.Result.Error, NpgsqlDbType.Text));
        attempts.Parameters.Add(Column(all, d => d.Attempt.BodyHead, NpgsqlDbType.Text));

        var healths = done.GroupBy(d => d.Attempt.Delivery.WebhookId).OrderBy(g => g.Key).Select(g => Health.Of(g.Key, [.. g.Select(d => d.Attempt)])).ToArray();
        var health = Command(batch, HealthSql);
        health.Parameters.Add(Column(healths, h => h.Webhook, NpgsqlDbType.Uuid));
        health.Parameters.Add(Column(healths, h => h.FailingSince, NpgsqlDbType.TimestampTz));
        health.Parameters.Add(Column(healths, h => h.Success, NpgsqlDbType.TimestampTz));
        health.Parameters.Add(Column(healths, h => h.Failure, NpgsqlDbType.TimestampTz));
        health.Parameters.Add(Column(healths, h => h.Error, NpgsqlDbType.Text));

        var failing = new List<(Guid, DateTimeOffset)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!reader.IsDBNull(1))
                {
                    failing.Add((reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1)));
                }
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
        return failing;
    }

    private static NpgsqlBatchCommand Command(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void Keys(NpgsqlBatchCommand command, (Attempt Attempt, NextAttempt Next)[] rows)
    {
        command.Parameters.Add(Column(rows, d => d.Attempt.Delivery.WebhookId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Column(rows, d => d.Attempt.Delivery.EventId, NpgsqlDbType.Uuid));
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
