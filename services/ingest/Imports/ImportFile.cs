using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Imports;

/// <summary>A row of a file: its line, from 1 with the heading counted, and its values by column.</summary>
internal sealed record ImportRow(int Line, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Why it cannot be read; null when it can.</summary>
    public string? Broken { get; init; }
}

/// <summary>A file as rows: CSV with a heading (comma, semicolon, tab or bar between values), or one JSON object a line.</summary>
/// <param name="Columns">In the order of their first appearance.</param>
internal sealed record ImportFile(IReadOnlyList<string> Columns, IReadOnlyList<ImportRow> Rows)
{
    /// <summary>Rows at most.</summary>
    public const int MaxRows = 10_000;

    private const int MaxColumns = 300;
    private const int MaxDepth = 4;
    private static readonly string[] Delimiters = [",", ";", "\t", "|"];

    /// <summary>Reads a file. Its charset is told from its bytes.</summary>
    /// <exception cref="RuleViolation">It is no such file, or too long.</exception>
    public static ImportFile Read(ReadOnlySpan<byte> bytes)
    {
        var text = FeedCharset.Decode(bytes, null, out _).TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(text))
        {
            throw RuleViolation.Invalid("file", "file_empty", "The file is empty. Send CSV with a heading, or one JSON object a line.");
        }

        return text.AsSpan().TrimStart() is ['{', ..] ? Lines(text) : Csv(text);
    }

    private static ImportFile Csv(string text)
    {
        var heading = text[..(text.IndexOfAny(['\r', '\n']) is > 0 and var end ? end : text.Length)];
        var delimiter = Delimiters.MaxBy(d => heading.Count(c => c == d[0]))!;
        using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter, Mode = CsvMode.RFC4180, BadDataFound = null, MaxFieldSize = 4 * PlainText.MaxLength, IgnoreBlankLines = true });
        try
        {
            return parser.Read() ? Csv(parser, [.. parser.Record!.Select(c => c.Trim())]) : throw RuleViolation.Invalid("file", "file_empty", "The file has no heading.");
        }
        catch (MaxFieldSizeException)
        {
            throw RuleViolation.Invalid("file", "quote_open", $"A value that begins on line {parser.RawRow} does not end: it is longer than a text can be. Look for a quotation mark that is not closed.");
        }
    }

    private static ImportFile Csv(CsvParser parser, string[] columns)
    {
        if (columns.Length > MaxColumns || columns.GroupBy(c => c, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice && twice.Key.Length > 0)
        {
            throw RuleViolation.Invalid("file", "heading_invalid", $"The first line must name each column once, {MaxColumns} at most.");
        }

        var rows = new List<ImportRow>();
        for (var line = parser.RawRow + 1; parser.Read(); line = parser.RawRow + 1)
        {
            Bound(rows.Count);
            var values = parser.Record!;
            rows.Add(new(line, columns.Zip(values).Where(v => v.First.Length > 0 && v.Second.Length > 0).ToDictionary(v => v.First, v => v.Second, StringComparer.OrdinalIgnoreCase))
            {
                Broken = values.Length == columns.Length ? null : $"This row has {values.Length} values where the heading has {columns.Length}. A value with the separator or a line break in it must stand in quotation marks.",
            });
        }

        return new(columns, rows);
    }

    private static ImportFile Lines(string text)
    {
        var (rows, columns, number) = (new List<ImportRow>(), new List<string>(), 0);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsWhiteSpace())
            {
                continue;
            }

            Bound(rows.Count);
            var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            string? broken = null;
            try
            {
                Flatten(JsonElement.Parse(line), "", values, 0);
            }
            catch (JsonException e)
            {
                broken = $"This line is no JSON object: {e.Message}";
            }

            columns.AddRange(values.Keys.Where(seen.Add));
            rows.Add(new(number, values) { Broken = broken });
        }

        return columns.Count <= MaxColumns ? new(columns, rows) : throw RuleViolation.Invalid("file", "heading_invalid", $"The objects have more than {MaxColumns} different members. Send those that are to be imported.");
    }

    private static void Flatten(JsonElement element, string path, Dictionary<string, string> into, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when depth < MaxDepth:
                foreach (var member in element.EnumerateObject())
                {
                    Flatten(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", into, depth + 1);
                }

                break;
            case JsonValueKind.String when path.Length > 0:
                into[path] = element.Said();
                break;
            case JsonValueKind.Number when path.Length > 0:
                into[path] = element.GetRawText();
                break;
            case JsonValueKind.Array when path.Length == 0:
                throw new JsonException("a list where an object is expected");
            default:
                // What is no text and no number is in no field.
                break;
        }
    }

    private static void Bound(int rows)
    {
        if (rows >= MaxRows)
        {
            throw RuleViolation.Invalid("file", "too_many_rows", $"A file has at most {MaxRows:N0} rows. Cut it into several: rows that come twice do no harm.");
        }
    }
}
