using System.Globalization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>RSS, RDF and Atom to <see cref="FeedDocument"/>.</summary>
internal static class XmlFeed
{
    private const int MaxDescription = 4_000;

    /// <summary>Reads a document; null when it holds no feed.</summary>
    public static FeedDocument? Read(string source, FeedReadOptions options, List<string> warnings, out bool isHtml)
    {
        var tree = new FeedTree(source, options.BaseUrl, options.MaxItems);
        var items = new List<FeedItem>();
        foreach (var node in tree.Items())
        {
            items.Add(XmlItem.Read(node, options, tree.Root));
        }

        isHtml = tree.IsHtml;
        if (tree.Root is not { } root || (items.Count == 0 && root.Name is "item" or "entry" or "rdf"))
        {
            return null;
        }

        if (tree.Truncated)
        {
            warnings.Add("truncated");
        }

        if (tree.Capped)
        {
            warnings.Add("items_capped");
        }

        return Document(root, root.Child("channel") ?? root, items, warnings);
    }

    private static FeedDocument Document(FeedNode root, FeedNode channel, List<FeedItem> items, List<string> warnings)
    {
        var format = root.Name switch
        {
            "rdf:rdf" or "rdf" => FeedFormat.Rdf,
            "feed" or "entry" => FeedFormat.Atom,
            _ => FeedFormat.Rss,
        };
        var language = FeedLanguage.Normalize(channel.Child("language")?.InnerText()) ?? FeedLanguage.Normalize(channel.Child("dc:language")?.InnerText()) ?? FeedLanguage.Normalize(channel.Language);
        return new(
            format,
            PlainText.Line(root["version"], 20),
            FeedContent.Line(channel.Child("title")) ?? FeedContent.Line(channel.Child("dc:title")),
            Description(channel),
            FeedLinks.WrittenPage(channel) ?? FeedLinks.Written(channel["href"], channel.Base) ?? FeedLinks.Written(FeedLinks.Resolve(channel.Child("id")?.InnerText(), null), null),
            FeedLinks.Page(channel) ?? FeedLinks.Resolve(channel["href"], channel.Base),
            FeedLinks.Related(channel, "self").FirstOrDefault(),
            language,
            MinInterval(channel),
            [.. FeedLinks.Related(channel, "hub").Distinct(StringComparer.Ordinal).Take(10)],
            FeedDuplicates.TellApart(items, warnings),
            warnings);
    }

    private static string? Description(FeedNode channel)
    {
        foreach (var name in (string[])["description", "subtitle", "tagline", "dc:description", "itunes:summary", "itunes:subtitle", "abstract", "info"])
        {
            if (PlainText.Line(FeedContent.Lines(channel.Child(name)), MaxDescription) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    private static TimeSpan? MinInterval(FeedNode channel)
    {
        if (double.TryParse(channel.Child("ttl")?.InnerText().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 525_600)
        {
            return TimeSpan.FromMinutes(minutes);
        }

        var period = channel.Child("sy:updateperiod")?.InnerText().Trim().ToLowerInvariant() switch
        {
            "hourly" => TimeSpan.FromHours(1),
            "daily" => TimeSpan.FromDays(1),
            "weekly" => TimeSpan.FromDays(7),
            "monthly" => TimeSpan.FromDays(30),
            "yearly" => TimeSpan.FromDays(365),
            _ => (TimeSpan?)null,
        };
        var frequency = int.TryParse(channel.Child("sy:updatefrequency")?.InnerText().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? Math.Clamp(times, 1, 10_000) : 1;
        return period / frequency;
    }
}
