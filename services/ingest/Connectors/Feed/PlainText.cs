using System.Globalization;
using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Tidies plain text: NFC, no controls, no invisible characters but those that scripts and emoji need, blanks collapsed, a bounded length.</summary>
internal static class PlainText
{
    /// <summary>Most UTF-16 characters that a text keeps.</summary>
    public const int MaxLength = 100_000;

    // Marks are reordered by normalization in quadratic time, and nobody reads a letter with more than these.
    private const int MaxMarks = 16;

    /// <summary>One line: every run of blanks and line breaks becomes one space. Null when nothing is left.</summary>
    public static string? Line(string? text, int max = 2_000)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var tidy = Tidy(text, max, lines: false);
        return tidy.Length == 0 ? null : tidy;
    }

    /// <summary>Lines stay, with at most one empty line between two; blanks in a line collapse.</summary>
    public static string Lines(string? text, int max = MaxLength) => string.IsNullOrEmpty(text) ? "" : Tidy(text, max, lines: true);

    private static string Tidy(string text, int max, bool lines)
    {
        text = Mojibake.Mend(text);
        var output = new StringBuilder(Math.Min(text.Length, max + 16));
        var breaks = 0;
        var blank = false;
        var marks = 0;
        Span<char> utf16 = stackalloc char[2];
        foreach (var read in text.EnumerateRunes())
        {
            var rune = read.Value is >= 0x80 and < 0xA0 and not 0x85 ? CharacterReferences.Western(read.Value) : read;
            if (rune.Value is '\n' or '\r' or 0x2028 or 0x2029 or 0x85)
            {
                breaks += rune.Value == '\r' ? 0 : 1;
                blank = true;
                continue;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                blank = true;
                continue;
            }

            if (IsInvisible(rune))
            {
                continue;
            }

            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarks)
            {
                continue;
            }

            if (output.Length > 0 && (blank || breaks > 0))
            {
                output.Append(!lines || breaks == 0 ? " " : breaks == 1 ? "\n" : "\n\n");
            }

            blank = false;
            breaks = 0;
            if (output.Length + rune.Utf16SequenceLength > max)
            {
                break;
            }

            output.Append(utf16[..rune.EncodeToUtf16(utf16)]);
        }

        return Cut(output.ToString().TrimEnd().Normalize(NormalizationForm.FormC), max);
    }

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
    }

    private static bool IsMark(Rune rune) => rune.Value >= 0x300 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    // The joiners (200C, 200D), variation selectors and tags stay: Persian and emoji are spelled with them.
    private static bool IsInvisible(Rune rune) =>
        rune.Value is 0xAD or 0x200B or 0x2060 or 0xFEFF or 0x61C or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)
        || (rune.Value < 0xA0 && Rune.IsControl(rune))
        || (rune.Value & 0xFFFE) == 0xFFFE;
}
