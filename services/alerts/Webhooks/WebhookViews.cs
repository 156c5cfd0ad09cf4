using Npgsql;

namespace Serm.Alerts;

/// <summary>A webhook as the API shows it, without its secrets.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Url">Where it is delivered to.</param>
/// <param name="Description">What its owner calls it.</param>
/// <param name="State"><c>active</c>, <c>failing</c>, <c>paused</c> or <c>disabled</c>.</param>
/// <param name="Reason">Why it is disabled or failing, for people; null when all is well.</param>
/// <param name="Types">Filter; empty for all.</param>
/// <param name="Brands">Filter; empty for all.</param>
/// <param name="Severities">Filter; empty for all.</param>
/// <param name="Labels">Filter; empty for all.</param>
/// <param name="MaxPerSecond">Null for no limit.</param>
/// <param name="HeaderNames">Own headers; their values are not shown.</param>
/// <param name="Asymmetric">Signs with ed25519 as well.</param>
/// <param name="PublicKey">The ed25519 public key, <c>whpk_</c> and base64; null when it does not sign with it.</param>
/// <param name="OldSecretUntil">Until when the secret before the last rotation also signs; null when that is over.</param>
/// <param name="Health">How its receiver is doing.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
public sealed record WebhookView(
    Guid Id,
    string Url,
    string? Description,
    string State,
    string? Reason,
    IReadOnlyList<string> Types,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<string> Severities,
    IReadOnlyList<string> Labels,
    int? MaxPerSecond,
    IReadOnlyList<string> HeaderNames,
    bool Asymmetric,
    string? PublicKey,
    DateTimeOffset? OldSecretUntil,
    WebhookHealth Health,
    DateTimeOffset CreatedAt,
    int Version)
{
    internal static WebhookView Of(Webhook w, WebhookHealth health, DateTimeOffset now) => new(
        w.Id,
        w.Terms.Url,
        w.Terms.Description,
        w.Stopped is not null ? "disabled" : w.Paused ? "paused" : health.FailingSince is not null ? "failing" : "active",
        w.Stopped?.Detail ?? (w.Paused || health.FailingSince is null ? null : $"Failing since {health.FailingSince.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {health.LastError}."),
        w.Terms.Types,
        w.Terms.Brands,
        w.Terms.Severities,
        w.Terms.Labels,
        w.Terms.MaxPerSecond,
        w.Terms.HeaderNames,
        w.Terms.Asymmetric,
        w.Terms.Asymmetric ? w.PublicKey : null,
        w.OldSecretUntil > now ? w.OldSecretUntil : null,
        health,
        w.CreatedAt,
        w.Version);
}

/// <summary>How a receiver has been doing.</summary>
/// <param name="FailingSince">The first failure since the last success; null when the last attempt succeeded or there was none.</param>
/// <param name="LastSuccessAt">Null before the first.</param>
/// <param name="LastFailureAt">Null before the first.</param>
/// <param name="LastError">The last failure's code: <c>http_500</c>, <c>timeout</c>, <c>address_refused</c>, ...</param>
/// <param name="Pending">Deliveries that are due or wait for another try.</param>
/// <param name="Delivered24h">Delivered in the last 24 hours.</param>
/// <param name="GivenUp24h">Given up in the last 24 hours.</param>
public sealed record WebhookHealth(DateTimeOffset? FailingSince, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, string? LastError, long Pending, long Delivered24h, long GivenUp24h)
{
    private const string Sql = """
        select w.id, h.failing_since, h.last_success_at, h.last_failure_at, h.last_error,
               (select count(*) from (select 1 from alerts.delivery_log d where d.webhook_id = w.id and d.status = 0 limit 100000) p),
               c.delivered, c.given_up
        from unnest($1) as w(id)
        left join alerts.webhook_health h on h.webhook_id = w.id
        cross join lateral (
            select count(*) filter (where d.status = 1) as delivered, count(*) filter (where d.status = 2) as given_up
            from (select status from alerts.deliveries d where d.webhook_id = w.id and d.created_at >= $2 order by created_at desc limit 200000) d) c
        """;

    internal static async Task<IReadOnlyDictionary<Guid, WebhookHealth>> ReadAsync(NpgsqlDataSource dataSource, Guid[] webhooks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(webhooks);
        command.Parameters.AddWithValue(now.AddHours(-24));
        var found = new Dictionary<Guid, WebhookHealth>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            found[r.GetGuid(0)] = new(Time(r, 1), Time(r, 2), Time(r, 3), r.IsDBNull(4) ? null : r.GetString(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7));
        }

        return found;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>A webhook with its secret: shown this once.</summary>
/// <param name="Secret"><c>whsec_</c> and base64. Keep it where your program reads its secrets; Serm does not show it again.</param>
/// <param name="Webhook">The webhook.</param>
public sealed record WebhookWithSecret(string Secret, WebhookView Webhook);

/// <summary>A rotation.</summary>
/// <param name="Secret">The new secret; one is made when left out.</param>
/// <param name="OverlapHours">Hours in which the old secret signs as well, 0 to 168; 24 when left out.</param>
public sealed record RotateRequest(string? Secret = null, int? OverlapHours = null);

/// <summary>A type of event that webhooks and the feed tell.</summary>
/// <param name="Type">As in <c>type</c>.</param>
/// <param name="About">One sentence.</param>
public sealed record EventTypeView(string Type, string About);
