using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>VKontakte's API 5.199, as far as Serm calls it: errors inside of answers with status 200, three calls a second. Channel <c>main</c> is the wall of one community; all its posts are also found by searching.</summary>
public sealed class VKontakte : INetwork
{
    private static readonly SimPlace Community = new(1, "Acme", "acme");

    public string Name => "vk";

    public IReadOnlyCollection<string> Optional { get; } = ["views", "reposts", "profiles", "groups", "total_count", "parents_stack", "likes"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapPost("/method/{method}", async (string method, HttpContext context) =>
    {
        var form = await context.Request.ReadFormAsync();
        if (context.Request.Headers.Authorization != $"Bearer {stage.Token}")
        {
            return Expired(context);
        }

        stage.Count("requests a second", 3, TimeSpan.FromSeconds(1));
        return form["v"] != "5.199" ? Error(8, "Invalid request: v is required") : method switch
        {
            "newsfeed.search" => Search(stage, form),
            "wall.get" => Wall(stage, form),
            "wall.getById" => Json(new { items = form["posts"].ToString().Split(',').Select(p => Of(stage, p.Split('_')[^1])).OfType<SimPost>().Select(p => Post(stage, p)), profiles = Profiles(stage.World.Posts), groups = Groups(stage) }),
            "wall.getComments" => Of(stage, form["post_id"].ToString()) is null ? Error(15, "Access denied: post was not found or deleted") : Comments(stage, form),
            "wall.getComment" => Of(stage, form["comment_id"].ToString()) is { } c ? Json(new { items = new[] { Comment(stage, c, 0) }, profiles = Profiles([c]), groups = Groups(stage) }) : Error(15, "Access denied"),
            "wall.createComment" => Create(stage, form),
            "board.createComment" => Discuss(stage, form),
            "board.getTopics" => Topics(stage, form),
            "board.getComments" => Of(stage, form["topic_id"].ToString()) is null ? Error(15, "Access denied: topic not found") : Discussed(stage, form),
            _ => Error(3, "Unknown method passed"),
        };
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) => wait <= TimeSpan.FromSeconds(1) ? Error(6, "Too many requests per second") : Error(9, "Flood control");

    public IResult Expired(HttpContext context) => Error(5, "User authorization failed: access_token has expired.");

    // Comments under posts can be asked for with a person's token only.
    public IResult Closed(HttpContext context) => context.Request.Path.Value!.EndsWith("/wall.getComment", StringComparison.Ordinal)
        ? Error(28, "Application authorization failed: method is unavailable with service token.")
        : Error(15, "Access denied");

    // Threads are two levels deep: who answers an answer stands beside it. For how long a guid is known is not documented.
    private static IResult Create(Stage stage, IFormCollection form)
    {
        var post = Of(stage, form["post_id"].ToString());
        var answered = form.ContainsKey("reply_to_comment") ? Of(stage, form["reply_to_comment"].ToString()) : post;
        if (stage.ReadsOnly)
        {
            return Error(28, "Application authorization failed: method is unavailable with service token.");
        }

        if (post is null || answered is null)
        {
            return post is null ? Error(15, "Access denied: post was not found or deleted") : Error(100, "One of the parameters specified was missing or invalid: reply_to_comment is invalid");
        }

        if (form["message"].ToString().Length == 0)
        {
            return Error(100, "One of the parameters specified was missing or invalid: message is undefined");
        }

        var sent = stage.Take(form["message"].ToString(), answered.Parent?.Parent is null ? answered : answered.Parent, form["guid"].FirstOrDefault(), TimeSpan.FromHours(1));
        return Json(new { comment_id = sent.Id, parents_stack = sent.Parent?.Parent is null ? Array.Empty<long>() : [sent.Parent.Id] });
    }

    private static IResult Discuss(Stage stage, IFormCollection form) => stage.ReadsOnly ? Error(27, "Group authorization failed: method is unavailable with group auth.")
        : Of(stage, form["topic_id"].ToString()) is not { } topic ? Error(15, "Access denied: topic not found")
        : Json(stage.Take(form["message"].ToString(), topic, form["guid"].FirstOrDefault(), TimeSpan.FromHours(1)).Id);

    private static IResult Search(Stage stage, IFormCollection form)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : int.MaxValue, Number(form, "count", 30));
        var from = (int)Number(form, "start_from", 0);
        var (start, end) = (Number(form, "start_time", stage.Clock.GetUtcNow().AddDays(-1).ToUnixTimeSeconds()), Number(form, "end_time", long.MaxValue));
        var found = stage.World.Posts.Where(p => p.Parent is null && p.Text.Contains(form["q"].ToString(), StringComparison.OrdinalIgnoreCase) && p.At.ToUnixTimeSeconds() >= start && p.At.ToUnixTimeSeconds() <= end).Reverse().ToList();
        var listed = stage.Endless ? found : found.Take(1_000).ToList();
        var page = stage.Endless ? listed.Take((int)size).ToList() : listed.Skip(from).Take((int)size).ToList();
        var more = stage.Endless || from + page.Count < listed.Count;
        var answer = new Dictionary<string, object?> { ["items"] = page.Select(p => Post(stage, p)), ["profiles"] = Profiles(page), ["groups"] = Groups(stage), ["count"] = Math.Min(found.Count, 1_000), ["total_count"] = found.Count };
        if (more)
        {
            answer["next_from"] = (from + page.Count).ToString(CultureInfo.InvariantCulture);
        }

        return Json(answer);
    }

    private static IResult Wall(Stage stage, IFormCollection form)
    {
        var page = stage.World.Posts.Where(p => p.Parent is null).Reverse().Take((int)Number(form, "count", 20)).ToList();
        return Json(new { count = page.Count, items = page.Select(p => Post(stage, p)), profiles = Profiles(page), groups = Groups(stage) });
    }

