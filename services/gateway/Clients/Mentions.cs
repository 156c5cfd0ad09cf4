using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>Where a mention is in its triage.</summary>
public enum MentionStatus
{
    New = 0,
    Claimed = 1,
    Resolved = 2,
    Dismissed = 3,
    Waiting = 4,
    Snoozed = 5,
}

/// <summary>How much hangs on a mention.</summary>
public enum MentionSeverity
{
    Low = 0,
    Normal = 1,
    High = 2,
    Critical = 3,
}

/// <summary>Where the clock that presses most stands; see the mentions service.</summary>
public enum SlaState
{
    Running = 0,
    DueSoon = 1,
    Breached = 2,
    Met = 3,
    Paused = 4,
}

/// <summary>Why a mention stands where it stands; see the mentions service.</summary>
public sealed record UrgencyParts(double Negative, double Reach, double Age, double Velocity = 0, double Sla = 0, double Severity = 0);

/// <summary>A rule of the house, as it was when it did something.</summary>
public sealed record RuleName(Guid Id, int Version, string Name);

/// <summary>When a mention passed each station.</summary>
public sealed record Ledger(
    DateTimeOffset? PublishedAt,
    DateTimeOffset? SeenAt,
    DateTimeOffset? MatchedAt,
    DateTimeOffset? ScoredAt,
    DateTimeOffset? StoredAt,
    DateTimeOffset? AlertedAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? ResolvedAt);

/// <summary>What a person said instead of the model.</summary>
public sealed record Correction(Sentiment Label, string By, DateTimeOffset At, int Revision, Sentiment? Was);

/// <summary>More about the model's verdict; see the mentions service.</summary>
public sealed record VerdictWhy(Sentiment Label, float? Rest, IReadOnlyList<EvidenceSpan>? Flip, Sentiment? FlipsTo, IReadOnlyList<TextSpan>? Ignored, bool? Urgent = null);

/// <summary>A sign of relevance; see the mentions service.</summary>
public sealed record RelevanceSign(string Kind, string? Text, double Weight, int Dismissed, int TakenUp);

/// <summary>How likely a mention is one of those that this brand's people dismiss; see the mentions service.</summary>
public sealed record Relevance(double Dismissal, bool Unlikely, IReadOnlyList<RelevanceSign> Signs);

/// <summary>A mention as the mentions service gives it.</summary>
public sealed record MentionItem(
    Guid Id,
    Guid BrandId,
    string BrandName,
    Guid SourceId,
    string SourceKind,
    string SourceName,
    string? Url,
    string? Title,
    string Text,
    Author? Author,
    string Language,
    DateTimeOffset PublishedAt,
    DateTimeOffset SeenAt,
    long? Reach,
    MentionStatus Status,
    string? Owner,
    Sentiment? Sentiment,
    float? Negative,
    float? Neutral,
    float? Positive,
    string? ModelVersion,
    IReadOnlyList<EvidenceSpan> Evidence,
    double Urgency,
    UrgencyParts UrgencyParts,
    DateTimeOffset? AlertedAt,
    int Version,
    int Revision,
    bool Backfill,
    Ledger? Latency = null,
    MentionSeverity Severity = MentionSeverity.Normal,
    IReadOnlyList<string>? Tags = null,
    bool Flagged = false,
    DateTimeOffset? SnoozedUntil = null,
    RuleName? FilteredBy = null,
    Guid? StoryId = null,
    int Sightings = 1,
    SlaState? SlaState = null,
    DateTimeOffset? SlaDueAt = null,
    DateTimeOffset? RepliedAt = null,
    string? ReplyUrl = null,
    Guid? AuthorId = null,
    string? AuthorList = null,
    IReadOnlyList<string>? ReadBy = null,
    string? Draft = null,
    bool Removed = false,
    Correction? Correction = null,
    VerdictWhy? Why = null,
    Relevance? Relevance = null,
    Engagement? Engagement = null,
    ReplyItem? Reply = null)
{
    /// <summary>New or claimed: somebody's turn on our side.</summary>
    public bool IsOpen => Status is MentionStatus.New or MentionStatus.Claimed;

    /// <summary>Neither resolved nor dismissed.</summary>
    public bool IsAlive => Status is not (MentionStatus.Resolved or MentionStatus.Dismissed);
}

