using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>The comments of a WordPress site, as far as Serm calls its REST interface: oldest first, by page, with the total in headers. Dates without a zone are the site's local time, eight hours behind. All posts of the world are comments under one article.</summary>
public sealed class WordPress : INetwork
{
    public string Name => "wordpress";

    public IReadOnlyCollection<string> Optional { get; } = ["author_url", "author_avatar_urls", "meta", "type", "status"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapGet("/wp-json/wp/v2/comments", (HttpContext context, int? per_page, int? page, string? after, string? include) =>
    {
        stage.Count("requests a minute", 60, TimeSpan.FromMinutes(1));
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, per_page ?? 10);
        var at = after is null ? DateTimeOffset.MinValue : DateTimeOffset.Parse(after.EndsWith('Z') ? after : $"{after}-08:00", CultureInfo.InvariantCulture);
        var found = (include is null
            ? stage.World.Posts.Where(p => p.At > at)
            : stage.World.Posts.Where(p => include.Split(',').Contains(p.Id.ToString(CultureInfo.InvariantCulture)))).OrderBy(p => p.At).ThenBy(p => p.Id).ToList();
        var pages = stage.Endless ? int.MaxValue : (found.Count + size - 1) / size;
        context.Response.Headers["X-WP-Total"] = found.Count.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-WP-TotalPages"] = pages.ToString(CultureInfo.InvariantCulture);
        return Results.Json(found.Skip(stage.Endless ? 0 : ((page ?? 1) - 1) * size).Take(size).Select(Comment));
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Text("<html><body>429 Too Many Requests</body></html>", "text/html", statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { code = "rest_login_required", message = "DRA: Only authenticated users can access the REST API.", data = new { status = 401 } }, statusCode: StatusCodes.Status401Unauthorized);

    private static object Comment(SimPost post) => new
    {
        id = post.Id, post = 5, parent = post.Parent?.Id ?? 0, author = 0, author_name = post.Author.Name, author_url = $"https://{post.Author.Handle}.example/", date = Iso(post.At.AddHours(-8)), date_gmt = Iso(post.At),
        content = new { rendered = $"<p>{string.Join("<br />\n", post.Text.Split('\n').Select(WebUtility.HtmlEncode))}</p>\n" }, link = $"https://blog.example/a-post/#comment-{post.Id}", status = "approved", type = "comment", author_avatar_urls = new { }, meta = Array.Empty<object>(),
    };

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}
