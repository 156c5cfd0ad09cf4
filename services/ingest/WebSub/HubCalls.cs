using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Sources;

namespace Serm.Ingest.WebSub;

/// <summary>What a hub wants of us.</summary>
internal abstract record HubWish
{
    private HubWish()
    {
    }

    /// <summary>It asks whether we want the topic.</summary>
    public sealed record Verify(string Topic, string Challenge, TimeSpan Lease) : HubWish;

    /// <summary>It will not push the topic.</summary>
    public sealed record Denied(string Topic) : HubWish;

    /// <summary>It brings what is new, signed with the source's secret.</summary>
    public sealed record Deliver : HubWish;

    /// <summary>It is no call of a hub that was asked.</summary>
    public sealed record None(int Status, string Code) : HubWish;

    /// <summary>Reads a call. (WebSub, W3C recommendation of 2018, sections 5.2, 5.3 and 7.1)</summary>
    /// <param name="secret">What was given to the hub.</param>
    public static HubWish Of(HookCall call, string secret) => (call.Method, call.Asked("hub.mode"), call.Asked("hub.topic")) switch
    {
        ("GET", "subscribe", { } topic) when call.Asked("hub.challenge") is { Length: > 0 and <= 1_000 } challenge =>
            new Verify(topic, challenge, TimeSpan.FromSeconds(long.TryParse(call.Asked("hub.lease_seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Clamp(seconds, 60, 31_536_000) : 864_000)),
        ("GET", "denied", { } topic) => new Denied(topic),
        ("POST", _, _) when IsSigned(call, secret) => new Deliver(),
        ("POST", _, _) => new None(403, "bad_signature"),
        _ => new None(404, "not_subscribed"),
    };

    // SHA-1 is the protocol's minimum, and all that some hubs know: as a keyed hash it still holds.
#pragma warning disable CA5350
    private static bool IsSigned(HookCall call, string secret)
    {
        if (call.Header("X-Hub-Signature")?.Split('=', 2) is not [var method, var given])
        {
            return false;
        }

        var key = Encoding.UTF8.GetBytes(secret);
        var body = call.Body.Span;
        byte[]? made = method.ToLowerInvariant() switch
        {
            "sha1" => HMACSHA1.HashData(key, body),
            "sha256" => HMACSHA256.HashData(key, body),
            "sha384" => HMACSHA384.HashData(key, body),
            "sha512" => HMACSHA512.HashData(key, body),
            _ => null,
        };
        return made is not null && HookCall.Same(given.Trim().ToLowerInvariant(), Convert.ToHexStringLower(made));
    }
#pragma warning restore CA5350
}

/// <summary>Answers hubs.</summary>
internal sealed class HubCalls(NpgsqlDataSource dataSource, SecretBox box)
{
    /// <summary>What a hub signs with: every source has its own, made of the installation's key.</summary>
    public string Secret(Guid sourceId) => box.Derive($"websub {sourceId}");

    /// <summary>As an answer of any other network's call.</summary>
    public async Task<HookAnswer> ReceiveAsync(IPushed pushed, Source source, HookCall call, DateTimeOffset now, CancellationToken stop)
    {
        switch (HubWish.Of(call, Secret(source.Id)))
        {
            case HubWish.Verify verify when !source.Removed && await HubTopics.GrantAsync(dataSource, source.Id, verify.Topic, verify.Lease, now, stop):
                return new HookAnswer.Challenge(verify.Challenge);
            case HubWish.Denied denied:
                await HubTopics.DenyAsync(dataSource, source.Id, denied.Topic, now, stop);
                return new HookAnswer.Taken(Page.Nothing());
            case HubWish.Deliver when await HubTopics.IsGrantedAsync(dataSource, source.Id, Topic(source, call), now, stop):
                return new HookAnswer.Taken(pushed.Delivered(source, call, now));
            case HubWish.None none:
                return new HookAnswer.Refused(none.Status, none.Code);
            default:
                return new HookAnswer.Refused(404, "not_subscribed");
        }
    }

    // Of what it delivers a hub names the topic (WebSub, section 7); older ones do not.
    private static string? Topic(Source source, HookCall call) => call.Header("link") is { } link && source.Url is { } url
        ? LinkHeader.Read([link], new(url)).Where(l => l.Relation == "self").Select(l => l.Address).FirstOrDefault()
        : null;
}
