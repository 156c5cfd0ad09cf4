using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Serm.Simulator.Networks;

/// <summary>The Stack Exchange API 2.3, as far as Serm calls it: threads by activity, single posts by id, filters. Posts without a parent are questions, those under a question answers, all others comments. Every fourth answer of a method asks to back off from it for ten seconds; refusals have status 400; everything is compressed.</summary>
public sealed class StackExchange : INetwork
{
    private const string Filter = "!made-by-the-simulator";
    private readonly Dictionary<string, (int Calls, DateTimeOffset Until)> methods = new(StringComparer.Ordinal);

    public string Name => "stackexchange";

    public bool Compresses => true;

    public IReadOnlyCollection<string> Optional { get; } = ["score", "answer_count", "view_count", "link", "owner_link", "tags", "is_answered", "content_license", "quota_max", "reputation", "profile_image"];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapGet("/2.3/filters/create", (HttpContext context) => Answer(context, stage, "filters/create", [new JsonObject { ["filter"] = Filter, ["filter_type"] = "safe" }], false));
        routes.MapGet("/2.3/search/advanced", (HttpContext context, string q) => List(context, stage, "search/advanced", p => p.Text.Contains(q, StringComparison.OrdinalIgnoreCase)));
        routes.MapGet("/2.3/questions", (HttpContext context, string tagged) => List(context, stage, "questions", p => tagged == p.Channel));
        routes.MapGet("/2.3/questions/{ids}", (HttpContext context, string ids) => ById(context, stage, "questions/{ids}", ids, p => p.Parent is null, p => Question(stage, p)));
        routes.MapGet("/2.3/answers/{ids}", (HttpContext context, string ids) => ById(context, stage, "answers/{ids}", ids, p => p.Parent is { Parent: null }, p => Written(stage, p)));
        routes.MapGet("/2.3/comments/{ids}", (HttpContext context, string ids) => ById(context, stage, "comments/{ids}", ids, p => p.Parent?.Parent is not null, Comment));
    }

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => Error(502, "throttle_violation", $"too many requests from this IP, more requests available in {(int)wait.TotalSeconds} seconds");

    public IResult Expired(HttpContext context) => Error(400, "bad_parameter", "`key` doesn't match a known application");

    private IResult List(HttpContext context, Stage stage, string method, Func<SimPost, bool> fits)
    {
        var query = context.Request.Query;
        var (min, max) = (long.Parse(query["min"]!, CultureInfo.InvariantCulture), query["max"] is [{ } given] ? long.Parse(given, CultureInfo.InvariantCulture) : long.MaxValue);
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, int.Parse(query["pagesize"].FirstOrDefault() ?? "30", CultureInfo.InvariantCulture));
        var found = stage.World.Posts.Where(p => p.Parent is null && fits(p)).Select(p => (Post: p, At: Activity(stage, p))).Where(p => stage.Endless || (p.At >= min && p.At <= max)).OrderByDescending(p => p.At).ThenByDescending(p => p.Post.Id).ToList();
        var items = found.Take(size).Select((p, i) => Question(stage, p.Post, stage.Endless ? Math.Min(max, stage.Clock.GetUtcNow().ToUnixTimeSeconds()) - 1 - i : p.At));
        return Answer(context, stage, method, items, stage.Endless || found.Count > size);
    }

    private IResult ById(HttpContext context, Stage stage, string method, string ids, Func<SimPost, bool> kind, Func<SimPost, JsonObject> shape)
    {
        var found = ids.Split(';').Select(i => stage.World.Find(long.Parse(i, CultureInfo.InvariantCulture))).OfType<SimPost>().Where(p => !p.Deleted && kind(p)).ToList();
        return Answer(context, stage, method, found.Take(100).Select(shape), found.Count > 100);
    }

    private IResult Answer(HttpContext context, Stage stage, string method, IEnumerable<JsonObject> items, bool more)
    {
        var (left, _) = stage.Count("requests a day", 10_000, TimeSpan.FromDays(1));
        stage.Count("requests a second", 30, TimeSpan.FromSeconds(1));
        if (context.Request.Query["key"] != stage.Token)
        {
            return Expired(context);
        }

        if (method != "filters/create" && context.Request.Query["filter"] != Filter)
        {
            return Error(400, "bad_parameter", "filter");
        }

        var wrapper = new JsonObject { ["items"] = new JsonArray([.. items]), ["has_more"] = more, ["quota_max"] = 10_000, ["quota_remaining"] = left };
        lock (methods)
        {
            var (calls, until) = methods.GetValueOrDefault(method);
            if (stage.Clock.GetUtcNow() < until)
            {
                stage.Violations.Add($"{method} called while it was to be left alone");
            }

            methods[method] = (calls + 1, calls % 4 == 3 ? stage.Clock.GetUtcNow().AddSeconds(10) : until);
            if (calls % 4 == 3)
            {
                wrapper["backoff"] = 10;
            }
        }

        return Results.Json(wrapper);
    }

    private static JsonObject Question(Stage stage, SimPost post) => Question(stage, post, Activity(stage, post));

    private static JsonObject Question(Stage stage, SimPost post, long activity)
    {
        var question = Written(stage, post);
        question["last_activity_date"] = activity;
        question["title"] = WebUtility.HtmlEncode(post.Title ?? "");
        question["answers"] = new JsonArray([.. stage.World.Posts.Where(p => p.Parent?.Id == post.Id).Select(p => Written(stage, p))]);
        question["answer_count"] = question["answers"]!.AsArray().Count;
        question["view_count"] = 12;
        return question;
    }

    private static JsonObject Written(Stage stage, SimPost post)
    {
        var kind = post.Parent is null ? "question" : "answer";
        var written = new JsonObject
        {
            [$"{kind}_id"] = post.Id, ["question_id"] = post.Root.Id, ["creation_date"] = post.At.ToUnixTimeSeconds(), ["score"] = post.Likes, ["owner"] = Owner(post), ["body"] = Html(post), ["link"] = $"https://stackoverflow.com/{kind[..1]}/{post.Id}",
            ["comments"] = new JsonArray([.. stage.World.Posts.Where(p => p.Parent?.Id == post.Id && p.Parent.Parent is not null).Select(Comment)]),
        };
        if (post.EditedAt is { } edited)
        {
            written["last_edit_date"] = edited.ToUnixTimeSeconds();
        }

        return written;
    }

    private static JsonObject Comment(SimPost post) => new()
    {
        ["comment_id"] = post.Id, ["post_id"] = post.Parent!.Id, ["post_type"] = post.Parent.Parent is null ? "question" : "answer", ["creation_date"] = post.At.ToUnixTimeSeconds(), ["score"] = post.Likes, ["edited"] = post.EditedAt is not null, ["owner"] = Owner(post), ["body"] = Html(post), ["link"] = $"https://stackoverflow.com/q/{post.Root.Id}#comment{post.Id}",
    };

    // Comments leave it as it is.
    private static long Activity(Stage stage, SimPost question) => stage.World.Posts.Where(p => p.Id == question.Id || p.Parent?.Id == question.Id).Max(p => (p.EditedAt ?? p.At).ToUnixTimeSeconds());

    private static JsonObject Owner(SimPost post) => new() { ["user_id"] = post.Author.Id, ["display_name"] = WebUtility.HtmlEncode(post.Author.Name), ["link"] = $"https://stackoverflow.com/users/{post.Author.Id}", ["reputation"] = post.Author.Followers };

    private static string Html(SimPost post) => $"<p>{string.Join("<br>\n", post.Text.Split('\n').Select(WebUtility.HtmlEncode))}</p>";

    private static IResult Error(int id, string name, string message) => Results.Json(new { error_id = id, error_name = name, error_message = message }, statusCode: StatusCodes.Status400BadRequest);
}