/// <summary>A page of the inbox.</summary>
public sealed record MentionPage(IReadOnlyList<MentionItem> Items, string? NextCursor);

/// <summary>How many mentions an export would have; see the mentions service.</summary>
public sealed record ExportCount(long Mentions, bool More, int Most);

/// <summary>How many mentions stand where.</summary>
public sealed record MentionCounts(IReadOnlyDictionary<string, long> ByStatus, IReadOnlyDictionary<string, long> BySentiment, long OpenNegative, long Filtered = 0, bool FilteredMore = false)
{
    /// <summary>The number that was put aside as it is shown: it is counted up to a bound.</summary>
    public string FilteredShown => Filtered.ToString("N0", CultureInfo.CurrentCulture) + (FilteredMore ? "+" : "");
}

/// <summary>One event in a mention's life.</summary>
public sealed record HistoryItem(long Version, string Type, DateTimeOffset At, string? By, JsonElement Data, string? Text, string? TraceParent);

/// <summary>Counts of one hour or day.</summary>
public sealed record DynamicsPoint(DateTimeOffset At, long Negative, long Neutral, long Positive, long Unscored, long Reach)
{
    /// <summary>Them by label, as filters name it.</summary>
    public IReadOnlyList<(string Label, long Count)> ByLabel => [("negative", Negative), ("neutral", Neutral), ("positive", Positive), ("unscored", Unscored)];

    /// <summary>All of them.</summary>
    public long Total => Negative + Neutral + Positive + Unscored;
}

