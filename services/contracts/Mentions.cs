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
    Engagement? Engagement = null)
{
    /// <summary>Beyond it lies no number of people: who claims more errs or jests.</summary>
    public const long MostReach = 20_000_000_000;
}

/// <summary>The brand whose query a post matched.</summary>
/// <param name="Id">The brand.</param>
/// <param name="Name">Its name when the post was matched.</param>
/// <param name="QueryVersion">The version of the brand whose query matched: <c>GET /api/brands/{id}/versions</c> tells what it was. Null on mentions of before versions were named.</param>
public sealed record BrandRef(Guid Id, string Name, int? QueryVersion = null);

/// <summary>A post matched a brand's query. Producer: ingest. Consumers: sentiment (to judge it), mentions (to show it should judging be late).</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">Name-based GUID of (workspace, brand, source kind, native id): the same post never makes two mentions.</param>
/// <param name="Brand">The brand.</param>
/// <param name="Post">The post.</param>
/// <param name="SeenAt">When ingest first held the post.</param>
/// <param name="MatchedAt">When the query matched.</param>
/// <param name="Backfill">True when it is old news read on purpose: it alerts nobody.</param>
/// <param name="TraceParent">W3C traceparent of the pull, so that one trace follows the mention through every batch.</param>
/// <param name="Names">Where the post names this brand and other brands of the workspace, in text order, at most 32: the verdict is about this one. Null from a producer that does not say.</param>
public sealed record MentionFound(
    string Workspace,
    Guid MentionId,
    BrandRef Brand,
    Post Post,
    DateTimeOffset SeenAt,
    DateTimeOffset MatchedAt,
    bool Backfill = false,
    string? TraceParent = null,
    IReadOnlyList<NameSpan>? Names = null);

/// <summary>Where a post names a brand.</summary>
/// <param name="Part">Which part the offsets count in.</param>
/// <param name="Start">First UTF-16 character, from 0.</param>
/// <param name="Length">UTF-16 characters, at least 1.</param>
/// <param name="Other">True when it is another brand of the workspace than the mention's.</param>
public sealed record NameSpan(PostPart Part, int Start, int Length, bool Other = false);

/// <summary>A post that made a mention is gone from its network. The mention stays as a tombstone, without its text, author and address, and in all counts. Producer: ingest. Consumers: mentions, alerts, sentiment.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Revision">The last revision that was seen before: a greater one says that the post is back.</param>
/// <param name="RemovedAt">When it was removed, or noticed.</param>
/// <param name="Reason">Stable code: <c>deleted</c>, <c>moderated</c>, <c>withheld</c>.</param>
/// <param name="TraceParent">W3C traceparent of the pull.</param>
public sealed record PostRemoved(string Workspace, Guid MentionId, int Revision, DateTimeOffset RemovedAt, string Reason, string? TraceParent = null);

/// <summary>How people react to a post that made a mention was told anew, and nothing else of it. Producer: ingest. Consumers: mentions.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Engagement">All that the network told; what it did not tell this time is null.</param>
/// <param name="TraceParent">W3C traceparent of the pull.</param>
public sealed record EngagementChanged(string Workspace, Guid MentionId, Engagement Engagement, string? TraceParent = null);

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
/// <param name="Label">The class that is decided for: mostly the most probable one.</param>
/// <param name="Negative">Probability, 0 to 1; the three sum to 1.</param>
/// <param name="Neutral">Probability, 0 to 1.</param>
/// <param name="Positive">Probability, 0 to 1.</param>
/// <param name="ModelVersion">The model that said so, as on its card.</param>
/// <param name="Evidence">The spans that weighed most, in text order; not overlapping.</param>
/// <param name="ScoredAt">When it was judged.</param>
/// <param name="Rest">What all that is not in the evidence adds: the bias, the workspace's sensitivity, lighter words. The weights of the evidence and this make ln(negative) - (ln(neutral) + ln(positive)) / 2. Null where the model does not add up, or the text shows nothing.</param>
/// <param name="Flip">The fewest words whose removal gives another label, in text order, at most 6; their weights count as in the evidence. Null when no few words decide.</param>
/// <param name="FlipsTo">The label without them.</param>
/// <param name="Ignored">What was left out because it speaks of another brand, in text order. Null when the whole text was judged.</param>
/// <param name="Urgent">True when the probability of negative reaches the urgent threshold of the text's language, which finds more negative texts than the label does. Null where the model has no such threshold, and in verdicts from before there was this field.</param>
public sealed record Verdict(
    Sentiment Label,
    float Negative,
    float Neutral,
    float Positive,
    string ModelVersion,
    IReadOnlyList<EvidenceSpan> Evidence,
    DateTimeOffset ScoredAt,
    float? Rest = null,
    IReadOnlyList<EvidenceSpan>? Flip = null,
    Sentiment? FlipsTo = null,
    IReadOnlyList<TextSpan>? Ignored = null,
    bool? Urgent = null);

