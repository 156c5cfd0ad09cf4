using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Serm.Simulator.Networks;

/// <summary>Hacker News from its documentation (no schema is published): the search by date and single items.</summary>
public sealed partial class HackerNews : INetwork
{
    public string Name => "hackernews";

    public IReadOnlyCollection<string> Optional { get; } = ["points", "num_comments", "story_title", "_tags", "descendants", "score"];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/api/v1/search_by_date", (string query, string? numericFilters, int? hitsPerPage) =>
        {
            stage.Count("requests an hour", 10_000, TimeSpan.FromHours(1));
            var bounds = Bound().Matches(numericFilters ?? "").ToDictionary(m => m.Groups["side"].Value, m => long.Parse(m.Groups["bound"].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
            var (from, to) = (bounds.GetValueOrDefault(">=", 0), bounds.GetValueOrDefault("<=", long.MaxValue));
            var size = Math.Min(stage.Endless ? 200 : 1_000, hitsPerPage ?? 20);
            var found = stage.World.Posts.Where(p => p.Text.Contains(query, StringComparison.OrdinalIgnoreCase) && (stage.Endless || (p.At.ToUnixTimeSeconds() >= from && p.At.ToUnixTimeSeconds() <= to)))
                .OrderByDescending(p => p.At).ThenByDescending(p => p.Id).ToList();
            var page = stage.Endless ? Enumerable.Range(0, size).Select(i => Hit(stage, found[i % found.Count], (to == long.MaxValue ? stage.Clock.GetUtcNow().ToUnixTimeSeconds() : to) - i)) : found.Take(size).Select(p => Hit(stage, p, p.At.ToUnixTimeSeconds()));
            return Results.Json(new { hits = page, nbHits = found.Count, page = 0, nbPages = 1, hitsPerPage = size });
        });
        routes.MapGet("/v0/item/{id}.json", (long id) => stage.World.Find(id) switch
        {
            null => Results.Text("null", "application/json"),
            { Deleted: true } gone => Results.Json(new { id = gone.Id, deleted = true, type = "comment", time = gone.At.ToUnixTimeSeconds() }),
            var post => Results.Json(post.Parent is null
                ? new { id = post.Id, by = post.Author.Handle, type = "story", time = post.At.ToUnixTimeSeconds(), text = Html(post), title = post.Title, parent = (long?)null, score = post.Likes, descendants = stage.World.Posts.Count(c => c.Parent is not null && c.Root.Id == post.Id) }
                : new { id = post.Id, by = post.Author.Handle, type = "comment", time = post.At.ToUnixTimeSeconds(), text = Html(post), title = (string?)null, parent = (long?)post.Parent.Id, score = post.Likes, descendants = stage.World.Posts.Count(c => c.Parent is not null && c.Root.Id == post.Id) }),
        });
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Json(new { message = "Too many requests", status = 429 }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { message = "Invalid Application-ID or API key", status = 401 }, statusCode: StatusCodes.Status401Unauthorized);

    private static object Hit(Stage stage, SimPost post, long at) => new
    {
        objectID = post.Id.ToString(CultureInfo.InvariantCulture), created_at_i = at, created_at = post.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), author = post.Author.Handle, title = post.Title,
        comment_text = post.Parent is null ? null : Html(post), story_text = post.Parent is null ? Html(post) : null, parent_id = post.Parent?.Id, story_id = post.Root.Id, story_title = post.Root.Title ?? "Acme", points = post.Likes, num_comments = stage.World.Posts.Count(c => c.Parent?.Id == post.Id),
        _tags = new[] { post.Parent is null ? "story" : "comment" },
    };

    private static string Html(SimPost post) => string.Join("<br>", post.Text.Split('\n').Select(WebUtility.HtmlEncode));

    [GeneratedRegex(@"created_at_i(?<side>>=|<=)(?<bound>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bound();
}
