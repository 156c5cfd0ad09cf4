using System.Globalization;
using System.Text.RegularExpressions;

namespace Serm.Simulator.Networks;

/// <summary>Instagram's account 17 from the Graph API's documentation: own media with comments and two replies each along with them, media that tag it (channel <c>tagged</c>), hashtags by number with 30 different ones in seven days, mentions by id (channel <c>elsewhere</c>).</summary>
public sealed partial class Instagram : INetwork
{
    /// <summary>The account.</summary>
    public const string Account = "17";

    private const int Hashtags = 30;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, DateTimeOffset> charged = new(StringComparer.Ordinal);

    public string Name => "instagram";

    public IReadOnlyCollection<string> Optional { get; } = ["like_count", "comments_count", "permalink", "from", "hidden"];

    public static string Id(SimPost post) => post.Parent is null ? $"post:{Raw(post)}" : Raw(post);

    public static string Raw(SimPost post) => string.Create(CultureInfo.InvariantCulture, $"178{post.Id}");

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/v26.0/debug_token", (HttpContext context, string input_token) => Graph.DebugToken(context, stage, input_token));
        routes.MapGet($"/v26.0/{Account}/media", (HttpContext context, string? after, int? limit) => Graph.Refused(context, stage) ?? Graph.Page(stage, Roots(stage, "main"), after, limit, p => Media(stage, p)));
        routes.MapGet($"/v26.0/{Account}/tags", (HttpContext context, string? after, int? limit) => Graph.Refused(context, stage) ?? Graph.Page(stage, Roots(stage, "tagged"), after, limit, p => Media(stage, p)));
        routes.MapGet($"/v26.0/{Account}", (HttpContext context, string fields) => Graph.Refused(context, stage) ?? Mentioned(stage, fields));
        routes.MapGet("/v26.0/ig_hashtag_search", (HttpContext context, string q, string user_id) =>
        {
            if (!(charged.TryGetValue(q, out var at) && stage.Clock.GetUtcNow() - at < TimeSpan.FromDays(7)))
            {
                charged[q] = stage.Clock.GetUtcNow();
                stage.Count("hashtags in 7 days", Hashtags, TimeSpan.FromDays(7));
            }

            return Graph.Refused(context, stage) ?? (q == "nobody" ? Graph.Unknown(q) : Results.Json(new { data = new[] { new { id = $"9{q.Length}" } } }));
        });
        routes.MapGet("/v26.0/{hashtag}/recent_media", (HttpContext context, string hashtag, string? after, int? limit) => Graph.Refused(context, stage)
            ?? Graph.Page(stage, Roots(stage, "main").Where(p => p.At >= stage.Clock.GetUtcNow().AddDays(-1)), after, limit, p => Media(stage, p, named: false)));
        routes.MapGet("/v26.0/{id}/comments", (HttpContext context, string id, string? after, int? limit) => Graph.Refused(context, stage)
            ?? (stage.World.Posts.All(p => Raw(p) != id) ? Graph.Unknown(id) : Graph.Page(stage, stage.World.Posts.Where(p => p.Parent is { Parent: null } media && Raw(media) == id).Reverse(), after, limit, p => Comment(stage, p))));
        routes.MapGet("/v26.0/{id}/replies", (HttpContext context, string id, string? after, int? limit) => Graph.Refused(context, stage) ?? Graph.Page(stage, Replies(stage, id), after, limit, p => Comment(stage, p)));
        routes.MapGet("/v26.0/{id}", (HttpContext context, string id) => Graph.Refused(context, stage)
            ?? (stage.World.Posts.FirstOrDefault(p => Raw(p) == id) is { } post ? Results.Json(post.Parent is null ? Media(stage, post) : Comment(stage, post)) : Graph.Unknown(id)));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => Graph.TooMany(context, wait, 80_002);

    public IResult Expired(HttpContext context) => Graph.Expired();

    public IResult Closed(HttpContext context) => Graph.Closed();

    /// <summary>A call's body for a comment under an own post.</summary>
    public static object CommentCall(SimPost post, long time) => Call("comments", new { id = Raw(post), text = post.Text, from = new { id = $"{post.Author.Id}", username = post.Author.Handle }, media = new { id = Raw(post.Root), media_product_type = "FEED" }, parent_id = post.Parent?.Parent is null ? null : Raw(post.Parent) }, time);

    /// <summary>A call's body for a post or comment elsewhere that mentions the account.</summary>
    public static object MentionCall(SimPost post, long time) => Call("mentions", post.Parent is null ? new { media_id = Raw(post) } : new { media_id = Raw(post.Root), comment_id = Raw(post) }, time);

    private static object Call(string field, object value, long time) => new { @object = "instagram", entry = new[] { new { id = Account, time, changes = new[] { new { field, value } } } } };

    private static IResult Mentioned(Stage stage, string fields)
    {
        var asked = MentionField().Match(fields);
        var post = stage.World.Posts.FirstOrDefault(p => Raw(p) == asked.Groups["id"].Value && p.Channel == "elsewhere");
        return post is null ? Graph.Unknown(asked.Groups["id"].Value)
            : Results.Json(asked.Groups["what"].Value == "comment" ? new { mentioned_comment = new { id = Raw(post), text = post.Text, timestamp = Graph.Iso(post.At), like_count = post.Likes, media = new { id = Raw(post.Root) } }, id = Account } : (object)new { mentioned_media = Media(stage, post), id = Account });
    }

    private static IEnumerable<SimPost> Roots(Stage stage, string channel) => stage.World.Posts.Where(p => p.Parent is null && p.Channel == channel).Reverse();

    private static IEnumerable<SimPost> Replies(Stage stage, string id) => stage.World.Posts.Where(p => p.Parent is { Parent: not null } comment && Raw(comment) == id);

    private static Dictionary<string, object?> Media(Stage stage, SimPost post, bool named = true)
    {
        var media = new Dictionary<string, object?>
        {
            ["id"] = Raw(post), ["caption"] = post.Text, ["timestamp"] = Graph.Iso(post.At), ["permalink"] = $"https://www.instagram.com/p/{post.Id}/", ["like_count"] = post.Likes,
            ["comments_count"] = stage.World.Posts.Count(p => p.Parent is not null && p.Root.Id == post.Id),
        };
        if (named)
        {
            media["username"] = post.Author.Handle;
        }

        return media;
    }

    private static Dictionary<string, object?> Comment(Stage stage, SimPost post)
    {
        var comment = new Dictionary<string, object?>
        {
            ["id"] = Raw(post), ["text"] = post.Text, ["timestamp"] = Graph.Iso(post.At), ["username"] = post.Author.Handle, ["from"] = new { id = $"{post.Author.Id}", username = post.Author.Handle }, ["like_count"] = post.Likes, ["hidden"] = false, ["media"] = new { id = Raw(post.Root) },
        };
        if (post.Parent?.Parent is not null)
        {
            comment["parent_id"] = Raw(post.Parent);
        }
        else if (Replies(stage, Raw(post)).Any())
        {
            comment["replies"] = Graph.Listed(stage, Replies(stage, Raw(post)), null, 2, p => Comment(stage, p));
        }

        return comment;
    }

    [GeneratedRegex(@"^mentioned_(?<what>comment|media)\.(comment|media)_id\((?<id>\d+)\)")]
    private static partial Regex MentionField();
}
