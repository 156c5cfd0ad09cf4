using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A delivery in the log.</summary>
/// <param name="EventId">The event: <c>webhook-id</c>.</param>
/// <param name="Sequence">The event's place in the feed; null for a test.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Status"><c>pending</c>, <c>delivered</c> or <c>givenUp</c>.</param>
/// <param name="Attempts">Attempts so far, over all sends.</param>
/// <param name="Replayed">True when it was last sent by a resend, replay or recovery.</param>
/// <param name="CreatedAt">When it was noted.</param>
/// <param name="LastAttemptAt">Null before the first.</param>
/// <param name="LastCode">The last HTTP status; null when none came.</param>
/// <param name="LastError">The last failure's code: <c>status</c>, <c>timeout</c>, <c>redirect</c>, <c>address_refused</c>, ...; null after 2xx.</param>
/// <param name="NextAttemptAt">When it is tried next; null when it is not.</param>
/// <param name="Held"><c>paused</c> or <c>disabled</c>: the webhook is, so a pending delivery waits and is not tried until it is resumed; null otherwise.</param>
public sealed record DeliveryView(
    Guid EventId,
    long? Sequence,
    string Type,
    DeliveryStatus Status,
    int Attempts,
    bool Replayed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt,
    int? LastCode,
    string? LastError,
    DateTimeOffset? NextAttemptAt,
    string? Held);

/// <summary>An attempt.</summary>
/// <param name="At">When it began; its <c>webhook-timestamp</c>.</param>
/// <param name="Url">Where it went.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Code">HTTP status; null when none came.</param>
/// <param name="Error">A stable code; null after 2xx.</param>
/// <param name="BodyHead">The first 2 KB of the answer; null when it was empty. Hostile text.</param>
public sealed record AttemptView(DateTimeOffset At, string Url, int Milliseconds, int? Code, string? Error, string? BodyHead);

/// <summary>A delivery with its request and attempts.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Body">The request's body, as it was sent every time; null when the event is not kept any more.</param>
/// <param name="Attempts">The newest 50 attempts, newest first.</param>
public sealed record DeliveryDetail(DeliveryView Delivery, string? Body, IReadOnlyList<AttemptView> Attempts);

/// <summary>A page of the log.</summary>
/// <param name="Items">The deliveries, newest first.</param>
/// <param name="NextCursor">Ask for the next page with it; null on the last one.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryView> Items, string? NextCursor);

/// <summary>Which deliveries are asked for.</summary>
/// <param name="Status">Any of <c>pending</c>, <c>delivered</c>, <c>givenUp</c>.</param>
/// <param name="Type">Any of these types of events.</param>
/// <param name="Limit">1 to 200; 50 by default.</param>
/// <param name="Cursor">From <c>nextCursor</c> of the last page.</param>
public sealed record DeliveryQuery([property: FromQuery] string[]? Status, [property: FromQuery] string[]? Type, [property: FromQuery] int? Limit, [property: FromQuery] string? Cursor);

