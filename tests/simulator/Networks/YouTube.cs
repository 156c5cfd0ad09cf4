using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>YouTube's Data API 3 from its documentation: comment threads with at most five replies each, replies by thread, comments by id, refusals with a reason.</summary>
public sealed class YouTube : INetwork
{
    public string Name => "youtube";

    public IReadOnlyCollection<string> Optional { get; } = ["likeCount", "authorChannelUrl", "authorChannelId", "viewerRating", "pageInfo", "etag"];

    public static string Id(SimPost post) => post.Parent is null ? $"Ugx{post.Id}" : $"Ugx{post.Root.Id}.{post.Id}";

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/youtube/v3/commentThreads", (HttpContext context, string? pageToken, int? maxResults) => Refused(context, stage)
            ?? Page(stage, stage.World.Posts.Where(p => p.Parent is null).OrderByDescending(p => p.Id), pageToken, maxResults, p => Thread(stage, p)));
        routes.MapGet("/youtube/v3/videos", (HttpContext context, string id) => Refused(context, stage) ?? Results.Json(new { kind = "youtube#videoListResponse", items = id.Split(',').Where(v => v != "gone").Select(v => new
        {
            kind = "youtube#video", id = v, snippet = new { publishedAt = "2026-03-10T12:00:00Z", channelId = "UCacme", channelTitle = "Acme", title = "Acme & friends", description = "How acme is made" }, statistics = new { viewCount = "12", likeCount = "3", commentCount = "1" },
        }) }));
        routes.MapGet("/youtube/v3/comments", (HttpContext context, string? id, string? parentId, string? pageToken, int? maxResults) => Refused(context, stage) ?? (id is null
            ? Page(stage, stage.World.Posts.Where(p => p.Parent is not null && Id(p.Root) == parentId), pageToken, maxResults, c => Comment(stage, c))
            : Results.Json(new { kind = "youtube#commentListResponse", items = stage.World.Posts.Where(p => id.Split(',').Contains(Id(p))).Select(c => Comment(stage, c)) })));
    }

    /// <summary>What the hub delivers when a video of the channel appears.</summary>
    public static string Push(string video, string title) => $"<feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" xmlns=\"http://www.w3.org/2005/Atom\"><link rel=\"hub\" href=\"https://pubsubhubbub.appspot.com\"/><title>YouTube video feed</title><entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId><yt:channelId>UCacme</yt:channelId><title>{System.Net.WebUtility.HtmlEncode(title)}</title><author><name>Acme</name></author><published>2026-03-10T12:00:00+00:00</published><updated>2026-03-10T12:00:01+00:00</updated></entry></feed>";

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Error(403, "rateLimitExceeded");
    }

    public IResult Expired(HttpContext context) => Error(400, "keyInvalid");

    private IResult? Refused(HttpContext context, Stage stage)
    {
        stage.Count("units a day", 10_000, TimeSpan.FromDays(1));
        return context.Request.Headers["X-Goog-Api-Key"] == stage.Token ? null : Expired(context);
    }

    private static IResult Page(Stage stage, IEnumerable<SimPost> posts, string? token, int? most, Func<SimPost, object> shape)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, most ?? 20);
        var from = int.Parse(token?[1..] ?? "0", CultureInfo.InvariantCulture);
        var all = posts.ToList();
        var page = all.Skip(stage.Endless ? 0 : from).Take(size).ToList();
        var answer = new Dictionary<string, object> { ["kind"] = "youtube#listResponse", ["items"] = page.Select(shape), ["pageInfo"] = new { totalResults = all.Count, resultsPerPage = size } };
        if (stage.Endless || from + page.Count < all.Count)
        {
            answer["nextPageToken"] = $"Q{from + page.Count}";
        }

        return Results.Json(answer);
    }

    private static object Thread(Stage stage, SimPost post)
    {
        var replies = stage.World.Posts.Where(p => p.Parent is not null && p.Root.Id == post.Id).ToList();
        return new { kind = "youtube#commentThread", id = Id(post), snippet = new { videoId = Video(stage), topLevelComment = Comment(stage, post), canReply = true, totalReplyCount = replies.Count, isPublic = true }, replies = new { comments = replies.TakeLast(2).Select(r => Comment(stage, r)) } };
    }

    private static string Video(Stage stage) => stage.Place?.Handle ?? "vid";

    private static Dictionary<string, object?> Comment(Stage stage, SimPost post)
    {
        var snippet = new Dictionary<string, object?>
        {
            ["videoId"] = Video(stage), ["textDisplay"] = post.Text, ["textOriginal"] = post.Text, ["authorDisplayName"] = $"@{post.Author.Handle}", ["authorChannelId"] = new { value = $"UC{post.Author.Id}" }, ["authorChannelUrl"] = $"http://www.youtube.com/@{post.Author.Handle}",
            ["likeCount"] = post.Likes, ["viewerRating"] = "none", ["publishedAt"] = Iso(post.At), ["updatedAt"] = Iso(post.EditedAt ?? post.At),
        };
        if (post.Parent is not null)
        {
            snippet["parentId"] = Id(post.Root);
        }

        return new() { ["kind"] = "youtube#comment", ["id"] = Id(post), ["snippet"] = snippet };
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static IResult Error(int status, string reason) => Results.Json(new { error = new { code = status, message = reason, errors = new[] { new { message = reason, domain = "youtube.commentThread", reason } } } }, statusCode: status);
}