    private static IResult Comments(Stage stage, IFormCollection form)
    {
        var size = (int)Math.Min(100, Number(form, "count", 10));
        var under = Number(form, "comment_id", Number(form, "post_id", 0));
        var all = stage.World.Posts.Where(p => p.Parent?.Id == under).ToList();
        var page = all.Skip((int)Number(form, "offset", 0)).Take(size).ToList();
        return Json(new { count = all.Count, items = page.Select(c => Comment(stage, c, (int)Number(form, "thread_items_count", 0))), profiles = Profiles(page), groups = Groups(stage), current_level_count = all.Count, can_post = true, show_reply_button = true, groups_can_post = true });
    }

    // The same threads as discussions: each is a topic, and what began it is its first comment.
    private static IResult Topics(Stage stage, IFormCollection form)
    {
        var topics = stage.World.Posts.Where(p => stage.World.Find(p.Root.Id) is { Deleted: false }).GroupBy(p => p.Root.Id).OrderByDescending(t => t.Max(p => p.At)).ToList();
        return Json(new
        {
            count = topics.Count, default_order = 1, can_add_topics = 0,
            items = topics.Take((int)Number(form, "count", 40)).Select(t => new { id = t.Key, title = "Acme", created = t.Min(p => p.At).ToUnixTimeSeconds(), created_by = t.First().Author.Id, updated = t.Max(p => p.At).ToUnixTimeSeconds(), updated_by = t.Last().Author.Id, is_closed = 0, is_fixed = 0, comments = t.Count() }),
        });
    }

    private static IResult Discussed(Stage stage, IFormCollection form)
    {
        var all = stage.World.Posts.Where(p => p.Root.Id == Number(form, "topic_id", 0)).OrderBy(p => p.Id).ToList();
        var from = Math.Max(0, all.FindIndex(p => p.Id >= Number(form, "start_comment_id", 0))) + (int)Number(form, "offset", 0);
        var page = (stage.Endless ? all.Concat(Enumerable.Repeat(all[^1], 100)) : all.Skip(from)).Take((int)Math.Min(100, Number(form, "count", 20))).ToList();
        return Json(new
        {
            count = all.Count, profiles = Profiles(page), groups = Groups(stage),
            items = page.Select(p => new { id = p.Id, from_id = p.Author.Id, date = p.At.ToUnixTimeSeconds(), text = p.Text, can_edit = 0, likes = new { can_like = 1, count = p.Likes, user_likes = 0, can_publish = 0 } }),
        });
    }

    private static Dictionary<string, object?> Post(Stage stage, SimPost post)
    {
        var shape = new Dictionary<string, object?>
        {
            ["inner_type"] = "wall_wallpost", ["id"] = post.Id, ["owner_id"] = -Place(stage).Id, ["from_id"] = post.Author.Id, ["date"] = post.At.ToUnixTimeSeconds(), ["text"] = post.Text, ["post_type"] = "post",
            ["likes"] = new { can_like = 1, count = post.Likes, user_likes = 0, can_publish = 1 }, ["reposts"] = new { count = post.Shares, user_reposted = 0 }, ["views"] = new { count = post.Views },
            ["comments"] = new { can_post = 1, count = stage.World.Log.Count(l => l.Post.Root.Id == post.Id && l.Post.Parent is not null && l.What == Change.Published) - stage.World.Log.Count(l => l.Post.Root.Id == post.Id && l.Post.Parent is not null && l.What == Change.Deleted) },
        };
        if (post.EditedAt is { } edited)
        {
            shape["edited"] = edited.ToUnixTimeSeconds();
        }

        return shape;
    }

    private static object Comment(Stage stage, SimPost comment, int threadItems)
    {
        // Threads are two levels deep: an answer to an answer stands beside it.
        var thread = stage.World.Posts.Where(p => p.Parent?.Id == comment.Id).ToList();
        return new
        {
            id = comment.Id, from_id = comment.Author.Id, owner_id = -Place(stage).Id, post_id = comment.Root.Id, date = comment.At.ToUnixTimeSeconds(), text = comment.Text,
            parents_stack = comment.Parent?.Parent is null ? Array.Empty<long>() : [comment.Parent.Id],
            likes = new { can_like = 1, count = comment.Likes, user_likes = 0, can_publish = 0 },
            thread = new { count = thread.Count, items = thread.Take(threadItems).Select(t => Comment(stage, t, 0)), can_post = true, show_reply_button = true, groups_can_post = true },
        };
    }

    private static SimPost? Of(Stage stage, string id) => long.TryParse(id, CultureInfo.InvariantCulture, out var number) && stage.World.Find(number) is { Deleted: false } post ? post : null;

    private static IEnumerable<object> Profiles(IEnumerable<SimPost> posts) => posts.Select(p => p.Author).DistinctBy(a => a.Id).Select(a => new { id = a.Id, first_name = a.Name.Split(' ')[0], last_name = a.Name.Split(' ', 2)[1], screen_name = a.Handle, followers_count = a.Followers, can_access_closed = true, is_closed = false });

    private static object[] Groups(Stage stage) => [new { id = Place(stage).Id, name = Place(stage).Name, screen_name = Place(stage).Handle, is_closed = 0, type = "group", members_count = 10 }];

    private static SimPlace Place(Stage stage) => stage.Place ?? Community;

    private static long Number(IFormCollection form, string name, long otherwise) => long.TryParse(form[name], CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static IResult Json(object response) => Results.Json(new { response });

    private static IResult Error(int code, string message) => Results.Json(new { error = new { error_code = code, error_msg = message, request_params = Array.Empty<object>() } });
}
