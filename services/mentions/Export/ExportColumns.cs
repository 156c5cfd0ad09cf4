using System.Text.Json;

namespace Serm.Mentions;

/// <summary>What a spreadsheet shows of a mention. The names are those of the API where it has the same; they are never changed, and new columns come last.</summary>
internal static class ExportColumns
{
    private static readonly (string Name, Func<MentionView, string, object?> Of)[] All =
    [
        ("id", (m, _) => m.Id.ToString()),
        ("brand", (m, _) => m.BrandName),
        ("sourceKind", (m, _) => m.SourceKind),
        ("source", (m, _) => m.SourceName),
        ("url", (m, _) => m.Url),
        ("authorName", (m, _) => m.Author?.Name),
        ("authorHandle", (m, _) => m.Author?.Handle),
        ("publishedAt", (m, _) => m.PublishedAt),
        ("seenAt", (m, _) => m.SeenAt),
        ("zone", (_, zone) => zone),
        ("language", (m, _) => m.Language),
        ("title", (m, _) => m.Title),
        ("text", (m, _) => m.Text),
        ("removed", (m, _) => m.Removed),
        ("sentiment", (m, _) => Word(m.Sentiment)),
        ("corrected", (m, _) => m.Correction is not null),
        ("negative", (m, _) => Number(m.Negative)),
        ("neutral", (m, _) => Number(m.Neutral)),
        ("positive", (m, _) => Number(m.Positive)),
        ("modelVersion", (m, _) => m.ModelVersion),
        ("status", (m, _) => Word(m.Status)),
        ("owner", (m, _) => m.Owner),
        ("tags", (m, _) => string.Join(", ", m.Tags ?? [])),
        ("severity", (m, _) => Word(m.Severity)),
        ("reach", (m, _) => m.Reach),
        ("likes", (m, _) => m.Engagement?.Likes),
        ("shares", (m, _) => m.Engagement?.Shares),
        ("replies", (m, _) => m.Engagement?.Replies),
        ("views", (m, _) => m.Engagement?.Views),
        ("repliedAt", (m, _) => m.RepliedAt),
        ("replyUrl", (m, _) => m.ReplyUrl),
        ("resolvedAt", (m, _) => m.Latency?.ResolvedAt),
        ("slaState", (m, _) => Word(m.SlaState)),
        ("slaDueAt", (m, _) => m.SlaDueAt),
        ("storyId", (m, _) => m.StoryId?.ToString()),
        ("sightings", (m, _) => (long)m.Sightings),
    ];

    /// <summary>The header.</summary>
    public static readonly string[] Names = Array.ConvertAll(All, c => c.Name);

    /// <summary>The cells of a mention: text, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="DateTimeOffset"/>, or null for an empty one.</summary>
    /// <param name="mention">Read with its latency.</param>
    /// <param name="zone">The name of the zone in which its times will be told.</param>
    public static object?[] Of(MentionView mention, string zone) => Array.ConvertAll(All, c => c.Of(mention, zone));

    private static string? Word(Enum? value) => value is null ? null : JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    // By way of the decimal, as JSON tells it: 0.9 is not 0.8999999761581421.
    private static double? Number(float? probability) => probability is { } p ? Math.Round((double)(decimal)p, 4) : null;
}
