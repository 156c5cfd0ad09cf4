using System.Text.Json.Nodes;

namespace Serm.Gateway.Api;

/// <summary>Bodies to begin with, for the calls of the main job. By operation id.</summary>
internal static class ApiExamples
{
    private static readonly Dictionary<string, string> All = new(StringComparer.Ordinal)
    {
        ["AddBrand"] = """{"name":"Acme","query":"acme AND (parcel OR delivery) NOT jobs","languages":["en","sv"]}""",
        ["PreviewQuery"] = """{"query":"acme AND (parcel OR delivery) NOT jobs"}""",
        ["AddSource"] = """{"kind":"feed","url":"https://news.example.org/feed.xml","name":"Example news"}""",
        ["PushPosts"] = """{"source":"shop reviews","posts":[{"id":"review-1","url":"https://shop.example.org/reviews/1","text":"The Acme parcel never came, and nobody answers.","author":{"name":"Kim"},"publishedAt":"2026-01-31T12:00:00Z"}]}""",
        ["DismissMention"] = """{"reason":"irrelevant"}""",
        ["NoteMention"] = """{"text":"Called the customer; a new parcel is on its way."}""",
        ["SendReply"] = """{"text":"We are sorry: a new parcel is on its way.","then":"waiting"}""",
        ["AddRule"] = """{"name":"Angry and widely read","threshold":0.8,"minReach":1000}""",
        ["AddWebhook"] = """{"url":"https://hooks.example.org/serm","description":"Ticket system","types":["alert.raised"],"maxPerSecond":20}""",
        ["ReplayWebhook"] = """{"from":"2026-01-31T12:00:00Z","to":"2026-01-31T18:00:00Z"}""",
        ["RotateWebhook"] = """{"overlapHours":24}""",
        ["AddKey"] = """{"name":"shop reviews","role":"integrator"}""",
        ["AddUser"] = """{"name":"kim","role":"moderator"}""",
        ["SetUserRole"] = """{"role":"manager"}""",
        ["ResetUserPassword"] = "{}",
        ["ResendParked"] = """{"max":100}""",
    };

    /// <summary>The example of an operation; null when it has none.</summary>
    public static JsonNode? Of(string operationId) => All.TryGetValue(operationId, out var json) ? JsonNode.Parse(json) : null;
}
