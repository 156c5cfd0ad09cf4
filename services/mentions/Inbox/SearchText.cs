using System.Text;

namespace Serm.Mentions;

/// <summary>Turns what a person types into a PostgreSQL text query that cannot be malformed.</summary>
internal static class SearchText
{
    private const int MaxWords = 20;

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

    private static IEnumerable<string> Words(string token)
    {
        var word = new StringBuilder();
        foreach (var rune in token.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(Rune.ToLowerInvariant(rune));
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
