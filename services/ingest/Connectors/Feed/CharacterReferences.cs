using System.Globalization;
using System.Text;
using AngleSharp.Html;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Decodes <c>&amp;amp;</c>, <c>&amp;#8212;</c>, <c>&amp;nbsp;</c> ... What cannot be decoded stays as it was written. One pass: what a reference yields is not looked at again.</summary>
internal static class CharacterReferences
{
    private const int LongestName = 32;

    // HTML reads the numbers of the C1 controls as windows-1252, because that is what their writers meant.
    private const string Windows1252 = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>What the writer of a C1 control meant: the windows-1252 character of that number.</summary>
    public static Rune Western(int control) => new(Windows1252[control - 0x80]);

    /// <summary>The windows-1252 byte of a character beyond Latin-1; -1 when it has none.</summary>
    public static int WesternByte(char c) => Windows1252.IndexOf(c, StringComparison.Ordinal) is >= 0 and var at ? at + 0x80 : -1;

    /// <summary>Decodes all references in a text; <paramref name="declared"/> are the entities that the document declared itself. Without <paramref name="bare"/> a reference needs its semicolon.</summary>
    public static string Decode(ReadOnlySpan<char> text, DeclaredEntities? declared = null, bool bare = false)
    {
        if (!text.Contains('&'))
        {
            return text.ToString();
        }

        var output = new StringBuilder(text.Length);
        Decode(text, output, declared, bare);
        return output.ToString();
    }

    /// <summary>As <see cref="Decode(ReadOnlySpan{char}, DeclaredEntities?, bool)"/>, into a builder.</summary>
    public static void Decode(ReadOnlySpan<char> text, StringBuilder output, DeclaredEntities? declared = null, bool bare = false)
    {
        while (true)
        {
            var at = text.IndexOf('&');
            if (at < 0)
            {
                output.Append(text);
                return;
            }

            output.Append(text[..at]);
            text = text[at..];
            var length = TryDecode(text, output, declared, bare);
            if (length == 0)
            {
                output.Append('&');
                length = 1;
            }

            text = text[length..];
        }
    }

    /// <summary>True if the text holds a reference with its semicolon that HTML knows.</summary>
    public static bool Any(ReadOnlySpan<char> text)
    {
        var sink = new StringBuilder();
        for (var at = text.IndexOf('&'); at >= 0; at = text.IndexOf('&'))
        {
            text = text[at..];
            if (TryDecode(text, sink, null, bare: false) > 0)
            {
                return true;
            }

            text = text[1..];
        }

        return false;
    }

    private static int TryDecode(ReadOnlySpan<char> text, StringBuilder output, DeclaredEntities? declared, bool bare)
    {
        if (text.Length < 3)
        {
            return 0;
        }

        return text[1] == '#' ? Numeric(text, output, bare) : Named(text, output, declared, bare);
    }

    private static int Numeric(ReadOnlySpan<char> text, StringBuilder output, bool bare)
    {
        var hex = text[2] is 'x' or 'X';
        var i = hex ? 3 : 2;
        var start = i;
        while (i < text.Length && i < start + 10 && (hex ? char.IsAsciiHexDigit(text[i]) : char.IsAsciiDigit(text[i])))
        {
            i++;
        }

        var closed = i < text.Length && text[i] == ';';
        if (i == start || !(closed || bare) || !uint.TryParse(text[start..i], hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return 0;
        }

        if (code is >= 0x80 and < 0xA0)
        {
            output.Append(Windows1252[(int)code - 0x80]);
        }
        else
        {
            output.Append((Rune.IsValid(code) && code != 0 ? new Rune(code) : Rune.ReplacementChar).ToString());
        }

        return closed ? i + 1 : i;
    }

    private static int Named(ReadOnlySpan<char> text, StringBuilder output, DeclaredEntities? declared, bool bare)
    {
        var i = 1;
        while (i < text.Length && i <= LongestName && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '-' or '.'))
        {
            i++;
        }

        var closed = i < text.Length && text[i] == ';';
        if (i == 1)
        {
            return 0;
        }

        var name = text[1..i].ToString();
        if (closed && declared?.Expand(name) is { } own)
        {
            output.Append(own);
            return i + 1;
        }

        var symbol = closed ? Symbol(name + ";") : bare ? Symbol(name) : null;
        if (symbol is null)
        {
            return 0;
        }

        output.Append(symbol);
        return closed ? i + 1 : i;
    }

    // Upper-case &NBSP; and the like are seen in feeds made by upper-casing templates.
    private static string? Symbol(string name) => HtmlEntityProvider.Resolver.GetSymbol(name) ?? HtmlEntityProvider.Resolver.GetSymbol(name.ToLowerInvariant());
}
