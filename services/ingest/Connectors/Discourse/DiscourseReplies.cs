using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Discourse;

/// <summary>Answers on a Discourse forum, by the user of the key.</summary>
internal static class DiscourseReplies
{
    private const string Remedy = "The topic may be closed, or the key may not write posts for this user.";

    /// <summary>Sends one.</summary>
    public static async Task<SentReply> SendAsync(Answering answering, CancellationToken cancellationToken)
    {
        var options = answering.Reading.Options<DiscourseOptions>();
        var forum = new Uri(options.Url);
        if (answering.NativeId.Split('/') is not [var host, "t", var place, var answered] || host != forum.Authority
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var topic) || !long.TryParse(answered, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw Answering.Cannot("The post was read on another forum than the source asks now.");
        }

        // The forum takes an answer to a post that is gone, and lets it answer the topic.
        using var asking = Request(HttpMethod.Get, options, string.Create(CultureInfo.InvariantCulture, $"/posts/by_number/{topic}/{number}.json"), null);
        if (Answered(await answering.Reading.Http.SendAsync(asking, new("replies"), cancellationToken), options) is var there && (there.Time("deleted_at") is not null || there.Flag("user_deleted")))
        {
            throw Answering.Gone(host);
        }

        using var request = Request(HttpMethod.Post, options, "/posts.json", JsonContent.Create(new { raw = answering.Text, topic_id = topic, reply_to_post_number = number > 1 ? number : (long?)null }, options: Reading.Json));
        var sent = Answered(await answering.SendAsync(request, answering.Text, cancellationToken), options);
        var post = sent.At("post") ?? sent;
        return DiscourseConnector.Id(post, options.Url) is { } id
            ? new(id, string.Create(CultureInfo.InvariantCulture, $"{options.Url.TrimEnd('/')}/t/{post.Text("topic_slug") ?? "-"}/{topic}/{post.Text("post_number")}"))
            : sent.Text("action") == "enqueued" ? new(null, null) : throw NetworkFailure.Unreadable(forum.Host);
    }

    private static HttpRequestMessage Request(HttpMethod method, DiscourseOptions options, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, NetworkClient.At(options.Url, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Api-Key", options.ApiKey);
        request.Headers.TryAddWithoutValidation("Api-Username", options.ApiUsername);
        return request;
    }

    private static JsonElement Answered(NetworkAnswer answer, DiscourseOptions options)
    {
        if (answer.Failure(null) is not { } failure)
        {
            return answer.Json();
        }

        var words = string.Join(' ', JsonReads.Parsed(answer.Text())?.Items("errors").Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.Said()) ?? []);
        throw answer.Status switch
        {
            HttpStatusCode.Forbidden when Says("username or key is invalid") => NetworkFailure.Refused(answer.Url.Host),
            HttpStatusCode.Forbidden => Answering.NotAllowed(answer.Url.Host, Remedy),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Answering.Gone(answer.Url.Host),
            HttpStatusCode.UnprocessableEntity when Says("too short") => new(Answering.TooShort, $"The answer is too short for {answer.Url.Host}. Write some more, and correct the least length in the options of the source.", permanent: true),
            HttpStatusCode.UnprocessableEntity when Says("too long") || Says("is limited to") => Answering.Longer(options.MostReplyCharacters),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => Answering.Refused(answer.Url.Host, words),
            _ => failure,
        };

        bool Says(string what) => words.Contains(what, StringComparison.OrdinalIgnoreCase);
    }
}
