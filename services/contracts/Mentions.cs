namespace Serm.Contracts;

/// <summary>Who wrote a post, as far as the network tells. Personal data: never logged at Information level.</summary>
/// <param name="Id">The network's own id of the account; the name where there is no id.</param>
/// <param name="Name">The display name.</param>
/// <param name="Handle">The handle without a leading @; null where the network has none.</param>
/// <param name="Url">Absolute http(s) address of the profile.</param>
/// <param name="Followers">Followers or members at the time it was read; null when not known.</param>
public sealed record Author(string? Id, string? Name, string? Handle = null, string? Url = null, long? Followers = null);

/// <summary>How people reacted to a post, as far as the network tells.</summary>
/// <param name="At">When the network said so.</param>
/// <param name="Likes">Likes, upvotes, favourites, reactions; null when not known.</param>
/// <param name="Shares">Shares, reposts, quotes; null when not known.</param>
/// <param name="Replies">Replies, comments; null when not known.</param>
/// <param name="Views">Views, impressions; null when not known.</param>
public sealed record Engagement(DateTimeOffset At, long? Likes = null, long? Shares = null, long? Replies = null, long? Views = null);

/// <summary>One post, comment or article as read from a source: plain text, hostile until shown otherwise.</summary>
/// <param name="SourceKind">The connector that read it: <c>feed</c>, <c>push</c>, ...</param>
/// <param name="SourceId">The configured source.</param>
/// <param name="SourceName">The source's name when the post was read.</param>
/// <param name="NativeId">The network's id of the post, unique within the source kind; at most 512 characters.</param>
/// <param name="Url">Absolute http(s) address of the post.</param>
/// <param name="Title">Plain-text title; null where the network has none.</param>
/// <param name="Text">Plain text, NFC, at most 100,000 UTF-16 characters.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="PublishedAt">When it was published; when it was seen, if the source gives no usable date.</param>
/// <param name="Language">ISO 639-1 (or -3) code; <c>und</c> when not known.</param>
/// <param name="LanguageConfidence">0 to 1; 1 when the source declared the language.</param>
/// <param name="Reach">People who can have seen it (followers, views); null when not known.</param>
/// <param name="ParentNativeId">The post that this one answers.</param>
/// <param name="Revision">1 for the first text seen under this id, one more for each edit seen.</param>
/// <param name="ContentHash">Hex SHA-256 of title and text: tells an edit from a repeat.</param>
/// <param name="CanonicalUrl">The one address of a page that is linked in many ways, to compare by; null without an address, and for the front page of a site.</param>
/// <param name="SimHash">Fingerprint of title and text: near-duplicates differ in few of the 64 bits. Null for texts too short to tell a copy from chance.</param>
/// <param name="RootNativeId">The post that began the thread; null when it is this one, or not known.</param>
/// <param name="Engagement">Reactions when it was read; null when the network does not tell.</param>
public sealed record Post(
    string SourceKind,
    Guid SourceId,
    string SourceName,
    string NativeId,
    string? Url,
    string? Title,
    string Text,
    Author? Author,
    DateTimeOffset PublishedAt,
    string Language,
    double LanguageConfidence,
    long? Reach,
    string? ParentNativeId,
    int Revision,
    string ContentHash,
    string? CanonicalUrl = null,
    long? SimHash = null,
    string? RootNativeId = null,
    Engagement? Engagement = null);

/// <summary>The brand whose query a post matched.</summary>
/// <param name="Id">The brand.</param>
/// <param name="Name">Its name when the post was matched.</param>
public sealed record BrandRef(Guid Id, string Name);

/// <summary>A post matched a brand's query. Producer: ingest. Consumers: sentiment (to judge it), mentions (to show it should judging be late).</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">Name-based GUID of (workspace, brand, source kind, native id): the same post never makes two mentions.</param>
/// <param name="Brand">The brand.</param>
/// <param name="Post">The post.</param>
/// <param name="SeenAt">When ingest first held the post.</param>
/// <param name="MatchedAt">When the query matched.</param>
/// <param name="Backfill">True when it is old news read on purpose: it alerts nobody.</param>
/// <param name="TraceParent">W3C traceparent of the pull, so that one trace follows the mention through every batch.</param>
public sealed record MentionFound(
    string Workspace,
    Guid MentionId,
    BrandRef Brand,
    Post Post,
    DateTimeOffset SeenAt,
    DateTimeOffset MatchedAt,
    bool Backfill = false,
    string? TraceParent = null);

