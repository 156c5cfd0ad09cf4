using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Instagram's media and comments to posts. Ids: comments under own posts have Instagram's own; <c>post:</c> stands before own posts, <c>media:</c> before those of others, which cannot be asked for by their id, and <c>mention:</c> before what can be asked for only because it mentions the account.</summary>
internal static class InstagramPosts
{
    /// <summary>What is asked for of hashtags' posts, which come without their authors.</summary>
    public const string HashtagFields = "id,caption,timestamp,permalink,like_count,comments_count";

    /// <summary>What is asked for of posts.</summary>
    public const string MediaFields = HashtagFields + ",username";

    /// <summary>What is asked for of comments.</summary>
    public const string CommentFields = "id,text,timestamp,username,from,like_count,parent_id";

    /// <summary>What is asked for of comments elsewhere that mention the account.</summary>
    public const string MentionFields = "id,text,timestamp,like_count,media{id}";

    public const string Own = "post:", Others = "media:", MentionedMedia = "mention:media:", MentionedComment = "mention:comment:";

    /// <summary>A post; null for what is none.</summary>
    public static NetworkPost? Media(JsonElement media, string prefix, DateTimeOffset now) => media.Text("id") is not { } id ? null : new(prefix + id, media.Text("caption") ?? "", media.Time("timestamp"))
    {
        Url = media.Text("permalink"),
        Author = Writer(null, media.Text("username")),
        Engagement = new(now, media.Long("like_count"), Replies: media.Long("comments_count")),
    };

    /// <summary>A comment under an own post; null for what is none.</summary>
    public static NetworkPost? Comment(JsonElement comment, string? media, string? under, DateTimeOffset now) => comment.Text("id") is not { } id ? null : new(id, comment.Text("text") ?? "", comment.Time("timestamp"))
    {
        Author = Writer(comment.Text("from", "id"), comment.Text("from", "username") ?? comment.Text("username")),
        Parent = comment.Text("parent_id") ?? under ?? (media is null ? null : Own + media),
        Root = media is null ? null : Own + media,
        Engagement = new(now, comment.Long("like_count"), Replies: comment.Items("replies", "data").Count() is var replies && replies > 0 ? replies : null),
    };

    /// <summary>A comment elsewhere that mentions the account; null for what is none.</summary>
    public static NetworkPost? Mention(JsonElement comment, DateTimeOffset now) => comment.Text("id") is not { } id ? null : new(MentionedComment + id, comment.Text("text") ?? "", comment.Time("timestamp"))
    {
        Parent = comment.Text("media", "id") is { } on ? Others + on : null,
        Root = comment.Text("media", "id") is { } root ? Others + root : null,
        Engagement = new(now, comment.Long("like_count")),
    };

    /// <summary>What a call's change says. Mentions come without their text.</summary>
    public static Page Change(string field, JsonElement value, DateTimeOffset? at, DateTimeOffset now) => field switch
    {
        "comments" or "live_comments" when Comment(value, value.Text("media", "id"), null, now) is { } post => new([post with { PublishedAt = post.PublishedAt ?? at, Engagement = null }], null),
        "mentions" when value.Text("comment_id") is { } comment => Page.Nothing() with { Named = [MentionedComment + comment] },
        "mentions" when value.Text("media_id") is { } media => Page.Nothing() with { Named = [MentionedMedia + media] },
        _ => Page.Nothing(),
    };

    private static Author? Writer(string? id, string? name) => id is null && name is null ? null : new(id ?? name, name, name, name is null ? null : $"https://www.instagram.com/{Uri.EscapeDataString(name)}/");
}
