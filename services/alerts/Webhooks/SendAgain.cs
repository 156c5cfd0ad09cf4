using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What shall be sent again.</summary>
/// <param name="From">Events that happened at or after.</param>
/// <param name="To">Events that happened before; now when left out.</param>
/// <param name="Types">Types of events; all that the webhook wants when left out.</param>
public sealed record ReplayRequest(DateTimeOffset? From, DateTimeOffset? To = null, IReadOnlyList<string>? Types = null);

/// <summary>Since when what was not delivered shall be sent again.</summary>
/// <param name="Since">Events that happened at or after. Left out: whatever was given up or still waits, and what happened since the receiver began to fail before the webhook was last disabled.</param>
public sealed record RecoverRequest(DateTimeOffset? Since = null);

/// <summary>A replay or recovery, and how far it is.</summary>
/// <param name="Id">It.</param>
/// <param name="Kind"><c>resend</c>, <c>replay</c> or <c>recover</c>.</param>
/// <param name="From">Events that happened at or after.</param>
/// <param name="To">Events that happened before.</param>
/// <param name="Total">Deliveries that it sends again.</param>
/// <param name="Delivered">Of them, delivered so far.</param>
/// <param name="GivenUp">Of them, given up.</param>
/// <param name="Pending">Of them, still due or waiting for another try.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
public sealed record ReplayView(Guid Id, string Kind, DateTimeOffset? From, DateTimeOffset? To, long Total, long Delivered, long GivenUp, long Pending, string By, DateTimeOffset At);

/// <summary>Sending again: the same events with the same ids, behind what is new.</summary>
internal static class SendAgain
{
    // What the webhook's filters let pass, noted anew or made due again. The schedule begins from its start. In the order in which attempts are noted, so that the two cannot wait for each other.
    private const string Sql = $"""
        with again as (
            insert into alerts.deliveries as d (workspace, webhook_id, event_id, seq, type, status, due_at, created_at, replay_id)
            select e.workspace, $2, e.id, e.seq, e.type, 0, $3, e.at, $4
            from alerts.public_events e
            where e.workspace = $1 and e.seq is not null and ($5::timestamptz is null or e.at >= $5) and ($6::timestamptz is null or e.at < $6)
              and ($7::uuid is null or e.id = $7)
              and ($16::timestamptz is null or e.at >= $16 or exists (select from alerts.deliveries known where known.webhook_id = $2 and known.event_id = e.id))
              and not (e.type = '{PublicEventTypes.EndpointDisabled}' and e.data::json ->> 'webhookId' = $2::text)
              and (cardinality($8::text[]) = 0 or e.type = any($8))
              and (e.type = any($9) or (
                    (cardinality($10::uuid[]) = 0 or e.brand_id = any($10))
                and (cardinality($11::text[]) = 0 or e.severity = any($11))
                and (cardinality($12::text[]) = 0 or exists (select from unnest(e.labels) l where lower(l) in (select lower(w) from unnest($12::text[]) w)))))
            order by e.id
            on conflict (webhook_id, event_id) do update set status = 0, due_at = $3, step = 0, replay_id = $4
                where not $13 or d.status <> 1
            returning 1),
        counted as (select count(*) as total from again)
        insert into alerts.replays (workspace, id, webhook_id, kind, from_at, to_at, total, by, at)
        select $1, $4, $2, $14, $5, $6, total, $15, $3 from counted
        returning total
        """;

    private const string Progress = """
        select r.id, r.kind, r.from_at, r.to_at, r.total, c.delivered, c.given_up, c.pending, r.by, r.at
        from alerts.replays r
        cross join lateral (
            select count(*) filter (where d.status = 1) as delivered, count(*) filter (where d.status = 2) as given_up, count(*) filter (where d.status = 0) as pending
            from alerts.deliveries d where d.replay_id = r.id) c
        where r.workspace = $1 and r.webhook_id = $2 and ($3::uuid is null or r.id = $3)
        order by r.at desc limit 20
        """;

    public static void MapSendAgain(this IEndpointRouteBuilder app)
    {
        var webhook = app.MapGroup("/api/webhooks/{id:guid}").WithTags("Webhooks").RequireRole(WebhookEndpoints.Integrators);
        webhook.MapPost("deliveries/{eventId:guid}/resend", ResendAsync).WithName("ResendDelivery").WithSummary("Send one delivery again now, with the same id");
        webhook.MapPost("replay", ReplayAsync).WithName("ReplayWebhook").WithSummary("Send again what happened in a range of time, delivered or not, with the same ids");
        webhook.MapPost("recover", RecoverAsync).WithName("RecoverWebhook").WithSummary("Send what was missed or given up, and only that");
        webhook.MapGet("replays", ListAsync).WithName("ListReplays").WithSummary("The last 20 replays, recoveries and resends, and how far they are");
        webhook.MapGet("replays/{replayId:guid}", OneAsync).WithName("GetReplay").WithSummary("How far a replay is");
    }

    private static async Task<Accepted<ReplayView>> ResendAsync(Guid id, Guid eventId, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var webhook = await ActiveAsync(id, desk, ct);
        await using var known = desk.DataSource.CreateCommand("select 1 from alerts.delivery_log where webhook_id = $1 and event_id = $2 and seq is not null");
        known.Parameters.AddWithValue(id);
        known.Parameters.AddWithValue(eventId);
        if (await known.ExecuteScalarAsync(ct) is null)
        {
            throw RuleViolation.NotFound("delivery");
        }

        // It was wanted once: filters that were changed since do not matter.
        var all = webhook with { Terms = webhook.Terms with { Types = [], Brands = [], Severities = [], Labels = [] } };
        return await SendAsync(all, "resend", null, null, eventId, null, onlyMissed: false, null, desk, ct);
    }

