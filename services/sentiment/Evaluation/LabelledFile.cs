using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Serm.Contracts;
using Serm.Sentiments.Training;

namespace Serm.Sentiments.Evaluation;

/// <summary>What numbers in a label column mean.</summary>
internal enum NumberedLabels
{
    /// <summary>Decided by the file: a -1 anywhere makes them <see cref="Signed"/>, a 2 anywhere <see cref="FromZero"/>.</summary>
    Guess = 0,

    /// <summary>0 negative, 1 neutral, 2 positive.</summary>
    FromZero = 1,

    /// <summary>-1 negative, 0 neutral, 1 positive.</summary>
    Signed = 2,

    /// <summary>0 negative, 1 positive; there is no neutral.</summary>
    TwoClasses = 3,
}

/// <summary>Reads a TSV of labelled texts: label, language, text; a header may name the columns in another order and leave the language out.</summary>
internal static class LabelledFile
{
    private const string Expected = "a row is a label, a tab, the language, a tab, the text, all on one line";
    private const string Unknown = "und";

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Columns(int Label, int Language, int Text)
    {
        public static readonly Columns Usual = new(0, 1, 2);

        public int Count => Math.Max(Label, Math.Max(Language, Text)) + 1;
    }

    /// <summary>All rows; the source is the file's name without its ending, a missing language is <c>und</c>.</summary>
    /// <param name="path">The file: UTF-8, or UTF-16 with its mark at the beginning.</param>
    /// <param name="numbers">What numbers mean as labels.</param>
    /// <param name="doubts">Takes what was read but is probably not what was meant, with its line and the remedy.</param>
    /// <exception cref="InvalidDataException">A row cannot be read; the message names the file, the line and the remedy.</exception>
    public static List<Row> Read(string path, NumberedLabels numbers = NumberedLabels.Guess, List<string>? doubts = null)
    {
        var source = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllLines(path);
        var header = lines.Length > 0 ? Header(lines[0]) : null;
        var columns = header ?? Columns.Usual;
        var first = header is null ? 0 : 1;
        var cells = new List<(int Line, string[] Cells)>(lines.Length);
        for (var i = first; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
            {
                cells.Add((i + 1, Split(path, i + 1, lines[i], columns)));
            }
        }

        if (cells.Count == 0)
        {
            throw new InvalidDataException($"{path} holds no rows: {Expected}.");
        }

        var meaning = numbers == NumberedLabels.Guess ? Guess(path, cells, columns) : numbers;
        doubts?.AddRange(Doubts(path, lines, cells, columns));
        return [.. cells.Select(c => new Row(source, Label(path, c.Line, c.Cells[columns.Label], meaning), Language(c.Cells, columns), c.Cells[columns.Text]))];
    }

    private static IEnumerable<string> Doubts(string path, string[] lines, List<(int Line, string[] Cells)> cells, Columns columns)
    {
        // Spreadsheets put some cells into marks, people some texts: all of them are no person's habit.
        if (cells.TrueForAll(c => c.Cells[columns.Text] is ['"', _, .., '"']))
        {
            yield return $"{path}: all texts are in quotation marks, which are judged with them; write them without.";
        }

        // Texts may hold the mark of a lost letter themselves, lost long before.
        var bytes = File.ReadAllBytes(path);
        if (bytes is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) && !Utf8.IsValid(bytes))
        {
            var first = Array.FindIndex(lines, l => l.Contains('\uFFFD', StringComparison.Ordinal)) + 1;
            yield return $"{path}:{first}: there are letters that are not UTF-8 and were lost, here or further down; convert the file, as Cyrillic of Windows: iconv -f WINDOWS-1251 -t UTF-8 FILE > NEW.tsv";
        }

        if (columns.Language >= 0 && cells.Find(c => Language(c.Cells, columns) == Unknown && c.Cells[columns.Language] != Unknown) is { Cells: not null } unnamed)
        {
            yield return $"{path}:{unnamed.Line}: '{Shown(unnamed.Cells[columns.Language])}' is no code of a language, here first; write two or three letters, as en or en-US. Such rows stand under {Unknown}, and --language given judges them so.";
        }
    }

    private static Columns? Header(string line)
    {
        var names = Array.ConvertAll(line.TrimStart('\uFEFF').Split('\t'), n => n.Trim().ToLowerInvariant());
        var label = Array.FindIndex(names, n => n is "label" or "sentiment" or "polarity");
        var text = Array.FindIndex(names, n => n is "text" or "content" or "tweet" or "sentence");
        return label >= 0 && text >= 0 ? new Columns(label, Array.FindIndex(names, n => n is "lang" or "language"), text) : null;
    }

    private static string[] Split(string path, int line, string row, Columns columns)
    {
        // Tabs after the last column belong to the text when it is the last.
        var cells = columns.Text == columns.Count - 1 ? row.Split('\t', columns.Count) : row.Split('\t');
        return cells.Length >= columns.Count ? cells : throw new InvalidDataException($"{path}:{line}: {cells.Length} of {columns.Count} columns; {Expected}.");
    }

    private static string Language(string[] cells, Columns columns)
    {
        var code = columns.Language < 0 ? "" : cells[columns.Language].Trim().Split('-', '_')[0].ToLowerInvariant();
        return code.Length is 2 or 3 ? code : Unknown;
    }

    private static NumberedLabels Guess(string path, List<(int Line, string[] Cells)> rows, Columns columns)
    {
        var labels = rows.Select(r => r.Cells[columns.Label].Trim()).Where(l => int.TryParse(l, CultureInfo.InvariantCulture, out _)).ToHashSet(StringComparer.Ordinal);
        return (labels.Contains("-1"), labels.Contains("2")) switch
        {
            _ when labels.Any(l => l is not ("-1" or "0" or "1" or "2")) => NumberedLabels.FromZero,
            _ when labels.SetEquals(["1", "2"]) => throw new InvalidDataException($"{path}: all labels are 1 or 2, which may mean two things; say --numbers from-zero (1 neutral, 2 positive), or write negative and positive instead."),
            (true, true) => throw new InvalidDataException($"{path}: labels are numbers from -1 to 2; use -1, 0, 1 or 0, 1, 2."),
            (true, false) => NumberedLabels.Signed,
            (false, true) => NumberedLabels.FromZero,
            _ when labels.Count > 0 => throw new InvalidDataException($"{path}: all labels are 0 or 1, which may mean three things; say --numbers two-classes (0 negative, 1 positive), from-zero (1 neutral) or signed (0 neutral, 1 positive)."),
            _ => NumberedLabels.FromZero,
        };
    }

    private static Sentiment Label(string path, int line, string cell, NumberedLabels numbers) => (cell.Trim().ToLowerInvariant(), numbers) switch
    {
        ("negative" or "neg", _) or ("-1", NumberedLabels.Signed) or ("0", NumberedLabels.FromZero or NumberedLabels.TwoClasses) => Sentiment.Negative,
        ("neutral" or "neu", _) or ("0", NumberedLabels.Signed) or ("1", NumberedLabels.FromZero) => Sentiment.Neutral,
        ("positive" or "pos", _) or ("1", NumberedLabels.Signed or NumberedLabels.TwoClasses) or ("2", NumberedLabels.FromZero) => Sentiment.Positive,
        _ => throw new InvalidDataException($"{path}:{line}: '{Shown(cell)}' is no label; use negative, neutral, positive, or 0, 1, 2, or -1, 0, 1."),
    };

    private static string Shown(string cell) => cell.Length <= 40 ? cell : cell[..40] + "...";
}
