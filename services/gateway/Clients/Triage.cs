using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>A step over many mentions and how it went with each.</summary>
public sealed record BulkOutcome(Guid Id, int Done, IReadOnlyList<BulkOne> Results);

/// <summary>How it went with one; <c>Code</c> and <c>Detail</c> say why not.</summary>
public sealed record BulkOne(Guid Id, bool Done, int? Version, string? Code, string? Detail, string? Owner);

/// <summary>A story: one thing that many tell.</summary>
public sealed record StoryData(
    Guid Id, int Sightings, int Authors, int Sources, long Reach, DateTimeOffset FirstAt, DateTimeOffset LastAt, double PerHour, IReadOnlyList<StorySighting> Items, bool Complete = true);

/// <summary>One telling of a story.</summary>
public sealed record StorySighting(Guid Id, string SourceName, string? AuthorName, DateTimeOffset PublishedAt, long? Reach, float? Negative, MentionStatus Status);

/// <summary>What was said of the brand in one thread.</summary>
public sealed record ThreadData(bool Complete, IReadOnlyList<ThreadItem> Items);

/// <summary>A mention in a thread.</summary>
public sealed record ThreadItem(Guid Id, bool IsRoot, string? AuthorName, string Text, DateTimeOffset PublishedAt, Sentiment? Sentiment, MentionStatus Status);

/// <summary>What is known of an author from what they said of our brands.</summary>
public sealed record AuthorData(
    Guid Id,
    string? Name,
    string? Handle,
    string? Url,
    string SourceKind,
    long Mentions,
    long Negative,
    long Reach,
    long Started,
    long Spread,
    long SpreadOfThem,
    long Answered,
    long Open,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    string? List,
    string? ListReason);

/// <summary>The authors who matter most in a time.</summary>
public sealed record AuthorsData(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<AuthorData> Items);

/// <summary>How the tone went on after answers of ours; see the mentions service.</summary>
public sealed record RecoveryFigures(long Answered, long Followed, long Turned, long Worse, double? Rate, long ByAuthor);

/// <summary>Answers of one week.</summary>
public sealed record RecoveryPoint(DateTimeOffset At, RecoveryFigures Figures);

/// <summary>Recovery of a brand, by week of the answer.</summary>
public sealed record RecoveryData(Guid BrandId, DateTimeOffset From, DateTimeOffset To, int Days, RecoveryFigures All, IReadOnlyList<RecoveryPoint> Points);

/// <summary>A saved view: filters of the inbox under a name.</summary>
public sealed record SavedViewItem(Guid Id, string Name, string Owner, bool Shared, IReadOnlyDictionary<string, IReadOnlyList<string>> Query, int Version);

/// <summary>Who else reads a mention.</summary>
public sealed record PresenceData(IReadOnlyList<string> ReadBy, DateTimeOffset Until);

/// <summary>What people do with mentions beyond reading them, at the mentions service.</summary>
internal sealed class TriageClient(ServiceClient service)
{
    private const string Mentions = "mentions";

    /// <summary>Does something with a mention that takes more than its name.</summary>
    public Task<MentionItem> DoAsync(MentionItem mention, string verb, object body, CancellationToken ct) =>
        service.SendAsync<MentionItem>(HttpMethod.Post, Mentions, $"/api/mentions/{mention.Id}/{verb}", body, mention.Version, ct);

    /// <summary>Does one thing with many mentions.</summary>
    /// <param name="step">The step's action with its own members.</param>
    public Task<BulkOutcome> BulkAsync(IReadOnlyDictionary<string, object> step, IEnumerable<MentionItem> mentions, CancellationToken ct) =>
        service.SendAsync<BulkOutcome>(HttpMethod.Post, Mentions, "/api/mentions/bulk", new Dictionary<string, object>(step, StringComparer.Ordinal) { ["items"] = mentions.Select(m => new { m.Id, m.Version }).ToArray() }, null, ct);

    /// <summary>Takes a step back where nobody has done anything since.</summary>
    public Task<BulkOutcome> UndoAsync(Guid step, CancellationToken ct) => service.SendAsync<BulkOutcome>(HttpMethod.Post, Mentions, $"/api/mentions/bulk/{step}/undo", null, null, ct);

    /// <summary>Tells that this person reads a mention, or has left it.</summary>
    public Task<PresenceData> PresenceAsync(Guid id, bool reading, CancellationToken ct) =>
        service.SendAsync<PresenceData>(HttpMethod.Post, Mentions, $"/api/mentions/{id}/presence", new { reading }, null, ct);

    public Task<StoryData> StoryAsync(Guid id, CancellationToken ct) => service.GetAsync<StoryData>(Mentions, $"/api/stories/{id}", ct);

    public Task<ThreadData> ThreadAsync(Guid id, CancellationToken ct) => service.GetAsync<ThreadData>(Mentions, $"/api/mentions/{id}/thread", ct);

    public Task<AuthorData> AuthorAsync(Guid id, CancellationToken ct) => service.GetAsync<AuthorData>(Mentions, $"/api/authors/{id}", ct);

    /// <summary>The authors who matter most.</summary>
    /// <param name="query">Query string without the question mark.</param>
    public Task<AuthorsData> AuthorsAsync(string query, CancellationToken ct) => service.GetAsync<AuthorsData>(Mentions, $"/api/authors?{query}", ct);

    /// <summary>Puts an author on a list; null takes them off.</summary>
    public Task<AuthorData> ListAuthorAsync(Guid id, string? list, CancellationToken ct, string? reason = null) =>
        service.SendAsync<AuthorData>(HttpMethod.Put, Mentions, $"/api/authors/{id}/list", new { list, reason }, null, ct);

    /// <summary>Whether answers helped, over the last 90 days.</summary>
    public Task<RecoveryData> RecoveryAsync(Guid brand, CancellationToken ct) => service.GetAsync<RecoveryData>(Mentions, $"/api/brands/{brand}/recovery", ct);

    public Task<List<SavedViewItem>> ViewsAsync(CancellationToken ct) => service.GetAsync<List<SavedViewItem>>(Mentions, "/api/views", ct);

    public Task<SavedViewItem> AddViewAsync(string name, IReadOnlyDictionary<string, IReadOnlyList<string>> query, bool shared, CancellationToken ct) =>
        service.SendAsync<SavedViewItem>(HttpMethod.Post, Mentions, "/api/views", new { name, query, shared }, null, ct);

    public Task RemoveViewAsync(SavedViewItem view, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Mentions, $"/api/views/{view.Id}", null, view.Version, ct);
}
