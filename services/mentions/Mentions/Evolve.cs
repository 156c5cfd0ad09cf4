using System.Collections.Immutable;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Folds events into the state.</summary>
internal static class Evolve
{
    /// <summary>Folds a stream from its beginning.</summary>
    /// <param name="id">Stream id.</param>
    /// <param name="events">Event data in version order.</param>
    public static Mention Fold(Guid id, IEnumerable<object> events) => events.Aggregate(new Mention(id), Apply);

    /// <summary>The state after one more event.</summary>
    public static Mention Apply(Mention state, object data)
    {
        var next = data switch
        {
            Found e => OnFound(state, e),
            Edited e => WithRevision(state, new(e.Revision, e.ContentHash, e.Language, Reach(e.Reach), e.PublishedAt), e.SeenAt, e.MatchedAt) with { Engagement = Later(state.Engagement, e.Engagement) },
            Reacted e => state with { Engagement = Later(state.Engagement, e.Engagement) },
            Scored e => OnScored(state, e.Revision, e.Verdict),
            Removed e => (e.Revision == Removed.Every ? EvolveReply.Settle(state) : state) with { RemovedRevision = Math.Max(state.RemovedRevision, e.Revision) },
            Rescored e => OnScored(state, e.Revision, e.Verdict) with { AtFirst = AtFirst(state) },
            Corrected e => state with { Correction = new(e.Label, e.By, e.At, e.Revision, e.Was) },
            CorrectionWithdrawn => state with { Correction = null },
            Alerted e => state with
            {
                Alerts = state.Alerts.Add(e.AlertId),
                Ledger = state.Ledger with { AlertedAt = Earlier(state.Ledger.AlertedAt, e.RaisedAt) },
            },
            Delivered e => state with { Ledger = state.Ledger with { DeliveredAt = Earlier(state.Ledger.DeliveredAt, e.DeliveredAt) } },
            Opened e => state with { Ledger = state.Ledger with { OpenedAt = Earlier(state.Ledger.OpenedAt, e.At) } },
            _ => EvolveDesk.Apply(state, data),
        };
        return next with { Version = state.Version + 1, TextSince = next.Latest?.ContentHash == state.Latest?.ContentHash ? state.TextSince : state.Version + 1 };
    }

    // Of the events that come with each mention this is the one: what follows from it is put together first, as each copy of the state costs as much as all that is in it.
    private static Mention OnFound(Mention state, Found e)
    {
        var (revisions, ledger) = Revised(state, new(e.Revision, e.ContentHash, e.Language, Reach(e.Reach), e.PublishedAt), e.SeenAt, e.MatchedAt);
        var found = state with
        {
            Brand = e.Brand,
            SourceKind = e.SourceKind,
            SourceId = e.SourceId,
            SourceName = e.SourceName,
            NativeId = e.NativeId,
            Backfill = e.Backfill,
            SimHash = e.SimHash,
            UrlKey = e.UrlKey,
            AuthorKey = e.AuthorKey,
            StoryId = e.StoryId ?? state.StoryId,
            ThreadId = e.RootNativeId ?? e.ParentNativeId ?? e.NativeId,
            IsReply = e.ParentNativeId is not null,
            Engagement = Later(state.Engagement, e.Engagement),
            Revisions = revisions,
            Ledger = ledger with { StoredAt = e.StoredAt },
        };
        return e.Verdict is { } verdict ? OnScored(found, e.Revision, verdict) : found;
    }

    // Ingest cuts it too. What is in the store already must not make sums overflow.
    private static long? Reach(long? claimed) => claimed is { } reach ? Math.Clamp(reach, 0, Post.MostReach) : null;

    private static Mention WithRevision(Mention state, Revision revision, DateTimeOffset seenAt, DateTimeOffset matchedAt)
    {
        var (revisions, ledger) = Revised(state, revision, seenAt, matchedAt);

        // What was said of the text that this one replaces is not said of it.
        var verdicts = state.Revisions.ContainsKey(revision.Number) && !ReferenceEquals(revisions, state.Revisions)
            ? state.Verdicts.RemoveRange(state.Verdicts.Keys.Where(k => k.Revision == revision.Number))
            : state.Verdicts;
        return state with { Revisions = revisions, Ledger = ledger, Verdicts = verdicts };
    }

    private static (ImmutableSortedDictionary<int, Revision> Revisions, Ledger Ledger) Revised(Mention state, Revision revision, DateTimeOffset seenAt, DateTimeOffset matchedAt)
    {
        // Two texts under one number come from two pushes at once, or from two sources that show one post; the larger hash wins whichever came first.
        var wins = !state.Revisions.TryGetValue(revision.Number, out var known) || string.CompareOrdinal(revision.ContentHash, known.ContentHash) > 0;
        var revisions = wins ? state.Revisions.SetItem(revision.Number, revision) : state.Revisions;
        var ledger = state.Ledger with
        {
            PublishedAt = Mention.Highest(revisions)!.PublishedAt,
            SeenAt = Earlier(state.Ledger.SeenAt, seenAt),
            MatchedAt = Earlier(state.Ledger.MatchedAt, matchedAt),
        };
        return (revisions, ledger);
    }

    private static (int Revision, Verdict? Verdict) AtFirst(Mention state) =>
        state.AtFirst ?? (state.Verdicts.FirstOrDefault(v => ReferenceEquals(v.Value, state.Verdict)).Key.Revision, state.Verdict);

    private static Mention OnScored(Mention state, int revision, Verdict verdict) => state with
    {
        AtFirst = state.AtFirst is { } first && (revision, verdict.ScoredAt).CompareTo((first.Revision, first.Verdict?.ScoredAt ?? default)) >= 0 ? (revision, verdict) : state.AtFirst,
        Verdicts = state.Verdicts.SetItem((revision, verdict.ModelVersion), verdict),
        Ledger = state.Ledger with { ScoredAt = Earlier(state.Ledger.ScoredAt, verdict.ScoredAt) },
    };

    private static Engagement? Later(Engagement? a, Engagement? b) => b is null || a?.At >= b.At ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;
}
