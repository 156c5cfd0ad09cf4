using System.Collections.Immutable;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Where a mention is in its triage.</summary>
public enum MentionStatus
{
    /// <summary>Nobody has taken it.</summary>
    New = 0,

    /// <summary>Somebody is at it.</summary>
    Claimed = 1,

    /// <summary>Dealt with.</summary>
    Resolved = 2,

    /// <summary>Needs nobody.</summary>
    Dismissed = 3,

    /// <summary>It is the author's turn.</summary>
    Waiting = 4,

    /// <summary>Put off; comes back by itself.</summary>
    Snoozed = 5,
}

/// <summary>One revision of the text, as the stream knows it.</summary>
public sealed record Revision(int Number, string ContentHash, string Language, long? Reach, DateTimeOffset PublishedAt);

/// <summary>The state of a mention: nothing but the fold of its events. The order in which messages arrived does not show in it.</summary>
/// <param name="Id">Stream id.</param>
public sealed partial record Mention(Guid Id)
{
    /// <summary>Events folded so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>The brand; null while only an alert is known of it, which overtook the mention.</summary>
    public BrandRef? Brand { get; init; }

    public string SourceKind { get; init; } = "";

    public Guid SourceId { get; init; }

    public string SourceName { get; init; } = "";

    /// <summary>The network's id of the post.</summary>
    public string NativeId { get; init; } = "";

    public bool Backfill { get; init; }

    /// <summary>Every revision seen, by number.</summary>
    public ImmutableSortedDictionary<int, Revision> Revisions
    {
        get;
        init
        {
            field = value;
            Latest = Highest(value);
        }
    }

    = ImmutableSortedDictionary<int, Revision>.Empty;

    /// <summary>Every verdict, by revision and model.</summary>
    public ImmutableDictionary<(int Revision, string Model), Verdict> Verdicts
    {
        get;
        init
        {
            field = value;
            Verdict = Newest(value);
        }
    }

    = ImmutableDictionary<(int, string), Verdict>.Empty;

    /// <summary>The greatest revision that is known to be gone from its network; 0 for none.</summary>
    public int RemovedRevision { get; init; }

    /// <summary>The post is gone: what is left is a tombstone. A later revision brings it back.</summary>
    public bool IsRemoved => RemovedRevision > 0 && RemovedRevision >= (Latest?.Number ?? 0);

    /// <summary>It was erased here: nothing brings it back, and it names no author any more.</summary>
    public bool IsErased => RemovedRevision == Removed.Every;

    /// <summary>Reactions as they were told last; null while nobody told any.</summary>
    public Engagement? Engagement { get; init; }

    public MentionStatus Status { get; init; }

    public string? Owner { get; init; }

    public ImmutableSortedSet<Guid> Alerts { get; init; } = [];

    public Ledger Ledger { get; init; } = new();

    /// <summary>The text that counts: the highest revision.</summary>
    public Revision? Latest { get; private init; }

    /// <summary>What a person said instead; null when nobody did. See <see cref="Label"/>.</summary>
    public Correction? Correction { get; init; }

    /// <summary>What counts: what a person says of the latest revision, or else the model's label; null while not judged.</summary>
    public Sentiment? Label => Correction is { } human && human.Revision == Latest?.Number ? human.Label : Verdict?.Label;

    /// <summary>The probability that counts: certainty where a person said so.</summary>
    public float? Negative => Correction is { } human && human.Revision == Latest?.Number ? human.Label == Sentiment.Negative ? 1 : 0 : Verdict?.Negative;

    /// <summary>The verdict that counts: of the latest revision judged, the last one made. An edited text keeps the old one until it is judged again.</summary>
    public Verdict? Verdict { get; private init; }

    /// <summary>The verdict that would count without what rescorings said, and its revision; null while none has said anything.</summary>
    public (int Revision, Verdict? Verdict)? AtFirst { get; init; }

    /// <summary>The label that would count without what rescorings said: they alert nobody.</summary>
    public Sentiment? LabelAtFirst => AtFirst is not { } first || (Correction is { } human && human.Revision == Latest?.Number) ? Label : first.Verdict?.Label;

    // Both by hand: a fold asks after each event.
    internal static Revision? Highest(ImmutableSortedDictionary<int, Revision> revisions)
    {
        Revision? highest = null;
        foreach (var (_, revision) in revisions)
        {
            highest = revision;
        }

        return highest;
    }

    private static Verdict? Newest(ImmutableDictionary<(int Revision, string Model), Verdict> verdicts)
    {
        (int Revision, DateTimeOffset At, string Model) best = default;
        Verdict? newest = null;
        foreach (var ((revision, model), verdict) in verdicts)
        {
            var key = (revision, verdict.ScoredAt, model);
            if (newest is null || key.CompareTo(best) > 0)
            {
                (best, newest) = (key, verdict);
            }
        }

        return newest;
    }
}

/// <summary>When a mention passed each station: the product measures its own promise.</summary>
public sealed record Ledger(
    DateTimeOffset? PublishedAt = null,
    DateTimeOffset? SeenAt = null,
    DateTimeOffset? MatchedAt = null,
    DateTimeOffset? ScoredAt = null,
    DateTimeOffset? StoredAt = null,
    DateTimeOffset? AlertedAt = null,
    DateTimeOffset? DeliveredAt = null,
    DateTimeOffset? OpenedAt = null,
    DateTimeOffset? ResolvedAt = null);
