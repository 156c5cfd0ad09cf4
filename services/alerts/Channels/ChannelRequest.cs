using System.Net.Mail;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A channel as it shall be. Secrets (<c>password</c>, <c>botToken</c>, <c>url</c>) are kept encrypted and never returned; a PUT that leaves them out keeps them.</summary>
/// <param name="Kind"><c>email</c>, <c>telegram</c>, <c>slack</c> (also Mattermost, Rocket.Chat) or <c>teams</c>. Fixed once added. Signed webhooks: /api/webhooks.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Enabled">True by default.</param>
/// <param name="To">E-mail: 1 to 50 addresses.</param>
/// <param name="From">E-mail: the sender's address.</param>
/// <param name="Host">E-mail: the SMTP server.</param>
/// <param name="Port">E-mail: 1 to 65,535; 587 by default.</param>
/// <param name="User">E-mail: the account; left out to send without signing in.</param>
/// <param name="Password">E-mail: its password.</param>
/// <param name="Tls">E-mail: <c>startTls</c> (default), <c>tls</c> or <c>none</c>, which takes no password.</param>
/// <param name="ChatId">Telegram: the chat, a number or @name.</param>
/// <param name="BotToken">Telegram: the bot's token.</param>
/// <param name="Url">Slack, Teams: the https address of the incoming webhook.</param>
/// <param name="MinSeverity">It tells incidents from this severity on; <c>warning</c> by default.</param>
/// <param name="TellResolved">True: it also tells the end. True by default.</param>
/// <param name="Quiet">Hours in which only what is critical is told, in local time: <c>{"from": "22:00:00", "to": "07:00:00"}</c>.</param>
/// <param name="Digest"><c>never</c> (default), <c>hour</c>, <c>day</c>, <c>week</c>: it sums up instead of telling each incident.</param>
/// <param name="DigestAt">Local time of daily and weekly digests; 08:00:00 by default.</param>
/// <param name="Language"><c>en</c> (default), <c>ru</c>, <c>tr</c>, <c>sv</c>, <c>vi</c>.</param>
/// <param name="TimeZone">IANA name, such as Europe/Stockholm; UTC by default.</param>
/// <param name="KeepsQuiet">True (default): without quiet hours of its own it keeps those of the workspace.</param>
public sealed record ChannelRequest(
    string? Kind,
    string? Name,
    bool? Enabled = null,
    IReadOnlyList<string>? To = null,
    string? From = null,
    string? Host = null,
    int? Port = null,
    string? User = null,
    string? Password = null,
    string? Tls = null,
    string? ChatId = null,
    string? BotToken = null,
    string? Url = null,
    IncidentSeverity? MinSeverity = null,
    bool? TellResolved = null,
    QuietHours? Quiet = null,
    DigestEvery? Digest = null,
    TimeOnly? DigestAt = null,
    string? Language = null,
    string? TimeZone = null,
    bool? KeepsQuiet = null)
{
    private const int MaxSecret = 2_000;

    /// <summary>The channel and its secret, checked. A secret that is left out is <paramref name="known"/>.</summary>
    internal (NoticeChannel Channel, ChannelSecret Secret) Check(Guid id, ChannelSecret? known, int version)
    {
        Require("kind", Kind is not null && ChannelKinds.All.Contains(Kind, StringComparer.Ordinal), $"A channel is one of {string.Join(", ", ChannelKinds.All)}. Signed webhooks have a place of their own: /api/webhooks.");
        var name = Name?.Trim();
        Require("name", name is { Length: > 0 and <= 100 } && !name.Any(char.IsControl), "A name has 1 to 100 characters, none of them a control character.");
        var language = Language ?? "en";
        Require("language", NoticeTexts.Languages.Contains(language, StringComparer.Ordinal), $"The language is one of {string.Join(", ", NoticeTexts.Languages)}.");
        var zone = TimeZone ?? "UTC";
        Require("timeZone", TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _), "Give a time zone by its IANA name, such as Europe/Stockholm.");
        Require("quiet", Quiet is null || Quiet.From != Quiet.To, "Quiet hours begin and end at different times. Leave them out for none.");
        var secret = new ChannelSecret(Password ?? known?.Password, BotToken ?? known?.BotToken, Url ?? known?.Url);
        Require("password", secret.Password is null or { Length: <= MaxSecret }, "The password is too long.");
        var settings = Kind switch
        {
            ChannelKinds.Email => Email(secret),
            ChannelKinds.Telegram => Telegram(secret),
            _ => Hook(secret),
        };
        return (
            new(id, Kind!, name!, Enabled ?? true, settings, MinSeverity ?? IncidentSeverity.Warning, TellResolved ?? true, Quiet, Digest ?? DigestEvery.Never, DigestAt ?? new(8, 0), language, zone, version, KeepsQuiet ?? true),
            secret);
    }

    private ChannelSettings Email(ChannelSecret secret)
    {
        Require("to", To is { Count: > 0 and <= 50 } && To.All(IsAddress), "Give 1 to 50 e-mail addresses in \"to\".");
        Require("from", IsAddress(From), "Give the sender's e-mail address in \"from\".");
        Require("host", Uri.CheckHostName(Host) != UriHostNameType.Unknown, "Give the SMTP server's name in \"host\", such as smtp.example.org.");
        Require("port", Port is null or (> 0 and < 65_536), "A port is 1 to 65,535.");
        Require("tls", Tls is null or "startTls" or "tls" or "none", "tls is startTls, tls or none.");
        Require("tls", Tls is not "none" || User is null, "A password is not sent without encryption. Use startTls or tls, or leave \"user\" out.");
        Require("password", User is null || !string.IsNullOrEmpty(secret.Password), "An account needs its password. Leave \"user\" out to send without signing in.");
        return new(To, From, Host, Port ?? 587, User, Tls ?? "startTls");
    }

    private ChannelSettings Telegram(ChannelSecret secret)
    {
        Require("chatId", ChatId is { Length: > 0 and <= 100 } && (long.TryParse(ChatId, out _) || ChatId[0] == '@'), "Give the chat in \"chatId\": its number, or @name of a public one.");
        Require("botToken", secret.BotToken is { Length: > 10 and <= 200 } t && t.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-'), "Give the bot's token as @BotFather gave it, such as 123456:ABC-DEF.");
        return new(ChatId: ChatId);
    }

    private static ChannelSettings Hook(ChannelSecret secret)
    {
        Require("url", secret.Url is { Length: <= MaxSecret } && Uri.TryCreate(secret.Url, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0, "Give the address of the incoming webhook, such as https://hooks.example.org/services/...");
        return new();
    }

    private static bool IsAddress(string? text) => text is { Length: <= 320 } && !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address) && string.Equals(address.Address, text, StringComparison.Ordinal);

    private static void Require(string field, bool holds, string message)
    {
        if (!holds)
        {
            throw RuleViolation.Invalid(field, "channel_invalid", message);
        }
    }
}

