using System.Globalization;
using System.Resources;

namespace Serm.Ingest.Connectors;

/// <summary>What connectors say of themselves, in other languages than English: <c>KindTexts.xx.resx</c> has the text in another language by the text in English, as it stands in the connector.</summary>
internal static class KindTexts
{
    /// <summary>Languages that there are texts of beside English.</summary>
    public static readonly IReadOnlyList<string> Languages = ["ru"];

    private static readonly ResourceManager Resources = new(typeof(KindTexts).FullName!, typeof(KindTexts).Assembly);

    /// <summary>A kind with its texts in a language; what has no text in it stays English.</summary>
    /// <param name="language">Two letters; comes from outside.</param>
    public static SourceKind In(SourceKind kind, string? language) => Of(language) is not { } texts ? kind : kind with
    {
        Name = Text(texts, kind.Name),
        About = Text(texts, kind.About),
        Retired = kind.Retired is null ? null : Text(texts, kind.Retired),
        Fields = [.. kind.Fields.Select(f => f with { Label = Text(texts, f.Label), Help = f.Help is null ? null : Text(texts, f.Help) })],
    };

    /// <summary>The texts of a language; null for English, and for one that there are no texts of.</summary>
    internal static ResourceSet? Of(string? language) =>
        language is not null && Languages.Contains(language, StringComparer.Ordinal) ? Resources.GetResourceSet(CultureInfo.GetCultureInfo(language), createIfNotExists: true, tryParents: false) : null;

    private static string Text(ResourceSet texts, string english) => texts.GetString(english) ?? english;
}
