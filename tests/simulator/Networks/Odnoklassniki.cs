using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Serm.Simulator.Networks;

/// <summary>Odnoklassniki from its documentation (no schema is published): signed calls of <c>fb.do</c>, comments by anchor, refusals with status 200. The network publishes no limit; here it is three calls a second.</summary>
public sealed class Odnoklassniki : INetwork
{
    /// <summary>The application's secret key.</summary>
    public const string Secret = "application-secret";

    /// <summary>The group whose topics are those of the world.</summary>
    public const string Group = "55348644610059";

    public string Name => "ok";

    public IReadOnlyCollection<string> Optional { get; } = ["entities", "discussion_summary", "like_count", "like_summary", "author_name", "reshare_summary"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapPost("/fb.do", async (HttpContext context) =>
    {
        var form = await context.Request.ReadFormAsync();
        stage.Count("requests a second", 3, TimeSpan.FromSeconds(1));
        if (form["access_token"] != stage.Token)
        {
            return Expired(context);
        }

        var signed = string.Concat(form.Where(p => p.Key is not ("sig" or "access_token")).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
        return form["sig"] != Md5(signed + Md5(stage.Token + Secret)) ? Error(context, 104, "PARAM_SIGNATURE : Invalid signature") : form["method"].ToString() switch
        {
            "mediatopic.getTopics" => form["gid"] == Group ? TopicList(stage, form) : Error(context, 300, "NOT_FOUND"),
            "mediatopic.getByIds" => Results.Json(Topics(stage, form["topic_ids"].ToString().Split(',').Select(i => Of(stage, i)).OfType<SimPost>().ToList(), 0, false)),
            "discussions.getComments" => Of(stage, form["discussionId"].ToString()) is null ? Error(context, 300, "NOT_FOUND : Discussion is not found") : Comments(stage, form),
            "discussions.getComment" => Of(stage, form["comment_id"].ToString()[1..]) is { } comment ? Results.Json(new { comment = Comment(comment), entities = Entities([comment]) }) : Error(context, 300, "NOT_FOUND : Comment is not found"),
            _ => Error(context, 3, "METHOD : Method does not exist"),
        };
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => Error(context, 11, "LIMIT_REACHED : Request call limit is reached");

    public IResult Expired(HttpContext context) => Error(context, 102, "PARAM_SESSION_EXPIRED : Session has expired");

    public static string Id(SimPost post) => post.Parent is null ? $"{post.Id}" : $"{post.Root.Id}/c{post.Id}";

    private static IResult Error(HttpContext context, int code, string message)
    {
        context.Response.Headers["invocation-error"] = code.ToString(CultureInfo.InvariantCulture);
        return Results.Json(new { error_code = code, error_msg = message, error_data = (object?)null });
    }

    private static IResult TopicList(Stage stage, IFormCollection form)
    {
        var (page, end, more) = Page(stage, stage.World.Posts.Where(p => p.Parent is null).Reverse(), form);
        return Results.Json(Topics(stage, page, end, more));
    }

    private static IResult Comments(Stage stage, IFormCollection form)
    {
        var (page, end, more) = Page(stage, stage.World.Posts.Where(p => p.Parent is not null && p.Root.Id.ToString(CultureInfo.InvariantCulture) == form["discussionId"]), form);
        return Results.Json(new { discussionId = form["discussionId"].ToString(), discussionType = "GROUP_TOPIC", comments = page.Select(Comment), entities = Entities(page), anchor = $"A{end}", has_more = more });
    }

    private static (List<SimPost> Posts, int End, bool More) Page(Stage stage, IEnumerable<SimPost> posts, IFormCollection form)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, int.Parse(form["count"]!, CultureInfo.InvariantCulture));
        var from = int.TryParse(form["anchor"].ToString().AsSpan().TrimStart('A'), CultureInfo.InvariantCulture, out var at) ? at : 0;
        var all = posts.ToList();
        var page = all.Skip(stage.Endless ? 0 : from).Take(size).ToList();
        return (page, from + page.Count, stage.Endless || from + page.Count < all.Count);
    }

    private static object Topics(Stage stage, List<SimPost> topics, int end, bool more) => new { media_topics = topics.Select(t => Topic(stage, t)), entities = Entities(topics), anchor = $"A{end}", has_more = more };

    private static object Topic(Stage stage, SimPost post) => new
    {
        id = $"{post.Id}", created_ms = post.At.ToUnixTimeMilliseconds(), author_ref = $"user:{post.Author.Id}", owner_ref = $"group:{Group}",
        media = new object[] { new { type = "text", text = post.Text }, new { type = "photo", photo_refs = new[] { "group_photo:1" } } },
        like_summary = new { count = post.Likes, self = false }, reshare_summary = new { count = 0 },
        discussion_summary = new { discussion_id = $"{post.Id}", discussion_type = "GROUP_TOPIC", comments_count = stage.World.Posts.Count(p => p.Parent is not null && p.Root.Id == post.Id) },
    };

    private static Dictionary<string, object?> Comment(SimPost post)
    {
        var comment = new Dictionary<string, object?>
        {
            ["id"] = $"c{post.Id}", ["text"] = post.Text, ["date"] = post.At.ToOffset(TimeSpan.FromHours(3)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), ["author_id"] = $"{post.Author.Id}", ["author_name"] = post.Author.Name, ["type"] = "ACTIVE_MESSAGE", ["like_count"] = post.Likes,
        };
        if (post.Parent?.Parent is not null)
        {
            comment["reply_to_comment_id"] = $"c{post.Parent.Id}";
            comment["reply_to_id"] = $"{post.Parent.Author.Id}";
        }

        return comment;
    }

    private static object Entities(IEnumerable<SimPost> posts) => new { users = posts.Select(p => p.Author).DistinctBy(a => a.Id).Select(a => new { uid = $"{a.Id}", name = a.Name, first_name = a.Name.Split(' ')[0], last_name = a.Name.Split(' ', 2)[1] }) };

    private static SimPost? Of(Stage stage, string id) => long.TryParse(id, CultureInfo.InvariantCulture, out var number) && stage.World.Find(number) is { Deleted: false } post ? post : null;

#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
