using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>A post that speaks of a brand was found. Carries no personal text: that is in the content table under the same revision.</summary>
/// <param name="SimHash">Fingerprint of its first text, as ingest took it.</param>
/// <param name="UrlKey">Stands for its canonical address: 64 bits of a hash.</param>
/// <param name="AuthorKey">Stands for its author: a hash of workspace, source kind and the author's id.</param>
/// <param name="Engagement">Reactions when it was read; null when the network did not tell.</param>
/// <param name="StoryId">The mention whose story it was seen to tell when it was stored; null when none was known.</param>
/// <param name="ParentNativeId">The post that it answers; null when it answers none.</param>
/// <param name="RootNativeId">The post that began the thread; null when it is this one, or not known.</param>
/// <param name="Verdict">What a model had said of it by then; null when it was stored before it was judged, and by versions that told that by an event of its own.</param>
public sealed record Found(
    BrandRef Brand,
    string SourceKind,
    Guid SourceId,
    string SourceName,
    string NativeId,
    string Language,
    double LanguageConfidence,
    DateTimeOffset PublishedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset MatchedAt,
    DateTimeOffset StoredAt,
    long? Reach,
    string? ParentNativeId,
    int Revision,
    string ContentHash,
    bool Backfill,
    string? TraceParent,
    long? SimHash = null,
    long? UrlKey = null,
    Guid? AuthorKey = null,
    Engagement? Engagement = null,
    Guid? StoryId = null,
    string? RootNativeId = null,
    Verdict? Verdict = null);

/// <summary>Another revision of the text was seen. It can be older than the latest, when one message overtook the other.</summary>
public sealed record Edited(int Revision, string ContentHash, string Language, long? Reach, DateTimeOffset PublishedAt, DateTimeOffset SeenAt, DateTimeOffset MatchedAt, string? TraceParent, Engagement? Engagement = null);

/// <summary>A model judged one revision, of a mention that was stored before: with those that were judged by then it is told as they are found.</summary>
public sealed record Scored(int Revision, Verdict Verdict, string? TraceParent);

/// <summary>The post is gone from its network, at the latest with this revision, or was erased here; its text, author and address are gone from the content table.</summary>
/// <param name="Revision">Up to this one; <see cref="Every"/> for good.</param>
/// <param name="RemovedAt">When.</param>
/// <param name="Reason">As its network tells, or <see cref="Erased"/>, or <see cref="ByAge"/>.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record Removed(int Revision, DateTimeOffset RemovedAt, string Reason, string? TraceParent)
{
    /// <summary>No later revision brings it back.</summary>
    public const int Every = int.MaxValue;

    /// <summary>It was erased here: on somebody's wish.</summary>
    public const string Erased = "erased";

    /// <summary>It was erased here: it was kept as long as the workspace keeps texts.</summary>
    public const string ByAge = "age";
}

/// <summary>The network told anew how people react to the post.</summary>
public sealed record Reacted(Engagement Engagement, string? TraceParent);

/// <summary>A rule asked for attention.</summary>
public sealed record Alerted(Guid AlertId, Guid RuleId, string RuleName, DateTimeOffset RaisedAt, string? TraceParent);

/// <summary>An alert reached the first open screen or stream.</summary>
public sealed record Delivered(Guid AlertId, DateTimeOffset DeliveredAt);

/// <summary>A person opened the mention for the first time.</summary>
public sealed record Opened(string By, DateTimeOffset At);

/// <summary>A person took the mention.</summary>
public sealed record Claimed(string By, DateTimeOffset At, string? TraceParent);

/// <summary>The owner, or a manager, gave the mention back.</summary>
public sealed record Released(string By, DateTimeOffset At, string? TraceParent);

/// <summary>A person wrote a note; its text is in the notes table.</summary>
public sealed record Noted(string By, DateTimeOffset At, Guid NoteId, string? TraceParent);

/// <summary>A person dealt with it.</summary>
public sealed record Resolved(string By, DateTimeOffset At, string? TraceParent);

/// <summary>Why a mention needs nobody.</summary>
public enum DismissReason
{
    /// <summary>Advertising, bots.</summary>
    Spam = 0,

    /// <summary>About the brand, but nothing to do.</summary>
    Irrelevant = 1,

    /// <summary>Not about this brand.</summary>
    NotUs = 2,

    /// <summary>Somebody deals with another telling of it.</summary>
    Duplicate = 3,

    /// <summary>By an author who is ignored.</summary>
    Ignored = 4,

    /// <summary>Another reason: a note tells it.</summary>
    Other = 5,
}

/// <summary>A person put it aside; it leaves the counts.</summary>
public sealed record Dismissed(string By, DateTimeOffset At, DismissReason Reason, string? TraceParent);

/// <summary>A resolved or dismissed mention is open again. One that a rule had put aside has a row of its own from then on, whatever story it told.</summary>
public sealed record Reopened(string By, DateTimeOffset At, string? TraceParent);
