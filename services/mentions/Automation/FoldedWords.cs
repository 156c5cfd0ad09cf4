using System.Globalization;
using System.Text;

namespace Serm.Mentions;

/// <summary>The words of a text, lower case and without accents, to find words and phrases in. What is written without spaces is found anywhere.</summary>
internal sealed class FoldedWords
{
    // As much as brand queries need to look at in the longest posts; a rule that must read more is no rule.
    private const int Window = 20_000;

    private readonly string words;

    private FoldedWords(string words) => this.words = words;

    /// <summary>Of title and text.</summary>
    public static FoldedWords Of(string? title, string text) => new(Fold($"{title}\n{(text.Length > Window ? text[..Window] : text)}"));

    /// <summary>True when it has the word or phrase.</summary>
    public bool Has(string phrase) => Has(Phrase.Of(phrase));

    /// <summary>True when it has the word or phrase.</summary>
    public bool Has(Phrase phrase) => phrase.Folded.Length > 0 && words.Contains(phrase.Folded, StringComparison.Ordinal);

    // " one two three "
    internal static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length + 2).Append(' ');
        foreach (var rune in Valid(text).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                folded.Append(rune.Value == 'ı' ? "i" : Rune.ToLowerInvariant(rune).ToString());
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format) && folded[^1] != ' ')
            {
                folded.Append(' ');
            }
        }

        return (folded[^1] == ' ' ? folded : folded.Append(' ')).ToString();
    }

    // Normalisation refuses lone surrogates and the one character that is none.
    private static string Valid(string text) => (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text).Replace('\uFFFE', ' ');
}

/// <summary>A word or phrase, folded once to be looked for often.</summary>
/// <param name="Folded">With the spaces around it that make it whole; without them in scripts that have none; empty when there is nothing to look for.</param>
internal readonly record struct Phrase(string Folded)
{
    public static Phrase Of(string phrase)
    {
        var folded = FoldedWords.Fold(phrase);
        var isUnspaced = folded.AsSpan().ContainsAnyInRange('\u2E80', '\uFAFF') || folded.AsSpan().ContainsAnyInRange('\u0E00', '\u0EFF');
        return new(folded.Length <= 2 ? "" : isUnspaced ? folded.Trim() : folded);
    }
}
