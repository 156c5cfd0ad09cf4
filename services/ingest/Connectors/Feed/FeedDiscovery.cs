namespace Serm.Ingest.Connectors.Feed;

/// <summary>The feeds that an HTML page advertises.</summary>
internal static class FeedDiscovery
{
    private const int MaxLinks = 20;
    private static readonly string[] Types = ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml"];

    /// <summary>Absolute addresses, in page order.</summary>
    public static IReadOnlyList<string> Links(string html, Uri? baseUrl)
    {
        var found = new List<string>();
        var markup = new Markup(html, html: true);
        while (markup.Read() && found.Count < MaxLinks)
        {
            if (markup.Kind != MarkupToken.StartTag)
            {
                continue;
            }

            var href = CharacterReferences.Decode(markup.Attribute("href"), bare: false);
            if (markup.Name.Equals("base", StringComparison.OrdinalIgnoreCase) && FeedLinks.Resolve(href, baseUrl) is { } address)
            {
                baseUrl = new Uri(address);
            }
            else if (IsFeed(markup) && FeedLinks.Resolve(href, baseUrl) is { } link && !found.Contains(link, StringComparer.Ordinal))
            {
                found.Add(link);
            }
        }

        return found;
    }

    private static bool IsFeed(Markup markup)
    {
        if (!markup.Name.Equals("link", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var relations = (markup.Attribute("rel") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var type = markup.Attribute("type")?.Trim();
        return relations.Contains("feed", StringComparer.OrdinalIgnoreCase)
            || (relations.Contains("alternate", StringComparer.OrdinalIgnoreCase) && type is not null && Types.Contains(type, StringComparer.OrdinalIgnoreCase));
    }
}
