using System.Globalization;
using System.Text;

namespace Serm.Mentions;

/// <summary>Turns texts into the words that they are found by, and what a person types into a PostgreSQL text query over them that cannot be malformed. Both cut words alike.</summary>
internal static class SearchText
{
    // Of a query; an address or a hashed text is one token and many words.
    private const int MaxTokens = 20;
    private const int MaxWords = 60;

    // PostgreSQL refuses words beyond 2,046 bytes; nobody types one of a hundred letters.
    private const int LongestWord = 100;

    // What is written further down in a text is not searched.
    private const int Searched = 20_000;

    /// <summary>Every word as a prefix, all required; <c>-word</c> excluded; <c>"word"</c> whole and not as a prefix. Null when there is nothing to search for.</summary>
    public static string? ToTsQuery(string? text)
    {
        var required = new List<string>();
        var excluded = new List<string>();
        foreach (var token in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MaxTokens))
        {
            var isWhole = token.Length > 2 && token[0] == '"' && token[^1] == '"';
            var words = Words(token).Zip(Cut(token, oneI: false), (word, asTyped) => Alternatives(word, asTyped, isWhole ? "" : ":*"));
            (token[0] == '-' ? excluded : required).AddRange(words.Take(MaxWords - required.Count - excluded.Count));
        }

        var parts = required.Concat(excluded.Select(w => "!" + w)).ToList();
        return parts.Count == 0 ? null : string.Join(" & ", parts);
    }

    // Earlier versions stored the letters i as they were, but for capital I: words that were in lower case, begin with a capital or were in capitals, of Turkish and of others, are in the index in forms of their own.
    private static string Alternatives(string word, string asTyped, string ending)
    {
        if (!word.Contains('i', StringComparison.Ordinal))
        {
            return $"'{word}'{ending}";
        }

        string[] forms = [word, asTyped, string.Concat(asTyped.Select(Capital)), $"{Capital(asTyped[0])}{asTyped[1..]}", word.Replace('i', 'İ'), word.Replace('i', 'ı')];
        return $"({string.Join(" | ", forms.Distinct(StringComparer.Ordinal).Select(f => $"'{f}'{ending}"))})";
    }

    // Of Turkish, as it was stored.
    private static char Capital(char letter) => letter switch { 'i' => 'İ', 'ı' => 'i', _ => letter };

    /// <summary>The words of texts as PostgreSQL reads a <c>tsvector</c> without positions: one that is told twice it stores once. Made here because PostgreSQL's own parser costs more than all else that is written of a mention, and cuts
    /// words differently from the query.</summary>
    public static string ToTsVector(params ReadOnlySpan<string?> texts)
    {
        var vector = new StringBuilder();
        foreach (var text in texts)
        {
            Cut(text, oneI: true, vector, "' '");
        }

        return vector.Length == 0 ? "" : vector.Insert(0, '\'').Append('\'').ToString();
    }

    /// <summary>The words of a text in lower case, in its order. The dotted and the dotless i of Turkish are one letter: who writes in capitals, or without a Turkish keyboard, does not tell them apart.</summary>
    public static string[] Words(string? text) => Cut(text, oneI: true);

    private static string[] Cut(string? text, bool oneI)
    {
        var words = new StringBuilder();
        Cut(text, oneI, words, " ");
        return words.Length == 0 ? [] : words.ToString().Split(' ');
    }

    // Puts the words behind what is there already.
    private static void Cut(string? text, bool oneI, StringBuilder words, string between)
    {
        Span<char> word = stackalloc char[LongestWord + 1];
        var length = 0;
        foreach (var rune in text.AsSpan(0, Math.Min(text?.Length ?? 0, Searched)).EnumerateRunes())
        {
            if (IsPart(rune))
            {
                // The dot can be a mark of its own.
                if (length < LongestWord && !(oneI && rune.Value == '\u0307' && length > 0 && word[length - 1] == 'i'))
                {
                    length += (oneI && rune.Value is ('İ' or 'ı') ? new Rune('i') : Rune.ToLowerInvariant(rune)).EncodeToUtf16(word[length..]);
                }
            }
            else if (length > 0)
            {
                Put(word[..length]);
                length = 0;
            }
        }

        if (length > 0)
        {
            Put(word[..length]);
        }

        void Put(ReadOnlySpan<char> word)
        {
            if (words.Length > 0)
            {
                words.Append(between);
            }

            words.Append(word);
        }
    }

    /// <summary>True for what words are made of.</summary>
    internal static bool IsPart(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
