namespace Serm.Gateway.Clients;

/// <summary>Texts that other services had of what was erased.</summary>
public sealed record ErasedCopies(long Ingest, long Sentiment, long Alerts);

/// <summary>An erasure, and once it is done its receipt.</summary>
public sealed record ErasureItem(
    Guid Id,
    string Kind,
    string Status,
    Guid? Subject,
    DateTimeOffset? SeenBefore,
    bool KeepOut,
    string? Reference,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? DoneAt,
    long Mentions,
    long Notes,
    ErasedCopies Copies)
{
    /// <summary>A service has still to answer.</summary>
    public bool IsRunning => Status == "running";
}

/// <summary>What an erasure would take.</summary>
public sealed record ErasurePreview(long Mentions, long Notes);

/// <summary>How long texts are kept; null for as long as the mention.</summary>
public sealed record RetentionData(int Version, int? Days);

/// <summary>Erasing what people wrote, and how long it is kept.</summary>
internal sealed class PrivacyClient(ServiceClient services)
{
    public Task<IReadOnlyList<ErasureItem>> ErasuresAsync(CancellationToken ct) => services.GetAsync<IReadOnlyList<ErasureItem>>("mentions", "/api/erasures", ct);

    public Task<ErasurePreview> PreviewAsync(string kind, Guid subject, CancellationToken ct) => services.GetAsync<ErasurePreview>("mentions", $"/api/erasures/preview?{kind}={subject}", ct);

    /// <summary>Orders an erasure.</summary>
    /// <param name="kind"><c>mention</c> or <c>author</c>.</param>
    public Task<ErasureItem> EraseAsync(string kind, Guid subject, bool keepOut, string? reference, CancellationToken ct) => services.SendAsync<ErasureItem>(
        HttpMethod.Post, "mentions", "/api/erasures", new Dictionary<string, object?>(StringComparer.Ordinal) { [kind] = subject, ["keepOut"] = keepOut, ["reference"] = reference }, null, ct);

    public Task<RetentionData> RetentionAsync(CancellationToken ct) => services.GetAsync<RetentionData>("mentions", "/api/settings/retention", ct);

    public Task<RetentionData> KeepAsync(int? days, int version, CancellationToken ct) => services.SendAsync<RetentionData>(HttpMethod.Put, "mentions", "/api/settings/retention", new { days }, version, ct);
}
