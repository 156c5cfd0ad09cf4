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
