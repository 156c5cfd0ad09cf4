using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What happens to a mention when a message or a person says something. Pure: the same answer for the same state, and nothing for a repeat.</summary>
internal static partial class Decide
{
    /// <summary>A post was found: the first text of a mention, another revision of it, or nothing new.</summary>
    /// <param name="message">The post.</param>
    /// <param name="state">The mention.</param>
    /// <param name="now">The moment.</param>
    /// <param name="story">The mention whose story a new one tells; null when none is known.</param>
    /// <param name="verdict">What a model said of it; null when nobody has judged it yet.</param>
    public static IReadOnlyList<object> On(MentionFound message, Mention state, DateTimeOffset now, Guid? story = null, Verdict? verdict = null)
    {
        var post = message.Post;
        if (state.Brand is null)
        {
            return
            [
                new Found(
                    message.Brand, post.SourceKind, post.SourceId, post.SourceName, post.NativeId, post.Language, post.LanguageConfidence, post.PublishedAt,
                    message.SeenAt, message.MatchedAt, now, post.Reach, post.ParentNativeId, post.Revision, post.ContentHash, message.Backfill, message.TraceParent,
                    post.SimHash, Keys.OfUrl(post.CanonicalUrl), Keys.OfAuthor(message.Workspace, post), post.Engagement, story, post.RootNativeId, verdict),
            ];
        }

        var known = state.Revisions.GetValueOrDefault(post.Revision);
        return known is not null && string.CompareOrdinal(known.ContentHash, post.ContentHash) >= 0
            ? []
            : [new Edited(post.Revision, post.ContentHash, post.Language, post.Reach, post.PublishedAt, message.SeenAt, message.MatchedAt, message.TraceParent, post.Engagement)];
    }

    /// <summary>A model judged a revision; a judgement that overtook its mention brings it along.</summary>
    /// <param name="message">The judged post.</param>
    /// <param name="state">The mention.</param>
    /// <param name="now">The moment.</param>
    /// <param name="story">The mention whose story a new one tells; null when none is known.</param>
    public static IReadOnlyList<object> On(MentionScored message, Mention state, DateTimeOffset now, Guid? story = null)
    {
        var found = On(message.Mention, state, now, story, message.Verdict);
        if (found is [Found])
        {
            return found;
        }

        // Of two texts under one number only the one that counts has a verdict.
        var post = message.Mention.Post;
        var counts = found is [Edited] || state.Revisions[post.Revision].ContentHash == post.ContentHash;
        return !counts || (found.Count == 0 && state.Verdicts.ContainsKey((post.Revision, message.Verdict.ModelVersion)))
            ? found
            : [.. found, new Scored(post.Revision, message.Verdict, message.TraceParent)];
    }

    /// <summary>The post is gone. It can be told before the post itself is.</summary>
    public static IReadOnlyList<object> On(PostRemoved message, Mention state) => state.RemovedRevision >= message.Revision
        ? []
        : [new Removed(message.Revision, message.RemovedAt, message.Reason, message.TraceParent)];

    /// <summary>It is erased here, for good; only the first time counts.</summary>
    public static IReadOnlyList<object> Erase(Mention state, string reason, DateTimeOffset now, string? trace) => state.IsErased ? [] : [new Removed(Removed.Every, now, reason, trace)];

    /// <summary>Reactions were told anew. The same numbers again are no news.</summary>
    public static IReadOnlyList<object> On(EngagementChanged message, Mention state) =>
        state.Engagement is { } known && (known.At >= message.Engagement.At || known with { At = message.Engagement.At } == message.Engagement) ? [] : [new Reacted(message.Engagement, message.TraceParent)];

    /// <summary>A rule asked for attention.</summary>
    public static IReadOnlyList<object> On(AlertRaised message, Mention state) => state.Alerts.Contains(message.AlertId)
        ? []
        : [new Alerted(message.AlertId, message.RuleId, message.RuleName, message.RaisedAt, message.TraceParent)];

    /// <summary>An alert reached somebody; only the first time counts.</summary>
    public static IReadOnlyList<object> On(AlertDelivered message, Mention state) => state.Ledger.DeliveredAt is null
        ? [new Delivered(message.AlertId, message.DeliveredAt)]
        : [];

    /// <summary>It tells the story of another mention, or leads the one that it told.</summary>
    public static IReadOnlyList<object> Join(Mention state, Guid lead, DateTimeOffset now) =>
        state.Brand is null || (state.StoryId ?? state.Id) == lead ? [] : state.Id == lead ? [new LeadsStory(now)] : [new JoinedStory(lead, now)];

    /// <summary>The story that it leads has doubled.</summary>
    public static IReadOnlyList<object> Grow(Mention state, int sightings, double perHour, DateTimeOffset now) =>
        state.Brand is null || state.Sightings >= sightings ? [] : [new StoryGrew(sightings, perHour, now)];

    /// <summary>The author said more while it was waiting, or was put off while waiting. What they had published before does not count.</summary>
    public static IReadOnlyList<object> Answered(Mention state, Guid mentionId, DateTimeOffset publishedAt, DateTimeOffset now) =>
        state is { Status: MentionStatus.Waiting } or { Status: MentionStatus.Snoozed, Before: MentionStatus.Waiting }
        && mentionId != state.Id && publishedAt >= state.Pauses.FindLast(p => p.Status == MentionStatus.Waiting)?.From
            ? [new AuthorAnswered(mentionId, now, null)]
            : [];

    /// <summary>Somebody opened it; only the first time counts.</summary>
    public static IReadOnlyList<object> Open(Mention state, Person by) => state.Ledger.OpenedAt is null ? [new Opened(by.Name, by.At)] : [];
}

/// <summary>Who does something, and when.</summary>
/// <param name="Name">User or API key.</param>
/// <param name="Role">What they may do.</param>
/// <param name="At">Now.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
internal sealed record Person(string Name, Role Role, DateTimeOffset At, string? TraceParent);
