using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>Cackle's API 3.0, as far as Serm calls it: comments of site 5 that changed after a millisecond, oldest change first, deleted ones among them; one request in five seconds.</summary>
public sealed class Cackle : INetwork
{
    public string Name => "cackle";

    public IReadOnlyCollection<string> Optional { get; } = ["rating", "ip", "title", "www", "avatar", "provider", "siteId"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapGet("/api/3.0/comment/list.json", (HttpContext context, int id, string? siteApiKey, string? accountApiKey, long? gtModify, int? size) =>
    {
        stage.Count("requests", 1, TimeSpan.FromSeconds(5));
        if (siteApiKey != stage.Token || accountApiKey != stage.Token || id != 5)
        {
            return Expired(context);
        }

        // The last thing that happened to each comment.
        var most = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, size ?? 100);
        var changed = stage.World.Log.GroupBy(l => l.Post.Id).Select(g => g.Last()).OrderBy(l => l.At).ThenBy(l => l.Post.Id).ToList();
        var page = stage.Endless
            ? Enumerable.Range(0, most).Select(i => Comment(changed[i % changed.Count].Post, (gtModify ?? 0) + 1 + i))
            : changed.Where(l => l.At.ToUnixTimeMilliseconds() > (gtModify ?? 0)).Take(most).Select(l => Comment(l.Post, l.At.ToUnixTimeMilliseconds()));
        return Results.Json(new { comments = page });
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Text("Too many requests", statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Text("Forbidden", statusCode: StatusCodes.Status403Forbidden);

    private static object Comment(SimPost post, long modified) => new
    {
        id = post.Id, siteId = 5, parentId = post.Parent?.Id ?? 0, message = string.Join('\n', post.Text.Split('\n').Select(WebUtility.HtmlEncode)), rating = post.Likes, status = post.Deleted ? "deleted" : "approved", created = post.At.ToUnixTimeMilliseconds(), modified, ip = "127.0.0.1",
        chan = new { id = 9, channel = "acme", title = "Acme", url = "https://shop.example/acme" }, author = new { id = post.Author.Id, name = post.Author.Name, www = (string?)null, avatar = (string?)null, provider = "vkontakte" },
    };
}
