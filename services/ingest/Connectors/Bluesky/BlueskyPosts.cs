using System.Text.Json;

namespace Serm.Ingest.Connectors.Bluesky;

/// <summary>Bluesky's records to posts. Ids are the at:// addresses of the records.</summary>
internal static class BlueskyPosts
{
    /// <summary>The collection that posts are in.</summary>
    public const string Collection = "app.bsky.feed.post";

    /// <summary>A post as search shows it: with author and reactions.</summary>
    public static NetworkPost? OfView(JsonElement view, DateTimeOffset now)
    {
        if (view.Text("uri") is not { } uri || view.At("record") is not { } record || view.Text("author", "did") is not { } did)
        {
            return null;
        }

        var written = record.Time("createdAt");
        var seen = view.Time("indexedAt");
        return Of(uri, did, record, written < seen || seen is null ? written : seen) with
        {
            Url = Page(view.Text("author", "handle") ?? did, uri),
            Author = new(did, view.Text("author", "displayName") ?? view.Text("author", "handle"), view.Text("author", "handle"), $"https://bsky.app/profile/{did}"),
            Engagement = new(now, view.Long("likeCount"), view.Long("repostCount") is { } reposts ? reposts + (view.Long("quoteCount") ?? 0) : null, view.Long("replyCount")),
        };
    }

    /// <summary>A post as its record alone says it.</summary>
    /// <param name="at">When it was published, as far as it can be trusted.</param>
    public static NetworkPost Of(string uri, string did, JsonElement record, DateTimeOffset? at) => new(uri, Whole(record), at)
    {
        Url = Page(did, uri),
        Author = new(did, null, Url: $"https://bsky.app/profile/{did}"),
        Language = record.Items("langs").FirstOrDefault() is { ValueKind: JsonValueKind.String } language ? language.Said() : null,
        Parent = record.Text("reply", "parent", "uri"),
        Root = record.Text("reply", "root", "uri"),
    };

    // What is said of an image is said in the post.
    private static string Whole(JsonElement record) => string.Join("\n\n", record.Items("embed", "images").Select(i => i.Text("alt")).Prepend(record.Text("text") ?? "").Where(t => !string.IsNullOrWhiteSpace(t)));

    private static string Page(string who, string uri) => $"https://bsky.app/profile/{who}/post/{uri[(uri.LastIndexOf('/') + 1)..]}";
}
