using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Reddit from its documentation (no schema is published): tokens, listings newest first with <c>after</c>, items by full name, no more than the newest 1,000 of a listing, 100 calls a minute with their headers.</summary>
public sealed class Reddit : INetwork
{
    /// <summary>Posts that a listing gives, whatever there are.</summary>
    public const int MostListed = 1_000;

    public string Name => "reddit";

    public IReadOnlyCollection<string> Optional { get; } = ["num_comments", "score", "author_fullname", "edited", "subreddit"];

    public static string FullName(SimPost post) => $"{(post.Parent is null ? "t3" : "t1")}_{post.Id}";

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapPost("/api/v1/access_token", (HttpContext context) => context.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"client:{stage.Token}"))}"
            ? Results.Json(new { access_token = $"bearer-{stage.Token}", token_type = "bearer", expires_in = 86_400, scope = "*" })
            : Results.Json(new { message = "Unauthorized", error = 401 }, statusCode: StatusCodes.Status401Unauthorized));
        routes.MapGet("/search", (HttpContext context, string q, string? after, int? limit) => Metered(context, stage) ?? Listing(stage, stage.World.Posts.Where(p => p.Parent is null && p.Text.Contains(q, StringComparison.OrdinalIgnoreCase)), after, limit));
        routes.MapGet("/r/{sub}/new", (HttpContext context, string? after, int? limit) => Metered(context, stage) ?? Listing(stage, stage.World.Posts.Where(p => p.Parent is null), after, limit));
        routes.MapGet("/r/{sub}/comments", (HttpContext context, string? after, int? limit) => Metered(context, stage) ?? Listing(stage, stage.World.Posts.Where(p => p.Parent is not null), after, limit));
        routes.MapGet("/api/info", (HttpContext context, string id) => Metered(context, stage)
            ?? Results.Json(Shape(id.Split(',').Select(n => stage.World.Find(long.Parse(n[3..], CultureInfo.InvariantCulture))).OfType<SimPost>().Select(Thing), null)));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        Limits(context, 0, wait);
        return Results.Json(new { message = "Too Many Requests", error = 429 }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { message = "Unauthorized", error = 401 }, statusCode: StatusCodes.Status401Unauthorized);

    private IResult? Metered(HttpContext context, Stage stage)
    {
        if (context.Request.Headers.Authorization != $"Bearer bearer-{stage.Token}")
        {
            return Expired(context);
        }

        var (left, reset) = stage.Count("requests a minute", 100, TimeSpan.FromMinutes(1));
        Limits(context, left, reset - stage.Clock.GetUtcNow());
        return null;
    }

    private static void Limits(HttpContext context, long left, TimeSpan reset)
    {
        context.Response.Headers["x-ratelimit-used"] = "1";
        context.Response.Headers["x-ratelimit-remaining"] = left.ToString("0.0", CultureInfo.InvariantCulture);
        context.Response.Headers["x-ratelimit-reset"] = Math.Ceiling(reset.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    private static IResult Listing(Stage stage, IEnumerable<SimPost> posts, string? after, int? limit)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, limit ?? 25);
        var all = posts.OrderByDescending(p => p.Id).Take(MostListed).ToList();
        if (stage.Endless)
        {
            return Results.Json(Shape(all.Take(size).Select(Thing), $"t3_x{Guid.CreateVersion7()}"));
        }

        var from = after is null ? 0 : all.FindIndex(p => FullName(p) == after) + 1;
        var page = all.Skip(from).Take(size).ToList();
        return Results.Json(Shape(page.Select(Thing), from + page.Count < all.Count ? FullName(page[^1]) : null));
    }

    private static object Shape(IEnumerable<object> children, string? after) => new { kind = "Listing", data = new { after, before = (string?)null, dist = 1, children } };

    private static object Thing(SimPost post) => post.Parent is null
        ? new { kind = "t3", data = (object)new { name = FullName(post), title = post.Deleted ? "[deleted by user]" : "A post", selftext = post.Deleted ? "[deleted]" : post.Text, author = post.Deleted ? "[deleted]" : post.Author.Handle, author_fullname = $"t2_{post.Author.Id}", created_utc = (double)post.At.ToUnixTimeSeconds(), edited = Edited(post), permalink = $"/r/acme/comments/{post.Id}/a_post/", score = post.Likes, num_comments = 0, subreddit = "acme" } }
        : new { kind = "t1", data = (object)new { name = FullName(post), body = post.Deleted ? "[deleted]" : post.Text, author = post.Deleted ? "[deleted]" : post.Author.Handle, author_fullname = $"t2_{post.Author.Id}", created_utc = (double)post.At.ToUnixTimeSeconds(), edited = Edited(post), permalink = $"/r/acme/comments/{post.Root.Id}/a_post/{post.Id}/", score = post.Likes, parent_id = FullName(post.Parent), link_id = FullName(post.Root), subreddit = "acme" } };

    private static object Edited(SimPost post) => post.EditedAt is { } at ? (double)at.ToUnixTimeSeconds() : false;
}
