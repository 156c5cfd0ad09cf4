using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace Serm.Simulator.Networks;

/// <summary>Bluesky, as far as Serm calls it: sessions, search and posts of the AppView, and a Jetstream server that speaks v1 and v2 and closes when it has told everything.</summary>
public sealed class Bluesky : INetwork
{
    private const string Collection = "app.bsky.feed.post";

    public string Name => "bluesky";

    public IReadOnlyCollection<string> Optional { get; } = ["langs", "displayName", "likeCount", "repostCount", "replyCount", "quoteCount", "labels", "hitsTotal"];

    public static string Uri(SimPost post) => $"at://did:plc:writer{post.Author.Id}/{Collection}/3k{post.Id:D8}";

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapPost("/xrpc/com.atproto.server.createSession", async (HttpContext context) =>
            (await context.Request.ReadFromJsonAsync<JsonElement>()).GetProperty("password").GetString() == stage.Token
                ? Results.Json(new { accessJwt = $"jwt-{stage.Token}", refreshJwt = "r", handle = "acme.test", did = "did:plc:acme" })
                : Results.Json(new { error = "AuthenticationRequired", message = "Invalid identifier or password" }, statusCode: 401));
        routes.MapGet("/xrpc/app.bsky.feed.searchPosts", (HttpContext context, string q, string? since, string? cursor, int? limit) => Metered(context, stage) ?? Search(stage, q, since, cursor, limit ?? 25));
        routes.MapGet("/xrpc/app.bsky.feed.getPosts", (HttpContext context) => Metered(context, stage)
            ?? Results.Json(new { posts = context.Request.Query["uris"].Select(u => stage.World.Posts.FirstOrDefault(p => Uri(p) == u)).OfType<SimPost>().Select(View) }));
        routes.Map("/subscribe", (HttpContext context, long? cursor) => StreamAsync(context, stage, cursor, v2: false));
        routes.Map("/xrpc/network.bsky.jetstream.subscribeEvents", (HttpContext context, long? cursor) => StreamAsync(context, stage, cursor, v2: true));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        Limits(context, 0, stage.Clock.GetUtcNow() + wait);
        return Results.Json(new { error = "RateLimitExceeded", message = "Rate Limit Exceeded" }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { error = "AuthMissing", message = "Authentication Required" }, statusCode: StatusCodes.Status401Unauthorized);

    private IResult? Metered(HttpContext context, Stage stage)
    {
        if (context.Request.Headers.Authorization != $"Bearer jwt-{stage.Token}")
        {
            return Expired(context);
        }

        var (left, reset) = stage.Count("requests in 5 minutes", 3_000, TimeSpan.FromMinutes(5));
        Limits(context, left, reset);
        return null;
    }

    private static void Limits(HttpContext context, long left, DateTimeOffset reset)
    {
        context.Response.Headers["RateLimit-Limit"] = "3000";
        context.Response.Headers["RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["RateLimit-Reset"] = reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }

    private static IResult Search(Stage stage, string q, string? since, string? cursor, int limit)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, limit);
        var from = int.Parse(cursor ?? "0", CultureInfo.InvariantCulture);
        var start = since is null ? DateTimeOffset.MinValue : DateTimeOffset.Parse(since, CultureInfo.InvariantCulture);
        var found = stage.World.Posts.Where(p => p.Text.Contains(q, StringComparison.OrdinalIgnoreCase) && p.At >= start).OrderByDescending(p => p.At).ThenByDescending(p => p.Id).ToList();
        var page = found.Skip(stage.Endless ? 0 : from).Take(size).ToList();
        var answer = new Dictionary<string, object> { ["posts"] = page.Select(View), ["hitsTotal"] = found.Count };
        if (stage.Endless || from + page.Count < found.Count)
        {
            answer["cursor"] = (from + page.Count).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Json(answer);
    }

    private static object View(SimPost post) => new
    {
        uri = Uri(post), cid = $"bafy{post.Id}", author = new { did = Did(post), handle = $"{post.Author.Handle}.test", displayName = post.Author.Name, labels = Array.Empty<object>() },
        record = Record(post), replyCount = 0, repostCount = post.Shares, likeCount = post.Likes, quoteCount = 0, bookmarkCount = 0, indexedAt = Iso(post.At.AddSeconds(1)), labels = Array.Empty<object>(),
    };

    private static Dictionary<string, object?> Record(SimPost post)
    {
        var record = new Dictionary<string, object?> { ["$type"] = Collection, ["text"] = post.Text, ["createdAt"] = Iso(post.At), ["langs"] = new[] { post.Language } };
        if (post.Parent is { } parent)
        {
            record["reply"] = new { root = new { uri = Uri(post.Root), cid = "x" }, parent = new { uri = Uri(parent), cid = "x" } };
        }

        return record;
    }

    private static async Task StreamAsync(HttpContext context, Stage stage, long? cursor, bool v2)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 400;
            return;
        }

        // v2 refuses a cursor that is too old; v1 clamps it in silence.
        var forgotten = stage.World.Log.TakeWhile(l => l.At < stage.ForgottenBefore).Count(l => l.What != Change.Reacted);
        if (v2 && cursor < forgotten)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsJsonAsync(new { error = "CursorTooOld", message = "cursor is too old" });
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var number = 0L;
        foreach (var (what, post, happened) in stage.World.Log.Where(l => l.What != Change.Reacted))
        {
            number++;
            var at = happened.AddMicroseconds(number);
            var micros = (at - DateTimeOffset.UnixEpoch).Ticks / 10;
            if (number <= forgotten || (cursor is not null && (v2 ? number < cursor : micros < cursor)))
            {
                continue;
            }

            var operation = what switch { Change.Published => "create", Change.Edited => "update", _ => "delete" };
            var commit = new Dictionary<string, object?> { ["rev"] = $"r{number}", ["operation"] = operation, ["collection"] = Collection, ["rkey"] = Uri(post)[(Uri(post).LastIndexOf('/') + 1)..] };
            if (what != Change.Deleted)
            {
                commit["cid"] = $"bafy{number}";
                commit["record"] = Record(post);
            }

            object message;
            if (v2)
            {
                commit["$type"] = "network.bsky.jetstream.subscribeEvents#commit";
                commit["seq"] = number;
                commit["did"] = Did(post);
                commit["time"] = Iso(at);
                message = new Dictionary<string, object?> { ["$type"] = "message", ["payload"] = commit };
            }
            else
            {
                message = new { did = Did(post), time_us = micros, kind = "commit", commit };
            }

            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "all told", context.RequestAborted);
    }

    private static string Did(SimPost post) => $"did:plc:writer{post.Author.Id}";

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
