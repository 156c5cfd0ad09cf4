using System.Globalization;

namespace Serm.Sentiments.Features;

/// <summary>What the tokenizer asks of a UTF-16 character.</summary>
[Flags]
internal enum CharTraits : byte
{
    None = 0,

    /// <summary>Letters, digits, marks.</summary>
    Word = 1,

    /// <summary>Shows nothing: joiners, variation selectors, soft hyphens, stand-ins of what could not be decoded, the Arabic stretch and vowel marks.</summary>
    Invisible = 2,

    /// <summary>Letters of scripts that put no spaces between words.</summary>
    Unspaced = 4,

    Digit = 8,
    Letter = 16,

    /// <summary>White space and control characters.</summary>
    Blank = 32,
    Surrogate = 64,

    /// <summary>A combining mark that may make one letter with what stands before it.</summary>
    Combining = 128,
}

/// <summary>Classes of UTF-16 characters as the tokenizer needs them, looked up once for all texts.</summary>
internal static class CharClass
{
    private static readonly CharTraits[] Traits = [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => Find((char)c))];
    private static readonly char[] Folded = [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => FindFolded((char)c))];

    public static CharTraits Of(char c) => Traits[c];

    /// <summary>True for a character that has any of <paramref name="traits"/>.</summary>
    public static bool Has(char c, CharTraits traits) => Has(Traits[c], traits);

    /// <summary>True when any of <paramref name="traits"/> is among these.</summary>
    public static bool Has(this CharTraits these, CharTraits traits) => (these & traits) != CharTraits.None;

    public static bool IsWord(char c) => Has(c, CharTraits.Word);

    public static bool IsInvisible(char c) => Has(c, CharTraits.Invisible);

    public static bool IsUnspaced(char c) => Has(c, CharTraits.Unspaced);

    public static bool IsCombining(char c) => Has(c, CharTraits.Combining);

    /// <summary>Lower case, and one spelling for letters that writers use for each other (Arabic alef and ya, Russian yo).</summary>
    public static char Fold(char c) => Folded[c];

    private static CharTraits Find(char c)
    {
        var word = char.IsLetterOrDigit(c) || (c > '\u007F' && IsMark(c));
        return If(word, CharTraits.Word)
            | If(Hides(c), CharTraits.Invisible)
            | If(word && StandsUnspaced(c), CharTraits.Unspaced)
            | If(char.IsDigit(c), CharTraits.Digit)
            | If(char.IsLetter(c), CharTraits.Letter)
            | If(char.IsWhiteSpace(c) || char.IsControl(c), CharTraits.Blank)
            | If(char.IsSurrogate(c), CharTraits.Surrogate)
            | If(c is >= '\u0300' and <= '\u036F', CharTraits.Combining);
    }

    private static CharTraits If(bool holds, CharTraits trait) => holds ? trait : CharTraits.None;

    private static bool Hides(char c) => c is '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F')
        or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF' or '\uFFFD' or '\u0640' or (>= '\u064B' and <= '\u065F') or '\u180E';

    private static bool StandsUnspaced(char c) => c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF')
        or (>= '\u3041' and <= '\u30FF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');

    private static char FindFolded(char c) => c switch
    {
        <= '\u007F' => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c,
        // The dotted capital I has no simple lower case in the invariant culture.
        '\u0130' => 'i',
        '\u0401' or '\u0451' => '\u0435',
        '\u0622' or '\u0623' or '\u0625' or '\u0671' => '\u0627',
        '\u0649' or '\u06CC' => '\u064A',
        '\u2019' or '\u02BC' => '\'',
        _ => char.ToLowerInvariant(c),
    };

    // A mark that is drawn on the letter before it.
    public static bool IsMark(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
