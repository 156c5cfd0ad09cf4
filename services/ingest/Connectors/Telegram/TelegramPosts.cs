using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Telegram;

/// <summary>Telegram's updates to posts. Ids are <c>chat/message</c>.</summary>
internal static class TelegramPosts
{
    private const string Counted = "message_reaction_count";
    private static readonly string[] Posts = ["message", "edited_message", "channel_post", "edited_channel_post"];

    /// <summary>The updates that are asked for.</summary>
    public static readonly string[] Kinds = [.. Posts, Counted];

    /// <summary>The post of an update; none for what is none.</summary>
    public static IEnumerable<NetworkPost> Of(JsonElement update, DateTimeOffset now)
    {
        foreach (var kind in Posts)
        {
            if (update.At(kind) is { } message && Post(message) is { } post)
            {
                yield return post;
            }
        }
    }

    /// <summary>The reactions that an update counts, of all kinds together; none for what is none. Telegram counts them for bots that administer a channel, some minutes late.</summary>
    public static IEnumerable<PostReactions> Reactions(JsonElement update)
    {
        if (update.At(Counted) is { } counted && counted.Long("chat", "id") is { } chat && counted.Long("message_id") is { } id && counted.Time("date") is { } at)
        {
            yield return new(Id(chat, id), new(at, Likes: counted.Items("reactions").Sum(r => r.Long("total_count") ?? 0)));
        }
    }

    private static NetworkPost? Post(JsonElement message)
    {
        // A channel's post that Telegram itself copied into the discussion group is known from the channel.
        if (message.Long("chat", "id") is not { } chat || message.Long("message_id") is not { } id || message.Text("chat", "type") == "private" || message.Flag("is_automatic_forward"))
        {
            return null;
        }

        var text = message.Text("text") ?? message.Text("caption") ?? message.Text("poll", "question") ?? "";
        return new(Id(chat, id), text, message.Time("date"))
        {
            Url = Url(message, chat, id),
            Author = Author(message),
            EditedAt = message.Time("edit_date"),
            Parent = message.At("reply_to_message") is { } answered ? Original(answered) : null,
            Root = message.Long("message_thread_id") is { } thread && thread != id ? Root(message, chat, thread) : null,
        };
    }

    // An answer to an answer names the thread by the message in the group, which may be the copy of a channel's post: who answers what is known says more.
    private static string? Root(JsonElement message, long chat, long thread) =>
        message.At("reply_to_message") is not { } answered ? Id(chat, thread)
        : answered.Long("message_id") == thread ? Original(answered) : null;

    // What was copied into a discussion group is answered there, but known as the channel's.
    private static string? Original(JsonElement message) =>
        message.Flag("is_automatic_forward") && message.Long("forward_origin", "chat", "id") is { } channel && message.Long("forward_origin", "message_id") is { } post ? Id(channel, post)
        : message.Long("chat", "id") is { } chat && message.Long("message_id") is { } id ? Id(chat, id) : null;

    private static Author? Author(JsonElement message)
    {
        if (message.At("sender_chat") is { } channel)
        {
            return new(channel.Text("id"), message.Text("author_signature") ?? channel.Text("title"), channel.Text("username"), Page(channel.Text("username")));
        }

        return message.At("from") is { } from
            ? new(from.Text("id"), $"{from.Text("first_name")} {from.Text("last_name")}".Trim(), from.Text("username"), Page(from.Text("username")))
            : message.Text("chat", "title") is { } title ? new(message.Text("chat", "id"), title, message.Text("chat", "username"), Page(message.Text("chat", "username"))) : null;
    }

    /// <summary>Where a message can be read; null for one of a group that has no public address.</summary>
    internal static string? Url(JsonElement message, long chat, long id) => message.Text("chat", "username") is { } name
        ? $"https://t.me/{Uri.EscapeDataString(name)}/{id}"
        : chat.ToString(CultureInfo.InvariantCulture) is ['-', '1', '0', '0', .. var inner] ? $"https://t.me/c/{inner}/{id}" : null;

    private static string? Page(string? username) => username is null ? null : $"https://t.me/{Uri.EscapeDataString(username)}";

    /// <summary>The id of a message.</summary>
    internal static string Id(long chat, long message) => string.Create(CultureInfo.InvariantCulture, $"{chat}/{message}");
}
