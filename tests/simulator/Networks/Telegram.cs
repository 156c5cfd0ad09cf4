using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Telegram's Bot API 10.1, as far as Serm calls it: updates in order from the offset, held open for them. Unlike the real one it keeps what was confirmed, as many readers begin anew in one world. Channel <c>main</c> is a supergroup.</summary>
public sealed class Telegram : INetwork
{
    // Numbers grow with time, so that a world that is made anew goes on above those that its readers have seen.
    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimPlace Group = new(-1001234567890, "Acme talk", "acmetalk");

    public string Name => "telegram";

    public IReadOnlyCollection<string> Optional { get; } = ["username", "last_name", "language_code", "entities"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapPost("/bot{token}/getUpdates", async (string token, HttpContext context) =>
    {
        var form = await context.Request.ReadFormAsync();
        if (token != $"1:{stage.Token}")
        {
            return Expired(context);
        }

        stage.Count("requests a second", 30, TimeSpan.FromSeconds(1));
        var offset = long.Parse(form["offset"]!, CultureInfo.InvariantCulture);
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, int.Parse(form["limit"]!, CultureInfo.InvariantCulture));

        var counted = form["allowed_updates"].ToString().Contains("message_reaction_count", StringComparison.Ordinal);
        var updates = Numbered(stage.World).Where(u => u.What != Change.Deleted && (counted || u.What != Change.Reacted) && (stage.Endless || u.Id >= offset)).Take(size);
        if (long.TryParse(form["timeout"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && !updates.Any())
        {
            await stage.Clock.HoldAsync(TimeSpan.FromSeconds(seconds), () => updates.Any(), context.RequestAborted);
        }

        return Results.Json(new { ok = true, result = updates.Select((u, i) => (u, Id: stage.Endless ? Math.Max(offset, 1) + i : u.Id)).Select(n => n.u.What == Change.Reacted ? Counted(stage.Place ?? Group, n.u.Post, n.Id, n.u.At, ("👍", (int)n.u.Post.Likes)) : Update(stage.Place ?? Group, n.u.What, n.u.Post, n.Id)) });
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) =>
        Results.Json(new { ok = false, error_code = 429, description = $"Too Many Requests: retry after {wait.TotalSeconds}", parameters = new { retry_after = (int)wait.TotalSeconds } }, statusCode: StatusCodes.Status429TooManyRequests);

    public IResult Expired(HttpContext context) => Results.Json(new { ok = false, error_code = 401, description = "Unauthorized" }, statusCode: StatusCodes.Status401Unauthorized);

    /// <summary>An update as it is also sent to a webhook.</summary>
    public static Dictionary<string, object?> Update(Change what, SimPost post, long id) => Update(Group, what, post, id);

    /// <summary>How reactions to a post are counted.</summary>
    public static Dictionary<string, object?> Counted(SimPost post, long id, DateTimeOffset at, params (string Emoji, int Count)[] reactions) => Counted(Group, post, id, at, reactions);

    private static Dictionary<string, object?> Update(SimPlace place, Change what, SimPost post, long id) => new()
    {
        ["update_id"] = id,
        [what == Change.Edited ? "edited_message" : "message"] = Message(place, post, deep: true),
    };

    private static Dictionary<string, object?> Counted(SimPlace place, SimPost post, long id, DateTimeOffset at, params (string Emoji, int Count)[] reactions) => new()
    {
        ["update_id"] = id,
        ["message_reaction_count"] = new
        {
            chat = Chat(place),
            message_id = post.Id,
            date = at.ToUnixTimeSeconds(),
            reactions = reactions.Select(r => new { type = new { type = "emoji", emoji = r.Emoji }, total_count = r.Count }),
        },
    };

    private static Dictionary<string, object?> Message(SimPlace place, SimPost post, bool deep)
    {
        var message = new Dictionary<string, object?>
        {
            ["message_id"] = post.Id,
            ["from"] = new { id = post.Author.Id, is_bot = false, first_name = post.Author.Name.Split(' ')[0], last_name = post.Author.Name.Split(' ', 2)[1], username = post.Author.Handle, language_code = "en" },
            ["chat"] = Chat(place),
            ["date"] = post.At.ToUnixTimeSeconds(),
            ["text"] = post.Text,
        };
        if (post.EditedAt is { } edited)
        {
            message["edit_date"] = edited.ToUnixTimeSeconds();
        }

        if (post.Parent is { } parent && deep)
        {
            message["reply_to_message"] = Message(place, parent, deep: false);
            message["message_thread_id"] = post.Root.Id;
        }

        return message;
    }

    private static object Chat(SimPlace place) => place.Handle is null ? new { id = place.Id, title = place.Name, type = "supergroup" } : new { id = place.Id, title = place.Name, type = "supergroup", username = place.Handle };

    private static IEnumerable<(Change What, SimPost Post, DateTimeOffset At, long Id)> Numbered(World world)
    {
        var number = 0L;
        foreach (var (what, post, at) in world.Log)
        {
            number = Math.Max(number + 1, (long)((at - First).TotalSeconds * 10));
            yield return (what, post, at, number);
        }
    }
}
