using System.Net;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Mastodon;

/// <summary>Answers on Mastodon. The author is named in front, without which nobody would be told of it, and it is seen by no more people than what it answers.</summary>
internal static class MastodonReplies
{
    /// <summary>The longest name of an account of a server: so much room is kept for it, with the sign in front and the blank behind.</summary>
    public const int RoomForName = 32;

    private const string Remedy = "Make a token with the scope write:statuses.";

    /// <summary>Sends one.</summary>
    public static async Task<SentReply> SendAsync(Answering answering, CancellationToken cancellationToken)
    {
        var options = answering.Reading.Options<MastodonOptions>();
        var server = new Uri(options.Server);
        if (answering.NativeId.Split('/') is not [var host, var id] || host != server.Authority)
        {
            throw Answering.Cannot("The post was read on another server than the source asks now.");
        }

        var (status, account) = await AskAsync(answering, options, id, cancellationToken);
        var said = Said(answering.Text, account);
        if (Count(said, account) > options.ReplyCharacters)
        {
            throw Answering.Longer(options.ReplyCharacters);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, NetworkClient.At(options.Server, "/api/v1/statuses"))
        {
            Content = JsonContent.Create(new { status = said, in_reply_to_id = id, visibility = Visibility(status.Text("visibility")) }),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.AccessToken}");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", answering.Key);

        // Names are shown without their server.
        var sent = Sent(await answering.SendAsync(request, Said(answering.Text, account?.Split('@')[0]), cancellationToken), answering, options);
        return new(sent.Text("id") is { } own ? $"{server.Authority}/{own}" : null, sent.Text("url") ?? sent.Text("uri"));
    }

    /// <summary>The text with its addressee in front, who is not named twice.</summary>
    internal static string Said(string text, string? account) =>
        account is null || text.Contains($"@{account}", StringComparison.OrdinalIgnoreCase) ? text : $"@{account} {text}";

    // Of the names of others only the part before their server is counted.
    private static int Count(string said, string? account) => said.Length - (account?.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at && said.StartsWith($"@{account}", StringComparison.Ordinal) ? account!.Length - at : 0);

    private static string Visibility(string? answered) => answered is "public" or "unlisted" or "private" or "direct" ? answered : "unlisted";

    private static async Task<(JsonElement Status, string? Account)> AskAsync(Answering answering, MastodonOptions options, string id, CancellationToken cancellationToken)
    {
        try
        {
            var url = NetworkClient.At(options.Server, $"/api/v1/statuses/{Uri.EscapeDataString(id)}");
            var status = (await answering.Reading.Http.GetAsync(url, new("replies"), cancellationToken, MastodonConnector.Token(options))).Json();
            return (status, status.Text("account", "acct"));
        }
        catch (NetworkFailure failure) when (failure.Gone)
        {
            throw Answering.Gone(new Uri(options.Server).Host);
        }
    }

    private static JsonElement Sent(NetworkAnswer answer, Answering answering, MastodonOptions options) => answer.Status switch
    {
        HttpStatusCode.Forbidden => throw Answering.NotAllowed(answer.Url.Host, Remedy),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => throw Answering.Gone(answer.Url.Host),
        HttpStatusCode.UnprocessableEntity when Words(answer) is var words => throw (words?.Contains("character limit", StringComparison.OrdinalIgnoreCase) == true ? Answering.Longer(options.ReplyCharacters) : Answering.Refused(answer.Url.Host, words)),
        _ => answer.RequireSuccess(answering.Reading.Http.Headers).Json(),
    };

    private static string? Words(NetworkAnswer answer) => JsonReads.Parsed(answer.Text())?.Text("error");
}
