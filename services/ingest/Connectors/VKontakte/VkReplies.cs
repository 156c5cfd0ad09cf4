using System.Text.Json;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Answers on VKontakte: comments under posts and under their comments, and posts in discussions, in the name of the community where it is one's own.</summary>
internal static class VkReplies
{
    // Codes as in the API's schema (errors.json).
    private const int Parameter = 100, Access = 15, CommentAccess = 211, CommentsAccess = 212, AddReply = 213, Links = 222, TooManyReplies = 223, GroupAuth = 27, AppAuth = 28;

    /// <summary>Sends one.</summary>
    public static async Task<SentReply> SendAsync(Answering answering, CancellationToken cancellationToken)
    {
        var options = answering.Reading.Options<VkOptions>();
        if (VkBoard.IdOf(answering.NativeId) is { } topic)
        {
            var id = (await CallAsync(answering, "board.createComment", [("group_id", VkPosts.Text(topic.Group)), ("topic_id", VkPosts.Text(topic.Topic)), .. IsOwn(options, -topic.Group) ? [("from_group", "1")] : Array.Empty<(string, string)>()], cancellationToken));
            return id is { ValueKind: JsonValueKind.Number } number
                ? new($"-{VkPosts.Text(topic.Group)}_topic{VkPosts.Text(topic.Topic)}_{number.GetRawText()}", $"https://vk.com/topic-{topic.Group}_{topic.Topic}?post={number.GetRawText()}")
                : throw NetworkFailure.Unreadable(new Uri(options.ApiUrl).Host);
        }

        if (Place(answering.NativeId) is not var (owner, post, comment))
        {
            throw Answering.Cannot("Serm answers posts, their comments and discussions, but no comments on photos, videos and goods.");
        }

        List<(string, string)> parameters = [("owner_id", VkPosts.Text(owner)), ("post_id", VkPosts.Text(post))];
        if (comment is { } answered)
        {
            parameters.Add(("reply_to_comment", VkPosts.Text(answered)));
        }

        if (IsOwn(options, owner))
        {
            parameters.Add(("from_group", VkPosts.Text(-owner)));
        }

        var sent = await CallAsync(answering, "wall.createComment", parameters, cancellationToken);
        return sent.Long("comment_id") is { } own
            ? new(VkPosts.Comment(owner, post, own), $"https://vk.com/wall{owner}_{post}?reply={own}")
            : throw NetworkFailure.Unreadable(new Uri(options.ApiUrl).Host);
    }

    private static (long Owner, long Post, long? Comment)? Place(string id)
    {
        if (VkPosts.CommentId(id) is { } comment)
        {
            return comment;
        }

        return VkPosts.IsPost(id) && id.Split('_') is [var owner, var post] ? (long.Parse(owner, System.Globalization.CultureInfo.InvariantCulture), long.Parse(post, System.Globalization.CultureInfo.InvariantCulture), null) : null;
    }

    // What no search found can only be one's own.
    private static bool IsOwn(VkOptions options, long owner) => owner < 0 && (options.Terms.Length == 0 || options.Communities.Concat(options.Discussions).Any(c => VkConnector.Owner(c) == owner));

    private static async Task<JsonElement> CallAsync(Answering answering, string method, IEnumerable<(string, string)> place, CancellationToken cancellationToken)
    {
        using var request = VkApi.Request(answering.Reading.Options<VkOptions>(), method, [.. place, ("message", answering.Text), ("guid", answering.Key)]);
        var answer = (await answering.SendAsync(request, answering.Text, cancellationToken)).RequireSuccess(null);
        return VkApi.Response(answer, Refusal);
    }

    private static NetworkFailure? Refusal(string host, JsonElement error) => (error.Long("error_code"), error.Text("error_msg") ?? "") switch
    {
        (Access or Parameter or CommentAccess, var words) when words.Contains("not found", StringComparison.OrdinalIgnoreCase) || words.Contains("deleted", StringComparison.OrdinalIgnoreCase) || words.Contains("reply_to_comment", StringComparison.OrdinalIgnoreCase) => Answering.Gone(host),
        (Access or CommentAccess or CommentsAccess or AddReply, _) => Answering.NotAllowed(host, "Comments may be closed there, or the token lacks the right \"wall\"."),
        (GroupAuth or AppAuth, var words) when words.Contains("method is unavailable", StringComparison.OrdinalIgnoreCase) => Answering.NotAllowed(host, "Use a community token with the right \"wall\", or for discussions a person's."),
        (Links or Parameter, var words) => Answering.Refused(host, words),
        (TooManyReplies, _) => NetworkFailure.Limited(host, TimeSpan.FromMinutes(10)),
        _ => null,
    };
}
