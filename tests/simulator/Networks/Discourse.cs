using System.Globalization;
using System.Net;

namespace Serm.Simulator.Networks;

/// <summary>A Discourse forum, as far as Serm calls it: posts newest first below <c>before</c>, single posts by number, to the public or by a key, 200 calls a minute.</summary>
public sealed class Discourse : INetwork
{
    /// <summary>On whose behalf the key reads.</summary>
    public const string User = "listener";

    public string Name => "discourse";

    public IReadOnlyCollection<string> Optional { get; } = ["name", "reads", "score", "actions_summary", "topic_title", "reply_count"];

    /// <summary>The place of a post in its topic, from 1.</summary>
    public static int Number(Stage stage, SimPost post) => stage.World.Log.Where(l => l.What == Change.Published && l.Post.Root.Id == post.Root.Id).TakeWhile(l => l.Post.Id != post.Id).Count() + 1;

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/posts.json", (HttpContext context, long? before) => Metered(context, stage) ?? Results.Json(new
        {
            latest_posts = (stage.Endless
                ? Enumerable.Range(0, 50).Select(i => Post(stage, stage.World.Posts[i % stage.World.Posts.Count], (before ?? 10_000_000) - 1 - i))
                : stage.World.Posts.Where(p => before is null || p.Id < before).OrderByDescending(p => p.Id).Take(stage.PageSize > 0 ? stage.PageSize : 50).Select(p => Post(stage, p, p.Id))).ToList(),
        }));
        routes.MapGet("/posts/by_number/{topic:long}/{number:int}.json", (HttpContext context, long topic, int number) => Metered(context, stage)
            ?? (stage.World.Posts.FirstOrDefault(p => p.Root.Id == topic && Number(stage, p) == number) is { } post ? Results.Json(Post(stage, post, post.Id)) : Results.Json(new { errors = new[] { "The requested URL or resource could not be found." }, error_type = "not_found" }, statusCode: 404)));
        routes.MapGet("/t/{slug}/{topic:long}/{number:int}", (long topic, int number) => stage.World.Posts.FirstOrDefault(p => p.Root.Id == topic && Number(stage, p) == number) is { } post
            ? Results.Text($"<!DOCTYPE html><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(post.Root.Title)}</title><p><b>{WebUtility.HtmlEncode(post.Author.Name)}</b></p><p style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(post.Text)}</p>", "text/html")
            : Results.NotFound());
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Json(new { errors = new[] { "You’ve performed this action too many times, please try again later." }, error_type = "rate_limit", extras = new { wait_seconds = (int)wait.TotalSeconds } }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { errors = new[] { "You are not permitted to view the requested resource." }, error_type = "invalid_access" }, statusCode: StatusCodes.Status403Forbidden);

    /// <summary>A post as it is listed, and as the forum's calls carry it.</summary>
    public static Dictionary<string, object?> Post(Stage stage, SimPost post, long id) => new()
    {
        ["id"] = id, ["name"] = post.Author.Name, ["username"] = post.Author.Handle, ["created_at"] = Iso(post.At), ["cooked"] = $"<p>{string.Join("<br>\n", post.Text.Split('\n').Select(WebUtility.HtmlEncode))}</p>",
        ["post_number"] = Number(stage, post), ["post_type"] = 1, ["updated_at"] = Iso(post.EditedAt ?? post.At), ["reply_count"] = 0, ["reply_to_post_number"] = post.Parent?.Parent is null ? null : Number(stage, post.Parent),
        ["reads"] = 3, ["score"] = 0.6, ["topic_id"] = post.Root.Id, ["topic_slug"] = "acme", ["topic_title"] = post.Root.Title ?? "Acme", ["version"] = post.EditedAt is null ? 1 : 2,
        ["actions_summary"] = new[] { new { id = 2, count = post.Likes } }, ["user_deleted"] = false,
    };

    private IResult? Metered(HttpContext context, Stage stage)
    {
        stage.Count("requests a minute", 200, TimeSpan.FromMinutes(1));
        return context.Request.Headers.TryGetValue("Api-Key", out var key) && (key != stage.Token || context.Request.Headers["Api-Username"] != User) ? Expired(context) : null;
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