    private static async Task<Accepted<ReplayView>> ReplayAsync(Guid id, ReplayRequest body, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var webhook = await ActiveAsync(id, desk, ct);
        var to = body.To ?? desk.Clock.GetUtcNow();
        if (body.From is not { } from || from >= to)
        {
            throw RuleViolation.Invalid("from", "out_of_range", "Give from, a time before to, such as 2026-01-31T12:00:00Z.");
        }

        PublicEventTypes.Require(body.Types ?? []);
        return await SendAsync(webhook, "replay", from, to, null, body.Types, onlyMissed: false, null, desk, ct);
    }

    private static async Task<Accepted<ReplayView>> RecoverAsync(Guid id, RecoverRequest body, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var webhook = await ActiveAsync(id, desk, ct);

        // What was noted for it is known to be wanted; of what was not, only that can be missing which happened around the time in which it was disabled.
        var unnoted = body.Since ?? webhook.MissedSince ?? desk.Clock.GetUtcNow();
        return await SendAsync(webhook, "recover", body.Since ?? webhook.CreatedAt, null, null, null, onlyMissed: true, unnoted, desk, ct);
    }

    private static async Task<Webhook> ActiveAsync(Guid id, WebhookDesk desk, CancellationToken ct)
    {
        var webhook = await WebhookLog.OneAsync(desk.DataSource, desk.Caller.Workspace, id, ct);
        return webhook.Stopped is null ? webhook : throw new RuleViolation("webhook_not_active", "This webhook is disabled, so what is sent again would wait. Resume it first.");
    }

    private static async Task<Accepted<ReplayView>> SendAsync(
        Webhook webhook, string kind, DateTimeOffset? from, DateTimeOffset? to, Guid? only, IReadOnlyList<string>? types, bool onlyMissed, DateTimeOffset? unnotedFrom, WebhookDesk desk, CancellationToken ct)
    {
        var now = desk.Clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var terms = webhook.Terms;
        string[] wanted = types is { Count: > 0 } ? [.. types.Where(t => terms.Types.Count == 0 || terms.Types.Contains(t, StringComparer.Ordinal))] : [.. terms.Types];
        if (types is { Count: > 0 } && wanted.Length == 0)
        {
            throw RuleViolation.Invalid("types", "event_type_filtered", "This webhook's own filter lets none of these types pass.");
        }

        await using var connection = await desk.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var command = new NpgsqlBatchCommand(Sql);
        batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new($"notify {FanOut.Channel}"));
        void Add(object? value, NpgsqlDbType type) => command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        Add(desk.Caller.Workspace, NpgsqlDbType.Text);
        Add(webhook.Id, NpgsqlDbType.Uuid);
        Add(now, NpgsqlDbType.TimestampTz);
        Add(id, NpgsqlDbType.Uuid);
        Add(from?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        Add(to?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        Add(only, NpgsqlDbType.Uuid);
        Add(wanted, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(PublicEventTypes.All.Where(t => PublicEventTypes.IsAboutDelivery(t.Name)).Select(t => t.Name).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(terms.Brands.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(terms.Severities.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(terms.Labels.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(onlyMissed, NpgsqlDbType.Boolean);
        Add(kind, NpgsqlDbType.Text);
        Add(desk.Caller.User, NpgsqlDbType.Text);
        Add(unnotedFrom?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        var total = Convert.ToInt64(await batch.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
        var sent = new ReplayView(id, kind, from, to, total, 0, 0, total, desk.Caller.User, now);
        await ChangeRows.AddAsync(connection, "alerts", desk.Caller.Workspace, WebhookChanges.SentAgain(webhook, sent), ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Accepted($"/api/webhooks/{webhook.Id}/replays/{id}", sent);
    }

    private static async Task<Ok<List<ReplayView>>> ListAsync(Guid id, [AsParameters] WebhookDesk desk, CancellationToken ct) => TypedResults.Ok(await ReadAsync(id, null, desk, ct));

    private static async Task<Ok<ReplayView>> OneAsync(Guid id, Guid replayId, [AsParameters] WebhookDesk desk, CancellationToken ct) =>
        TypedResults.Ok((await ReadAsync(id, replayId, desk, ct)).SingleOrDefault() ?? throw RuleViolation.NotFound("replay"));

    private static async Task<List<ReplayView>> ReadAsync(Guid webhook, Guid? replay, WebhookDesk desk, CancellationToken ct)
    {
        await using var command = desk.DataSource.CreateCommand(Progress);
        command.Parameters.AddWithValue(desk.Caller.Workspace);
        command.Parameters.AddWithValue(webhook);
        command.Parameters.Add(new() { Value = (object?)replay ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        var found = new List<ReplayView>();
        await using var r = await command.ExecuteReaderAsync(ct);
        while (await r.ReadAsync(ct))
        {
            found.Add(new(
                r.GetGuid(0),
                r.GetString(1),
                r.IsDBNull(2) ? null : r.GetFieldValue<DateTimeOffset>(2),
                r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3),
                r.GetInt64(4),
                r.GetInt64(5),
                r.GetInt64(6),
                r.GetInt64(7),
                r.GetString(8),
                r.GetFieldValue<DateTimeOffset>(9)));
        }

        return found;
    }
}
