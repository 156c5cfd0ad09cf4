namespace Serm.Ingest.Connectors.Feed;

/// <summary>One item or entry to <see cref="FeedItem"/>.</summary>
internal static class XmlItem
{
    private const int MaxCategories = 50;

    private static readonly string[] Bodies = ["content:encoded", "content", "xhtml:body", "xhtml:div", "body", "fullitem", "description", "summary", "dc:description", "itunes:summary", "abstract", "dcterms:abstract", "itunes:subtitle"];

    /// <summary>Reads an item; one that says nothing stays, so that counts are those of the document.</summary>
    public static FeedItem Read(FeedNode item, FeedReadOptions options, FeedNode? root)
    {
        var id = Id(item);
        var title = FeedContent.Line(item.Child("title")) ?? FeedContent.Line(item.Child("dc:title")) ?? FeedContent.Line(item.Child("media:title") ?? Grouped(item, "media:title"));
        var text = Text(item);
        var url = Url(item, id);
        var published = First(item, "published", "pubdate", "dc:date", "issued", "dcterms:issued", "dcterms:created", "created", "date");
        var updated = First(item, "updated", "modified", "dcterms:modified", "dc:date", "lastmod") ?? FeedDate.Parse(item["lastmod"]);
        var parent = item.Child("thr:in-reply-to");
        return new(
            FeedIdentity.Of(id, url, Content(title, published ?? updated, text), options.Identity ?? options.BaseUrl),
            WrittenId(item, id),
            FeedLinks.WrittenPage(item) ?? (IsAddress(item, id) ? id : null) ?? url,
            url,
            title,
            text,
            FeedAuthors.Of(item) ?? (root?.Name == "feed" ? FeedAuthors.Of(root) : null),
            published ?? updated,
            (published ?? updated) > options.Now.AddDays(1),
            updated,
            FeedLanguage.Normalize(item.Child("dc:language")?.InnerText()) ?? FeedLanguage.Normalize(item.Child("language")?.InnerText()) ?? Own(item, root),
            Categories(item),
            FeedLinks.Resolve(item.Child("comments")?.InnerText(), item.Base) ?? FeedLinks.Related(item, "replies").FirstOrDefault(),
            Parent(parent, options));
    }

    /// <summary>What tells a post from another when it has neither id nor address.</summary>
    public static string Content(string? title, DateTimeOffset? date, string text) => $"{title}\n{date:O}\n{text}";

    // xml:lang of the feed is the feed's; only what the post or its text elements say is the post's.
    private static string? Own(FeedNode item, FeedNode? root)
    {
        var own = item.Language != root?.Language ? item.Language : null;
        var text = Bodies.Select(item.Child).FirstOrDefault(n => n is not null) ?? item.Child("title");
        return FeedLanguage.Normalize(text?.Language is { } inner && inner != item.Language ? inner : own);
    }

    private static string? Id(FeedNode item)
    {
        foreach (var name in (string[])["guid", "id"])
        {
            if (PlainText.Line(item.Child(name)?.InnerText(), 4_000) is { } id)
            {
                return id;
            }
        }

        return PlainText.Line(item["rdf:about"], 4_000) ?? PlainText.Line((item.Child("dc:identifier") ?? item.Child("dcterms:identifier"))?.InnerText(), 4_000);
    }

    // An id that is a relative address is resolved as one where the feed says against what.
    private static string? WrittenId(FeedNode item, string? id)
    {
        var node = item.Child("id") ?? (item.Child("guid") is { } guid && IsPermalink(guid) ? guid : null);
        return id is null || node?.Base is null ? id : FeedLinks.Written(id, node.Base);
    }

    private static bool IsPermalink(FeedNode guid) => !"false".Equals(guid["ispermalink"]?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static bool IsAddress(FeedNode item, string? id) =>
        id is not null && (item.Child("guid") is not { } guid || IsPermalink(guid)) && Uri.TryCreate(id, UriKind.Absolute, out var address) && FeedLinks.IsWeb(address);

    private static string? Url(FeedNode item, string? id)
    {
        // The address behind a redirecting proxy is the post's own.
        if (FeedLinks.Resolve(item.Child("feedburner:origlink")?.InnerText(), item.Base) is { } original)
        {
            return original;
        }

        if (FeedLinks.Page(item) is { } page)
        {
            return page;
        }

        if (IsAddress(item, id))
        {
            return FeedLinks.Resolve(id, null);
        }

        return FeedLinks.Resolve(item["href"], item.Base)
            ?? FeedLinks.Related(item, "enclosure").FirstOrDefault()
            ?? FeedLinks.Resolve(item.Child("enclosure")?["url"], item.Base);
    }

    private static string Text(FeedNode item)
    {
        foreach (var name in Bodies)
        {
            // Of several contents (text beside an image, say) the longest is the post.
            var best = "";
            foreach (var node in item.All(name).Take(4))
            {
                var text = FeedContent.Lines(node);
                best = text.Length > best.Length ? text : best;
            }

            if (best.Length > 0)
            {
                return best;
            }
        }

        return FeedContent.Lines(item.Child("media:description") ?? Grouped(item, "media:description"));
    }

    private static FeedNode? Grouped(FeedNode item, string name)
    {
        foreach (var child in item.Children)
        {
            if (child.Name is "media:group" or "media:content" && (child.Child(name) ?? child.Child("media:content")?.Child(name)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static List<string> Categories(FeedNode item)
    {
        var found = new List<string>();
        foreach (var node in item.Children.Where(c => c.Name is "category" or "dc:subject" or "itunes:category"))
        {
            var text = PlainText.Line(FeedContent.Plain(node["label"] ?? node["term"] ?? node["text"] ?? node.InnerText(), anyTag: false), 200);
            if (text is not null && !found.Contains(text, StringComparer.Ordinal) && found.Count < MaxCategories)
            {
                found.Add(text);
            }
        }

        return found;
    }

    private static string? Parent(FeedNode? reply, FeedReadOptions options)
    {
        var reference = PlainText.Line(reply?["ref"], 4_000) ?? FeedLinks.Resolve(reply?["href"], reply?.Base);
        return reference is null ? null : FeedIdentity.Of(reference, null, "", options.Identity ?? options.BaseUrl);
    }

    private static DateTimeOffset? First(FeedNode item, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            // Of several the last: software that adds a date does not take the old one away.
            for (var i = item.Children.Count - 1; i >= 0; i--)
            {
                if (item.Children[i].Name == name && FeedDate.Parse(item.Children[i].InnerText()) is { } date)
                {
                    return date;
                }
            }
        }

        return null;
    }
}
