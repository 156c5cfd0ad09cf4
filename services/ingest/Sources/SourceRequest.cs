using System.Text.Json;
using System.Text.Json.Nodes;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Sources;

/// <summary>A new source.</summary>
/// <param name="Kind">One of <c>GET /api/sources/kinds</c>.</param>
/// <param name="Url">For feeds: the absolute http(s) address of an RSS, Atom or JSON feed. The same as <c>options.url</c>.</param>
/// <param name="Name">What people call it, 1 to 200 characters; told from the options when not given.</param>
/// <param name="IntervalSeconds">Seconds between two reads, 2 to 86,400; null to follow the source's own pace.</param>
/// <param name="Options">The kind's options by name.</param>
/// <param name="Credentials">The kind's credentials by name: encrypted at rest and never returned.</param>
public sealed record AddSourceRequest(string? Kind, string? Url, string? Name = null, int? IntervalSeconds = null, JsonElement? Options = null, JsonElement? Credentials = null);

/// <summary>A source as it shall be. What is not given stays.</summary>
/// <param name="Kind">May be sent back as read; cannot change.</param>
/// <param name="Url">As in <see cref="AddSourceRequest"/>.</param>
/// <param name="Name">As in <see cref="AddSourceRequest"/>.</param>
/// <param name="IntervalSeconds">As in <see cref="AddSourceRequest"/>; 0 to follow the source's own pace again.</param>
/// <param name="Paused">True stops the reading, false lets it go on.</param>
/// <param name="Options">All options anew; those that are left out go back to their defaults.</param>
/// <param name="Credentials">New credentials; those that are left out stay, unless the options name another server: then all are given again.</param>
public sealed record ChangeSourceRequest(string? Kind = null, string? Url = null, string? Name = null, int? IntervalSeconds = null, bool? Paused = null, JsonElement? Options = null, JsonElement? Credentials = null);

/// <summary>Checks what a person asks of a source.</summary>
internal static class SourceRequest
{
    private const int MaxUrl = 2_048;
    private const int MaxName = 200;
    private const int MostYears = 10;

    /// <summary>What a new source shall be.</summary>
    /// <param name="secrets">Credentials that are stored of it, when it is one that is there; null for none.</param>
    /// <param name="before">The options that they were entered with.</param>
    public static SourceWish Check(AddSourceRequest request, ConnectorBook book, string? secrets = null, string? before = null)
    {
        if (request.Kind is Source.FeedKind)
        {
            var url = Url(request.Url ?? (request.Options is { ValueKind: JsonValueKind.Object } given ? given.Text("url") : null));
            return new(Name(request.Name) ?? url.IdnHost, url.AbsoluteUri, Interval(request.IntervalSeconds), Options: FeedOptions(request.Options, url));
        }

        var connector = Kind(request.Kind, book);
        if (request.Url is not null)
        {
            throw RuleViolation.Invalid("url", "not_for_kind", $"A source of kind \"{request.Kind}\" has no address of its own: see its options.");
        }

        var (options, all) = Settings.Check(connector.Card, request.Options, request.Credentials, secrets, before);
        var settings = Settings.Of(options, all);
        connector.Check(settings);
        return new(Name(request.Name) ?? PlainText.Line(connector.NameOf(settings), MaxName) ?? connector.Card.Name, Address(connector, settings), Interval(request.IntervalSeconds), Options: options, Secrets: all);
    }

    /// <summary>What a source shall be from now on.</summary>
    /// <param name="secrets">The credentials that it has.</param>
    public static SourceWish Check(ChangeSourceRequest request, Source source, ConnectorBook book, string? secrets = null)
    {
        if (request.Kind is not null && request.Kind != source.Kind)
        {
            throw RuleViolation.Invalid("kind", "kind_fixed", "The kind of a source cannot change. Add another source.");
        }

        if (source.Kind == Source.PushKind && (request.Url is not null || request.IntervalSeconds is not null))
        {
            throw RuleViolation.Invalid(request.Url is not null ? "url" : "intervalSeconds", "not_for_push", "A push source is not read, so it has neither address nor interval.");
        }

        var interval = request.IntervalSeconds switch { null => source.IntervalSeconds, 0 => null, var seconds => Interval(seconds) };
        var wish = new SourceWish(Name(request.Name) ?? source.Name, source.Url, interval, request.Paused);
        if (source.Kind is Source.FeedKind or Source.PushKind)
        {
            var url = request.Url ?? (request.Options is { ValueKind: JsonValueKind.Object } given ? given.Text("url") : null);
            wish = url is null ? wish : wish with { Url = Url(url).AbsoluteUri };
            return source.Kind == Source.FeedKind ? wish with { Options = FeedOptions(request.Options, new(wish.Url!)) } : wish;
        }

        if (request.Options is null && request.Credentials is null)
        {
            return wish;
        }

        var connector = book[source.Kind];
        var (options, all) = Settings.Check(connector.Card, request.Options ?? Stored(source), request.Credentials, secrets, source.Options);
        var settings = Settings.Of(options, all);
        connector.Check(settings);
        return wish with { Url = Address(connector, settings), Options = options, Secrets = request.Credentials is null ? null : all };
    }

    /// <summary>Refuses a day on which credentials end that is over, or out of all reason. One that was stored before is left alone.</summary>
    public static void RequireAhead(SourceWish wish, Source? before, DateTimeOffset now)
    {
        if (Settings.EndOf(wish.Options) is { } end && end != Settings.EndOf(before?.Options) && (end <= now || end > now.AddYears(MostYears)))
        {
            throw RuleViolation.Invalid($"options.{Settings.EndName}", "option_invalid", end <= now ? "That day is over: give the day on which the new credentials end, or none." : $"Give a day within {MostYears} years, or none.");
        }
    }

    // A feed's address stands beside its options. Null for none, or to leave them.
    private static string? FeedOptions(JsonElement? given, Uri url)
    {
        if (given is not { ValueKind: JsonValueKind.Object } options)
        {
            return null;
        }

        var all = JsonNode.Parse(options.Whole())!.AsObject();
        all["url"] = url.AbsoluteUri;
        var (known, _) = Settings.Check(FeedConnector.Known, JsonSerializer.SerializeToElement(all), null, null);
        var kept = JsonNode.Parse(known)!.AsObject();
        kept.Remove("url");
        return kept.Count == 0 ? null : kept.ToJsonString();
    }

    private static JsonElement? Stored(Source source) => source.Options is null ? null : JsonElement.Parse(source.Options);

    private static IConnector Kind(string? kind, ConnectorBook book) => book.Find(kind) switch
    {
        { Card: { Retired: { } why } } => throw RuleViolation.Invalid("kind", "kind_retired", why),
        { Card.Addable: true } found => found,
        _ => throw RuleViolation.Invalid("kind", "kind_unknown", kind switch
        {
            null => "Say the kind of the source: \"feed\", or another of GET /api/sources/kinds.",
            Source.PushKind => "Sources of kind \"push\" appear with the first push.",
            _ => $"There is no kind \"{PlainText.Line(kind, 40)}\". Known: {string.Join(", ", book.All.Where(c => c.Card.Addable).Select(c => c.Card.Kind))}.",
        }),
    };

    private static string? Address(IConnector connector, Settings settings) => connector is IPulled or IStreamed ? connector.Address(settings)?.AbsoluteUri : null;

    /// <summary>Refuses addresses inside the network.</summary>
    public static async Task RequirePublicAsync(string? url, OutboundGuard guard, CancellationToken cancellationToken)
    {
        if (url is null)
        {
            return;
        }

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
