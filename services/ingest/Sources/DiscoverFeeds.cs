using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Sources;

/// <summary>A page whose feeds are wanted.</summary>
/// <param name="Url">Absolute http(s) address of a page, a site or a feed.</param>
public sealed record DiscoverRequest(string? Url);

/// <summary>A feed that was found.</summary>
/// <param name="Url">Its address: what <c>POST /api/sources</c> takes.</param>
/// <param name="Title">As the feed says; null without one.</param>
/// <param name="Posts">How many it holds now.</param>
/// <param name="Newest">When the newest of them was published; null when none says.</param>
/// <param name="Found">How: <c>given</c>, <c>linked</c> by the page, or at a <c>usual</c> place.</param>
public sealed record DiscoveredFeed(string Url, string? Title, int Posts, DateTimeOffset? Newest, string Found);

/// <summary>The feeds of a page.</summary>
/// <param name="Feeds">Each was read; the given address first, then in the order of the page.</param>
/// <param name="Message">What was there instead, when nothing was found.</param>
public sealed record DiscoverAnswer(IReadOnlyList<DiscoveredFeed> Feeds, string? Message);

/// <summary>Finds the feeds of a page: itself, what it links, else the usual places of its host. One request after another, so that no host is hurried.</summary>
internal static class DiscoverFeeds
{
    private const int MaxLinks = 5;

    // WordPress, Ghost, Hugo, Jekyll, Blogger, Discourse, phpBB, MediaWiki.
    private static readonly string[] Usual = ["feed/", "rss/", "index.xml", "feed.xml", "atom.xml", "rss.xml", "feeds/posts/default", "latest.rss", "feed.php"];

    public static async Task<Ok<DiscoverAnswer>> RunAsync(DiscoverRequest body, FeedFetcher fetcher, OutboundGuard guard, TimeProvider clock, CancellationToken ct)
    {
        if (!Uri.TryCreate(body.Url?.Trim(), UriKind.Absolute, out var page) || !FeedLinks.IsWeb(page))
        {
            throw RuleViolation.Invalid("url", "url_invalid", "Give an absolute address with http:// or https://, such as https://example.com/blog.");
        }

        await SourceRequest.RequirePublicAsync(page.AbsoluteUri, guard, ct);
        var (first, refused) = await ReadAsync(page, fetcher, clock, ct);
        if (first is not null)
        {
            return TypedResults.Ok(new DiscoverAnswer([Found(page, first, "given")], null));
        }

        List<DiscoveredFeed> feeds = [];
        foreach (var link in refused!.FeedLinks.Take(MaxLinks).Select(l => new Uri(l)))
        {
            await AddAsync(link, "linked");
        }

        foreach (var place in feeds.Count == 0 && refused.Code is "not_a_feed" or "empty" ? Usual : [])
        {
            await AddAsync(new Uri(page, "/" + place), "usual");
            if (feeds.Count > 0)
            {
                break;
            }
        }

        return TypedResults.Ok(new DiscoverAnswer(feeds, feeds.Count == 0 ? refused.Message : null));

        async Task AddAsync(Uri link, string how)
        {
            if (await ReadAsync(link, fetcher, clock, ct) is ({ } document, _) && !feeds.Exists(f => f.Url == link.AbsoluteUri))
            {
                feeds.Add(Found(link, document, how));
            }
        }
    }

    private static async Task<(FeedDocument? Document, FeedReading.Refused? Refused)> ReadAsync(Uri url, FeedFetcher fetcher, TimeProvider clock, CancellationToken ct)
    {
        var reading = await fetcher.FetchAsync(url, null, ct) switch
        {
            FetchResult.Fetched got => FeedReader.Read(got.Body.Span, new(clock.GetUtcNow(), got.Url, url, got.ContentType)),
            FetchResult.Failed failed => new FeedReading.Refused(failed.Code, failed.Message, []),
            _ => new FeedReading.Refused("empty", "The server says that nothing is new, without being asked.", []),
        };
        return ((reading as FeedReading.Read)?.Document, reading as FeedReading.Refused);
    }

    private static DiscoveredFeed Found(Uri url, FeedDocument feed, string how) => new(url.AbsoluteUri, feed.Title, feed.Items.Count, feed.Items.Max(i => i.Published), how);
}
