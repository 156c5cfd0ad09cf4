using System.Net;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A webhook as it shall be. A PUT replaces the whole of it: what is left out takes its default. Values of one filter are alternatives; filters all have to hold; an empty one lets everything pass.</summary>
/// <param name="Url">Absolute https address, at most 2,048 characters; http only to hosts that the operator allows.</param>
/// <param name="Description">What you call it, at most 200 characters.</param>
/// <param name="Types">Types of events, such as <c>alert.raised</c>; all when left out. <c>GET /api/webhooks/types</c> lists them.</param>
/// <param name="Brands">Only events of these brands.</param>
/// <param name="Severities">Only events of these: <c>info</c>, <c>warning</c>, <c>critical</c>.</param>
/// <param name="Labels">Only events with one of these labels.</param>
/// <param name="MaxPerSecond">Deliveries a second at most, 1 to 1,000; no limit when left out.</param>
/// <param name="Headers">Own headers, at most 10, such as <c>Authorization</c>. Their values are stored encrypted and not shown again. In a PUT: left out, they stay; a null value keeps that of before. Where <paramref name="Url"/> is on another server than before, all are given again.</param>
/// <param name="Asymmetric">True: sign with ed25519 (<c>v1a</c>) beside HMAC-SHA256 (<c>v1</c>).</param>
/// <param name="Secret">A secret that you bring along: <c>whsec_</c> and base64 of 24 to 64 bytes. When left out one is made. Only when it is added; later it is rotated.</param>
public sealed record WebhookRequest(
    string? Url,
    string? Description = null,
    IReadOnlyList<string>? Types = null,
    IReadOnlyList<Guid>? Brands = null,
    IReadOnlyList<string>? Severities = null,
    IReadOnlyList<string>? Labels = null,
    int? MaxPerSecond = null,
    IReadOnlyDictionary<string, string?>? Headers = null,
    bool? Asymmetric = null,
    string? Secret = null)
{
    private const int MaxUrl = 2_048;
    private const int MaxDescription = 200;
    private const int MaxList = 100;
    private const int MaxHeaders = 10;
    private const int MaxHeaderValue = 2_048;

    /// <summary>What an event can weigh.</summary>
    internal static readonly string[] AllSeverities = ["info", "warning", "critical"];

    // Hop-by-hop (RFC 9110, 7.6.1), what frames the message, what we sign with, and what a receiver or proxy trusts.
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Cookie", "Set-Cookie", "User-Agent", "Forwarded", "Via", "Origin", "Referer", "Date", "Range", "Accept-Encoding",
    };

    private static readonly string[] RefusedStarts = ["Content-", "Webhook-", "Svix-", "Proxy-", "X-Forwarded-", "X-Serm-", "Sec-", "X-Real-", "X-Original-", "X-Http-Method"];

    /// <summary>The terms, checked; the address against the guard as it resolves now. It is checked again at every connection.</summary>
    internal async Task<WebhookTerms> CheckAsync(OutboundGuard guard, IEnumerable<string> headersOfBefore, CancellationToken cancellationToken)
    {
        var url = await CheckUrlAsync(guard, cancellationToken);
        var description = string.IsNullOrWhiteSpace(Description) ? null : Description.Trim();
        if (description is { Length: > MaxDescription } || description?.Any(char.IsControl) == true)
        {
            throw RuleViolation.Invalid("description", "out_of_range", $"A description has at most {MaxDescription} characters, none of them a control character.");
        }

        if (MaxPerSecond is < 1 or > 1_000)
        {
            throw RuleViolation.Invalid("maxPerSecond", "out_of_range", "Give a limit of 1 to 1,000 deliveries a second, or leave it out.");
        }

        return new(
            url,
            description,
            Known("types", Types, [.. PublicEventTypes.All.Select(t => t.Name)], "event_type_unknown"),
            Short("brands", Brands),
            Known("severities", Severities, AllSeverities, "severity_unknown"),
            Short("labels", Labels?.Select(l => l.Trim()).Where(l => l.Length > 0).ToList()),
            MaxPerSecond,
            Headers is null ? [.. headersOfBefore] : [.. Headers.Keys.Select(CheckName)],
            Asymmetric ?? false);
    }

    /// <summary>The values of own headers.</summary>
    /// <param name="before">The values of before; empty for a new webhook.</param>
    /// <param name="from">The address that they were given for; null for a new webhook.</param>
    internal IReadOnlyDictionary<string, string> HeaderValues(IReadOnlyDictionary<string, string> before, string? from = null)
    {
        // Who may change a webhook without knowing these values must not have them sent to a server of their own.
        if (before.Count > 0 && (Headers is null || Headers.Values.Any(v => v is null)) && from is not null && IsElsewhere(from))
        {
            throw RuleViolation.Invalid("headers", "headers_again", $"The address is on another server than the one that the values of {string.Join(", ", before.Keys)} were given for: give them again, or remove them with an empty \"headers\".");
        }

        if (Headers is null)
        {
            return before;
        }

        if (Headers.Count > MaxHeaders)
        {
            throw RuleViolation.Invalid("headers", "too_many", $"A webhook has at most {MaxHeaders} own headers.");
        }

        return Headers.ToDictionary(
            h => h.Key,
            h =>
            {
                var value = h.Value ?? before.FirstOrDefault(b => b.Key.Equals(h.Key, StringComparison.OrdinalIgnoreCase)).Value
                    ?? throw RuleViolation.Invalid($"headers.{h.Key}", "header_invalid", $"The header {h.Key} has no value yet: give one.");
                return value.Length <= MaxHeaderValue && value.All(c => c is >= ' ' and <= '~') ? value.Trim()
                    : throw RuleViolation.Invalid($"headers.{h.Key}", "header_invalid", $"The value of a header is printable ASCII, at most {MaxHeaderValue} characters.");
            },
            StringComparer.OrdinalIgnoreCase);
    }

    private bool IsElsewhere(string from) => Uri.TryCreate(Url?.Trim(), UriKind.Absolute, out var url) && Uri.Compare(url, new Uri(from), UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0;

    private async Task<string> CheckUrlAsync(OutboundGuard guard, CancellationToken cancellationToken)
    {
        if (Url is not { Length: > 0 and <= MaxUrl } || !Uri.TryCreate(Url.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0)
        {
            throw RuleViolation.Invalid("url", "url_invalid", $"Give an absolute https address of at most {MaxUrl} characters.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw RuleViolation.Invalid("url", "url_invalid", "Put no name or password into the address: use an Authorization header.");
        }

        // Allowed by name: then also without encryption, as hosts inside seldom have a certificate.
        var allowed = guard.Allows(url.IdnHost, IPAddress.Loopback);
        if (url.Scheme is "http" && !allowed)
        {
            throw RuleViolation.Invalid("url", "https_required", "Use https: what is delivered is personal and must not be readable on the way.");
        }

        return await guard.AllowsAsync(url.IdnHost, cancellationToken)
            ? url.AbsoluteUri
            : throw RuleViolation.Invalid("url", "address_refused", new AddressRefusedException(url.IdnHost).Message);
    }

    private static string CheckName(string name) =>
        name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? throw RuleViolation.Invalid($"headers.{name}", "header_invalid", "The name of a header is letters, digits, - and _.")
            : Refused.Contains(name) || Array.Exists(RefusedStarts, s => name.StartsWith(s, StringComparison.OrdinalIgnoreCase))
            ? throw RuleViolation.Invalid($"headers.{name}", "header_refused", $"The header {name} cannot be set: it frames the request, or a receiver would trust it. Choose another name.")
            : name;

    private static IReadOnlyList<string> Known(string field, IReadOnlyList<string>? given, string[] known, string code)
    {
        var unknown = given?.FirstOrDefault(g => !known.Contains(g, StringComparer.Ordinal));
        return unknown is null
            ? Short(field, given)
            : throw RuleViolation.Invalid(field, code, $"\"{(unknown.Length > 50 ? unknown[..50] : unknown)}\" is not one of {string.Join(", ", known)}.");
    }

    private static IReadOnlyList<T> Short<T>(string field, IReadOnlyList<T>? given) =>
        given is null ? [] : given.Count <= MaxList ? [.. given.Distinct()] : throw RuleViolation.Invalid(field, "too_many", $"{field} takes at most {MaxList} values.");
}
