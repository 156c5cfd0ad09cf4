namespace Serm.Ingest.Connectors.Feed;

/// <summary>The general entities that a document's internal subset declares, as far as they are harmless: a bounded number of short texts, never external, never built of other entities, and a bounded total of what they add.</summary>
internal sealed class DeclaredEntities
{
    private const int MaxEntities = 300;
    private const int MaxLength = 1_000;
    private const int MaxExpansion = 100_000;

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private int left = MaxExpansion;

    /// <summary>The text of an entity; null when it is not declared, not harmless, or when the total is used up.</summary>
    public string? Expand(string name)
    {
        if (!values.TryGetValue(name, out var value) || left < value.Length)
        {
            return null;
        }

        left -= value.Length;
        return value;
    }

    /// <summary>Takes the declarations of a DOCTYPE as written.</summary>
    public void Declare(ReadOnlySpan<char> doctype)
    {
        const string Keyword = "<!ENTITY";
        for (var at = doctype.IndexOf(Keyword); at >= 0 && values.Count < MaxEntities; at = doctype.IndexOf(Keyword))
        {
            doctype = doctype[(at + Keyword.Length)..];
            var end = doctype.IndexOfAny('"', '\'', '>');
            if (end < 0 || doctype[end] == '>')
            {
                continue;
            }

            var name = doctype[..end].Trim();
            var close = doctype[(end + 1)..].IndexOf(doctype[end]);
            if (close < 0)
            {
                return;
            }

            Take(name, doctype.Slice(end + 1, close));
            doctype = doctype[(end + close + 2)..];
        }
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> raw)
    {
        // A name with a blank is a parameter entity or an external one (% x, x SYSTEM).
        if (name.IsEmpty || name.ContainsAny(' ', '%', '\t') || name.ContainsAny('\r', '\n') || raw.Length > MaxLength)
        {
            return;
        }

        var value = CharacterReferences.Decode(raw);
        if (!value.Contains('&', StringComparison.Ordinal) || value == "&")
        {
            values.TryAdd(name.ToString(), value);
        }
    }
}
