using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>YouTube's Data API 3 from its documentation: comment threads with at most five replies each, replies by thread, comments by id, videos by search (channel of the posts; a listing ends after 500) and by id, 100 searches a day unless more are allowed, refusals with a reason.</summary>
public sealed class YouTube : INetwork
{
    public string Name => "youtube";

    public IReadOnlyCollection<string> Optional { get; } = ["likeCount", "authorChannelUrl", "authorChannelId", "viewerRating", "pageInfo", "etag"];

    /// <summary>Videos that a search lists, whatever there are.</summary>
    public const int MostListed = 500;

    public static string Id(SimPost post) => post.Parent is null ? $"Ugx{post.Id}" : $"Ugx{post.Root.Id}.{post.Id}";

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/youtube/v3/commentThreads", (HttpContext context, string? pageToken, int? maxResults) => Refused(context, stage)
            ?? Page(stage, stage.World.Posts.Where(p => p.Parent is null).OrderByDescending(p => p.Id), pageToken, maxResults, p => Thread(stage, p)));
        routes.MapGet("/youtube/v3/search", (HttpContext context, string q, DateTimeOffset publishedAfter, DateTimeOffset? publishedBefore, string? pageToken, int? maxResults) => Searched(context, stage)
            ?? Page(stage, stage.World.Posts.Where(p => p.Parent is null && p.Text.Contains(q, StringComparison.OrdinalIgnoreCase) && p.At >= publishedAfter && p.At <= (publishedBefore ?? DateTimeOffset.MaxValue)).OrderByDescending(p => p.Id).Take(MostListed), pageToken, maxResults, Found));
        routes.MapGet("/youtube/v3/videos", (HttpContext context, string id) => Refused(context, stage) ?? Results.Json(new { kind = "youtube#videoListResponse", items = id.Split(',').Select(v => Shown(stage, v)).OfType<object>() }));
        routes.MapGet("/youtube/v3/comments", (HttpContext context, string? id, string? parentId, string? pageToken, int? maxResults) => Refused(context, stage) ?? (id is null
            ? stage.World.Posts.All(p => Id(p) != parentId) ? Error(404, "commentNotFound") : Page(stage, stage.World.Posts.Where(p => p.Parent is not null && Id(p.Root) == parentId), pageToken, maxResults, c => Comment(stage, c))
            : Results.Json(new { kind = "youtube#commentListResponse", items = stage.World.Posts.Where(p => id.Split(',').Contains(Id(p))).Select(c => Comment(stage, c)) })));
    }

    /// <summary>A post as a video.</summary>
    public static string VideoId(SimPost post) => $"v{post.Id}";

    /// <summary>What the hub delivers when a video of the channel appears.</summary>
    public static string Push(string video, string title) => $"<feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" xmlns=\"http://www.w3.org/2005/Atom\"><link rel=\"hub\" href=\"https://pubsubhubbub.appspot.com\"/><title>YouTube video feed</title><entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId><yt:channelId>UCacme</yt:channelId><title>{System.Net.WebUtility.HtmlEncode(title)}</title><author><name>Acme</name></author><published>2026-03-10T12:00:00+00:00</published><updated>2026-03-10T12:00:01+00:00</updated></entry></feed>";

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Error(403, "rateLimitExceeded");
    }

    public IResult Expired(HttpContext context) => Error(400, "keyInvalid");

    private IResult? Searched(HttpContext context, Stage stage)
    {
        // A day is one of California.
        var day = TimeZoneInfo.ConvertTime(stage.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles")).Date;
        stage.Count(string.Create(CultureInfo.InvariantCulture, $"searches on {day:yyyy-MM-dd}"), stage.Allowed > 0 ? stage.Allowed : 100, TimeSpan.FromDays(2));
        return context.Request.Headers["X-Goog-Api-Key"] == stage.Token ? null : Expired(context);
    }

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

    // Titles and descriptions are escaped as HTML, and descriptions cut, on one line.
    private static object Found(SimPost post) => new
    {
        kind = "youtube#searchResult",
        id = new { kind = "youtube#video", videoId = VideoId(post) },
        snippet = new { publishedAt = Iso(post.At), channelId = $"UC{post.Author.Id}", title = WebUtility.HtmlEncode(post.Title ?? "Acme & friends"), description = WebUtility.HtmlEncode(post.Text.Length > 20 ? $"{post.Text[..20].Replace('\n', ' ')}..." : post.Text), channelTitle = post.Author.Name, liveBroadcastContent = "none" },
    };

    // As written. A video that only a hub told of is no post of the world.
    private static object? Shown(Stage stage, string id) => stage.World.Posts.FirstOrDefault(p => VideoId(p) == id) is { } post
        ? Shown(id, post.At, $"UC{post.Author.Id}", post.Author.Name, post.Title ?? "Acme & friends", post.Text, post.Likes)
        : id is "gone" or ['v', ..] ? null : Shown(id, new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero), "UCacme", "Acme", "Acme & friends", "How acme is made", 3);

    private static object Shown(string id, DateTimeOffset at, string channel, string name, string title, string text, long likes) => new
    {
        kind = "youtube#video", id, snippet = new { publishedAt = Iso(at), channelId = channel, channelTitle = name, title, description = text }, statistics = new { viewCount = "12", likeCount = $"{likes}", commentCount = "1" },
    };

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
