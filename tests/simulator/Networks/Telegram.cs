using System.Globalization;
using System.Text.Json;

namespace Serm.Simulator.Networks;

/// <summary>Telegram's Bot API 10.1, as far as Serm calls it: updates in order from the offset, held open for them. Unlike the real one it keeps what was confirmed, as many readers begin anew in one world. Channel <c>main</c> is a supergroup.</summary>
public sealed class Telegram : INetwork
{
    // Numbers grow with time, so that a world that is made anew goes on above those that its readers have seen.
    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimPlace Group = new(-1001234567890, "Acme talk", "acmetalk");

    public string Name => "telegram";

    public IReadOnlyCollection<string> Optional { get; } = ["username", "last_name", "language_code", "entities"];

    public void Map(IEndpointRouteBuilder routes, Stage stage)
    {
        routes.MapPost("/bot{token}/getUpdates", (string token, HttpContext context) => UpdatesAsync(stage, token, context));
        routes.MapPost("/bot{token}/getChat", (string token, HttpContext context, JsonElement body) => Called(stage, token, context) ?? Ok(FullChat(stage.Place ?? Group)));
        routes.MapPost("/bot{token}/sendMessage", (string token, HttpContext context, JsonElement body) => Called(stage, token, context) ?? Send(stage, body));
    }

    private async Task<IResult> UpdatesAsync(Stage stage, string token, HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (Called(stage, token, context) is { } refused)
        {
            return refused;
        }

        var offset = long.Parse(form["offset"]!, CultureInfo.InvariantCulture);
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, int.Parse(form["limit"]!, CultureInfo.InvariantCulture));

        var counted = form["allowed_updates"].ToString().Contains("message_reaction_count", StringComparison.Ordinal);
        // Bots are not told what they sent themselves.
        var updates = Numbered(stage.World).Where(u => u.What != Change.Deleted && u.Post.Author != Stage.Us && (counted || u.What != Change.Reacted) && (stage.Endless || u.Id >= offset)).Take(size);
        if (long.TryParse(form["timeout"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && !updates.Any())
        {
            await stage.Clock.HoldAsync(TimeSpan.FromSeconds(seconds), () => updates.Any(), context.RequestAborted);
        }

        return Results.Json(new { ok = true, result = updates.Select((u, i) => (u, Id: stage.Endless ? Math.Max(offset, 1) + i : u.Id)).Select(n => n.u.What == Change.Reacted ? Counted(stage.Place ?? Group, n.u.Post, n.Id, n.u.At, ("👍", (int)n.u.Post.Likes)) : Update(stage.Place ?? Group, n.u.What, n.u.Post, n.Id)) });
    }

    private IResult? Called(Stage stage, string token, HttpContext context)
    {
        stage.Count("requests a second", 30, TimeSpan.FromSeconds(1));
        return token == $"1:{stage.Token}" ? null : Expired(context);
    }

    // A message that is answered must be there, unless the caller says otherwise.
    private static IResult Send(Stage stage, JsonElement body)
    {
        var place = stage.Place ?? Group;
        var text = body.GetProperty("text").GetString()!;
        var answered = body.TryGetProperty("reply_parameters", out var reply) ? reply.GetProperty("message_id").GetInt64() : (long?)null;
        return body.GetProperty("chat_id").GetInt64() != place.Id ? Bad("Bad Request: chat not found")
            : stage.ReadsOnly ? Results.Json(new { ok = false, error_code = 403, description = "Forbidden: bot was kicked from the supergroup chat" }, statusCode: StatusCodes.Status403Forbidden)
            : text.Length == 0 ? Bad("Bad Request: message text is empty")
            : text.Length > 4_096 ? Bad("Bad Request: message is too long")
            : answered is { } id && stage.World.Find(id) is not { Deleted: false } ? Bad("Bad Request: message to be replied not found")
            : Ok(Message(place, stage.Take(text, answered is { } there ? stage.World.Find(there) : null), deep: true, bot: true));
    }

    private static IResult Ok(object result) => Results.Json(new { ok = true, result });

    private static IResult Bad(string words) => Results.Json(new { ok = false, error_code = 400, description = words }, statusCode: StatusCodes.Status400BadRequest);

    private static object FullChat(SimPlace place) => new
    {
        id = place.Id, title = place.Name, type = place.Name.EndsWith("channel", StringComparison.Ordinal) ? "channel" : "supergroup", accent_color_id = 1, max_reaction_count = 11,
        accepted_gift_types = new { unlimited_gifts = false, limited_gifts = false, unique_gifts = false, premium_subscription = false, gifts_from_channels = false },
    };

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

    private static Dictionary<string, object?> Message(SimPlace place, SimPost post, bool deep, bool bot = false)
    {
        var message = new Dictionary<string, object?>
        {
            ["message_id"] = post.Id,
            ["from"] = new { id = post.Author.Id, is_bot = bot, first_name = post.Author.Name.Split(' ')[0], last_name = post.Author.Name.Split(' ', 2)[1], username = post.Author.Handle, language_code = "en" },
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
