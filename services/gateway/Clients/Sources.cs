namespace Serm.Gateway.Clients;

/// <summary>How a source is doing.</summary>
public enum SourceState
{
    New = 0,
    Healthy = 1,
    Failing = 2,
    Paused = 3,
}

/// <summary>Why the last read failed.</summary>
public sealed record SourceError(string Code, string Message, DateTimeOffset At);

/// <summary>The gap that lasts.</summary>
public sealed record OpenGap(Guid Id, DateTimeOffset From, string Reason);

/// <summary>A gap of a source.</summary>
public sealed record SourceGap(Guid Id, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>A source as the ingest service gives it.</summary>
public sealed record SourceItem(
    Guid Id,
    string Kind,
    string Name,
    string? Url,
    SourceState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastReadAt,
    DateTimeOffset? LastGoodAt,
    DateTimeOffset? NextReadAt,
    int ConsecutiveFailures,
    SourceError? LastError,
    double? CursorAgeSeconds,
    long ItemsSeen,
    OpenGap? Gap,
    int? IntervalSeconds,
    int Version)
{
    /// <summary>Read by us, and not pushed by others.</summary>
    public bool IsFeed => Kind == "feed";
}

/// <summary>The sources of the ingest service.</summary>
internal sealed class SourcesClient(ServiceClient service)
{
    private const string Ingest = "ingest";
    private const string Path = "/api/sources";

    public Task<List<SourceItem>> ListAsync(CancellationToken ct) => service.GetAsync<List<SourceItem>>(Ingest, Path, ct);

    public Task<SourceItem> AddAsync(string url, string? name, int? intervalSeconds, CancellationToken ct) =>
        service.SendAsync<SourceItem>(HttpMethod.Post, Ingest, Path, new { kind = "feed", url, name, intervalSeconds }, null, ct);

    public Task<SourceItem> ChangeAsync(SourceItem source, string? url, string? name, int? intervalSeconds, CancellationToken ct) =>
        service.SendAsync<SourceItem>(HttpMethod.Put, Ingest, $"{Path}/{source.Id}", new { url, name, intervalSeconds }, source.Version, ct);

    public Task<SourceItem> PauseAsync(SourceItem source, bool paused, CancellationToken ct) =>
        service.SendAsync<SourceItem>(HttpMethod.Put, Ingest, $"{Path}/{source.Id}", new { paused }, source.Version, ct);

    public Task RemoveAsync(Guid id, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Ingest, $"{Path}/{id}", null, null, ct);

    public Task<SourceItem> ReadNowAsync(Guid id, CancellationToken ct) => service.SendAsync<SourceItem>(HttpMethod.Post, Ingest, $"{Path}/{id}/read", null, null, ct);

    public Task<List<SourceGap>> GapsAsync(Guid id, CancellationToken ct) => service.GetAsync<List<SourceGap>>(Ingest, $"{Path}/{id}/gaps", ct);
}
