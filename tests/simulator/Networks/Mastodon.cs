using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serm.Simulator.Networks;

/// <summary>Mastodon 4.3, as far as Serm calls it: a stream, contexts of statuses, ids made of the moment of publication, pages above <c>min_id</c>, 300 calls in five minutes with their headers.</summary>
public sealed class Mastodon : INetwork
{
    private const int Limit = 300;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public string Name => "mastodon";

    public IReadOnlyCollection<string> Optional { get; } = ["language", "edited_at", "followers_count", "quotes_count", "spoiler_text", "noindex"];

    /// <summary>A status's id: milliseconds since 1970 above 16 bits.</summary>
    public static long Id(SimPost post) => (post.At.ToUnixTimeMilliseconds() << 16) | (post.Id & 0xFFFF);

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/api/v1/timelines/tag/{tag}", (HttpContext context, string tag, int? limit, long? min_id, long? max_id) => Page(context, stage, limit, min_id, max_id, upwards: true, s => s));
        routes.MapGet("/api/v2/search", (HttpContext context, string q, int? limit, long? min_id, long? max_id) =>
            Page(context, stage, limit, min_id, max_id, upwards: false, s => new { accounts = Array.Empty<object>(), hashtags = Array.Empty<object>(), statuses = s }));
        routes.MapGet("/api/v1/notifications", (HttpContext context, int? limit, long? min_id, long? max_id) => Notifications(context, stage, Math.Min(limit ?? 40, 80), min_id, max_id));
        routes.MapGet("/api/v1/streaming/hashtag", (HttpContext context, string tag) => StreamAsync(context, stage, Told));
        routes.MapGet("/api/v1/streaming/user/notification", (HttpContext context) => StreamAsync(context, stage, Notified));
        routes.MapGet("/api/v1/statuses/{id}/context", (HttpContext context, string id) => Context(context, stage, id));
        routes.MapGet("/api/v1/statuses/{id}", (HttpContext context, string id) => Metered(context, stage) ?? (Find(stage, id) is { } post ? Results.Json(Status(stage, post)) : NotFound("Record not found")));
        routes.MapPost("/api/v1/statuses", (HttpContext context, JsonElement body) => Post(context, stage, body));
        routes.MapGet("/api/v1/statuses", (HttpContext context) => Metered(context, stage)
            ?? Results.Json(context.Request.Query["id[]"].Select(i => stage.World.Posts.FirstOrDefault(p => Id(p).ToString(CultureInfo.InvariantCulture) == i)).OfType<SimPost>().Select(p => Status(stage, p))));
    }

    // What is too long is refused in words, and the same key within an hour gives the status of then.
    private IResult Post(HttpContext context, Stage stage, JsonElement body)
    {
        if (Metered(context, stage) is { } refused)
        {
            return refused;
        }

        stage.Count("statuses in 3 hours", 300, TimeSpan.FromHours(3));
        var text = body.GetProperty("status").GetString()!;
        var answered = body.TryGetProperty("in_reply_to_id", out var id) ? id.GetString() : null;
        return stage.ReadsOnly ? Results.Json(new { error = "This action is outside the authorized scopes" }, statusCode: StatusCodes.Status403Forbidden)
            : text.Length == 0 ? Unprocessable("Validation failed: Text can't be blank")
            : text.EnumerateRunes().Count() > 500 ? Unprocessable("Validation failed: Text character limit of 500 exceeded")
            : answered is not null && Find(stage, answered) is null ? NotFound("The post you are trying to reply to does not appear to exist.")
            : Results.Json(Status(stage, stage.Take(text, answered is null ? null : Find(stage, answered), context.Request.Headers["Idempotency-Key"].FirstOrDefault(), TimeSpan.FromHours(1))));
    }

    private static SimPost? Find(Stage stage, string id) => stage.World.Posts.FirstOrDefault(p => Id(p).ToString(CultureInfo.InvariantCulture) == id);

    private static IResult NotFound(string words) => Results.Json(new { error = words }, statusCode: StatusCodes.Status404NotFound);

    private static IResult Unprocessable(string words) => Results.Json(new { error = words }, statusCode: StatusCodes.Status422UnprocessableEntity);

    // Everything above a status, the first of the thread first, and everything below it. Not more than so many above, as to readers without a token.
    private IResult Context(HttpContext context, Stage stage, string id)
    {
        if (Metered(context, stage) is { } refused)
        {
            return refused;
        }

        if (Find(stage, id) is not { } post)
        {
            return NotFound("Record not found");
        }

        var above = new List<SimPost>();
        for (var up = Now(post.Parent); up is { Deleted: false } && above.Count < 40; up = Now(up.Parent))
        {
            above.Insert(0, up);
        }

        return Results.Json(new { ancestors = above.Select(p => Status(stage, p)), descendants = stage.World.Posts.Where(p => !p.Deleted && IsBelow(p, post)).Take(60).Select(p => Status(stage, p)) });

        SimPost? Now(SimPost? known) => known is null ? null : stage.World.Find(known.Id);
    }

    private static bool IsBelow(SimPost post, SimPost top) => post.Parent is { } parent && (parent.Id == top.Id || IsBelow(parent, top));

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers["X-RateLimit-Limit"] = "300";
        context.Response.Headers["X-RateLimit-Remaining"] = "0";
        context.Response.Headers["X-RateLimit-Reset"] = (stage.Clock.GetUtcNow() + wait).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        return Results.Json(new { error = "Too many requests" }, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Json(new { error = "The access token is invalid" }, statusCode: StatusCodes.Status401Unauthorized);

    // Lists tell the oldest above min_id, searches always their newest.
    private IResult Page(HttpContext context, Stage stage, int? limit, long? minId, long? maxId, bool upwards, Func<IEnumerable<object>, object> shape)
    {
        if (Metered(context, stage) is { } refused)
        {
            return refused;
        }

        var size = Math.Min(limit ?? 20, 40);
        var between = stage.World.Posts.Where(p => stage.Endless || (Id(p) > (minId ?? 0) && Id(p) < (maxId ?? long.MaxValue))).OrderBy(Id).ToList();
        var page = upwards && minId is not null ? between.Take(size) : between.TakeLast(size);
        return Results.Json(shape(page.Reverse().Select((p, i) => Status(stage, p, !stage.Endless ? Id(p) : upwards && minId is { } above ? above + size - i : (maxId ?? Id(between[^1]) + 1) - 1 - i))));
    }

    // Every post mentions the account; somebody likes one of its own after each. Numbered through, newest first; above min_id the oldest.
    private IResult Notifications(HttpContext context, Stage stage, int limit, long? minId, long? maxId)
    {
        if (Metered(context, stage) is { } refused)
        {
            return refused;
        }

        var kinds = context.Request.Query["types[]"];
        var all = stage.World.Posts.OrderBy(p => p.Id).SelectMany(p => new[] { Notification(stage, p, "mention"), Notification(stage, p, "favourite") }).Where(n => kinds.Count == 0 || kinds.Contains(n.Type)).ToList();
        var page = stage.Endless ? Enumerable.Range(0, limit).Select(i => all[i % all.Count] with { Id = (maxId is { } below ? below - 1 : minId is { } above ? above + limit : 1_000_000_000) - i }).ToList()
            : minId is { } from ? [.. all.Where(n => n.Id > from).Take(limit).Reverse()]
            : all.Where(n => n.Id < (maxId ?? long.MaxValue)).Reverse().Take(limit).ToList();
        return Results.Json(page.Select(Shape));
    }

    private static (long Id, string Type, object Status, SimPost Post) Notification(Stage stage, SimPost post, string type) =>
        type == "mention" ? (post.Id * 2, type, Status(stage, post), post) : ((post.Id * 2) + 1, type, Status(stage, post with { Id = post.Id + 30_000, Text = "our own words" }), post);

    private static object Shape((long Id, string Type, object Status, SimPost Post) of) => new
    {
        id = of.Id.ToString(CultureInfo.InvariantCulture), type = of.Type, group_key = $"ungrouped-{of.Id}", created_at = Iso(of.Post.At), account = Account(of.Post), status = of.Status,
    };

    private static IEnumerable<(string Type, string Data)> Told(Stage stage) => stage.World.Log.Where(l => l.What != Change.Reacted).Select(l => l.What switch
    {
        Change.Published => ("update", JsonSerializer.Serialize(Status(stage, l.Post))),
        Change.Edited => ("status.update", JsonSerializer.Serialize(Status(stage, l.Post))),
        _ => ("delete", Id(l.Post).ToString(CultureInfo.InvariantCulture)),
    });

    // Neither edits nor deletions are notified of.
    private static IEnumerable<(string Type, string Data)> Notified(Stage stage) => stage.World.Log.Where(l => l.What == Change.Published)
        .SelectMany(l => new[] { Notification(stage, l.Post, "mention"), Notification(stage, l.Post, "favourite") }).Select(n => ("notification", JsonSerializer.Serialize(Shape(n))));

    // Everything that happened so far, and then the server takes a rest.
    private static async Task StreamAsync(HttpContext context, Stage stage, Func<Stage, IEnumerable<(string Type, string Data)>> told)
    {
        context.Response.StatusCode = context.Request.Headers.Authorization == $"Bearer {stage.Token}" ? 200 : 401;
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(":)\n\n");
        foreach (var (type, data) in context.Response.StatusCode == 200 ? told(stage) : [])
        {
            await context.Response.WriteAsync($"event: {type}\ndata: {data}\n\n:thump\n");
        }
    }

    private IResult? Metered(HttpContext context, Stage stage)
    {
        if (context.Request.Headers.Authorization != $"Bearer {stage.Token}")
        {
            return Expired(context);
        }

        var (left, reset) = stage.Count("requests in 5 minutes", Limit, Window);
        context.Response.Headers["X-RateLimit-Limit"] = "300";
        context.Response.Headers["X-RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-RateLimit-Reset"] = reset.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        return null;
    }

    private static object Status(Stage stage, SimPost post) => Status(stage, post, Id(post));

    private static object Status(Stage stage, SimPost post, long id) => new
    {
        id = id.ToString(CultureInfo.InvariantCulture),
        created_at = Iso(post.At),
        edited_at = post.EditedAt is { } edited ? Iso(edited) : null,
        in_reply_to_id = post.Parent is { } parent ? Id(parent).ToString(CultureInfo.InvariantCulture) : null,
        in_reply_to_account_id = post.Parent?.Author.Id.ToString(CultureInfo.InvariantCulture),
        sensitive = false,
        spoiler_text = "",
        visibility = "public",
        language = post.Language,
        uri = $"https://social.example/users/{post.Author.Handle}/statuses/{id}",
        url = $"https://social.example/@{post.Author.Handle}/{id}",
        replies_count = stage.World.Posts.Count(p => p.Parent?.Id == post.Id),
        reblogs_count = post.Shares,
        favourites_count = post.Likes,
        quotes_count = 0,
        content = $"<p>{string.Join("<br />", post.Text.Split('\n').Select(WebUtility.HtmlEncode))}</p>",
        reblog = (object?)null,
        account = Account(post),
        media_attachments = Array.Empty<object>(),
        mentions = Array.Empty<object>(),
        tags = new[] { new { name = "acme", url = "https://social.example/tags/acme" } },
        emojis = Array.Empty<object>(),
        card = (object?)null,
        poll = (object?)null,
    };

    private static object Account(SimPost post) => new
    {
        id = post.Author.Id.ToString(CultureInfo.InvariantCulture), username = post.Author.Handle, acct = post.Author.Handle, display_name = post.Author.Name, locked = false, bot = false, indexable = true, noindex = false,
        created_at = "2020-01-01T00:00:00.000Z", note = "", url = $"https://social.example/@{post.Author.Handle}", uri = $"https://social.example/users/{post.Author.Handle}",
        avatar = "https://social.example/a.png", avatar_static = "https://social.example/a.png", header = "https://social.example/h.png", header_static = "https://social.example/h.png",
        followers_count = post.Author.Followers, following_count = 1, statuses_count = 1, last_status_at = "2026-01-01", emojis = Array.Empty<object>(), fields = Array.Empty<object>(), discoverable = true, group = false,
    };

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
