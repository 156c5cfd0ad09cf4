using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Sources;

/// <summary>A new source.</summary>
/// <param name="Kind"><c>feed</c>.</param>
/// <param name="Url">Absolute http(s) address of an RSS, Atom or JSON feed.</param>
/// <param name="Name">What people call it, 1 to 200 characters; the host when not given.</param>
/// <param name="IntervalSeconds">Seconds between two reads, 2 to 86,400; null to follow the publisher.</param>
public sealed record AddSourceRequest(string? Kind, string? Url, string? Name = null, int? IntervalSeconds = null);

/// <summary>A source as it shall be. What is not given stays.</summary>
/// <param name="Kind">May be sent back as read; cannot change.</param>
/// <param name="Url">As in <see cref="AddSourceRequest"/>.</param>
/// <param name="Name">As in <see cref="AddSourceRequest"/>.</param>
/// <param name="IntervalSeconds">As in <see cref="AddSourceRequest"/>; 0 to follow the publisher again.</param>
/// <param name="Paused">True stops the reading, false lets it go on.</param>
public sealed record ChangeSourceRequest(string? Kind = null, string? Url = null, string? Name = null, int? IntervalSeconds = null, bool? Paused = null);

/// <summary>Checks what a person asks of a source.</summary>
internal static class SourceRequest
{
    private const int MaxUrl = 2_048;
    private const int MaxName = 200;

    public static SourceWish Check(AddSourceRequest request)
    {
        if (request.Kind is not Source.FeedKind)
        {
            throw RuleViolation.Invalid("kind", "kind_unknown", request.Kind is null ? "Say the kind of the source: \"feed\"." : "The kind of a source that is added here is \"feed\". Sources of kind \"push\" appear with the first push.");
        }

        var url = Url(request.Url);
        return new(Name(request.Name) ?? url.IdnHost, url.AbsoluteUri, Interval(request.IntervalSeconds));
    }

    public static SourceWish Check(ChangeSourceRequest request, Source source)
    {
        if (request.Kind is not null && request.Kind != source.Kind)
        {
            throw RuleViolation.Invalid("kind", "kind_fixed", "The kind of a source cannot change. Add another source.");
        }

        if (source.Kind != Source.FeedKind && (request.Url is not null || request.IntervalSeconds is not null))
        {
            throw RuleViolation.Invalid(request.Url is not null ? "url" : "intervalSeconds", "not_for_push", "A push source is not read, so it has neither address nor interval.");
        }

        var interval = request.IntervalSeconds switch { null => source.IntervalSeconds, 0 => null, var seconds => Interval(seconds) };
        return new(Name(request.Name) ?? source.Name, request.Url is null ? source.Url : Url(request.Url).AbsoluteUri, interval, request.Paused);
    }

    /// <summary>Refuses addresses inside the network.</summary>
    public static async Task RequirePublicAsync(string url, OutboundGuard guard, CancellationToken cancellationToken)
    {
        var host = new Uri(url).IdnHost;
        if (!await guard.AllowsAsync(host, cancellationToken))
        {
            throw RuleViolation.Invalid("url", "address_not_allowed", new AddressRefusedException(host).Message);
        }
    }

    private static Uri Url(string? written)
    {
        if (string.IsNullOrWhiteSpace(written))
        {
            throw RuleViolation.Invalid("url", "url_missing", "Give the address of the feed.");
        }

        if (written.Length > MaxUrl)
        {
            throw RuleViolation.Invalid("url", "url_too_long", $"An address has at most {MaxUrl} characters.");
        }

        if (!Uri.TryCreate(written.Trim(), UriKind.Absolute, out var url) || !FeedLinks.IsWeb(url))
        {
            throw RuleViolation.Invalid("url", "url_invalid", "Give an absolute address that begins with http:// or https://.");
        }

        return url.UserInfo.Length == 0
            ? new UriBuilder(url) { Fragment = "" }.Uri
            : throw RuleViolation.Invalid("url", "url_has_credentials", "Leave user name and password out of the address: they would be shown to everybody who may read sources.");
    }

    private static string? Name(string? written)
    {
        if (written is null)
        {
            return null;
        }

        var name = PlainText.Line(written, MaxName + 1);
        return name is { Length: <= MaxName } ? name : throw RuleViolation.Invalid("name", "out_of_range", $"A name has 1 to {MaxName} characters.");
    }

    private static int? Interval(int? seconds) => seconds is null or (>= 2 and <= 86_400)
        ? seconds
        : throw RuleViolation.Invalid("intervalSeconds", "out_of_range", "An interval has 2 to 86,400 seconds. Leave it out to follow the publisher.");
}
