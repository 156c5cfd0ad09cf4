using System.Globalization;
using System.Text;

namespace Serm.Ingest.Queries;

/// <summary>What a character is to the word reader.</summary>
internal enum CharKind : byte
{
    /// <summary>Between words.</summary>
    Separator = 0,

    /// <summary>Part of a word; folds to one character.</summary>
    Letter = 1,

    /// <summary>Part of a word; folds to several characters.</summary>
    Letters = 2,

    /// <summary>A word by itself: scripts that are written without spaces.</summary>
    Alone = 3,

    /// <summary>Inside a word, but not compared: accents, joiners.</summary>
    Dropped = 4,

    /// <summary>Inside a word and compared: vowel signs.</summary>
    Sign = 5,

    /// <summary>Half of a pair.</summary>
    Surrogate = 6,
}

/// <summary>How letters are compared: compatibility decomposition, without accents, without case. Query and text go through the same.</summary>
internal static class Folding
{
    // Accents of the alphabets that are written with and without them. The vowel signs of Indic and Thai scripts are no accents: they stay.
    private static readonly (int First, int Last)[] Accents =
    [
        (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED),
        (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
    ];

    private static readonly Page?[] Pages = new Page?[256];

    /// <summary>Kind and folded form of a character; the form is 0 unless the kind is <see cref="CharKind.Letter"/>, <see cref="CharKind.Alone"/> or <see cref="CharKind.Sign"/>.</summary>
    public static CharKind Of(char c, out char folded)
    {
        var page = Pages[c >> 8] ??= new Page(c >> 8);
        folded = page.Folded[c & 0xFF];
        return page.Kinds[c & 0xFF];
    }

    /// <summary>Kind and folded form of any character; the slow way.</summary>
    public static (CharKind Kind, string Folded) Of(Rune rune)
    {
        if (IsInvisible(rune))
        {
            return (CharKind.Dropped, "");
        }

        var category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark)
        {
            return IsAccent(rune) ? (CharKind.Dropped, "") : (CharKind.Sign, rune.ToString());
        }

        if (!IsOfWords(rune))
        {
            return (CharKind.Separator, "");
        }

        var folded = Fold(rune);
        if (folded.Length > 1 && IsUnspaced(rune.Value))
        {
            // A ligature of letters that are words of their own: taken apart it would be several words.
            folded = rune.ToString();
        }

        return folded.Length == 0 ? (CharKind.Dropped, "") : (IsUnspaced(rune.Value) ? CharKind.Alone : folded.Length == 1 ? CharKind.Letter : CharKind.Letters, folded);
    }

    // Joiners, the soft hyphen, the Arabic stroke that only stretches a word, and the half-width kana voicing marks, which are written as letters of their own.
    private static bool IsInvisible(Rune rune) => rune.Value is (>= 0x200C and <= 0x200F) or 0xAD or 0x2060 or 0x0640 or 0xFF9E or 0xFF9F;

    private static bool IsOfWords(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Fold(Rune rune)
    {
        if (Rune.ToLowerInvariant(rune).Value is var own && (own is 'й' or 'ї' or 0x0E33 or 0x0EB3))
        {
            // Letters of their own, not accented ones; Thai and Lao am.
            return ((char)own).ToString();
        }

        var folded = new StringBuilder();
        foreach (var part in rune.ToString().Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (!IsAccent(part) && !IsInvisible(part) && IsOfWords(part))
            {
                folded.Append(Bare(Rune.ToLowerInvariant(part)));
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    // Letters that Unicode does not decompose although people type them without the stroke.
    private static string Bare(Rune lower) => lower.Value switch
    {
        'ı' => "i",
        'đ' or 'ð' => "d",
        'ø' => "o",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        'ς' => "σ",
        _ => lower.ToString(),
    };

    private static bool IsAccent(Rune rune) =>
        rune.Value >= 0x300
        && Array.Exists(Accents, a => rune.Value >= a.First && rune.Value <= a.Last)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    // Thai, Lao, Myanmar, Khmer; kana, ideographs and their extensions; half-width kana.
    private static bool IsUnspaced(int c) =>
        c is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
            or (>= 0x2E80 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFF66 and <= 0xFF9F) or (>= 0x1B000 and <= 0x1B16F) or (>= 0x20000 and <= 0x3FFFF);

    private sealed class Page
    {
        public Page(int number)
        {
            for (var i = 0; i < 256; i++)
            {
                var c = (char)((number << 8) | i);
                if (char.IsSurrogate(c))
                {
                    Kinds[i] = CharKind.Surrogate;
                    continue;
                }

                var (kind, folded) = Of(new Rune(c));
                Kinds[i] = kind == CharKind.Alone && folded.Length > 1 ? CharKind.Letters : kind;
                Folded[i] = folded.Length == 1 ? folded[0] : '\0';
            }
        }

        public CharKind[] Kinds { get; } = new CharKind[256];

        public char[] Folded { get; } = new char[256];
    }
}
