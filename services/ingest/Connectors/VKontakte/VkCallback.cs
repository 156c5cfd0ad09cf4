using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Calls of the Callback API: posts and comments of a community as they happen. Each carries the community's secret and an id of its own.</summary>
internal static class VkCallback
{
    private static readonly Dictionary<long, Author> Nobody = [];

    /// <summary>Checks and reads a call.</summary>
    public static HookAnswer Receive(HookCall call, VkOptions options, DateTimeOffset now)
    {
        JsonElement body;
        try
        {
            body = JsonElement.Parse(call.Body.Span);
        }
        catch (JsonException)
        {
            return new HookAnswer.Refused(400, "bad_body");
        }

        if (!HookCall.Same(body.Text("secret"), options.CallbackSecret))
        {
            return new HookAnswer.Refused(403, "bad_secret");
        }

        var type = body.Text("type") ?? "";
        return type == "confirmation"
            ? new HookAnswer.Challenge(options.Confirmation)
            : new HookAnswer.Taken(body.At("object") is { } happened ? Of(type, happened, body.Long("group_id") ?? 0, now) : Page.Nothing(), "ok", body.Text("event_id"));
    }

    private static Page Of(string type, JsonElement happened, long group, DateTimeOffset now) => type switch
    {
        "wall_post_new" or "wall_repost" => Some(VkPosts.Post(happened, Nobody, now)),
        "wall_reply_new" or "wall_reply_edit" or "wall_reply_restore" => Some(VkPosts.Comment(happened, happened.Long("post_owner_id") ?? -group, null, Nobody, now)),
        "wall_reply_delete" when happened.Long("post_id") is { } post && happened.Long("id") is { } id => Gone(VkPosts.Comment(happened.Long("owner_id") ?? -group, post, id), now),
        _ when Place(type, happened, group) is { } place && happened.Long("id") is { } id => type.EndsWith("_delete", StringComparison.Ordinal)
            ? Gone($"{place.Id}_{VkPosts.Text(id)}", now)
            : Some(VkPosts.Elsewhere(happened, place, id, Nobody, now)),
        _ => Page.Nothing(),
    };

    // Discussions, photos, videos and goods: comments of one shape, each under a thing of its own.
    private static (string Id, string Url)? Place(string type, JsonElement happened, long group) => type switch
    {
        _ when type.StartsWith("board_post_", StringComparison.Ordinal) && happened.Long("topic_id") is { } topic => ($"-{group}_topic{topic}", $"https://vk.com/topic-{group}_{topic}"),
        _ when type.StartsWith("photo_comment_", StringComparison.Ordinal) && happened.Long("photo_id") is { } photo => ($"{Owner(happened, "photo_owner_id", group)}_photo{photo}", $"https://vk.com/photo{Owner(happened, "photo_owner_id", group)}_{photo}"),
        _ when type.StartsWith("video_comment_", StringComparison.Ordinal) && happened.Long("video_id") is { } video => ($"{Owner(happened, "video_owner_id", group)}_video{video}", $"https://vk.com/video{Owner(happened, "video_owner_id", group)}_{video}"),
        _ when type.StartsWith("market_comment_", StringComparison.Ordinal) && happened.Long("item_id") is { } item => ($"{Owner(happened, "market_owner_id", group)}_market{item}", $"https://vk.com/market{Owner(happened, "market_owner_id", group)}?w=product{Owner(happened, "market_owner_id", group)}_{item}"),
        _ => null,
    };

    // Some calls name the community as its owner without the sign that communities have.
    private static long Owner(JsonElement happened, string name, long group) => (happened.Long(name) ?? happened.Long("owner_id")) is { } owner && owner != group ? owner : -group;

    private static Page Some(NetworkPost? post) => new(post is null ? [] : [post], null);

    private static Page Gone(string id, DateTimeOffset now) => new([], null) { Removed = [new(id, now)] };
}
