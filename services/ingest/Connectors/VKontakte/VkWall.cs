
namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Posts and comments of one wall. The list of posts says how many comments each has; those whose number changed are read again from the first comment to the last, which also shows what was edited or deleted among them.</summary>
internal static class VkWall
{
    private const int PageSize = 100;

    /// <summary>Reads one page.</summary>
    public static async Task<(Page Read, VkLane After, bool More)> ReadAsync(Reading reading, string name, VkLane lane, long owner, CancellationToken cancellationToken)
    {
        var (posts, removed, next) = lane.Pending.Count == 0
            ? await PostsAsync(reading, name, lane, owner, cancellationToken)
            : await CommentsAsync(reading, name, lane, owner, cancellationToken);
        return (new(posts, null) { Removed = removed }, next, next.Pending.Count > 0);
    }

    /// <summary>One comment as it is now; null when it is gone.</summary>
    public static async Task<NetworkPost?> CommentAsync(Reading reading, long owner, long post, long comment, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await VkApi.CallAsync(reading, "wall.getComment", "recheck", [("owner_id", VkPosts.Text(owner)), ("comment_id", VkPosts.Text(comment)), ("extended", "1"), ("fields", VkConnector.Fields)], cancellationToken);
            return answer.Items("items").Select(c => VkPosts.Comment(c, owner, post, VkPosts.Authors(answer), reading.Now)).FirstOrDefault();
        }
        catch (NetworkFailure failure) when (failure.Code is NetworkFailure.NotAllowed or "vk_100")
        {
            // What is gone is refused like what may not be seen, or its id is called wrong.
            return null;
        }
    }

    private static async Task<(List<NetworkPost>, List<RemovedPost>, VkLane)> PostsAsync(Reading reading, string name, VkLane lane, long owner, CancellationToken cancellationToken)
    {
        var count = reading.Options<VkOptions>().FollowedPosts;
        var answer = await VkApi.CallAsync(reading, "wall.get", name, [("owner_id", VkPosts.Text(owner)), ("count", $"{count}"), ("extended", "1"), ("fields", VkConnector.Fields)], cancellationToken);
        var authors = VkPosts.Authors(answer);
        var counts = answer.Items("items").Where(p => p.Long("id") is not null).DistinctBy(p => p.Text("id")).ToDictionary(p => p.Text("id")!, p => p.Long("comments", "count") ?? 0, StringComparer.Ordinal);
        var changed = counts.Where(c => c.Value != lane.Counts.GetValueOrDefault(c.Key)).Select(c => c.Key).ToList();

        // What is counted now is written down now: a comment that comes while they are read changes the number again.
        return ([.. answer.Items("items").Select(p => VkPosts.Post(p, authors, reading.Now)).OfType<NetworkPost>()], [], lane with { Counts = counts, Pending = changed, Offset = 0 });
    }

    private static async Task<(List<NetworkPost>, List<RemovedPost>, VkLane)> CommentsAsync(Reading reading, string name, VkLane lane, long owner, CancellationToken cancellationToken)
    {
        var at = lane.Pending[0].Split(':');
        var post = long.Parse(at[0], System.Globalization.CultureInfo.InvariantCulture);
        List<(string, string)> parameters =
        [
            ("owner_id", VkPosts.Text(owner)), ("post_id", at[0]), ("count", $"{PageSize}"), ("offset", $"{lane.Offset}"), ("sort", "asc"),
            ("need_likes", "1"), ("thread_items_count", "10"), ("extended", "1"), ("fields", VkConnector.Fields),
        ];
        if (at.Length > 1)
        {
            parameters.Add(("comment_id", at[1]));
        }

        var answer = await VkApi.CallAsync(reading, "wall.getComments", name, parameters, cancellationToken);
        var authors = VkPosts.Authors(answer);
        var top = answer.Items("items").ToList();
        long? under = at.Length > 1 ? long.Parse(at[1], System.Globalization.CultureInfo.InvariantCulture) : null;
        var all = top.Select(c => (Comment: c, Thread: under)).Concat(top.SelectMany(c => c.Items("thread", "items").Select(a => (Comment: a, Thread: c.Long("id"))))).ToList();
        var posts = all.Select(c => VkPosts.Comment(c.Comment, owner, post, authors, reading.Now, c.Thread)).OfType<NetworkPost>().ToList();
        var removed = all.Select(c => c.Comment).Where(c => c.Flag("deleted") && c.Long("id") is not null).Select(c => new RemovedPost(VkPosts.Comment(owner, post, c.Long("id")!.Value), reading.Now)).ToList();

        // Threads that are longer than what comes along with their comment are read by themselves.
        var threads = top.Where(c => c.Long("thread", "count") > c.Items("thread", "items").Count()).Select(c => $"{at[0]}:{c.Text("id")}");
        var last = top.Count < PageSize;
        List<string> pending = [.. last ? lane.Pending.Skip(1) : lane.Pending, .. at.Length > 1 ? [] : threads];
        return (posts, removed, lane with { Pending = pending, Offset = last ? 0 : lane.Offset + top.Count });
    }
}
