namespace Serm.Ingest.Connectors.Feed;

/// <summary>Vocabularies by the prefix that everybody uses for them, whatever prefix a document binds them to.</summary>
internal static class FeedNamespaces
{
    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["http://www.w3.org/2005/atom"] = "",
        ["http://purl.org/atom/ns"] = "",
        ["http://example.com/newformat"] = "",
        ["http://purl.org/rss/1.0"] = "",
        ["http://purl.org/net/rss1.1"] = "",
        ["http://my.netscape.com/rdf/simple/0.9"] = "",
        ["http://channel.netscape.com/rdf/simple/0.9"] = "",
        ["http://my.netscape.com/publish/formats/rss-0.91.dtd"] = "",
        ["http://backend.userland.com/rss"] = "",
        ["http://backend.userland.com/rss2"] = "",
        ["http://backend.userland.com/rss091"] = "",
        ["http://backend.userland.com/rss092"] = "",
        ["http://blogs.law.harvard.edu/tech/rss"] = "",
        ["http://cyber.law.harvard.edu/rss"] = "",
        ["http://www.w3.org/1999/02/22-rdf-syntax-ns"] = "rdf",
        ["http://purl.org/dc/elements/1.1"] = "dc",
        ["http://purl.org/dc/elements/1.0"] = "dc",
        ["http://purl.org/dc/terms"] = "dcterms",
        ["http://purl.org/rss/1.0/modules/content"] = "content",
        ["http://purl.org/rss/1.0/modules/syndication"] = "sy",
        ["http://purl.org/rss/1.0/modules/slash"] = "slash",
        ["http://purl.org/syndication/thread/1.0"] = "thr",
        ["http://wellformedweb.org/commentapi"] = "wfw",
        ["http://www.itunes.com/dtds/podcast-1.0.dtd"] = "itunes",
        ["http://search.yahoo.com/mrss"] = "media",
        ["http://rssnamespace.org/feedburner/ext/1.0"] = "feedburner",
        ["http://www.livejournal.org/rss/lj/1.0"] = "lj",
        ["http://www.w3.org/1999/xhtml"] = "xhtml",
        ["http://www.w3.org/xml/1998/namespace"] = "xml",
    };

    /// <summary>The usual prefix of a namespace address; null for one that is not known.</summary>
    public static string? Prefix(string address) => Prefixes.GetValueOrDefault(address.Trim().TrimEnd('/', '#').ToLowerInvariant());

    /// <summary>What a prefix that no declaration explains stands for.</summary>
    public static string Undeclared(string prefix) => prefix switch
    {
        "atom" or "atom10" or "atom03" or "a10" or "rss" or "rss1" or "rss10" => "",
        _ => prefix,
    };
}
