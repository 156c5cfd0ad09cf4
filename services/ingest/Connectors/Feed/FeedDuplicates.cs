namespace Serm.Ingest.Connectors.Feed;

/// <summary>Several items under one id in one document.</summary>
internal static class FeedDuplicates
{
    /// <summary>Tells different posts under one broken id apart, by address or content. Repeats of one post keep their id.</summary>
    public static IReadOnlyList<FeedItem> TellApart(List<FeedItem> items, List<string> warnings)
    {
        var broken = items.GroupBy(i => i.NativeId, StringComparer.Ordinal)
            .Where(g => g.Select(i => i.Url ?? i.Title).Distinct(StringComparer.Ordinal).Count() > 1)
            .Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        if (broken.Count == 0)
        {
            return items;
        }

        warnings.Add("duplicate_ids");
        return items.ConvertAll(i => broken.Contains(i.NativeId) ? i with { NativeId = FeedIdentity.Distinct(i.NativeId, i.Url, XmlItem.Content(i.Title, i.Published, i.Text)) } : i);
    }

    /// <summary>One item an id: the newest form of each, in document order.</summary>
    public static IReadOnlyList<FeedItem> Newest(IReadOnlyList<FeedItem> items)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var kept = new List<FeedItem>(items.Count);
        foreach (var item in items)
        {
            if (!places.TryGetValue(item.NativeId, out var place))
            {
                places[item.NativeId] = kept.Count;
                kept.Add(item);
            }
            else if ((item.Updated ?? item.Published) > (kept[place].Updated ?? kept[place].Published))
            {
                kept[place] = item;
            }
        }

        return kept;
    }
}
