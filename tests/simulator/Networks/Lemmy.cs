using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Lemmy 0.19, as far as Serm calls it: posts by cursor with the oldest pinned on top, comments and searches by page, 180 messages a minute and, as the server's own setting, 600 searches in ten. Deleted posts are not listed, deleted comments without their text.</summary>
public sealed class Lemmy : INetwork
{
    public string Name => "lemmy";

    public IReadOnlyCollection<string> Optional { get; } = ["updated", "display_name", "counts", "next_page", "community"];

    public static string Id(SimPost post) => $"{(post.Parent is null ? "post" : "comment")}/{post.Id}";

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/api/v3/post/list", (HttpContext context, string sort, int? limit, int? page, string? page_cursor) => Refused(context, stage) ?? PostList(stage, Size(stage, limit), page ?? 1, page_cursor));
        routes.MapGet("/api/v3/comment/list", (HttpContext context, string sort, int? limit, int? page) => Refused(context, stage)
            ?? Results.Json(new { comments = Listed(stage, AllComments(stage), Size(stage, limit), page ?? 1).Select(View) }));
        routes.MapGet("/api/v3/search", (HttpContext context, string q, string type_, int? limit, int? page) =>
        {
            stage.Count("searches in 10 minutes", 600, TimeSpan.FromMinutes(10));
            return Refused(context, stage) ?? Results.Json(new
            {
                type_,
                posts = type_ == "Posts" ? Listed(stage, Matching(stage.World.Posts.Where(p => p.Parent is null), q), Size(stage, limit), page ?? 1).Select(View) : [],
                comments = type_ == "Comments" ? Listed(stage, Matching(stage.World.Posts.Where(p => p.Parent is not null), q), Size(stage, limit), page ?? 1).Select(View) : [],
                communities = Array.Empty<object>(),
                users = Array.Empty<object>(),
            });
        });
        routes.MapGet("/api/v3/post", (HttpContext context, long id) => Refused(context, stage)
            ?? (stage.World.Find(id) is { Deleted: false, Parent: null } post ? Results.Json(new { post_view = View(post), moderators = Array.Empty<object>(), cross_posts = Array.Empty<object>() }) : Results.Json(new { error = "couldnt_find_post" }, statusCode: 404)));
        routes.MapGet("/api/v3/comment", (HttpContext context, long id) => Refused(context, stage)
            ?? (stage.World.Find(id) is { Parent: not null } comment ? Results.Json(new { comment_view = View(comment), recipient_ids = Array.Empty<long>() }) : Results.Json(new { error = "couldnt_find_comment" }, statusCode: 400)));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Json(new { error = "rate_limit_error" }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { error = "not_logged_in" }, statusCode: StatusCodes.Status400BadRequest);

    private IResult? Refused(HttpContext context, Stage stage)
    {
        stage.Count("messages a minute", 180, TimeSpan.FromMinutes(1));
        return context.Request.Headers.Authorization == $"Bearer {stage.Token}" ? null : Expired(context);
    }

    private static IResult PostList(Stage stage, int size, int page, string? cursor)
    {
        var all = stage.World.Posts.Where(p => p.Parent is null).OrderByDescending(p => p.Id).ToList();
        var from = stage.Endless || cursor is null ? (page - 1) * size : all.TakeWhile(p => p.Id >= long.Parse(cursor[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Count();
        var shown = all.Skip(stage.Endless ? 0 : from).Take(size).ToList();

        // The oldest is pinned: it stands above the first page too.
        IEnumerable<object> posts = from == 0 && all.Count > size ? [View(all[^1], pinned: true), .. shown.Select(View)] : shown.Select(View);
        var next = stage.Endless ? $"P{Guid.CreateVersion7():n}" : shown.Count == 0 ? null : $"P{shown[^1].Id:x}";
        return Results.Json(new { posts, next_page = next });
    }

    private static IEnumerable<SimPost> AllComments(Stage stage) => stage.World.Log.Where(l => l is { What: Change.Published, Post.Parent: not null }).Select(l => stage.World.Find(l.Post.Id)!);

    private static IEnumerable<SimPost> Matching(IEnumerable<SimPost> posts, string q) => posts.Where(p => p.Text.Contains(q, StringComparison.OrdinalIgnoreCase));

    private static int Size(Stage stage, int? limit) => Math.Min(stage.PageSize > 0 ? stage.PageSize : 50, limit ?? 10);

    private static IEnumerable<SimPost> Listed(Stage stage, IEnumerable<SimPost> posts, int size, int page) => posts.OrderByDescending(p => p.Id).Skip(stage.Endless ? 0 : (page - 1) * size).Take(size);

    private static object View(SimPost post) => View(post, pinned: false);

    private static Dictionary<string, object?> View(SimPost post, bool pinned)
    {
        var root = post.Root;
        var view = new Dictionary<string, object?>
        {
            ["post"] = new { id = root.Id, name = root.Title ?? "A post", body = root.Text, creator_id = root.Author.Id, community_id = 2, removed = false, locked = false, published = Iso(root.At), updated = root.EditedAt is { } at ? Iso(at) : null, deleted = root.Deleted, nsfw = false, ap_id = $"https://lemmy.example/post/{root.Id}", local = true, language_id = 0, featured_community = pinned, featured_local = false },
            ["creator"] = new { id = post.Author.Id, name = post.Author.Handle, display_name = post.Author.Name, banned = false, published = "2023-01-01T00:00:00Z", actor_id = $"https://lemmy.example/u/{post.Author.Handle}", local = true, deleted = false, bot_account = false, instance_id = 1 },
            ["community"] = new { id = 2, name = "acme", title = "Acme", removed = false, published = "2023-01-01T00:00:00Z", deleted = false, nsfw = false, actor_id = "https://lemmy.example/c/acme", local = true, hidden = false, instance_id = 1 },
            ["counts"] = new { post_id = root.Id, comments = 0, score = post.Likes, upvotes = post.Likes, downvotes = 0, published = Iso(post.At), child_count = 0 },
        };
        if (post.Parent is not null)
        {
            view["comment"] = new { id = post.Id, creator_id = post.Author.Id, post_id = root.Id, content = post.Deleted ? "" : post.Text, removed = false, published = Iso(post.At), updated = post.EditedAt is { } edited ? Iso(edited) : null, deleted = post.Deleted, ap_id = $"https://lemmy.example/comment/{post.Id}", local = true, path = Path(post), distinguished = false, language_id = 0 };
        }

        return view;
    }

    private static string Path(SimPost post) => post.Parent is null ? "0" : $"{Path(post.Parent)}.{post.Id}";

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
