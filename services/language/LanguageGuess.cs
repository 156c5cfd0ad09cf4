namespace Serm.Language;

/// <summary>What language a text is written in, and how sure that is.</summary>
/// <param name="Code">ISO 639-1 code where one exists, else ISO 639-3; <c>und</c> when the text does not tell.</param>
/// <param name="Confidence">0 to 1; 0 for <c>und</c>.</param>
public readonly record struct LanguageGuess(string Code, double Confidence)
{
    /// <summary>The answer for a text without letters, or one that no language explains well enough.</summary>
    public static readonly LanguageGuess Unknown = new("und", 0);
}
