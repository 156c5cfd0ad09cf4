using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Facebook's Page 42 from the Graph API's documentation: its feed, flat lists of comments, posts that tag it (channel <c>tagged</c>), single objects.</summary>
public sealed class Facebook : INetwork
{
    /// <summary>The Page.</summary>
    public const string PageId = "42";

    public string Name => "facebook";

    public IReadOnlyCollection<string> Optional { get; } = ["shares", "reactions", "comments", "like_count", "comment_count", "permalink_url"];

    public static string Id(SimPost post) => post.Parent is null ? $"post:{Raw(post)}" : Raw(post);

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/v26.0/debug_token", (HttpContext context, string input_token) => Graph.DebugToken(context, stage, input_token));
        routes.MapGet($"/v26.0/{PageId}/feed", (HttpContext context, string? after, int? limit) => Graph.Refused(context, stage) ?? Graph.Page(stage, Roots(stage, "main"), after, limit, p => Post(stage, p)));
        routes.MapGet($"/v26.0/{PageId}/tagged", (HttpContext context, string? after, int? limit) => Graph.Refused(context, stage) ?? Graph.Page(stage, Roots(stage, "tagged"), after, limit, p => Post(stage, p)));
        routes.MapGet("/v26.0/{id}/comments", (HttpContext context, string id, string? after, int? limit) => Graph.Refused(context, stage)
            ?? (stage.World.Posts.All(p => Raw(p) != id) ? Graph.Unknown(id) : Graph.Page(stage, stage.World.Posts.Where(p => p.Parent is not null && Raw(p.Root) == id), after, limit, p => Comment(stage, p))));
        routes.MapGet("/v26.0/{id}", (HttpContext context, string id) => Graph.Refused(context, stage)
            ?? (stage.World.Posts.FirstOrDefault(p => Raw(p) == id) is { } post ? Results.Json(post.Parent is null ? Post(stage, post) : Comment(stage, post)) : Graph.Unknown(id)));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => Graph.TooMany(context, wait, 32);

    public IResult Expired(HttpContext context) => Graph.Expired();

    public IResult Closed(HttpContext context) => Graph.Closed();

    /// <summary>A call's body for what happened to a post.</summary>
    /// <param name="named">The post is only named.</param>
    public static object Change(Change what, SimPost post, long number, bool named = false)
    {
        var value = new Dictionary<string, object?>
        {
            ["item"] = post.Parent is null ? "status" : "comment", ["verb"] = what switch { Simulator.Change.Published => "add", Simulator.Change.Edited => "edited", _ => "remove" }, ["post_id"] = Raw(post.Root),
            ["created_time"] = post.At.ToUnixTimeSeconds(), ["from"] = new { id = $"{post.Author.Id}", name = post.Author.Name }, ["message"] = post.Text, ["published"] = 1,
        };
        if (post.Parent is { } parent)
        {
            (value["comment_id"], value["parent_id"]) = (Raw(post), Raw(parent));
        }

        if (named)
        {
            value.Remove("message");
        }

        return new { @object = "page", entry = new[] { new { id = PageId, time = number, changes = new[] { new { field = "feed", value } } } } };
    }

    private static string Raw(SimPost post) => string.Create(CultureInfo.InvariantCulture, $"{(post.Parent is null ? PageId : post.Root.Id)}_{post.Id}");

    private static IEnumerable<SimPost> Roots(Stage stage, string channel) => stage.World.Posts.Where(p => p.Parent is null && p.Channel == channel).Reverse();

    private static Dictionary<string, object?> Post(Stage stage, SimPost post) => new()
    {
        ["id"] = Raw(post), ["message"] = post.Text, ["created_time"] = Graph.Iso(post.At), ["from"] = new { name = post.Author.Name, id = $"{post.Author.Id}" }, ["permalink_url"] = $"https://www.facebook.com/{PageId}/posts/{post.Id}",
        ["reactions"] = new { data = Array.Empty<object>(), summary = new { total_count = post.Likes } }, ["shares"] = new { count = 1 },
        ["comments"] = new { data = Array.Empty<object>(), summary = new { total_count = stage.World.Posts.Count(p => p.Parent is not null && p.Root.Id == post.Id) } },
    };

    private static Dictionary<string, object?> Comment(Stage stage, SimPost post)
    {
        var comment = new Dictionary<string, object?>
        {
            ["id"] = Raw(post), ["message"] = post.Text, ["created_time"] = Graph.Iso(post.At), ["from"] = new { name = post.Author.Name, id = $"{post.Author.Id}" }, ["like_count"] = post.Likes, ["comment_count"] = 0, ["is_hidden"] = stage.Hidden.Contains(post.Id),
            ["permalink_url"] = $"https://www.facebook.com/{PageId}/posts/{post.Root.Id}?comment_id={post.Id}",
        };
        if (post.Parent!.Parent is not null)
        {
            comment["parent"] = new { id = Raw(post.Parent) };
        }

        return comment;
    }
}
