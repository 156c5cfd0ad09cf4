using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.HyperComments;

/// <summary>What a HyperComments source takes.</summary>
public sealed class HyperCommentsOptions
{
    /// <summary>The widget's secret.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the secret key of the widget.")]
    [MaxLength(200)]
    [Display(Name = "Secret key", Description = "From the widget's settings at HyperComments. Enter the source's address of calls there as Notify URL.")]
    public string SecretKey { get; set; } = "";
}

/// <summary>Comments of a site that uses HyperComments, as it calls: it has no other way that still works for all. Each call is signed with MD5 over secret, data and time, which is the network's own choice.</summary>
internal sealed class HyperCommentsConnector : IWebhook
{
    public ConnectorCard Card { get; } = new(
        "hypercomments",
        "HyperComments",
        "Comments of a site that uses HyperComments, as the network calls Serm when one is written, edited or removed. What was written before cannot be read.",
        "https://www.hypercomments.com/",
        typeof(HyperCommentsOptions),
        Ability.OwnChannels | Ability.Edits | Ability.Deletes);

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now)
    {
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(call.Body.Span));
        string Value(string name) => form.TryGetValue(name, out var value) ? value.ToString() : "";
        var (data, time, signature) = (Value("data"), Value("time"), Value("signature"));
        if (settings.As<HyperCommentsOptions>().SecretKey is not { Length: > 0 } secret || !HookCall.Same(signature.ToLowerInvariant(), Signature(secret, data, time)))
        {
            return new HookAnswer.Refused(403, "bad_signature");
        }

        try
        {
            var commands = JsonElement.Parse(data) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToList() : [JsonElement.Parse(data)];
            return new HookAnswer.Taken(
                new([.. commands.Select(c => Comment(c, long.TryParse(time, out var seconds) ? Moment(seconds) : null)).OfType<NetworkPost>()], null)
                {
                    Removed = [.. commands.Where(c => c.Text("cmd") == "streamRemoveMessage").Select(c => c.Text("id")).OfType<string>().Select(id => new RemovedPost(id, now))],
                },
                "ok",
                signature);
        }
        catch (JsonException)
        {
            return new HookAnswer.Refused(400, "bad_body");
        }
    }

    private static NetworkPost? Comment(JsonElement command, DateTimeOffset? calledAt)
    {
        var happened = command.Text("cmd");
        if (happened is not ("streamMessage" or "streamEditMessage") || command.Text("id") is not { } id)
        {
            return null;
        }

        var page = command.Text("xid");
        return new(id, (command.Text("text") ?? "").Replace("\n", "<br>", StringComparison.Ordinal), command.Time("time") ?? (happened == "streamMessage" ? calledAt : null))
        {
            Html = true,
            Url = command.Text("link"),
            Author = command.Text("nick") is { } nick ? new Author(command.Text("user_id") ?? nick, nick) : null,
            EditedAt = happened == "streamEditMessage" ? calledAt : null,
            Parent = command.Text("parent_id") is { } parent and not "0" ? parent : null,
            Root = page is null ? null : $"page-{page}",
        };
    }

    private static DateTimeOffset? Moment(long seconds) => seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

#pragma warning disable CA5351 // The network signs with nothing else.
    private static string Signature(string secret, string data, string time) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(secret + data + time)));
#pragma warning restore CA5351
}
