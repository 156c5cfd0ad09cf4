using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Telegram;

/// <summary>Answers on Telegram: messages of the bot in groups, as answers to messages. In a channel a bot could only publish a post of its own, which is no answer.</summary>
internal static class TelegramReplies
{
    /// <summary>Most characters of a message.</summary>
    public const int Longest = 4_096;

    private const string Remedy = "The bot must be a member of the group and allowed to write there.";

    /// <summary>Sends one.</summary>
    public static async Task<SentReply> SendAsync(Answering answering, CancellationToken cancellationToken)
    {
        var options = answering.Reading.Options<TelegramOptions>();
        if (answering.NativeId.Split('/') is not [var place, var message] || !long.TryParse(place, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var chat) || !long.TryParse(message, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            throw Answering.Cannot("This is no message of a group.");
        }

        using var asking = Call(options, "getChat", new { chat_id = chat });
        if (Result(await answering.Reading.Http.SendAsync(asking, new("replies"), cancellationToken)).Text("type") == "channel")
        {
            throw Answering.Cannot("A post of a channel cannot be answered by a bot. Answer in the channel's discussion group.");
        }

        using var request = Call(options, "sendMessage", new { chat_id = chat, text = answering.Text, reply_parameters = new { message_id = id } });
        var sent = Result(await answering.SendAsync(request, answering.Text, cancellationToken));
        return sent.Long("message_id") is { } own ? new(TelegramPosts.Id(chat, own), TelegramPosts.Url(sent, chat, own)) : throw NetworkFailure.Unreadable(new Uri(options.ApiUrl).Host);
    }

    private static HttpRequestMessage Call(TelegramOptions options, string method, object body) =>
        new(HttpMethod.Post, NetworkClient.At(options.ApiUrl, $"/bot{options.BotToken}/{method}")) { Content = JsonContent.Create(body) };

    private static JsonElement Result(NetworkAnswer answer)
    {
        if (answer.Status is HttpStatusCode.OK)
        {
            return answer.Json().At("result") ?? throw NetworkFailure.Unreadable(answer.Url.Host);
        }

        var words = JsonReads.Parsed(answer.Text())?.Text("description") ?? "";
        throw answer.Status switch
        {
            HttpStatusCode.Forbidden => Answering.NotAllowed(answer.Url.Host, Remedy),
            HttpStatusCode.BadRequest when Says("chat not found") || Says("not enough rights") || Says("have no rights") => Answering.NotAllowed(answer.Url.Host, Remedy),
            HttpStatusCode.BadRequest when Says("not found") => Answering.Gone(answer.Url.Host),
            HttpStatusCode.BadRequest when Says("too long") => Answering.Longer(Longest),
            HttpStatusCode.BadRequest => Answering.Refused(answer.Url.Host, words),
            _ => TelegramConnector.Failure(answer),
        };

        bool Says(string what) => words.Contains(what, StringComparison.OrdinalIgnoreCase);
    }
}
