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

    /// <summary>The address as the feed writes it, resolved only where it is relative and there is something to resolve it against: for people who compare, not for opening. Null when nothing is written.</summary>
    public static string? Written(string? written, Uri? baseUrl)
    {
        var text = PlainText.Line(written, MaxLength)?.Replace(" ", "", StringComparison.Ordinal);
        if (text is null || (Uri.TryCreate(text, UriKind.Absolute, out var address) && !address.IsFile))
        {
            return text;
        }

        return Resolve(text, baseUrl) ?? text;
    }

    /// <summary>True for http and https with a host.</summary>
    public static bool IsWeb(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.Host.Length > 0;

    /// <summary>True when two addresses lead to one feed, for all that people write: with or without encryption, with or without a slash at the end.</summary>
    public static bool AreSame(string? one, string? other) => one is not null && other is not null && Key(new(one)) == Key(new(other));

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

    /// <summary>The link that <see cref="Page"/> takes, or the first of all when it takes none, as written.</summary>
    public static string? WrittenPage(FeedNode node)
    {
        var page = Page(node);
        var links = node.All("link").Select(link => (Rank(link).Address, link.Base)).Where(l => !string.IsNullOrWhiteSpace(l.Address)).ToList();
        var chosen = links.Find(l => page is not null && Resolve(l.Address, l.Base) == page);
        return chosen.Address is not null || page is null ? Written(chosen.Address ?? links.FirstOrDefault().Address, chosen.Address is null ? links.FirstOrDefault().Base : chosen.Base) : page;
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

    private static (string Host, int Port, string Path) Key(Uri address) => (address.IdnHost, address.IsDefaultPort ? 0 : address.Port, address.AbsolutePath.TrimEnd('/') + address.Query);
}
