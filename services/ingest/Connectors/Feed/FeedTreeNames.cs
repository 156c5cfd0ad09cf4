namespace Serm.Ingest.Connectors.Feed;

/// <content>Namespaces, names and attributes.</content>
internal sealed partial class FeedTree
{
    private Dictionary<string, string>? Declarations()
    {
        Dictionary<string, string>? found = null;
        foreach (var (name, value) in markup.Attributes)
        {
            if (name.StartsWith("xmlns", StringComparison.OrdinalIgnoreCase) && (name.Length == 5 || name[5] == ':'))
            {
                var prefix = name.Length == 5 ? "" : name[6..].ToLowerInvariant();
                var known = FeedNamespaces.Prefix(value);
                (found ??= new(StringComparer.Ordinal))[prefix] = known ?? FeedNamespaces.Undeclared(prefix);
            }
        }

        return found;
    }

    private string Canonical(string written, Dictionary<string, string>? own, bool isAttribute)
    {
        var colon = written.IndexOf(':', StringComparison.Ordinal);
        var prefix = colon < 0 ? "" : written[..colon].ToLowerInvariant();
        var local = written[(colon + 1)..].ToLowerInvariant();
        if (prefix.Length == 0 && isAttribute)
        {
            return local;
        }

        var known = Lookup(prefix, own);
        return known.Length == 0 ? local : $"{known}:{local}";
    }

    private string Lookup(string prefix, Dictionary<string, string>? own)
    {
        if (own is not null && own.TryGetValue(prefix, out var known))
        {
            return known;
        }

        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (open[i].Namespaces is { } declared && declared.TryGetValue(prefix, out known))
            {
                return known;
            }
        }

        return FeedNamespaces.Undeclared(prefix);
    }

    private List<(string Name, string Value)> Attributes(Dictionary<string, string>? namespaces)
    {
        var list = new List<(string, string)>(markup.Attributes.Count);
        foreach (var (name, value) in markup.Attributes)
        {
            list.Add((Canonical(name, namespaces, isAttribute: true), CharacterReferences.Decode(value, entities)));
        }

        return list;
    }

    private static Uri? BaseOf(List<(string Name, string Value)> attributes, Uri? inherited)
    {
        var written = attributes.Find(a => a.Name is "xml:base" or "base").Value;
        return string.IsNullOrWhiteSpace(written) ? inherited : FeedLinks.Resolve(written, inherited) is { } address ? new Uri(address) : inherited;
    }
}