/// <summary>Reading the log of deliveries.</summary>
internal static class ReadDeliveries
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    private const string Columns = "d.event_id, d.seq, d.type, d.status, d.attempts, d.replay_id is not null, d.created_at, d.last_attempt_at, d.last_code, d.last_error, d.due_at";

    private const string AttemptsSql = """
        select last_attempt_at, last_url, last_ms, last_code, last_error, last_head from alerts.deliveries where webhook_id = $1 and event_id = $2 and last_url is not null
        union all
        select at, url, ms, code, error, body_head from alerts.delivery_attempts where webhook_id = $1 and event_id = $2
        order by 1 desc limit 50
        """;

    public static void MapDeliveries(this IEndpointRouteBuilder app)
    {
        var deliveries = app.MapGroup("/api/webhooks/{id:guid}/deliveries").WithTags("Webhooks").RequireRole(WebhookEndpoints.Integrators);
        deliveries.MapGet("", PageAsync).WithName("ListDeliveries").WithSummary("The log of deliveries, newest first");
        deliveries.MapGet("{eventId:guid}", OneAsync).WithName("GetDelivery").WithSummary("One delivery with its request and attempts");
    }

    private static async Task<Ok<DeliveryPage>> PageAsync(Guid id, [AsParameters] DeliveryQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MaxLimit}.");
        }

        var webhook = await WebhookLog.OneAsync(dataSource, caller.Workspace, id, cancellationToken);
        await using var command = dataSource.CreateCommand();
        command.Parameters.AddWithValue(id);
        var sql = new StringBuilder();
        if (query.Status is { Length: > 0 })
        {
            command.Parameters.AddWithValue(Array.ConvertAll(query.Status, Code));
            sql.Append(CultureInfo.InvariantCulture, $" and d.status = any(${command.Parameters.Count})");
        }

        if (query.Type is { Length: > 0 })
        {
            PublicEventTypes.Require(query.Type, "type");
            command.Parameters.AddWithValue(query.Type);
            sql.Append(CultureInfo.InvariantCulture, $" and d.type = any(${command.Parameters.Count})");
        }

        if (!string.IsNullOrEmpty(query.Cursor))
        {
            var (at, last) = ReadAlerts.Decode(ReadAlerts.OfDeliveries, query.Cursor);
            command.Parameters.AddWithValue(at);
            command.Parameters.AddWithValue(last);
            sql.Append(CultureInfo.InvariantCulture, $" and (d.created_at, d.event_id) < (${command.Parameters.Count - 1}, ${command.Parameters.Count})");
        }

        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select {Columns} from alerts.delivery_log d where d.webhook_id = $1{sql} order by d.created_at desc, d.event_id desc limit {limit + 1}");
        var items = await ReadAsync(command, webhook, cancellationToken);
        var page = items.Count > limit ? items[..limit] : items;
        return TypedResults.Ok(new DeliveryPage(page, items.Count > limit ? ReadAlerts.Encode(ReadAlerts.OfDeliveries, page[^1].CreatedAt, page[^1].EventId) : null));
    }

    private static short Code(string status) => status.All(char.IsAsciiLetter) && Enum.TryParse<DeliveryStatus>(status, ignoreCase: true, out var known)
        ? (short)known
        : throw RuleViolation.Invalid("status", "status_unknown", "status takes pending, delivered and givenUp.");

    private static async Task<Ok<DeliveryDetail>> OneAsync(Guid id, Guid eventId, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var webhook = await WebhookLog.OneAsync(dataSource, caller.Workspace, id, cancellationToken);
        await using var command = dataSource.CreateCommand($"select {Columns} from alerts.delivery_log d where d.webhook_id = $1 and d.event_id = $2");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(eventId);
        var delivery = (await ReadAsync(command, webhook, cancellationToken)).SingleOrDefault() ?? throw RuleViolation.NotFound("delivery");
        await using var attempts = dataSource.CreateCommand(AttemptsSql);
        attempts.Parameters.AddWithValue(id);
        attempts.Parameters.AddWithValue(eventId);
        var made = new List<AttemptView>();
        await using (var r = await attempts.ExecuteReaderAsync(cancellationToken))
        {
            while (await r.ReadAsync(cancellationToken))
            {
                made.Add(new(r.GetFieldValue<DateTimeOffset>(0), r.GetString(1), r.GetInt32(2), r.IsDBNull(3) ? null : r.GetInt32(3), r.IsDBNull(4) ? null : r.GetString(4), r.IsDBNull(5) ? null : r.GetString(5)));
            }
        }

        await using var body = dataSource.CreateCommand("select type, at, seq, data from alerts.public_events where workspace = $1 and id = $2");
        body.Parameters.AddWithValue(caller.Workspace);
        body.Parameters.AddWithValue(eventId);
        await using var e = await body.ExecuteReaderAsync(cancellationToken);
        var sent = await e.ReadAsync(cancellationToken)
            ? PublicEventBody.Write(eventId, e.GetString(0), e.GetFieldValue<DateTimeOffset>(1), e.IsDBNull(2) ? null : e.GetInt64(2), e.GetString(3))
            : null;
        return TypedResults.Ok(new DeliveryDetail(delivery, sent, made));
    }

    private static async Task<List<DeliveryView>> ReadAsync(NpgsqlCommand command, Webhook webhook, CancellationToken cancellationToken)
    {
        var items = new List<DeliveryView>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            var status = (DeliveryStatus)r.GetInt16(3);
            var waits = status == DeliveryStatus.Pending;
            items.Add(new(
                r.GetGuid(0),
                r.IsDBNull(1) ? null : r.GetInt64(1),
                r.GetString(2),
                status,
                r.GetInt32(4),
                r.GetBoolean(5),
                r.GetFieldValue<DateTimeOffset>(6),
                r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7),
                r.IsDBNull(8) ? null : r.GetInt32(8),
                r.IsDBNull(9) ? null : r.GetString(9),
                waits && webhook.Delivers ? r.GetFieldValue<DateTimeOffset>(10) : null,
                !waits || webhook.Delivers ? null : webhook.Stopped is null ? "paused" : "disabled"));
        }

        return items;
    }
}
