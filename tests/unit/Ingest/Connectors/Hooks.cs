using System.Text;
using System.Text.Json;
using Serm.Ingest.Connectors;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Calls as the networks make them.</summary>
internal static class Hooks
{
    public static HookCall VKontakte(Stage stage, Change what, SimPost post, long number)
    {
        var type = (post.Parent is null, what) switch
        {
            (true, _) => "wall_post_new",
            (_, Change.Published) => "wall_reply_new",
            (_, Change.Edited) => "wall_reply_edit",
            _ => "wall_reply_delete",
        };
        object happened = what == Change.Deleted
            ? new { owner_id = -1, id = post.Id, user_id = post.Author.Id, post_id = post.Root.Id, deleter_id = 5 }
            : post.Parent is null
                ? new { id = post.Id, owner_id = -1, from_id = post.Author.Id, date = post.At.ToUnixTimeSeconds(), text = post.Text, post_type = "post" }
                : new { id = post.Id, from_id = post.Author.Id, date = post.At.ToUnixTimeSeconds(), text = post.Text, post_id = post.Root.Id, post_owner_id = -1 };
        return Json(new { type, group_id = 1, event_id = $"e{number}", v = "5.199", secret = "hook-secret", @object = happened });
    }

    /// <summary>Comments under photo 9, video 9 or goods 9 of the community, and in discussions, all of one shape.</summary>
    /// <param name="thing"><c>photo</c>, <c>video</c>, <c>market</c>, or <c>board</c>.</param>
    public static Func<Stage, Change, SimPost, long, HookCall> VKontakteUnder(string thing) => (_, what, post, number) =>
    {
        var (type, under, owner) = thing switch { "board" => ("board_post", "topic_id", "topic_owner_id"), "market" => ("market_comment", "item_id", "market_owner_id"), _ => ($"{thing}_comment", $"{thing}_id", $"{thing}_owner_id") };
        var happened = new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = post.Id, [under] = thing == "board" ? post.Root.Id : 9, [owner] = -1 };
        if (what == Change.Deleted)
        {
            (happened["owner_id"], happened["user_id"], happened["deleter_id"]) = (-1, post.Author.Id, 5);
            return Called("delete");
        }

        (happened["from_id"], happened["date"], happened["text"]) = (post.Author.Id, post.At.ToUnixTimeSeconds(), post.Text);
        if (post.Parent is { } parent && thing != "board")
        {
            (happened["reply_to_user"], happened["reply_to_comment"]) = (parent.Author.Id, parent.Id);
        }

        return Called(what == Change.Edited ? "edit" : "new");

        HookCall Called(string how) => Json(new { type = $"{type}_{how}", group_id = 1, event_id = $"e{number}", v = "5.199", secret = "hook-secret", @object = happened });
    };

    public static HookCall Telegram(Stage stage, Change what, SimPost post, long number) =>
        Json(Serm.Simulator.Networks.Telegram.Update(what, post, number), ("x-telegram-bot-api-secret-token", "hook-secret"));

    public static HookCall Discourse(Stage stage, Change what, SimPost post, long number)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { post = Serm.Simulator.Networks.Discourse.Post(stage, post, post.Id) });
        var signature = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("hook-secret"u8, body));
        var happened = what switch { Change.Published => "post_created", Change.Edited => "post_edited", _ => "post_destroyed" };
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["x-discourse-event-signature"] = $"sha256={signature}", ["x-discourse-event"] = happened, ["x-discourse-event-id"] = $"{number}" };
        return new("POST", new Dictionary<string, string>(StringComparer.Ordinal), headers, body);
    }

    public static HookCall HyperComments(Stage stage, Change what, SimPost post, long number) =>
        new("POST", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), Encoding.UTF8.GetBytes(Serm.Simulator.Networks.HyperComments.Form(what, post, "hook-secret")));

    public static HookCall Facebook(Stage stage, Change what, SimPost post, long number) => Meta(Serm.Simulator.Networks.Facebook.Change(what, post, number));

    public static HookCall Meta(object body)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        var signature = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Serm.Simulator.Networks.Graph.Secret), bytes));
        return new("POST", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { ["x-hub-signature-256"] = $"sha256={signature}" }, bytes);
    }

    public static HookCall Json(object body, params (string Name, string Value)[] headers) =>
        new("POST", new Dictionary<string, string>(StringComparer.Ordinal), headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body)));
}
