using System.Security.Cryptography;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Calls of Meta: a challenge when the address is entered, then changes, signed with the application's secret. They have no id of their own; what Meta sends again is the same to the byte.</summary>
internal static class GraphHook
{
    /// <summary>Checks a call and reads its changes.</summary>
    /// <param name="read">What a change says: the field, its value, and when the call was sent.</param>
    public static HookAnswer Receive(HookCall call, MetaOptions options, Func<string, JsonElement, DateTimeOffset?, Page> read)
    {
        if (call.Method == "GET")
        {
            return call.Asked("hub.mode") == "subscribe" && HookCall.Same(call.Asked("hub.verify_token"), options.VerifyToken) && call.Asked("hub.challenge") is { Length: > 0 and <= 500 } challenge
                ? new HookAnswer.Challenge(challenge)
                : new HookAnswer.Refused(403, "bad_secret");
        }

        if (!call.IsSigned("X-Hub-Signature-256", "sha256=", options.AppSecret))
        {
            return new HookAnswer.Refused(403, "bad_signature");
        }

        try
        {
            var changes = JsonElement.Parse(call.Body.Span).Items("entry").SelectMany(e => e.Items("changes").Append(e).Select(c => (Field: c.Text("field"), Value: c.At("value"), At: e.Time("time"))));
            var pages = changes.Where(c => c is { Field: not null, Value: not null }).Select(c => read(c.Field!, c.Value!.Value, c.At)).ToList();
            return new HookAnswer.Taken(
                new([.. pages.SelectMany(p => p.Posts)], null) { Removed = [.. pages.SelectMany(p => p.Removed)], Named = [.. pages.SelectMany(p => p.Named)] },
                "ok",
                Convert.ToHexStringLower(SHA256.HashData(call.Body.Span)));
        }
        catch (JsonException)
        {
            return new HookAnswer.Refused(400, "bad_body");
        }
    }
}
