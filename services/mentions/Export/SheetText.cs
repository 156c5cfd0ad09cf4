using System.Globalization;
using System.Text;

namespace Serm.Mentions;

/// <summary>Text as a cell of an XLSX file can hold it. The cell is typed as text, so that a formula in it is not run; who wrote it still must not break the file.</summary>
internal static class SheetText
{
    /// <summary>UTF-16 characters of a cell; Excel refuses a file that has more in one.</summary>
    public const int Longest = 32_767;

    /// <summary>The text without the characters that XML forbids, and with <c>_x000A_</c> and its like told as they are, which Excel would read as one character (ECMA-376, ST_Xstring). What is too long ends with an ellipsis.</summary>
    public static string Of(string text)
    {
        var told = new StringBuilder(Math.Min(text.Length, Longest));
        var i = 0;
        while (i < text.Length)
        {
            var part = Part(text.AsSpan(i), out var length);
            if (told.Length + part.Length > Longest - (i + length < text.Length ? 1 : 0))
            {
                return told.Append('…').ToString();
            }

            told.Append(part);
            i += length;
        }

        return told.ToString();
    }

    private static ReadOnlySpan<char> Part(ReadOnlySpan<char> text, out int length)
    {
        if (text is ['_', 'x', var a, var b, var c, var d, '_', ..] && char.IsAsciiHexDigit(a) && char.IsAsciiHexDigit(b) && char.IsAsciiHexDigit(c) && char.IsAsciiHexDigit(d))
        {
            length = 1;
            return "_x005F_";
        }

        // Halves of a character become its replacement, as everywhere where text is encoded.
        if (Rune.DecodeFromUtf16(text, out var rune, out length) != System.Buffers.OperationStatus.Done)
        {
            return "\uFFFD";
        }

        return rune.Value is '\t' or '\n' or '\r' || !(Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control || rune.Value is 0xFFFE or 0xFFFF) ? text[..length] : "";
    }
}
