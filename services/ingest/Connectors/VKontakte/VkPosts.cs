using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>VKontakte's objects to posts. Ids: <c>-1_2</c> for a post, <c>-1_2_r3</c> for a comment under it, <c>-1_topic2_3</c> for a post in a discussion.</summary>
internal static class VkPosts
{
    /// <summary>The people and communities of an extended answer, by id; communities have negative ones.</summary>
    public static Dictionary<long, Author> Authors(JsonElement answer)
    {
        var authors = new Dictionary<long, Author>();
        foreach (var person in answer.Items("profiles"))
        {
            if (person.Long("id") is { } id)
            {
                var name = $"{person.Text("first_name")} {person.Text("last_name")}".Trim();
                authors[id] = new(Text(id), name.Length == 0 ? null : name, person.Text("screen_name"), Page(id, person.Text("screen_name")), person.Long("followers_count"));
            }
        }

        foreach (var group in answer.Items("groups"))
        {
            if (group.Long("id") is { } id)
            {
                authors[-id] = new(Text(-id), group.Text("name"), group.Text("screen_name"), Page(-id, group.Text("screen_name")), group.Long("members_count"));
            }
        }

        return authors;
    }

    /// <summary>A post of a wall; null for one without an id, and for a deleted one.</summary>
    public static NetworkPost? Post(JsonElement post, IReadOnlyDictionary<long, Author> authors, DateTimeOffset now)
    {
        if ((post.Long("owner_id") ?? post.Long("to_id")) is not { } owner || post.Long("id") is not { } id || post.Flag("is_deleted"))
        {
            return null;
        }

        // A comment that the search found carries the post that it stands under.
        var thread = post.Text("post_type") == "reply" ? post.Long("post_id") : null;
        var native = thread is { } under ? Comment(owner, under, id) : $"{Text(owner)}_{Text(id)}";
        var quoted = string.Join("\n\n", post.Items("copy_history").Select(c => c.Text("text")).OfType<string>());
        return new(native, string.Join("\n\n", new[] { post.Text("text") ?? "", quoted }.Where(t => t.Length > 0)), post.Time("date"))
        {
            Url = thread is { } of ? $"https://vk.com/wall{owner}_{of}?reply={id}" : $"https://vk.com/wall{owner}_{id}",
            Author = Author(post, authors),
            EditedAt = post.Time("edited"),
            Parent = thread is { } parent ? $"{Text(owner)}_{Text(parent)}" : null,
            Root = thread is { } root ? $"{Text(owner)}_{Text(root)}" : null,
            Engagement = new(now, post.Long("likes", "count"), post.Long("reposts", "count"), post.Long("comments", "count"), post.Long("views", "count")),
            Reach = post.Long("views", "count"),
        };
    }

    /// <summary>A comment under a post; null when its place is not known.</summary>
    /// <param name="thread">The comment in whose thread it was found: what it answers, unless it says so itself.</param>
    public static NetworkPost? Comment(JsonElement comment, long? ownerId, long? postId, IReadOnlyDictionary<long, Author> authors, DateTimeOffset now, long? thread = null)
    {
        if ((comment.Long("owner_id") ?? ownerId) is not { } owner || (comment.Long("post_id") ?? postId) is not { } post || comment.Long("id") is not { } id || comment.Flag("deleted"))
        {
            return null;
        }

        var parent = comment.Long("reply_to_comment") ?? (comment.Items("parents_stack").LastOrDefault() is { ValueKind: JsonValueKind.Number } above ? above.GetInt64() : thread);
        return new(Comment(owner, post, id), comment.Text("text") ?? "", comment.Time("date"))
        {
            Url = $"https://vk.com/wall{owner}_{post}?reply={id}",
            Author = Author(comment, authors),
            Parent = parent is { } answered ? Comment(owner, post, answered) : $"{Text(owner)}_{Text(post)}",
            Root = $"{Text(owner)}_{Text(post)}",
            Engagement = new(now, comment.Long("likes", "count"), Replies: comment.Long("thread", "count")),
        };
    }

    /// <summary>A comment under a thing that is no post: a discussion, a photo, a video, goods.</summary>
    /// <param name="place">Id and address of that thing.</param>
    public static NetworkPost Elsewhere(JsonElement comment, (string Id, string Url) place, long id, IReadOnlyDictionary<long, Author> authors, DateTimeOffset now) => new($"{place.Id}_{Text(id)}", comment.Text("text") ?? "", comment.Time("date"))
    {
        Url = place.Url,
        Author = Author(comment, authors),
        Parent = comment.Long("reply_to_comment") is { } answered ? $"{place.Id}_{Text(answered)}" : null,
        Root = place.Id,
        Engagement = comment.Long("likes", "count") is { } likes ? new(now, likes) : null,
    };

    /// <summary>True for the id of a post on a wall.</summary>
    public static bool IsPost(string id) =>
        id.Split('_') is [var owner, var post] && long.TryParse(owner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && long.TryParse(post, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The id of a comment.</summary>
    public static string Comment(long owner, long post, long comment) => $"{Text(owner)}_{Text(post)}_r{Text(comment)}";

    /// <summary>Wall, post and comment of a comment's id; null when it is another id.</summary>
    public static (long Owner, long Post, long Comment)? CommentId(string id) =>
        id.Split('_') is [var owner, var post, ['r', .. var comment]] && long.TryParse(owner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var o)
        && long.TryParse(post, NumberStyles.None, CultureInfo.InvariantCulture, out var p) && long.TryParse(comment, NumberStyles.None, CultureInfo.InvariantCulture, out var c) ? (o, p, c) : null;

    /// <summary>A number as ids have it.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Author? Author(JsonElement of, IReadOnlyDictionary<long, Author> authors) =>
        (of.Long("signer_id") ?? of.Long("from_id")) is { } id ? authors.GetValueOrDefault(id) ?? new Author(Text(id), null, Url: Page(id, null)) : null;

    private static string Page(long id, string? screenName) => $"https://vk.com/{screenName ?? (id < 0 ? $"club{-id}" : $"id{id}")}";
}
