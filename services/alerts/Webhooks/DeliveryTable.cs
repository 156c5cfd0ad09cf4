using Npgsql;

namespace Serm.Alerts;

/// <summary>What is due, for those that deliver.</summary>
internal sealed class DeliveryTable(NpgsqlDataSource dataSource, TimeProvider clock)
{
    // What is forgotten cannot be told, and must not stand in the way of what can. A claimed delivery is due again after the lease: so the work of a dead process comes back, and nobody has to notice its death.
    private const string ClaimSql = """
        with lanes as (select * from unnest($1, $2) as l(webhook_id, room)),
        picked as (
            select d.webhook_id, d.event_id
            from lanes l cross join lateral (
                select webhook_id, event_id from alerts.deliveries o
                where webhook_id = l.webhook_id and status = 0 and due_at <= $3 and exists (select from alerts.public_events e where e.workspace = o.workspace and e.id = o.event_id)
                order by (replay_id is not null), due_at
                limit l.room
                for update skip locked) d)
        update alerts.deliveries d set due_at = $4
        from picked p, alerts.public_events e
        where d.webhook_id = p.webhook_id and d.event_id = p.event_id and e.workspace = d.workspace and e.id = d.event_id
        returning d.workspace, d.webhook_id, d.event_id, e.type, e.at, e.seq, e.data, d.step, e.trace_parent, d.due_at
        """;

    // What a dead process had begun without a claim, or could not write down in time: whoever has its result none the less finds a row, which is then sent again.
    private const string ComeDueSql = """
        with ended as (
            delete from alerts.first_attempts where (workspace, event_id) in (
                select workspace, event_id from alerts.first_attempts where until <= $1 order by until limit 1000 for update skip locked)
            returning workspace, event_id, seq, type, at, webhooks)
        insert into alerts.deliveries (workspace, webhook_id, event_id, seq, type, status, due_at, created_at)
        select e.workspace, w.id, e.event_id, e.seq, e.type, 0, $1, e.at
        from ended e join alerts.webhooks w on w.workspace = e.workspace and w.id = any(e.webhooks) and not w.removed
        where not exists (select 1 from alerts.deliveries d where d.webhook_id = w.id and d.event_id = e.event_id)
        on conflict do nothing
        """;

    private const string DueSql = """
        insert into alerts.deliveries (workspace, webhook_id, event_id, seq, type, status, due_at, created_at)
        select t.workspace, t.webhook_id, t.event_id, t.seq, t.type, 0, $7, t.at
        from unnest($1, $2, $3, $4, $5, $6) as t(workspace, webhook_id, event_id, seq, type, at)
        where exists (select 1 from alerts.webhooks w where w.workspace = t.workspace and w.id = t.webhook_id and not w.removed)
        on conflict do nothing
        """;

    private const string UnclaimSql = """
        update alerts.deliveries d set due_at = $4 from unnest($1, $2, $3) as t(webhook_id, event_id, leased)
        where d.webhook_id = t.webhook_id and d.event_id = t.event_id and d.status = 0 and d.due_at = t.leased
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
            var sequence = r.IsDBNull(5) ? (long?)null : r.GetInt64(5);
            if (!bodies.TryGetValue(id, out var body))
            {
                bodies[id] = body = PublicEventBody.Bytes(id, r.GetString(3), at, sequence, r.GetString(6));
            }

            due.Add(new(
                r.GetString(0),
                r.GetGuid(1),
                id,
                r.GetString(3),
                sequence,
                at,
                body,
                r.GetInt16(7),
                r.IsDBNull(8) ? null : r.GetString(8),
                r.GetFieldValue<DateTimeOffset>(9),
                Unwritten: false));
        }

        return due;
    }

    /// <summary>Lets come due what was begun without a claim and has not been written down in its time.</summary>
    public async Task ComeDueAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ComeDueSql);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes due now what this replica had taken and does not begin any more.</summary>
    public async Task LetGoAsync(IReadOnlyList<DueDelivery> deliveries, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var batch = dataSource.CreateBatch();
        foreach (var group in deliveries.OrderBy(d => d.WebhookId).ThenBy(d => d.EventId).GroupBy(d => d.Unwritten))
        {
            DueDelivery[] some = [.. group];
            object[] values = group.Key
                ? [Column(d => d.Workspace), Column(d => d.WebhookId), Column(d => d.EventId), Column(d => d.Sequence), Column(d => d.Type), Column(d => d.At.ToUniversalTime()), now]
                : [Column(d => d.WebhookId), Column(d => d.EventId), Column(d => d.LeasedUntil), now];
            var command = new NpgsqlBatchCommand(group.Key ? DueSql : UnclaimSql);
            command.Parameters.AddRange(Array.ConvertAll(values, v => new NpgsqlParameter { Value = v }));
            batch.BatchCommands.Add(command);

            T[] Column<T>(Func<DueDelivery, T> value) => Array.ConvertAll(some, d => value(d));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