/// <summary>A post that made a mention is gone from its network. The mention stays as a tombstone, without its text, and in all counts. Producer: ingest. Consumer: mentions.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Revision">The last revision that was seen before: a greater one says that the post is back.</param>
/// <param name="RemovedAt">When it was removed, or noticed.</param>
/// <param name="Reason">Stable code: <c>deleted</c>, <c>moderated</c>, <c>withheld</c>.</param>
/// <param name="TraceParent">W3C traceparent of the pull.</param>
public sealed record PostRemoved(string Workspace, Guid MentionId, int Revision, DateTimeOffset RemovedAt, string Reason, string? TraceParent = null);

/// <summary>How a text speaks of the brand.</summary>
public enum Sentiment
{
    /// <summary>A complaint, an accusation, anger, disappointment.</summary>
    Negative = 0,

    /// <summary>No polarity, or as much of one as of the other.</summary>
    Neutral = 1,

    /// <summary>Praise, thanks, joy.</summary>
    Positive = 2,
}

/// <summary>The part of a post that an offset counts in.</summary>
public enum PostPart
{
    /// <summary><see cref="Post.Title"/>.</summary>
    Title = 0,

    /// <summary><see cref="Post.Text"/>.</summary>
    Text = 1,
}

/// <summary>A run of characters and what it added to the verdict.</summary>
/// <param name="Part">Which part the offsets count in.</param>
/// <param name="Start">First UTF-16 character, from 0.</param>
/// <param name="Length">UTF-16 characters, at least 1.</param>
/// <param name="Weight">Contribution to the negative logit against the mean of the other two: above 0 speaks for negative, below 0 against it.</param>
public sealed record EvidenceSpan(PostPart Part, int Start, int Length, float Weight);

/// <summary>What the model said of one revision of a post, and why.</summary>
/// <param name="Label">The most probable class.</param>
/// <param name="Negative">Probability, 0 to 1; the three sum to 1.</param>
/// <param name="Neutral">Probability, 0 to 1.</param>
/// <param name="Positive">Probability, 0 to 1.</param>
/// <param name="ModelVersion">The model that said so, as on its card.</param>
/// <param name="Evidence">The spans that weighed most, in text order; not overlapping.</param>
/// <param name="ScoredAt">When it was judged.</param>
public sealed record Verdict(
    Sentiment Label,
    float Negative,
    float Neutral,
    float Positive,
    string ModelVersion,
    IReadOnlyList<EvidenceSpan> Evidence,
    DateTimeOffset ScoredAt);

/// <summary>A mention was judged; carries the mention, so that nobody has to ask back. Producer: sentiment. Consumers: mentions, alerts.</summary>
/// <param name="Mention">What was judged.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="TraceParent">W3C traceparent of the scoring.</param>
public sealed record MentionScored(MentionFound Mention, Verdict Verdict, string? TraceParent = null);

/// <summary>Something happened to a mention. Producer: mentions (its event store is the outbox). Consumer: gateway, for the live screens and the event log. Carries no text.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="Change">The stored event's name: <c>mention_found</c>, <c>mention_scored</c>, <c>mention_claimed</c>, ...</param>
/// <param name="Version">The stream's version after it: what <c>If-Match</c> wants.</param>
/// <param name="Status">Triage status after it: <c>new</c>, <c>claimed</c>, <c>waiting</c>, <c>snoozed</c>, <c>resolved</c>, <c>dismissed</c>.</param>
/// <param name="Sentiment">Verdict after it; null while not judged.</param>
/// <param name="Negative">Probability after it; null while not judged.</param>
/// <param name="PublishedAt">When the post was published.</param>
/// <param name="SeenAt">When ingest saw it.</param>
/// <param name="At">When this happened.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record MentionChanged(
    Guid EventId,
    string Workspace,
    Guid MentionId,
    Guid BrandId,
    string Change,
    int Version,
    string Status,
    Sentiment? Sentiment,
    float? Negative,
    DateTimeOffset PublishedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset At,
    string? TraceParent = null);

/// <summary>A person did something with a mention: each step, not only the last. Producer: mentions. Consumer: alerts, which tells webhooks and the feed.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="Change"><c>claimed</c>, <c>released</c>, <c>resolved</c>, <c>dismissed</c>, <c>reopened</c>, <c>assigned</c>, <c>replied</c>, <c>undone</c>; more may come.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record MentionTriaged(Guid EventId, string Workspace, Guid MentionId, Guid BrandId, string Change, string By, DateTimeOffset At, string? TraceParent = null);