/// <summary>What a channel signs in with. Never logged, never returned.</summary>
/// <param name="Password">E-mail.</param>
/// <param name="BotToken">Telegram.</param>
/// <param name="Url">Slack, Teams: who knows it may post.</param>
internal sealed record ChannelSecret(string? Password, string? BotToken, string? Url);

/// <summary>A channel as the API shows it: with all but its secrets.</summary>
/// <param name="Host">Where it delivers to; of an incoming webhook only the host.</param>
/// <param name="State"><c>ok</c>, <c>failing</c>, or <c>new</c> when it has not delivered yet.</param>
/// <param name="LastError">Why the last try failed; null when it did not.</param>
/// <param name="LastGoodAt">When it last delivered.</param>
/// <param name="Failures">Tries that failed since.</param>
/// <param name="NextDigestAt">When it sums up next; null when it does not.</param>
/// <param name="KeepsQuiet">Without quiet hours of its own it keeps those of the workspace.</param>
public sealed record ChannelView(
    Guid Id,
    string Kind,
    string Name,
    bool Enabled,
    IReadOnlyList<string>? To,
    string? From,
    string? Host,
    int? Port,
    string? User,
    string? Tls,
    string? ChatId,
    IncidentSeverity MinSeverity,
    bool TellResolved,
    QuietHours? Quiet,
    DigestEvery Digest,
    TimeOnly DigestAt,
    string Language,
    string TimeZone,
    string State,
    string? LastError,
    DateTimeOffset? LastGoodAt,
    int Failures,
    DateTimeOffset? NextDigestAt,
    int Version,
    bool KeepsQuiet);
