using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Discussions of one community. The list of topics says when each was written in and how many comments it has; those in which something changed are read on from somewhat before where reading stopped. Edits and deletions further back are noticed by asking again.</summary>
internal static class VkBoard
{
    private const int PageSize = 100;

    // Deletions move what comes behind them forward.
    private const long Overlap = 50;

    /// <summary>Reads one page.</summary>
    public static async Task<(Page Read, VkLane After, bool More)> ReadAsync(Reading reading, string name, VkLane lane, long group, CancellationToken cancellationToken)
    {
        var (posts, next) = lane.Pending.Count == 0
            ? ([], await TopicsAsync(reading, name, lane, group, cancellationToken))
            : await CommentsAsync(reading, name, lane, group, cancellationToken);
        return (new(posts, null), next, next.Pending.Count > 0);
    }

    /// <summary>One comment as it is now; null when it is gone.</summary>
    public static async Task<NetworkPost?> CommentAsync(Reading reading, (long Group, long Topic, long Comment) of, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync(reading, "recheck", of.Group, of.Topic, [("start_comment_id", VkPosts.Text(of.Comment)), ("count", "1")], cancellationToken);
            return answer.Items("items").Where(c => c.Long("id") == of.Comment).Select(c => Comment(c, of.Group, of.Topic, VkPosts.Authors(answer), reading.Now)).FirstOrDefault();
        }
        catch (NetworkFailure failure) when (failure.Code is NetworkFailure.NotAllowed or "vk_100")
        {
            // What is gone is refused like what may not be seen, or its id is called wrong.
            return null;
        }
    }

    /// <summary>Community, topic and comment of an id; null when it is another id.</summary>
    public static (long Group, long Topic, long Comment)? IdOf(string id) =>
        id.Split('_') is [['-', .. var group], ['t', 'o', 'p', 'i', 'c', .. var topic], var comment] && long.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var g)
        && long.TryParse(topic, NumberStyles.None, CultureInfo.InvariantCulture, out var t) && long.TryParse(comment, NumberStyles.None, CultureInfo.InvariantCulture, out var c) ? (g, t, c) : null;

    private static async Task<VkLane> TopicsAsync(Reading reading, string name, VkLane lane, long group, CancellationToken cancellationToken)
    {
        var count = reading.Options<VkOptions>().FollowedPosts;
        var answer = await VkApi.CallAsync(reading, "board.getTopics", name, [("group_id", VkPosts.Text(group)), ("order", "1"), ("count", $"{count}")], cancellationToken);
        var topics = answer.Items("items").Where(t => t.Long("id") is not null).DistinctBy(t => t.Long("id")).Select(t => (Id: t.Text("id")!, Comments: t.Long("comments") ?? 0, Updated: t.Long("updated") ?? 0)).ToList();
        var changed = topics.Where(t => !lane.Counts.TryGetValue(t.Id, out var known) || known != t.Comments || t.Updated > lane.Since);
        return lane with
        {
            Counts = topics.ToDictionary(t => t.Id, t => t.Comments, StringComparer.Ordinal),
            Since = topics.Select(t => t.Updated).Append(lane.Since).Max(),
            Pending = [.. changed.Select(t => $"{t.Id}:{Math.Max(0, Math.Min(lane.Counts.GetValueOrDefault(t.Id), t.Comments) - Overlap)}")],
        };
    }

    private static async Task<(List<NetworkPost>, VkLane)> CommentsAsync(Reading reading, string name, VkLane lane, long group, CancellationToken cancellationToken)
    {
        var at = lane.Pending[0].Split(':');
        var (topic, offset) = (long.Parse(at[0], CultureInfo.InvariantCulture), long.Parse(at[1], CultureInfo.InvariantCulture));
        var answer = await CallAsync(reading, name, group, topic, [("offset", VkPosts.Text(offset)), ("count", $"{PageSize}")], cancellationToken);
        var authors = VkPosts.Authors(answer);
        var items = answer.Items("items").ToList();
        List<string> pending = items.Count < PageSize ? lane.Pending[1..] : [$"{at[0]}:{offset + items.Count}", .. lane.Pending.Skip(1)];
        return ([.. items.Select(c => Comment(c, group, topic, authors, reading.Now)).OfType<NetworkPost>()], lane with { Pending = pending });
    }

    private static Task<JsonElement> CallAsync(Reading reading, string lane, long group, long topic, (string, string)[] place, CancellationToken cancellationToken) => VkApi.CallAsync(
        reading, "board.getComments", lane, [("group_id", VkPosts.Text(group)), ("topic_id", VkPosts.Text(topic)), ("need_likes", "1"), ("extended", "1"), ("sort", "asc"), .. place], cancellationToken);

    private static NetworkPost? Comment(JsonElement comment, long group, long topic, IReadOnlyDictionary<long, Author> authors, DateTimeOffset now) =>
        comment.Long("id") is { } id ? VkPosts.Elsewhere(comment, ($"-{VkPosts.Text(group)}_topic{VkPosts.Text(topic)}", $"https://vk.com/topic-{group}_{topic}"), id, authors, now) : null;
}
