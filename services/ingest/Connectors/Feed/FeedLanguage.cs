using System.Globalization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Language tags as feeds write them: <c>en-us</c>, <c>ru_RU</c>, <c>ENG</c>, <c>Svenska</c> is none.</summary>
internal static class FeedLanguage
{
    private static readonly Dictionary<string, string> TwoLetters = CultureInfo.GetCultures(CultureTypes.NeutralCultures)
        .Where(c => c.TwoLetterISOLanguageName.Length == 2 && c.ThreeLetterISOLanguageName.Length == 3 && c.Name.Length == 2)
        .GroupBy(c => c.ThreeLetterISOLanguageName, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First().TwoLetterISOLanguageName, StringComparer.Ordinal);

    // Codes that were withdrawn and that networks still send, Norwegian by the code that the identifier says, and what libraries write in place of ISO 639-3.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["iw"] = "he", ["in"] = "id", ["ji"] = "yi", ["jw"] = "jv", ["mo"] = "ro", ["no"] = "nb", ["nor"] = "nb",
        ["alb"] = "sq", ["arm"] = "hy", ["baq"] = "eu", ["bur"] = "my", ["chi"] = "zh", ["cze"] = "cs", ["dut"] = "nl", ["fre"] = "fr", ["geo"] = "ka", ["ger"] = "de",
        ["gre"] = "el", ["ice"] = "is", ["mac"] = "mk", ["may"] = "ms", ["per"] = "fa", ["rum"] = "ro", ["slo"] = "sk", ["tib"] = "bo", ["wel"] = "cy",
    };

    /// <summary>The one code that posts carry of a language, ISO 639-1 (-3 where there is no -1), by any of its codes; <c>und</c> as it is. Null when it names no language.</summary>
    public static string? Code(string? written)
    {
        var code = (written ?? "").Trim().ToLowerInvariant();
        if (code.Length is not (2 or 3) || !code.All(char.IsAsciiLetterLower) || SaysNone(code))
        {
            return null;
        }

        return Aliases.GetValueOrDefault(code) ?? TwoLetters.GetValueOrDefault(code, code);
    }

    /// <summary>The code of a tag as <see cref="Code"/> gives it; null when it names no language, or says that nobody knows it.</summary>
    public static string? Normalize(string? tag)
    {
        // More than one word is a description, not a tag.
        var span = tag.AsSpan().Trim();
        var end = span.IndexOfAny("-_,;");
        return Code(end < 0 ? tag : span[..end].ToString()) is { } code && code != "und" ? code : null;
    }

    /// <summary>True for codes that say of a text that it has no language of its own, or several: those for private use, by which some networks mean a picture or nothing but tags, <c>zxx</c>, <c>mul</c> and <c>mis</c>.</summary>
    public static bool SaysNone(string written) => written.Trim().ToLowerInvariant() is "mul" or "zxx" or "mis" or ['q', >= 'a' and <= 't', >= 'a' and <= 'z'];
}
