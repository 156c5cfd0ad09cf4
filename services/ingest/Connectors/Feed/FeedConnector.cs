using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>What a feed source takes.</summary>
public sealed class FeedOptions
{
    /// <summary>The feed.</summary>
    [Required(ErrorMessage = "Give the address of the feed.")]
    [Url]
    [Display(Name = "Address of the feed", Description = "RSS, Atom, RDF or JSON Feed: forums, blogs and news sites have one. A page's own address often works when it names its feed.")]
    public string Url { get; set; } = "";

    /// <summary>False to read what the site's robots.txt asks programs not to read.</summary>
    [Advanced]
    [Display(Name = "Obey the site's robots.txt", Description = "Turn it off only for sites of your own, or whose owner lets you.")]
    public bool RespectRobots { get; set; } = true;
}

/// <summary>RSS, RDF, Atom and JSON Feed. Its state is the validators of the last good read.</summary>
internal sealed class FeedConnector(FeedFetcher fetcher) : IPushed
{
    /// <summary>What feeds are.</summary>
    public static readonly ConnectorCard Known = new(
        Source.FeedKind,
        "Feed",
        "RSS, Atom, RDF and JSON Feed of blogs, news sites and forums (phpBB, XenForo, vBulletin, MyBB, Discourse, WordPress). What a feed has dropped before it is read is lost.",
        "https://www.rssboard.org/rss-specification",
        typeof(FeedOptions),
        Ability.OwnChannels | Ability.Edits)
    {
        DatesCount = false,
    };

    public ConnectorCard Card => Known;

    public Uri? Address(Settings settings) => settings.As<FeedOptions>() is { Url.Length: > 0 } options ? new Uri(options.Url) : null;

    public string NameOf(Settings settings) => Address(settings)?.IdnHost ?? Known.Name;

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var source = reading.Source;
        var url = new Uri(source.Url!);
        var known = reading.State is null ? null : JsonSerializer.Deserialize<FetchValidators>(reading.State, Reading.Json);
        switch (await fetcher.FetchAsync(url, known, cancellationToken, reading.Options<FeedOptions>().RespectRobots))
        {
            case FetchResult.Fetched got:
                var read = FeedReader.Read(got.Body.Span, new(reading.Now, got.Url, new Uri(source.Identity ?? source.Url!), got.ContentType));
                return read is FeedReading.Read { Document: var feed }
                    ? new(FeedPosts.Given(feed), Reading.Write(got.Validators with { MinInterval = feed.MinInterval })) { Hints = new(feed.MinInterval, got.MaxAge, got.MovedTo, Topics: Topics(feed, got)) }
                    : throw Failure((FeedReading.Refused)read);
            case FetchResult.NotModified same:
                return Page.Nothing() with { Hints = new(known?.MinInterval, same.MaxAge, same.MovedTo) };
            case FetchResult.Failed failed:
                throw new NetworkFailure(failed.Code, failed.Message, failed.Permanent, failed.RetryAfter);
            case var other:
                throw new InvalidOperationException($"Unknown result {other.GetType().Name}.");
        }
    }

    public Page Delivered(Source source, HookCall call, DateTimeOffset now)
    {
        var at = new Uri(source.Url!);
        var read = FeedReader.Read(call.Body.Span, new(now, at, new Uri(source.Identity ?? source.Url!), call.Header("content-type")));

        // Some hubs only say that there is something new: then the feed is read.
        return read is FeedReading.Read { Document.Items.Count: > 0 } found ? new(FeedPosts.Given(found.Document), null) : Page.Nothing() with { More = true };
    }

    // One hub is enough: further ones push the same. The header counts before the document (WebSub, section 4).
    private static IReadOnlyList<HubTopic> Topics(FeedDocument feed, FetchResult.Fetched got) =>
        Uri.TryCreate(got.Hub ?? (feed.Hubs is [var named, ..] ? named : null), UriKind.Absolute, out var hub) && FeedLinks.IsWeb(hub)
            ? [new(hub, Uri.TryCreate(got.Self ?? feed.Self, UriKind.Absolute, out var self) && FeedLinks.IsWeb(self) ? self : got.Url)]
            : [];

    private static NetworkFailure Failure(FeedReading.Refused refused) => new(refused.Code, refused.Message);
}
