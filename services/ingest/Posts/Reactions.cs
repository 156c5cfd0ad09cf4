using System.Globalization;
using Serm.Contracts;

namespace Serm.Ingest.Posts;

/// <summary>Tells mentions how people react to their posts, where nothing else of the post has changed.</summary>
internal static class Reactions
{
    /// <summary>One message a mention, under an id that a repeat gives again. Posts that came with the same page carry their reactions themselves.</summary>
    public static IEnumerable<(Guid MessageId, EngagementChanged Message)> Messages(Intake intake, IReadOnlyDictionary<string, KnownItem> known, IReadOnlyList<TakenPost> taken, string? trace)
    {
        var fresh = taken.Select(t => t.Post.NativeId).ToHashSet(StringComparer.Ordinal);
        foreach (var reactions in intake.Reactions.GroupBy(r => r.NativeId, StringComparer.Ordinal).Select(g => g.MaxBy(r => r.Engagement.At)!).Where(r => !fresh.Contains(r.NativeId)))
        {
            if (known.GetValueOrDefault(reactions.NativeId) is not { Removed: false, Brands: { Count: > 0 } brands })
            {
                continue;
            }

            foreach (var brand in brands)
            {
                var mention = MentionIds.Mention(intake.Workspace, brand, intake.SourceKind, reactions.NativeId);
                var (at, likes, shares, replies, views) = reactions.Engagement;
                yield return (MentionIds.Message(mention, string.Create(CultureInfo.InvariantCulture, $"{at:O} {likes} {shares} {replies} {views}")), new(intake.Workspace, mention, reactions.Engagement, trace));
            }
        }
    }
}