/// <summary>A time in which a source was blind.</summary>
public sealed record BlindTime(Guid SourceId, string SourceName, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>Hours or days that stand out; see the mentions service.</summary>
/// <param name="Negative">By what is negative; by all mentions otherwise.</param>
public sealed record SpikeItem(DateTimeOffset At, DateTimeOffset To, bool Negative, long Mentions, double Expected);

/// <summary>Volume by sentiment over time.</summary>
/// <param name="Starts">When each hour or day begins, the empty ones too.</param>
/// <param name="Spikes">What stands out.</param>
public sealed record DynamicsData(
    Guid BrandId, DateTimeOffset From, DateTimeOffset To, string Bucket, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<DynamicsPoint> Points, IReadOnlyList<BlindTime> Gaps, IReadOnlyList<SpikeItem>? Spikes = null);

/// <summary>How long mentions took to a station, in milliseconds; null when none reached it.</summary>
public sealed record LatencyStage(string Stage, string From, long Count, double? P50Ms, double? P95Ms);

/// <summary>The product's own promise, measured.</summary>
public sealed record LatencyData(int Hours, IReadOnlyList<LatencyStage> Stages);

/// <summary>The mentions service.</summary>
internal sealed class MentionsClient(ServiceClient service)
{
    private const string Mentions = "mentions";

    /// <summary>A page of the inbox.</summary>
    /// <param name="query">Query string without the question mark.</param>
    public Task<MentionPage> ListAsync(string query, CancellationToken ct) => service.GetAsync<MentionPage>(Mentions, $"/api/mentions?{query}", ct);

    public Task<MentionItem> GetAsync(Guid id, CancellationToken ct) => service.GetAsync<MentionItem>(Mentions, $"/api/mentions/{id}", ct);

    public Task<List<HistoryItem>> HistoryAsync(Guid id, CancellationToken ct) => service.GetAsync<List<HistoryItem>>(Mentions, $"/api/mentions/{id}/history", ct);

    public Task<MentionCounts> CountsAsync(IEnumerable<Guid> brands, IEnumerable<string> statuses, CancellationToken ct) =>
        service.GetAsync<MentionCounts>(Mentions, "/api/mentions/counts?" + string.Join('&', [.. brands.Select(b => $"brand={b}"), .. statuses.Select(s => $"status={s}")]), ct);

    /// <summary>How many mentions an export of these filters would have.</summary>
    /// <param name="query">Query string without the question mark.</param>
    public Task<ExportCount> ExportCountAsync(string query, CancellationToken ct) => service.GetAsync<ExportCount>(Mentions, $"/api/mentions/export/count?{query}", ct);

    /// <summary>The address, at the gateway, of mentions as a file.</summary>
    public static string ExportPath(string format, string query, string zone) => $"/api/mentions/export?format={format}&{query}&zone={Uri.EscapeDataString(zone)}";

    public Task<LatencyData> LatencyAsync(CancellationToken ct) => service.GetAsync<LatencyData>(Mentions, "/api/latency", ct);

    public Task<DynamicsData> DynamicsAsync(Guid brand, DateTimeOffset from, DateTimeOffset to, string bucket, string zone, CancellationToken ct) =>
        service.GetAsync<DynamicsData>(Mentions, DynamicsPath(brand, from, to, bucket, zone), ct);

    /// <summary>The address of dynamics, at the service and at the gateway; with <c>&amp;format=csv</c> behind it that of the same numbers as a file.</summary>
    public static string DynamicsPath(Guid brand, DateTimeOffset from, DateTimeOffset to, string bucket, string zone) =>
        $"/api/brands/{brand}/dynamics?from={Iso(from)}&to={Iso(to)}&bucket={bucket}&zone={Uri.EscapeDataString(zone)}";

    /// <summary>Which sources and models the mentions of a time come from.</summary>
    public Task<CompositionData> CompositionAsync(Guid brand, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        service.GetAsync<CompositionData>(Mentions, $"/api/brands/{brand}/composition?from={Iso(from)}&to={Iso(to)}", ct);

    /// <summary>What is said of a brand.</summary>
    /// <param name="sentiment">Only of this label; null for all.</param>
    public Task<TopicsData> TopicsAsync(Guid brand, DateTimeOffset from, DateTimeOffset to, string? sentiment, CancellationToken ct) =>
        service.GetAsync<TopicsData>(Mentions, $"/api/brands/{brand}/topics?from={Iso(from)}&to={Iso(to)}{(sentiment is null ? "" : $"&sentiment={sentiment}")}", ct);

    /// <summary>Brands side by side, two at least.</summary>
    public Task<ComparisonData> CompareAsync(IEnumerable<Guid> brands, DateTimeOffset from, DateTimeOffset to, string bucket, string zone, CancellationToken ct) =>
        service.GetAsync<ComparisonData>(Mentions, ComparePath(brands, from, to, bucket, zone), ct);

    /// <summary>The address of a comparison; see <see cref="DynamicsPath"/>.</summary>
    public static string ComparePath(IEnumerable<Guid> brands, DateTimeOffset from, DateTimeOffset to, string bucket, string zone) =>
        $"/api/dynamics/compare?{string.Join('&', brands.Select(b => $"brand={b}"))}&from={Iso(from)}&to={Iso(to)}&bucket={bucket}&zone={Uri.EscapeDataString(zone)}";

    /// <summary>Claim, release, resolve, reopen, withdraw-correction, and correct with the label behind a colon.</summary>
    public Task<MentionItem> DoAsync(MentionItem mention, string verb, CancellationToken ct) => verb.Split(':') is ["correct", var label]
        ? service.SendAsync<MentionItem>(HttpMethod.Post, Mentions, $"/api/mentions/{mention.Id}/correct", new { label }, mention.Version, ct)
        : service.SendAsync<MentionItem>(HttpMethod.Post, Mentions, $"/api/mentions/{mention.Id}/{verb}", null, mention.Version, ct);

    public Task<MentionItem> NoteAsync(MentionItem mention, string text, CancellationToken ct) =>
        service.SendAsync<MentionItem>(HttpMethod.Post, Mentions, $"/api/mentions/{mention.Id}/note", new { text }, mention.Version, ct);

    /// <summary>Tells that a person has opened it.</summary>
    public Task<MentionItem> OpenedAsync(Guid id, CancellationToken ct) =>
        service.SendAsync<MentionItem>(HttpMethod.Post, Mentions, $"/api/mentions/{id}/opened", null, null, ct);

    /// <summary>A time as addresses have it.</summary>
    internal static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
