using System.Globalization;
using System.Net;
using System.Text.Json;

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
        routes.MapPost("/posts.json", (HttpContext context, JsonElement body) => Metered(context, stage) ?? Create(stage, context, body));
        routes.MapGet("/t/{slug}/{topic:long}/{number:int}", (long topic, int number) => stage.World.Posts.FirstOrDefault(p => p.Root.Id == topic && Number(stage, p) == number) is { } post
            ? Results.Text($"<!DOCTYPE html><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(post.Root.Title)}</title><p><b>{WebUtility.HtmlEncode(post.Author.Name)}</b></p><p style=\"white-space:pre-wrap\">{WebUtility.HtmlEncode(post.Text)}</p>", "text/html")
            : Results.NotFound());
    }

    // As the forum answers who writes: with more of the post than it lists.
    private static IResult Create(Stage stage, HttpContext context, JsonElement body)
    {
        var (text, topic) = (body.GetProperty("raw").GetString()!, body.GetProperty("topic_id").GetInt64());
        var number = body.TryGetProperty("reply_to_post_number", out var answered) ? answered.GetInt32() : 1;
        if (stage.ReadsOnly || !context.Request.Headers.ContainsKey("Api-Key"))
        {
            return Results.Json(new { errors = new[] { "You are not permitted to view the requested resource." }, error_type = "invalid_access" }, statusCode: 403);
        }

        if (text.Length is < 20 or > 32_000)
        {
            return Results.Json(new { action = "create_post", errors = new[] { text.Length < 20 ? "Body is too short (minimum is 20 characters)" : $"Body is limited to 32000 characters; you entered {text.Length}." } }, statusCode: 422);
        }

        if (stage.World.Posts.FirstOrDefault(p => p.Root.Id == topic) is not { Root: var root })
        {
            return Results.Json(new { errors = new[] { "The requested URL or resource could not be found." }, error_type = "not_found" }, statusCode: 404);
        }

        // What answers a post that is gone answers the topic.
        var post = stage.Take(text, stage.World.Posts.FirstOrDefault(p => p.Root.Id == topic && Number(stage, p) == number) ?? root);
        var shape = Post(stage, post, post.Id);
        shape["actions_summary"] = Array.Empty<object>();
        shape["reply_to_post_number"] = shape["reply_to_post_number"]?.ToString();
        foreach (var (name, value) in More)
        {
            shape[name] = value;
        }

        shape["raw"] = text;
        shape.Remove("topic_title");
        shape["display_username"] = post.Author.Name;
        shape["post_url"] = $"/t/acme/{topic}/{shape["post_number"]}";
        return Results.Json(shape);
    }

    private static readonly Dictionary<string, object?> More = new(StringComparer.Ordinal)
    {
        ["avatar_template"] = "/a/{size}.png", ["posts_count"] = 2, ["quote_count"] = 0, ["incoming_link_count"] = 0, ["readers_count"] = 0, ["yours"] = true, ["primary_group_name"] = null, ["flair_name"] = null, ["flair_url"] = null,
        ["flair_bg_color"] = null, ["flair_color"] = null, ["can_edit"] = true, ["can_delete"] = true, ["can_recover"] = false, ["can_wiki"] = false, ["user_title"] = null, ["bookmarked"] = false, ["moderator"] = false, ["admin"] = false,
        ["staff"] = false, ["user_id"] = 99, ["draft_sequence"] = 1, ["hidden"] = false, ["trust_level"] = 1, ["deleted_at"] = null, ["edit_reason"] = null, ["can_view_edit_history"] = true, ["wiki"] = false, ["reviewable_id"] = null,
        ["reviewable_score_count"] = 0, ["reviewable_score_pending_count"] = 0, ["score"] = 0, ["reads"] = 0,
    };

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Json(new { errors = new[] { "You’ve performed this action too many times, please try again later." }, error_type = "rate_limit", extras = new { wait_seconds = (int)wait.TotalSeconds } }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    // The public is not told of a key.
    public IResult Expired(HttpContext context) => Results.Json(new { errors = new[] { $"You are not permitted to view the requested resource.{(context.Request.Headers.ContainsKey("Api-Key") ? " The API username or key is invalid." : "")}" }, error_type = "invalid_access" }, statusCode: StatusCodes.Status403Forbidden);

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
