using System.Globalization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Language tags as feeds write them: <c>en-us</c>, <c>ru_RU</c>, <c>ENG</c>, <c>Svenska</c> is none.</summary>
internal static class FeedLanguage
{
    private static readonly Dictionary<string, string> TwoLetters = CultureInfo.GetCultures(CultureTypes.NeutralCultures)
        .Where(c => c.TwoLetterISOLanguageName.Length == 2 && c.ThreeLetterISOLanguageName.Length == 3 && c.Name.Length == 2)
        .GroupBy(c => c.ThreeLetterISOLanguageName, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First().TwoLetterISOLanguageName, StringComparer.Ordinal);

    /// <summary>The ISO 639-1 code (-3 where there is no -1) of a tag; null when it names no language.</summary>
    public static string? Normalize(string? tag)
    {
        if (tag is null)
        {
            return null;
        }

        // More than one word is a description, not a tag.
        var span = tag.AsSpan().Trim();
        var end = span.IndexOfAny("-_,;");
        span = end < 0 ? span : span[..end].TrimEnd();
        if (span.Length is < 2 or > 3)
        {
            return null;
        }

        foreach (var c in span)
        {
            if (!char.IsAsciiLetter(c))
            {
                return null;
            }
        }

        var code = span.ToString().ToLowerInvariant();
        return code is "und" or "mul" or "zxx" or "mis" ? null : TwoLetters.GetValueOrDefault(code, code);
    }
}
