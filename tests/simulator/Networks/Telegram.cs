using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Telegram's Bot API 10.1, as far as Serm calls it: updates in order from the offset. Unlike the real one it keeps what was confirmed, as many readers begin anew in one world. Channel <c>main</c> is a supergroup.</summary>
public sealed class Telegram : INetwork
{
    private const long Chat = -1001234567890;

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

        // The number of an update is its place in what happened; deletions are never told.
        var updates = stage.World.Log.Select((l, i) => (l.What, l.Post, Id: (long)i + 1)).Where(u => u.What != Change.Deleted && (stage.Endless || u.Id >= offset)).Take(size);
        return Results.Json(new { ok = true, result = updates.Select((u, i) => Update(u.What, u.Post, stage.Endless ? Math.Max(offset, 1) + i : u.Id)) });
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait) =>
        Results.Json(new { ok = false, error_code = 429, description = $"Too Many Requests: retry after {wait.TotalSeconds}", parameters = new { retry_after = (int)wait.TotalSeconds } }, statusCode: StatusCodes.Status429TooManyRequests);

    public IResult Expired(HttpContext context) => Results.Json(new { ok = false, error_code = 401, description = "Unauthorized" }, statusCode: StatusCodes.Status401Unauthorized);

    /// <summary>An update as it is also sent to a webhook.</summary>
    public static Dictionary<string, object?> Update(Change what, SimPost post, long id) => new()
    {
        ["update_id"] = id,
        [what == Change.Edited ? "edited_message" : "message"] = Message(post, deep: true),
    };

    /// <summary>How reactions to a post are counted.</summary>
    public static Dictionary<string, object?> Counted(SimPost post, long id, DateTimeOffset at, params (string Emoji, int Count)[] reactions) => new()
    {
        ["update_id"] = id,
        ["message_reaction_count"] = new
        {
            chat = new { id = Chat, title = "Acme talk", type = "supergroup", username = "acmetalk" },
            message_id = post.Id,
            date = at.ToUnixTimeSeconds(),
            reactions = reactions.Select(r => new { type = new { type = "emoji", emoji = r.Emoji }, total_count = r.Count }),
        },
    };

    private static Dictionary<string, object?> Message(SimPost post, bool deep)
    {
        var message = new Dictionary<string, object?>
        {
            ["message_id"] = post.Id,
            ["from"] = new { id = post.Author.Id, is_bot = false, first_name = post.Author.Name.Split(' ')[0], last_name = post.Author.Name.Split(' ', 2)[1], username = post.Author.Handle, language_code = "en" },
            ["chat"] = new { id = Chat, title = "Acme talk", type = "supergroup", username = "acmetalk" },
            ["date"] = post.At.ToUnixTimeSeconds(),
            ["text"] = post.Text,
        };
        if (post.EditedAt is { } edited)
        {
            message["edit_date"] = edited.ToUnixTimeSeconds();
        }

        if (post.Parent is { } parent && deep)
        {
            message["reply_to_message"] = Message(parent, deep: false);
            message["message_thread_id"] = post.Root.Id;
        }

        return message;
    }
}
