using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>A NodeBB forum, as far as Serm calls its read interface: the newest posts by page of 20, stripped of their markup; single posts with it. Every seventh place of the list is a post that the caller may not see, and is missing.</summary>
public sealed class NodeBB : INetwork
{
    private const int PerPage = 20;

    public string Name => "nodebb";

    public IReadOnlyCollection<string> Optional { get; } = ["upvotes", "downvotes", "votes", "replies", "category", "picture", "displayname", "handle", "postcount"];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/api/recent/posts/{term}", (HttpContext context, string term, int? page) =>
        {
            var since = stage.Clock.GetUtcNow() - (term switch { "week" => TimeSpan.FromDays(7), "month" => TimeSpan.FromDays(30), _ => TimeSpan.FromDays(1) });
            var places = stage.World.Posts.Where(p => p.At >= since).OrderByDescending(p => p.At).ThenByDescending(p => p.Id).SelectMany(p => p.Id % 6 == 0 ? new[] { p, null } : [p]).ToList();
            var listed = stage.Endless ? Enumerable.Range(0, PerPage).Select(i => places[i % places.Count]) : places.Skip(((page ?? 1) - 1) * PerPage).Take(PerPage);
            return Metered(context, stage) ?? Results.Json(listed.OfType<SimPost>().Select(p => Post(p, stripped: true)));
        });
        routes.MapGet("/api/v3/posts/{pid:long}/summary", (HttpContext context, long pid) => Metered(context, stage) ?? (stage.World.Find(pid) switch
        {
            null => Results.Json(new { status = new { code = "not-found", message = "Post does not exist" }, response = new { } }, statusCode: StatusCodes.Status404NotFound),
            var post => Results.Json(new { status = new { code = "ok", message = "OK" }, response = Post(post, stripped: false) }),
        }));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Text("<html><body>Too many requests</body></html>", "text/html", statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { status = new { code = "not-authorised", message = "A valid login session was not found. Please log in and try again." }, response = new { } }, statusCode: StatusCodes.Status401Unauthorized);

    private static object Post(SimPost post, bool stripped)
    {
        var escaped = string.Join(stripped ? "\n" : "<br />\n", post.Text.Split('\n').Select(WebUtility.HtmlEncode));
        return new
        {
            pid = post.Id, tid = post.Root.Id, toPid = post.Parent?.Parent is null ? null : (long?)post.Parent.Id, content = post.Deleted ? "[[topic:post-is-deleted]]" : stripped ? escaped : $"<p dir=\"auto\">{escaped}</p>\n", uid = post.Author.Id,
            timestamp = post.At.ToUnixTimeMilliseconds(), timestampISO = post.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), deleted = post.Deleted ? 1 : 0, upvotes = post.Likes, downvotes = 0, votes = post.Likes, replies = 0,
            user = new { uid = post.Author.Id, username = post.Author.Name, userslug = post.Author.Handle, displayname = post.Author.Name, picture = (string?)null },
            topic = new { uid = post.Root.Author.Id, tid = post.Root.Id, title = post.Root.Title, cid = 1, slug = $"{post.Root.Id}/acme", deleted = 0, postcount = 4, mainPid = post.Root.Id }, category = new { cid = 1, name = "Acme", slug = "1/acme" }, isMainPost = post.Parent is null,
        };
    }

    private IResult? Metered(HttpContext context, Stage stage)
    {
        stage.Count("requests a minute", 60, TimeSpan.FromMinutes(1));
        return context.Request.Headers.Authorization is [{ } given] && given != $"Bearer {stage.Token}" ? Expired(context) : null;
    }
}
