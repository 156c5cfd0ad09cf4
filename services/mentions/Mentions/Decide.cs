using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What happens to a mention when a message or a person says something. Pure: the same answer for the same state, and nothing for a repeat.</summary>
internal static class Decide
{
    /// <summary>A post was found: the first text of a mention, another revision of it, or nothing new.</summary>
    public static IReadOnlyList<object> On(MentionFound message, Mention state, DateTimeOffset now)
    {
        var post = message.Post;
        if (state.Brand is null)
        {
            return
            [
                new Found(
                    message.Brand, post.SourceKind, post.SourceId, post.SourceName, post.NativeId, post.Language, post.LanguageConfidence, post.PublishedAt,
                    message.SeenAt, message.MatchedAt, now, post.Reach, post.ParentNativeId, post.Revision, post.ContentHash, message.Backfill, message.TraceParent),
            ];
        }

        var known = state.Revisions.GetValueOrDefault(post.Revision);
        return known is not null && string.CompareOrdinal(known.ContentHash, post.ContentHash) >= 0
            ? []
            : [new Edited(post.Revision, post.ContentHash, post.Language, post.Reach, post.PublishedAt, message.SeenAt, message.MatchedAt, message.TraceParent)];
    }

    /// <summary>A model judged a revision; a judgement that overtook its mention brings it along.</summary>
    public static IReadOnlyList<object> On(MentionScored message, Mention state, DateTimeOffset now)
    {
        var found = On(message.Mention, state, now);
        var revision = message.Mention.Post.Revision;
        var replaced = found is [Edited] && state.Revisions.ContainsKey(revision);
        return state.Verdicts.ContainsKey((revision, message.Verdict.ModelVersion)) && !replaced
            ? found
            : [.. found, new Scored(revision, message.Verdict, message.TraceParent)];
    }

    /// <summary>A rule asked for attention.</summary>
    public static IReadOnlyList<object> On(AlertRaised message, Mention state) => state.Alerts.Contains(message.AlertId)
        ? []
        : [new Alerted(message.AlertId, message.RuleId, message.RuleName, message.RaisedAt, message.TraceParent)];

    /// <summary>An alert reached somebody; only the first time counts.</summary>
    public static IReadOnlyList<object> On(AlertDelivered message, Mention state) => state.Ledger.DeliveredAt is null
        ? [new Delivered(message.AlertId, message.DeliveredAt)]
        : [];

    /// <summary>Somebody opened it; only the first time counts.</summary>
    public static IReadOnlyList<object> Open(Mention state, Person by) => state.Ledger.OpenedAt is null ? [new Opened(by.Name, by.At)] : [];

    /// <summary>Takes a mention. Refused when another person has it.</summary>
    public static IReadOnlyList<object> Claim(Mention state, Person by) => state.Status switch
    {
        MentionStatus.New => [new Claimed(by.Name, by.At, by.TraceParent)],
        MentionStatus.Claimed when state.Owner == by.Name => [],
        MentionStatus.Claimed => throw Owned(state),
        _ => throw Closed(state),
    };

    /// <summary>Gives a mention back. Only its owner or a manager may.</summary>
    public static IReadOnlyList<object> Release(Mention state, Person by) => state.Status switch
    {
        MentionStatus.New => [],
        MentionStatus.Claimed when state.Owner == by.Name || by.Role >= Role.Manager => [new Released(by.Name, by.At, by.TraceParent)],
        MentionStatus.Claimed => throw Owned(state),
        _ => throw Closed(state),
    };

    /// <summary>Closes a mention as dealt with.</summary>
    public static IReadOnlyList<object> Resolve(Mention state, Person by) => state.Status switch
    {
        MentionStatus.Resolved => [],
        MentionStatus.Dismissed => throw Closed(state),
        MentionStatus.Claimed when state.Owner != by.Name && by.Role < Role.Manager => throw Owned(state),
        _ => [new Resolved(by.Name, by.At, by.TraceParent)],
    };

    /// <summary>Puts a mention aside.</summary>
    public static IReadOnlyList<object> Dismiss(Mention state, Person by, DismissReason reason) => state.Status switch
    {
        MentionStatus.Dismissed => [],
        MentionStatus.Resolved => throw Closed(state),
        MentionStatus.Claimed when state.Owner != by.Name && by.Role < Role.Manager => throw Owned(state),
        _ => [new Dismissed(by.Name, by.At, reason, by.TraceParent)],
    };

    /// <summary>Opens a closed mention again.</summary>
    public static IReadOnlyList<object> Reopen(Mention state, Person by) =>
        state.Status is MentionStatus.Resolved or MentionStatus.Dismissed ? [new Reopened(by.Name, by.At, by.TraceParent)] : [];

    /// <summary>Adds a note, at any time, by anybody who triages.</summary>
    public static IReadOnlyList<object> Note(Person by, Guid noteId) => [new Noted(by.Name, by.At, noteId, by.TraceParent)];

    private static RuleViolation Owned(Mention state) => new(
        "mention_claimed",
        $"{state.Owner} has it. Ask them to release it, or a manager.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["owner"] = state.Owner, ["version"] = state.Version });

    private static RuleViolation Closed(Mention state) => new(
        "mention_closed",
        $"It is {state.Status.ToString().ToLowerInvariant()}. Reopen it first.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["version"] = state.Version });
}

/// <summary>Who does something, and when.</summary>
/// <param name="Name">User or API key.</param>
/// <param name="Role">What they may do.</param>
/// <param name="At">Now.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
internal sealed record Person(string Name, Role Role, DateTimeOffset At, string? TraceParent);
