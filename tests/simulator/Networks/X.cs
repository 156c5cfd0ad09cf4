using System.Globalization;
using System.Text.Json;

namespace Serm.Simulator.Networks;

/// <summary>X's API 2, as far as Serm calls it: recent search over seven days with <c>next_token</c>, mentions of an account, posts by id, the filtered stream with its rules, compliance jobs, 300 calls in 15 minutes with their headers, no Retry-After, and a money meter.</summary>
public sealed class X : INetwork
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    public string Name => "x";

    public IReadOnlyCollection<string> Optional { get; } = ["lang", "public_metrics", "conversation_id", "edit_history_tweet_ids", "impression_count"];

    // Ids hold the moment, of X's own clock: the hour of the post's is near enough, and no post goes wrong by its author's.
    private const long Epoch = 1_288_834_974_657, Hour = 3_600_000;
    private const int Bits = 22;
    private static readonly TimeSpan Searched = TimeSpan.FromDays(7);

    public static string Id(SimPost post) => ((((post.At.ToUnixTimeMilliseconds() / Hour * Hour) - Epoch) << Bits) + post.Id).ToString(CultureInfo.InvariantCulture);

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/2/tweets/search/recent", (HttpContext context, string query, string? since_id, string? start_time, string? next_token, int? max_results) => Metered(context, stage) ?? TooOld(stage, since_id, start_time) ?? Search(stage, query, since_id, start_time, next_token, max_results ?? 10));
        routes.MapGet("/2/users/{id}/mentions", (HttpContext context, string? since_id, string? start_time, string? pagination_token, int? max_results) => Metered(context, stage) ?? Search(stage, "", since_id, start_time, pagination_token, max_results ?? 10));
        routes.MapGet("/2/tweets", (HttpContext context, string ids) =>
        {
            var asked = ids.Split(',').Select(i => Of(stage, i)).OfType<SimPost>().ToList();
            return Metered(context, stage) ?? Results.Json(new
            {
                data = asked.Where(p => !p.Deleted).Select(Post),
                includes = new { users = Users(asked) },
                errors = asked.Where(p => p.Deleted).Select(p => new { value = Id(p), resource_id = Id(p), resource_type = "tweet", parameter = "ids", title = "Not Found Error", type = "https://api.x.com/2/problems/resource-not-found", detail = "Could not find tweet." }),
            });
        });
        Stream(routes, stage, context => Metered(context, stage));
        Compliance(routes, stage, context => Metered(context, stage));
    }

    private static void Stream(IEndpointRouteBuilder routes, Stage stage, Func<HttpContext, IResult?> metered)
    {
        var rules = new List<Rule>();
        var sent = 0;
        routes.MapGet("/2/tweets/search/stream/rules", (HttpContext context) => metered(context) ?? Results.Json(rules.Count == 0 ? new { meta = new { result_count = 0 } } : (object)new { data = rules, meta = new { result_count = rules.Count } }));
        routes.MapPost("/2/tweets/search/stream/rules", (HttpContext context, JsonElement body) =>
        {
            if (metered(context) is { } refused)
            {
                return refused;
            }

            if (body.TryGetProperty("delete", out var delete))
            {
                var ids = delete.GetProperty("ids").EnumerateArray().Select(i => i.GetString()).ToHashSet(StringComparer.Ordinal);
                return Results.Json(new { meta = new { summary = new { deleted = rules.RemoveAll(r => ids.Contains(r.id)), not_deleted = 0 } } });
            }

            var errors = new List<object>();
            foreach (var (value, tag) in body.GetProperty("add").EnumerateArray().Select(r => (r.GetProperty("value").GetString()!, r.GetProperty("tag").GetString()!)))
            {
                if (rules.Exists(r => r.value == value) || value.Contains('(', StringComparison.Ordinal) != value.Contains(')', StringComparison.Ordinal))
                {
                    errors.Add(new { value, title = rules.Exists(r => r.value == value) ? "DuplicateRule" : "UnprocessableEntity", type = "https://api.x.com/2/problems/invalid-rules" });
                }
                else
                {
                    rules.Add(new($"{rules.Count + 1}{rules.Count}", value, tag));
                }
            }

            return Results.Json(new { data = rules, errors }, statusCode: 201);
        });
        routes.MapGet("/2/tweets/search/stream", async (HttpContext context) =>
        {
            if (metered(context) is { } refused)
            {
                await refused.ExecuteAsync(context);
                return;
            }

            if (stage.Held)
            {
                await Results.Json(new { title = "ConnectionException", detail = "This stream is currently at the maximum allowed connection limit.", connection_issue = "TooManyConnections", type = "https://api.x.com/2/problems/streaming-connection" }, contentType: "application/problem+json", statusCode: 429).ExecuteAsync(context);
                return;
            }

            // A post comes once, to who is connected. The stream speaks the new names, and ends when there is nothing more.
            var log = stage.World.Log.Skip(sent).ToList();
            sent += log.Count;
            foreach (var post in log.Where(l => l.What == Change.Published).Select(l => stage.World.Find(l.Post.Id)!).Where(p => !p.Deleted))
            {
                var matching = rules.Where(r => post.Text.Contains(r.value, StringComparison.OrdinalIgnoreCase)).Select(r => new { r.id, r.tag }).ToList();
                if (matching.Count > 0)
                {
                    await context.Response.WriteAsync($"{JsonSerializer.Serialize(new { data = Renamed(Post(post)), includes = new { users = Users([post]) }, matching_rules = matching })}\r\n\r\n");
                }
            }

            while (stage.Lines.TryDequeue(out var line))
            {
                await context.Response.WriteAsync($"{line}\r\n");
            }
        });
    }

    private static void Compliance(IEndpointRouteBuilder routes, Stage stage, Func<HttpContext, IResult?> metered)
    {
        var jobs = new List<(string[] Ids, int Looks)>();
        routes.MapPost("/2/compliance/jobs", (HttpContext context, JsonElement body) =>
        {
            if (metered(context) is { } refused)
            {
                return refused;
            }

            jobs.Add(([], 0));
            var at = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path.Value!.Split("/2/")[0]}/files/{jobs.Count - 1}";
            return Results.Json(new { data = new { id = $"{jobs.Count - 1}", type = body.GetProperty("type").GetString(), status = "created", upload_url = at, download_url = at } });
        });
        routes.MapGet("/2/compliance/jobs/{id:int}", (HttpContext context, int id) =>
        {
            if (metered(context) is { } refused)
            {
                return refused;
            }

            jobs[id] = jobs[id] with { Looks = jobs[id].Looks + 1 };
            return Results.Json(new { data = new { id = $"{id}", type = "tweets", status = jobs[id].Looks > 1 ? "complete" : "in_progress" } });
        });
        routes.MapPut("/files/{id:int}", async (HttpContext context, int id) =>
        {
            using var body = new StreamReader(context.Request.Body);
            jobs[id] = ((await body.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries), 0);

            // Signed for this type, and for nobody's token.
            return context.Request.ContentType == "text/plain" && context.Request.Headers.Authorization.Count == 0 ? Results.Ok() : Results.StatusCode(403);
        });
        routes.MapGet("/files/{id:int}", (int id) => Results.Text(string.Concat(jobs[id].Ids.Select(i => Of(stage, i)).OfType<SimPost>().Where(p => p.Deleted).Select(p => JsonSerializer.Serialize(new { id = Id(p), action = "delete", created_at = p.At, redacted_at = stage.Clock.GetUtcNow(), reason = "deleted" }) + "\n"))));
    }

    private static SimPost? Of(Stage stage, string id) => stage.World.Find(long.Parse(id, CultureInfo.InvariantCulture) & ((1L << Bits) - 1));

    private static Dictionary<string, object?> Renamed(Dictionary<string, object?> post) => post.ToDictionary(
        p => p.Key switch { "edit_history_tweet_ids" => "edit_history_post_ids", "referenced_tweets" => "referenced_posts", var name => name },
        p => p.Key == "public_metrics" ? new { like_count = 7, repost_count = 3, quote_count = 1, reply_count = 0, impression_count = 10 } : p.Value,
        StringComparer.Ordinal);

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        Limits(context, 0, stage.Clock.GetUtcNow() + wait);
        return Problem(429, "Too Many Requests", "rate-limit-exceeded");
    }

    public IResult Expired(HttpContext context) => Problem(401, "Unauthorized", "not-authorized");

    private IResult? Metered(HttpContext context, Stage stage)
    {
        if (context.Request.Headers.Authorization != $"Bearer {stage.Token}")
        {
            return Expired(context);
        }

        var (left, reset) = stage.Count("requests in 15 minutes", 300, Quarter);
        Limits(context, left, reset);
        return null;
    }

    // Recent search knows seven days, and refuses whoever asks for more.
    private static IResult? TooOld(Stage stage, string? sinceId, string? startTime)
    {
        var from = sinceId is not null ? DateTimeOffset.FromUnixTimeMilliseconds((long.Parse(sinceId, CultureInfo.InvariantCulture) >> Bits) + Epoch)
            : startTime is not null ? DateTimeOffset.Parse(startTime, CultureInfo.InvariantCulture) : stage.Clock.GetUtcNow();
        return from < stage.Clock.GetUtcNow() - Searched ? Problem(400, "Invalid Request", "invalid-request") : null;
    }

    private static IResult Search(Stage stage, string query, string? sinceId, string? startTime, string? token, int size)
    {
        if (size is < 10 or > 100)
        {
            return Problem(400, "Invalid Request", "invalid-request");
        }

        var from = int.Parse(token?[1..] ?? "0", CultureInfo.InvariantCulture);
        var start = startTime is null ? DateTimeOffset.MinValue : DateTimeOffset.Parse(startTime, CultureInfo.InvariantCulture);
        var found = stage.World.Posts.Where(p => p.Text.Contains(query, StringComparison.OrdinalIgnoreCase) && p.At >= start && (sinceId is null || string.CompareOrdinal(Id(p), sinceId) > 0)).OrderByDescending(p => p.Id).ToList();
        var page = found.Skip(stage.Endless ? 0 : from).Take(size).ToList();
        var meta = new Dictionary<string, object> { ["result_count"] = page.Count };
        if (page.Count > 0)
        {
            (meta["newest_id"], meta["oldest_id"]) = (Id(page[0]), Id(page[^1]));
        }

        if (stage.Endless || from + page.Count < found.Count)
        {
            meta["next_token"] = $"b{from + page.Count}";
        }

        return Results.Json(page.Count == 0 ? new Dictionary<string, object> { ["meta"] = meta } : new Dictionary<string, object> { ["data"] = page.Select(Post), ["includes"] = new { users = Users(page) }, ["meta"] = meta });
    }

    private static Dictionary<string, object?> Post(SimPost post)
    {
        var shape = new Dictionary<string, object?>
        {
            ["id"] = Id(post), ["text"] = post.Text, ["author_id"] = post.Author.Id.ToString(CultureInfo.InvariantCulture), ["created_at"] = post.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["lang"] = post.Language, ["conversation_id"] = Id(post.Root), ["edit_history_tweet_ids"] = new[] { Id(post) },
            ["public_metrics"] = new { like_count = post.Likes, retweet_count = 1, quote_count = 0, reply_count = 0, bookmark_count = 0, impression_count = 10 },
        };
        if (post.Parent is { } parent)
        {
            shape["referenced_tweets"] = new[] { new { type = "replied_to", id = Id(parent) } };
        }

        return shape;
    }

    private static IEnumerable<object> Users(IEnumerable<SimPost> posts) => posts.Select(p => p.Author).DistinctBy(a => a.Id)
        .Select(a => new { id = a.Id.ToString(CultureInfo.InvariantCulture), name = a.Name, username = a.Handle, public_metrics = new { followers_count = a.Followers, following_count = 1, tweet_count = 1, listed_count = 0 } });

    private static void Limits(HttpContext context, long left, DateTimeOffset reset)
    {
        context.Response.Headers["x-rate-limit-limit"] = "300";
        context.Response.Headers["x-rate-limit-remaining"] = left.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["x-rate-limit-reset"] = reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }

    private static IResult Problem(int status, string title, string type) =>
        Results.Json(new { title, detail = title, type = $"https://api.x.com/2/problems/{type}", status }, contentType: "application/problem+json", statusCode: status);

    // As X writes it.
#pragma warning disable IDE1006, SA1300
    private sealed record Rule(string id, string value, string tag);
#pragma warning restore IDE1006, SA1300
}
