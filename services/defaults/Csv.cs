using System.Buffers;
using System.Globalization;
using System.Text;

namespace Serm.Defaults;

/// <summary>Comma-separated values (RFC 4180) for people with a spreadsheet: UTF-8 that says so by its first bytes, lines end with CR LF, and no text of a stranger is run as a formula.</summary>
public static class Csv
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "text/csv; charset=utf-8";

    /// <summary>What a file begins with: without it Excel takes the text for one of the machine's own code page.</summary>
    public const char Mark = '\uFEFF';

    // A program that expects another separator than the comma, as Excel does where commas are decimal, begins a cell behind each of these, quoted or not.
    private static readonly SearchValues<char> Separators = SearchValues.Create("\r\n\t;");
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\r\n\t;,\"");

    // In full width too: a Japanese Excel takes them for the same.
    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@＝＋－＠");

    /// <summary>Adds a line.</summary>
    /// <param name="lines">What there is already.</param>
    /// <param name="cells">Text, numbers, true and false, times; null is an empty cell.</param>
    /// <param name="zone">Whose clock the times are told by.</param>
    public static void Add(StringBuilder lines, IEnumerable<object?> cells, TimeZoneInfo zone)
    {
        var first = true;
        foreach (var cell in cells)
        {
            lines.Append(first ? "" : ",");
            first = false;
            if (cell is string text)
            {
                AddText(lines, Harmless(text));
            }
            else
            {
                lines.Append(Plain(cell, zone));
            }
        }

        lines.Append("\r\n");
    }

    /// <summary>A text that no spreadsheet takes for a formula (OWASP, "CSV Injection"): an apostrophe goes before what begins with <c>= + - @</c>, spaces, quotes and what is not seen passed over, and before a tab or a line break at the very
    /// beginning. What follows a line break, a tab or a semicolon counts as a beginning: there another program may start a cell.</summary>
    public static string Harmless(string text)
    {
        StringBuilder? made = null;
        var told = 0;
        for (var start = 0; start < text.Length;)
        {
            if (IsFormula(text.AsSpan(start)) || (start == 0 && text[0] is '\t' or '\r' or '\n'))
            {
                (made ??= new()).Append(text, told, start - told).Append('\'');
                told = start;
            }

            var next = text.AsSpan(start).IndexOfAny(Separators);
            start = next < 0 ? text.Length : start + next + 1;
        }

        return made is null ? text : made.Append(text, told, text.Length - told).ToString();
    }

    private static bool IsFormula(ReadOnlySpan<char> cell)
    {
        foreach (var c in cell)
        {
            if (Formulas.Contains(c))
            {
                return true;
            }

            if (Separators.Contains(c) || !(c == '"' || char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format))
            {
                return false;
            }
        }

        return false;
    }

    private static void AddText(StringBuilder lines, string text)
    {
        if (text.AsSpan().ContainsAny(Quoted) || (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))))
        {
            lines.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            lines.Append(text);
        }
    }

    private static string Plain(object? cell, TimeZoneInfo zone) => cell switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        DateTimeOffset time => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };
}
