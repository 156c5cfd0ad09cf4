using System.Globalization;

namespace Serm.Sentiments.Features;

/// <summary>Classes of UTF-16 characters as the tokenizer needs them.</summary>
internal static class CharClass
{
    /// <summary>Letters, digits, marks.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || (c > '\u007F' && (char.IsLetterOrDigit(c) || IsMark(c)));

    /// <summary>Characters that show nothing: joiners, variation selectors, soft hyphens, stand-ins of what could not be decoded, the Arabic stretch and vowel marks.</summary>
    public static bool IsInvisible(char c) => c > '\u007F' && c is '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F')
        or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF' or '\uFFFD' or '\u0640' or (>= '\u064B' and <= '\u065F') or '\u180E';

    /// <summary>Letters of scripts that put no spaces between words.</summary>
    public static bool IsUnspaced(char c) => c >= '\u0E00' && (c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF')
        or (>= '\u3041' and <= '\u30FF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF')) && IsWord(c);

    /// <summary>A combining mark that may make one letter with what stands before it.</summary>
    public static bool IsCombining(char c) => c is >= '\u0300' and <= '\u036F';

    /// <summary>Lower case, and one spelling for letters that writers use for each other (Arabic alef and ya, Russian yo).</summary>
    public static char Fold(char c) => c switch
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

    /// <summary>A mark that is drawn on the letter before it.</summary>
    public static bool IsMark(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
