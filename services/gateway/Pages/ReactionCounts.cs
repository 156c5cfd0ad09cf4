using System.Globalization;
using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>How often people reacted to a post in one way.</summary>
/// <param name="Kind"><c>likes</c>, <c>shares</c>, <c>replies</c> or <c>views</c>.</param>
/// <param name="Counts">As counted, oldest first; at least one.</param>
internal sealed record ReactionCount(string Kind, IReadOnlyList<(DateTimeOffset At, long Count)> Counts)
{
    private const int Width = 60, Height = 16;

    /// <summary>As counted last.</summary>
    public long Count => Counts[^1].Count;

    /// <summary>By how much it changed since it was counted first; below 0 when people took theirs back.</summary>
    public long Grown => Count - Counts[0].Count;

    /// <summary>The points of a line over time, 60 wide and 16 high; null while there are too few countings for a shape.</summary>
    public string? Line
    {
        get
        {
            var (from, to) = (Counts[0].At, Counts[^1].At);
            var (low, high) = (Counts.Min(c => c.Count), Counts.Max(c => c.Count));
            if (Counts.Count < 3 || to == from || high == low)
            {
                return null;
            }

            var points = new StringBuilder();
            foreach (var (at, count) in Counts)
            {
                points.Append(CultureInfo.InvariantCulture, $"{Width * ((at - from) / (to - from)):0.#},{1 + ((Height - 2) * (double)(high - count) / (high - low)):0.#} ");
            }

            return points.ToString().TrimEnd();
        }
    }
}

/// <summary>How people reacted to a post, from what the network told each time that it was read.</summary>
internal static class ReactionCounts
{
    private static readonly (string Kind, Func<Engagement, long?> Count)[] Kinds = [("likes", e => e.Likes), ("shares", e => e.Shares), ("replies", e => e.Replies), ("views", e => e.Views)];

    /// <summary>Each kind that was ever told, in the order of the kinds. What is not told at some time counts on as it was.</summary>
    /// <param name="now">As the mention has it.</param>
    /// <param name="history">Its events; null while they are loading.</param>
    public static IReadOnlyList<ReactionCount> Of(Engagement? now, IReadOnlyList<HistoryItem>? history)
    {
        var told = (history ?? []).Select(h => Told(h.Data)).OfType<Engagement>().Concat(now is null ? [] : [now]).DistinctBy(e => e.At).OrderBy(e => e.At).ToList();
        return [.. Kinds
            .Select(k => new ReactionCount(k.Kind, [.. told.Where(e => k.Count(e) is not null).Select(e => (e.At, k.Count(e)!.Value))]))
            .Where(r => r.Counts.Count > 0)];
    }

    /// <summary>Likes, shares and replies together: how much a post moves people. Views are no reaction.</summary>
    public static long Sum(Engagement engagement) => (engagement.Likes ?? 0) + (engagement.Shares ?? 0) + (engagement.Replies ?? 0);

    /// <summary>The reactions that an event carries; null for none.</summary>
    public static Engagement? Told(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("engagement", out var engagement) && engagement.ValueKind == JsonValueKind.Object ? engagement.Deserialize<Engagement>(JsonSerializerOptions.Web) : null;
}