/// <summary>A run of characters.</summary>
/// <param name="Part">Which part the offsets count in.</param>
/// <param name="Start">First UTF-16 character, from 0.</param>
/// <param name="Length">UTF-16 characters, at least 1.</param>
public sealed record TextSpan(PostPart Part, int Start, int Length);

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
/// <param name="Change"><c>claimed</c>, <c>released</c>, <c>resolved</c>, <c>dismissed</c>, <c>reopened</c>, <c>assigned</c>, <c>replied</c>, <c>reply_refused</c>, <c>reply_unknown</c>, <c>undone</c>; more may come.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record MentionTriaged(Guid EventId, string Workspace, Guid MentionId, Guid BrandId, string Change, string By, DateTimeOffset At, string? TraceParent = null);

/// <summary>A person said what a mention really says of its brand, or took that back. Producer: mentions. Consumer: sentiment, which learns from it. Carries the text, and not who said so.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Revision">The revision of the text that was judged.</param>
/// <param name="Version">The stream's version after it: the highest of a mention counts, whatever the order of arrival.</param>
/// <param name="Label">What it really says; null when the correction was taken back.</param>
/// <param name="Was">What the model had said; null when it had not.</param>
/// <param name="ModelVersion">The model that had said so.</param>
/// <param name="Title">Plain-text title; null where there is none.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Language">ISO code; <c>und</c> when not known.</param>
/// <param name="At">When this happened.</param>
/// <param name="TraceParent">W3C traceparent.</param>
/// <param name="Names">Where the post names this brand and others.</param>
public sealed record MentionCorrected(
    Guid EventId,
    string Workspace,
    Guid MentionId,
    BrandRef Brand,
    int Revision,
    int Version,
    Sentiment? Label,
    Sentiment? Was,
    string? ModelVersion,
    string? Title,
    string Text,
    string Language,
    DateTimeOffset At,
    string? TraceParent = null,
    IReadOnlyList<NameSpan>? Names = null);

/// <summary>A mention of the history is to be judged again. Producer: mentions. Consumer: sentiment.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="RescoreId">The job that wants it.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Revision">The revision of the text.</param>
/// <param name="Title">Plain-text title; null where there is none.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Language">ISO code; <c>und</c> when not known.</param>
/// <param name="Model">By which model; null for the one in use when it is judged.</param>
/// <param name="Names">Where the post names this brand and others.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record RescoreAsked(
    string Workspace,
    Guid RescoreId,
    Guid MentionId,
    int Revision,
    string? Title,
    string Text,
    string Language,
    string? Model,
    IReadOnlyList<NameSpan>? Names = null,
    string? TraceParent = null);

/// <summary>A mention of the history was judged again. Alerts do not hear of it. Producer: sentiment. Consumer: mentions.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="RescoreId">The job that wanted it.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Revision">The revision that was judged.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record MentionRescored(string Workspace, Guid RescoreId, Guid MentionId, int Revision, Verdict Verdict, string? TraceParent = null);

/// <summary>A rescoring cannot be done: there is no such model in the workspace. Producer: sentiment. Consumer: mentions, which ends it.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="RescoreId">The job that wanted it.</param>
/// <param name="Model">The version that it asked for.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record RescoreRefused(string Workspace, Guid RescoreId, string Model, string? TraceParent = null);
