namespace Serm.Ingest.Connectors.Feed;

/// <summary>The Link header of HTTP (RFC 8288), as far as feeds need it.</summary>
internal static class LinkHeader
{
    /// <summary>Absolute http(s) addresses by relation, in the order given. What is written wrongly is passed over.</summary>
    /// <param name="values">The header's values, each with one link or several.</param>
    /// <param name="at">What relative addresses are resolved against.</param>
    public static IEnumerable<(string Relation, string Address)> Read(IEnumerable<string> values, Uri at)
    {
        foreach (var value in values)
        {
            for (var from = 0; value.IndexOf('<', from) is >= 0 and var open && value.IndexOf('>', open) is >= 0 and var close;)
            {
                var end = End(value, close + 1, ',');
                if (FeedLinks.Resolve(value[(open + 1)..close], at) is { } address)
                {
                    foreach (var relation in Relations(value[(close + 1)..end]))
                    {
                        yield return (relation, address);
                    }
                }

                from = end;
            }
        }
    }

    // What stands in quotes parts nothing.
    private static int End(string text, int from, char mark)
    {
        var quoted = false;
        for (var i = from; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (text[i] == mark && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }

    // Only the first "rel" counts; it may name several relations.
    private static string[] Relations(string parameters)
    {
        for (var at = 0; at < parameters.Length;)
        {
            var end = End(parameters, at, ';');
            if (parameters[at..end].Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value] && name.Equals("rel", StringComparison.OrdinalIgnoreCase))
            {
                return value.Trim('"').ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }

            at = end + 1;
        }

        return [];
    }
}
