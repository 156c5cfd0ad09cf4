using Marten;
using Serm.Contracts;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Posts;

/// <summary>A post that is gone, and what was made of it.</summary>
/// <param name="Post">As the source tells.</param>
/// <param name="Revision">The last one that was seen.</param>
/// <param name="Brands">The brands that it was a mention of.</param>
internal sealed record Removal(RemovedPost Post, int Revision, IReadOnlyList<Guid> Brands)
{
    /// <summary>One message a mention, under an id that a repeat gives again.</summary>
    public IEnumerable<(Guid MessageId, PostRemoved Message)> Messages(string workspace, string sourceKind, DateTimeOffset seenAt, string? trace) => Brands.Select(brand =>
    {
        var mention = MentionIds.Mention(workspace, brand, sourceKind, Post.NativeId);
        return (MentionIds.Message(mention, -Revision), new PostRemoved(workspace, mention, Revision, Post.At ?? seenAt, Post.Reason, trace));
    });
}

/// <summary>Finds out what removals mean to the mentions that were made.</summary>
internal static class Removals
{
    /// <summary>The removals of posts that are known, or came with the same page, and are not known to be gone already.</summary>
    public static IReadOnlyList<Removal> Of(Intake intake, IReadOnlyDictionary<string, KnownItem> known, IReadOnlyList<TakenPost> taken)
    {
        var fresh = taken.ToDictionary(t => t.Post.NativeId, StringComparer.Ordinal);
        return [.. intake.Removed.DistinctBy(r => r.NativeId, StringComparer.Ordinal).Select(r => Of(r, known.GetValueOrDefault(r.NativeId), fresh.GetValueOrDefault(r.NativeId))).OfType<Removal>()];
    }

    /// <summary>Queues that they are remembered as gone, and no longer asked for.</summary>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<Removal> removed, DateTimeOffset now)
    {
        if (removed.Count > 0)
        {
            session.QueueSqlCommand(
                '^',
                "update ingest.items set removed_at = ^, check_at = null where workspace = ^ and source_id = ^ and native_id = any(^)",
                now.ToUniversalTime(),
                session.TenantId,
                sourceId,
                removed.Select(r => r.Post.NativeId).ToArray());
        }
    }

    private static Removal? Of(RemovedPost gone, KnownItem? known, TakenPost? taken) => (known, taken) switch
    {
        (_, { } now) => new(gone, now.Post.Revision, [.. now.Brands.Select(b => b.Brand.Id).Union(known?.Brands ?? [])]),
        ({ Removed: false } before, null) => new(gone, before.Revision, before.Brands ?? []),
        _ => null,
    };
}
