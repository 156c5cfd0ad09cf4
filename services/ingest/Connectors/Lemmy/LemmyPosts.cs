using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Lemmy;

/// <summary>Lemmy's post and comment views to posts. Ids are the server's own: <c>host/post/1</c> and <c>host/comment/2</c>.</summary>
internal static class LemmyPosts
{
    /// <summary>A view as what it shows now: a post, or one that is gone. Neither for what is no view.</summary>
    public static (NetworkPost? Post, RemovedPost? Gone) Of(JsonElement view, string host, DateTimeOffset now)
    {
        // A comment's view holds its post too.
        var kind = view.At("comment") is null ? "post" : "comment";
        if (view.At(kind) is not { } written || written.Text("id") is not { } number)
        {
            return (null, null);
        }

        var id = $"{host}/{kind}/{number}";
        return (written.Flag("removed"), written.Flag("deleted")) switch
        {
            (true, _) => (null, new(id, now, RemovedPost.Moderated)),
            (_, true) => (null, new(id, now)),
            _ => (kind == "post" ? Post(view, written, id, now) : Comment(view, written, id, host, now), null),
        };
    }

    /// <summary>What a page of views shows.</summary>
    public static Page Page(IEnumerable<JsonElement> views, string host, DateTimeOffset now)
    {
        var read = views.Select(v => Of(v, host, now)).ToList();
        return new([.. read.Select(r => r.Post).OfType<NetworkPost>()], null) { Removed = [.. read.Select(r => r.Gone).OfType<RemovedPost>()] };
    }

    private static NetworkPost Post(JsonElement view, JsonElement post, string id, DateTimeOffset now) => new(id, post.Text("body") ?? "", post.Time("published"))
    {
        Title = post.Text("name"),
        Url = post.Text("ap_id"),
        Author = Writer(view.At("creator")),
        EditedAt = post.Time("updated"),
        Engagement = new(now, view.Long("counts", "upvotes"), Replies: view.Long("counts", "comments")),
    };

    private static NetworkPost Comment(JsonElement view, JsonElement comment, string id, string host, DateTimeOffset now)
    {
        var root = comment.Text("post_id") is { } post ? $"{host}/post/{post}" : null;

        // The path names all comments above, from a 0 down to the comment itself.
        var parent = comment.Text("path")?.Split('.') is [.., var above, _] && above != "0" ? $"{host}/comment/{above}" : root;
        return new(id, comment.Text("content") ?? "", comment.Time("published"))
        {
            Url = comment.Text("ap_id"),
            Author = Writer(view.At("creator")),
            EditedAt = comment.Time("updated"),
            Parent = parent,
            Root = root,
            Engagement = new(now, view.Long("counts", "upvotes"), Replies: view.Long("counts", "child_count")),
        };
    }

    private static Author? Writer(JsonElement? creator)
    {
        if (creator is not { } person || person.Text("name") is not { } name)
        {
            return null;
        }

        var home = Uri.TryCreate(person.Text("actor_id"), UriKind.Absolute, out var actor) ? $"@{actor.Host}" : "";
        return new(person.Text("actor_id") ?? name, person.Text("display_name") ?? name, $"{name}{home}", person.Text("actor_id"));
    }
}
