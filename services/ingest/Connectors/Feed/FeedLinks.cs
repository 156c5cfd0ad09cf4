namespace Serm.Ingest.Connectors.Feed;

/// <summary>Addresses in feeds.</summary>
internal static class FeedLinks
{
    private const int MaxLength = 4_096;

    /// <summary>The absolute http(s) address; null for anything else.</summary>
    public static string? Resolve(string? written, Uri? baseUrl)
    {
        var text = written?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return null;
        }

        text = text.ReplaceLineEndings("").Replace("\t", "", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.IsFile)
        {
            if (baseUrl is null || !Uri.TryCreate(baseUrl, text, out address))
            {
                return null;
            }
        }

        return IsWeb(address) ? address.AbsoluteUri : null;
    }

    /// <summary>True for http and https with a host.</summary>
    public static bool IsWeb(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.Host.Length > 0;

    /// <summary>The page that an element stands for: Atom's alternate link, HTML before other types; RSS's link text.</summary>
    public static string? Page(FeedNode node)
    {
        string? best = null;
        var rank = 0;
        foreach (var link in node.All("link"))
        {
            var (address, value) = Rank(link);
            if (value > rank && Resolve(address, link.Base) is { } resolved)
            {
                (best, rank) = (resolved, value);
            }
        }

        return best;
    }

    /// <summary>Addresses of the links with a relation.</summary>
    public static IEnumerable<string> Related(FeedNode node, string relation) => node.All("link")
        .Where(link => relation.Equals(link["rel"], StringComparison.OrdinalIgnoreCase))
        .Select(link => Resolve(link["href"], link.Base))
        .OfType<string>();

    private static (string? Address, int Rank) Rank(FeedNode link)
    {
        if (link["href"] is not { } href)
        {
            return (link.InnerText(), 5);
        }

        var type = link["type"];
        var page = type is null || type.Contains("html", StringComparison.OrdinalIgnoreCase);
        return link["rel"]?.ToLowerInvariant() switch
        {
            null or "" => (href, page ? 4 : 2),
            "alternate" => (href, page ? 6 : 3),
            "related" or "via" => (href, 1),
            _ => (null, 0),
        };
    }
}
