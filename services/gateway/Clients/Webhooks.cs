namespace Serm.Gateway.Clients;

/// <summary>How a webhook's receiver has been doing.</summary>
public sealed record WebhookHealthItem(DateTimeOffset? FailingSince, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, string? LastError, long Pending, long Delivered24h, long GivenUp24h);

/// <summary>A webhook as the alerts service gives it.</summary>
public sealed record WebhookItem(
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
    WebhookHealthItem Health,
    DateTimeOffset CreatedAt,
    int Version)
{
    /// <summary>What people call it.</summary>
    public string Title => Description ?? (Uri.TryCreate(Url, UriKind.Absolute, out var url) ? url.Host : Url);
}

/// <summary>A webhook with its secret, shown once.</summary>
public sealed record WebhookSecretItem(string Secret, WebhookItem Webhook);

/// <summary>A webhook as it shall be.</summary>
public sealed record WebhookForm(
    string Url,
    string? Description,
    IReadOnlyList<string> Types,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<string> Severities,
    IReadOnlyList<string> Labels,
    int? MaxPerSecond,
    IReadOnlyDictionary<string, string?>? Headers,
    bool Asymmetric,
    string? Secret = null);

/// <summary>A type of event.</summary>
public sealed record EventTypeItem(string Type, string About);

/// <summary>A delivery in the log.</summary>
public sealed record DeliveryItem(
    Guid EventId,
    long? Sequence,
    string Type,
    string Status,
    int Attempts,
    bool Replayed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt,
    int? LastCode,
    string? LastError,
    DateTimeOffset? NextAttemptAt,
    string? Held = null);

/// <summary>A page of the log.</summary>
public sealed record DeliveryItems(IReadOnlyList<DeliveryItem> Items, string? NextCursor);

/// <summary>An attempt.</summary>
public sealed record AttemptItem(DateTimeOffset At, string Url, int Milliseconds, int? Code, string? Error, string? BodyHead);

/// <summary>A delivery with its request and attempts.</summary>
public sealed record DeliveryFull(DeliveryItem Delivery, string? Body, IReadOnlyList<AttemptItem> Attempts);

/// <summary>A replay and how far it is.</summary>
public sealed record ReplayItem(Guid Id, string Kind, DateTimeOffset? From, DateTimeOffset? To, long Total, long Delivered, long GivenUp, long Pending, string By, DateTimeOffset At);

/// <summary>The webhooks of the alerts service.</summary>
internal sealed class WebhooksClient(ServiceClient service)
{
    private const string Alerts = "alerts";
    private const string Path = "/api/webhooks";

    public Task<List<WebhookItem>> ListAsync(CancellationToken ct) => service.GetAsync<List<WebhookItem>>(Alerts, Path, ct);

    public Task<List<EventTypeItem>> TypesAsync(CancellationToken ct) => service.GetAsync<List<EventTypeItem>>(Alerts, $"{Path}/types", ct);

    public Task<WebhookItem> GetAsync(Guid id, CancellationToken ct) => service.GetAsync<WebhookItem>(Alerts, $"{Path}/{id}", ct);

    public Task<WebhookSecretItem> AddAsync(WebhookForm form, CancellationToken ct) => service.SendAsync<WebhookSecretItem>(HttpMethod.Post, Alerts, Path, form, null, ct);

    public Task<WebhookItem> ChangeAsync(WebhookItem webhook, WebhookForm form, CancellationToken ct) =>
        service.SendAsync<WebhookItem>(HttpMethod.Put, Alerts, $"{Path}/{webhook.Id}", form, webhook.Version, ct);

    public Task RemoveAsync(WebhookItem webhook, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Alerts, $"{Path}/{webhook.Id}", null, webhook.Version, ct);

    public Task<WebhookSecretItem> RotateAsync(Guid id, int overlapHours, CancellationToken ct) =>
        service.SendAsync<WebhookSecretItem>(HttpMethod.Post, Alerts, $"{Path}/{id}/rotate", new { overlapHours }, null, ct);

    /// <summary><c>pause</c>, <c>resume</c> or <c>test</c>.</summary>
    public Task<WebhookItem> DoAsync(Guid id, string verb, CancellationToken ct) => service.SendAsync<WebhookItem>(HttpMethod.Post, Alerts, $"{Path}/{id}/{verb}", null, null, ct);

    public Task<DeliveryItems> DeliveriesAsync(Guid id, string? status, string? cursor, CancellationToken ct) =>
        service.GetAsync<DeliveryItems>(Alerts, $"{Path}/{id}/deliveries?limit=50{(status is null ? "" : $"&status={status}")}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", ct);

    public Task<DeliveryFull> DeliveryAsync(Guid id, Guid eventId, CancellationToken ct) => service.GetAsync<DeliveryFull>(Alerts, $"{Path}/{id}/deliveries/{eventId}", ct);

    public Task<ReplayItem> ResendAsync(Guid id, Guid eventId, CancellationToken ct) =>
        service.SendAsync<ReplayItem>(HttpMethod.Post, Alerts, $"{Path}/{id}/deliveries/{eventId}/resend", null, null, ct);

    public Task<ReplayItem> ReplayAsync(Guid id, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        service.SendAsync<ReplayItem>(HttpMethod.Post, Alerts, $"{Path}/{id}/replay", new { from, to }, null, ct);

    public Task<ReplayItem> RecoverAsync(Guid id, CancellationToken ct) => service.SendAsync<ReplayItem>(HttpMethod.Post, Alerts, $"{Path}/{id}/recover", new { }, null, ct);

    public Task<List<ReplayItem>> ReplaysAsync(Guid id, CancellationToken ct) => service.GetAsync<List<ReplayItem>>(Alerts, $"{Path}/{id}/replays", ct);
}
