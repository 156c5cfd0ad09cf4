using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Facebook's posts and comments, as they are listed and as calls tell them. Ids are Facebook's own, those of posts with <c>post:</c> in front, as both look alike and are asked for differently.</summary>
internal static class FacebookPosts
{
    /// <summary>What is asked for of posts.</summary>
    public const string PostFields = "id,message,created_time,from,permalink_url,is_hidden,shares,reactions.summary(total_count).limit(0),comments.filter(stream).summary(total_count).limit(0)";

    /// <summary>What is asked for of comments.</summary>
    public const string CommentFields = "id,message,created_time,from,parent{id},is_hidden,like_count,comment_count,permalink_url";

    /// <summary>The id of a post.</summary>
    public static string PostId(string id) => $"post:{id}";

    /// <summary>How many comments a post has; null when it is not said.</summary>
    public static long? Comments(JsonElement post) => post.Long("comments", "summary", "total_count");

    /// <summary>A listed post; null for what is none.</summary>
    public static NetworkPost? Post(JsonElement post, DateTimeOffset now) => post.Text("id") is not { } id ? null : new(PostId(id), post.Text("message") ?? "", post.Time("created_time"))
    {
        Url = post.Text("permalink_url"),
        Author = Writer(post.At("from")),
        Engagement = new(now, post.Long("reactions", "summary", "total_count"), post.Long("shares", "count"), Comments(post)),
    };

    /// <summary>A listed comment under a post; null for what is none.</summary>
    public static NetworkPost? Comment(JsonElement comment, string? post, DateTimeOffset now) => comment.Text("id") is not { } id ? null : new(id, comment.Text("message") ?? "", comment.Time("created_time"))
    {
        Url = comment.Text("permalink_url"),
        Author = Writer(comment.At("from")),
        Parent = comment.Text("parent", "id") ?? (post is null ? null : PostId(post)),
        Root = post is null ? null : PostId(post),
        Engagement = new(now, comment.Long("like_count"), Replies: comment.Long("comment_count")),
    };

    /// <summary>A page of what is listed or was asked for. What the Page's moderators hide is still shown to its token; to everybody else it is gone.</summary>
    public static Page Shown(IEnumerable<(JsonElement Told, NetworkPost? Post)> listed, DateTimeOffset now)
    {
        var all = listed.Where(l => l.Post is not null).ToLookup(l => l.Told.Flag("is_hidden"), l => l.Post!);
        return new([.. all[false]], null) { Removed = [.. all[true].Select(p => new RemovedPost(p.NativeId, now, RemovedPost.Moderated))] };
    }

    /// <summary>What a change of the fields <c>feed</c> and <c>mention</c> says.</summary>
    public static Page Change(string field, JsonElement value, DateTimeOffset now)
    {
        var comment = value.Text("comment_id");
        var post = value.Text("post_id");
        if ((field is not ("feed" or "mention")) || value.Text("item") is "reaction" or "like" || (comment is null && post is null))
        {
            return Page.Nothing();
        }

        var id = comment ?? PostId(post!);
        return value.Text("verb") switch
        {
            "remove" => new([], null) { Removed = [new(id, now)] },
            _ when value.Flag("is_hidden") || value.Text("verb") == "hide" => new([], null) { Removed = [new(id, now, RemovedPost.Moderated)] },
            _ when value.Text("message") is { } message => new([Told(value, id, message, comment is null ? null : post)], null),
            _ => Page.Nothing() with { Named = [id] },
        };
    }

    private static NetworkPost Told(JsonElement value, string id, string message, string? post) => new(id, message, value.Time("created_time"))
    {
        Url = value.Text("permalink_url") ?? value.Text("post", "permalink_url"),
        Author = Writer(value.At("from")) ?? (value.Text("sender_id") is { } sender ? new(sender, value.Text("sender_name")) : null),
        Parent = post is null ? null : value.Text("parent_id") is { } parent && parent != post ? parent : PostId(post),
        Root = post is null ? null : PostId(post),
    };

    private static Author? Writer(JsonElement? from) => from?.Text("id") is { } id ? new(id, from?.Text("name"), Url: $"https://www.facebook.com/{Uri.EscapeDataString(id)}") : null;
}
