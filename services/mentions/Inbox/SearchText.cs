using System.Text;

namespace Serm.Mentions;

/// <summary>Turns texts into the words that they are found by, and what a person types into a PostgreSQL text query over them that cannot be malformed. Both cut words alike.</summary>
internal static class SearchText
{
    private const int MaxWords = 20;

    // PostgreSQL refuses words beyond 2,046 bytes; nobody types one of a hundred letters.
    private const int LongestWord = 100;

    // What is written further down in a text is not searched.
    private const int Searched = 20_000;

    /// <summary>Every word as a prefix, all required; <c>-word</c> excluded. Null when there is nothing to search for.</summary>
    public static string? ToTsQuery(string? text)
    {
        var required = new List<string>();
        var excluded = new List<string>();
        foreach (var token in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MaxWords))
        {
            var words = Words(token).Select(w => $"'{w}':*");
            (token[0] == '-' ? excluded : required).AddRange(words);
        }

        var parts = required.Concat(excluded.Select(w => "!" + w)).ToList();
        return parts.Count == 0 ? null : string.Join(" & ", parts);
    }

    /// <summary>The words of texts as a <c>tsvector</c> without positions. Made here, once, because PostgreSQL's own parser costs more than all else that is written of a mention, and cuts words differently from the query.</summary>
    public static string ToTsVector(params ReadOnlySpan<string?> texts)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            words.UnionWith(Words(text));
        }

        return words.Count == 0 ? "" : $"'{string.Join("' '", words)}'";
    }

    /// <summary>The words of a text in lower case, in its order.</summary>
    public static List<string> Words(string? text)
    {
        var words = new List<string>();
        Span<char> word = stackalloc char[LongestWord + 1];
        var length = 0;
        foreach (var rune in text.AsSpan(0, Math.Min(text?.Length ?? 0, Searched)).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                if (length < LongestWord)
                {
                    length += Rune.ToLowerInvariant(rune).EncodeToUtf16(word[length..]);
                }
            }
            else if (length > 0)
            {
                words.Add(new(word[..length]));
                length = 0;
            }
        }

        if (length > 0)
        {
            words.Add(new(word[..length]));
        }

        return words;
    }
}
