using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>Disqus' API 3.0, as far as Serm calls it: comments of forum <c>acme</c>, oldest first, by cursor; refusals by a code in the body; 1,000 requests an hour, told in headers.</summary>
public sealed class Disqus : INetwork
{
    public string Name => "disqus";

    public IReadOnlyCollection<string> Optional { get; } = ["likes", "dislikes", "points", "url", "raw_message", "profileUrl", "isFlagged", "media", "numReports", "prev", "total"];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/api/3.0/posts/list.json", (HttpContext context, string forum, long? since, string? cursor, int? limit, string? order) =>
        {
            var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, limit ?? 25);
            var (from, last) = cursor?.Split(':') is [var at, var id] ? (long.Parse(at, CultureInfo.InvariantCulture), long.Parse(id, CultureInfo.InvariantCulture)) : (since ?? 0, 0);
            var found = stage.World.Posts.Where(p => p.At.ToUnixTimeSeconds() > from || (p.At.ToUnixTimeSeconds() == from && p.Id > last)).OrderBy(p => p.At).ThenBy(p => p.Id).ToList();
            var page = stage.Endless ? stage.World.Posts.Take(size).ToList() : found.Take(size).ToList();
            var more = stage.Endless || found.Count > size;
            var next = page.Count == 0 ? cursor ?? "0:0" : $"{page[^1].At.ToUnixTimeSeconds()}:{page[^1].Id}";
            return Metered(context, stage) ?? (forum != "acme" ? Refusal(2, "Invalid argument, 'forum': Unable to find forum 'x'")
                : order != "asc" ? Refusal(2, "the simulator lists oldest first only")
                : Results.Json(new { cursor = new { prev = (string?)null, hasNext = more, next, hasPrev = false, total = (int?)null, id = next, more }, code = 0, response = page.Select(Comment) }));
        });
        routes.MapGet("/api/3.0/posts/details.json", (HttpContext context, long post) => Metered(context, stage)
            ?? (stage.World.Find(post) is { } found ? Results.Json(new { code = 0, response = Comment(found) }) : Refusal(8, "Unable to find post")));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers["X-Ratelimit-Remaining"] = "0";
        context.Response.Headers["X-Ratelimit-Reset"] = (stage.Clock.GetUtcNow() + wait).AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Refusal(13, "You have exceeded your hourly limit of requests", StatusCodes.Status400BadRequest);
    }

    public IResult Expired(HttpContext context) => Refusal(5, "Invalid API key", StatusCodes.Status400BadRequest);

    private IResult? Metered(HttpContext context, Stage stage)
    {
        var (left, reset) = stage.Count("requests an hour", 1_000, TimeSpan.FromHours(1));
        context.Response.Headers["X-Ratelimit-Limit"] = "1000";
        context.Response.Headers["X-Ratelimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Ratelimit-Reset"] = reset.AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return context.Request.Query["api_key"] == stage.Token ? null : Expired(context);
    }

    private static object Comment(SimPost post) => new
    {
        id = post.Id.ToString(CultureInfo.InvariantCulture), forum = "acme", parent = post.Parent?.Id, createdAt = post.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), likes = post.Likes, dislikes = 0, points = post.Likes,
        message = $"<p>{string.Join("<br>", post.Text.Split('\n').Select(WebUtility.HtmlEncode))}</p>", raw_message = post.Text, isDeleted = post.Deleted, isSpam = false, isApproved = true, isFlagged = false, isEdited = post.EditedAt is not null, media = Array.Empty<object>(), numReports = 0,
        author = new { id = post.Author.Id.ToString(CultureInfo.InvariantCulture), username = post.Author.Handle, name = post.Author.Name, profileUrl = $"https://disqus.com/by/{post.Author.Handle}/", isAnonymous = false },
        thread = new { id = "77", title = "Acme", link = "https://blog.example/acme/" },
    };

    public IResult Closed(HttpContext context) => Refusal(12, "This application does not have enough privileges", StatusCodes.Status403Forbidden);

    private static IResult Refusal(int code, string message, int status = StatusCodes.Status400BadRequest) => Results.Json(new { code, response = message }, statusCode: status);
}
