using Serm.Contracts;

namespace Serm.Sentiments.Training;

/// <summary>One labelled text.</summary>
/// <param name="Source">The source's id: the file's name.</param>
/// <param name="Label">Its label.</param>
/// <param name="Language">ISO code as the source says.</param>
/// <param name="Text">The text.</param>
internal sealed record Row(string Source, Sentiment Label, string Language, string Text);

/// <summary>One line of SOURCES.md.</summary>
/// <param name="Id">The source's id.</param>
/// <param name="Repository">Where it was taken from.</param>
/// <param name="Commit">Which version.</param>
/// <param name="Licence">Its licence, with where that stands.</param>
/// <param name="Shipped">True when a model trained on it may be shipped.</param>
/// <param name="Domain">What the texts are.</param>
internal sealed record Source(string Id, string Repository, string Commit, string Licence, bool Shipped, string Domain);

/// <summary>A folder of training data: SOURCES.md with its table, and train, dev and test with one TSV (label, language, text) a source.</summary>
internal sealed class Corpus(string folder, IReadOnlyList<Source> sources)
{
    private const int LargestDev = 400;

    public IReadOnlyList<Source> Sources => sources;

    /// <summary>Reads the table of sources.</summary>
    /// <exception cref="InvalidDataException">The folder has no usable SOURCES.md.</exception>
    public static Corpus Open(string folder)
    {
        var path = Path.Combine(folder, "SOURCES.md");
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path} is missing: it must hold a table with the columns source, repository, commit, licence, train a shipped model?, domain.");
        }

        var rows = File.ReadLines(path).Where(l => l.StartsWith('|')).Select(Cells).ToList();
        var sources = rows.Where(c => c.Length >= 6 && c[0] is not "source" && !c[0].StartsWith("--", StringComparison.Ordinal))
            .Select(c => new Source(c[0], c[1], c[2], c[3], c[4].StartsWith("yes", StringComparison.OrdinalIgnoreCase), c[5]))
            .OrderBy(s => s.Id, StringComparer.Ordinal)
            .ToList();
        return sources.Count > 0 ? new Corpus(folder, sources) : throw new InvalidDataException($"{path} holds no table of sources.");
    }

    /// <summary>Rows of train or dev whose licence lets a model trained on them be shipped, in a fixed order.</summary>
    public List<Row> Trainable(string split) => Read(split, s => s.Shipped);

    /// <summary>Rows to train on and rows to tune on: those of dev and, where a source has none, a part of its train rows (one in four, at most about <see cref="LargestDev"/>). Subtitle lines, whose labels are weak, tune nothing.</summary>
    public (List<Row> Train, List<Row> Dev) Split()
    {
        var (train, dev) = (Trainable("train"), Trainable("dev"));
        var given = dev.Select(r => r.Source).ToHashSet(StringComparer.Ordinal);
        var every = train.Where(r => !given.Contains(r.Source) && !IsWeak(r)).CountBy(r => r.Source, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => Math.Max(4, c.Value / LargestDev), StringComparer.Ordinal);
        bool Tunes(Row row) => every.TryGetValue(row.Source, out var n) && HeldOut(row, n);
        return ([.. train.Where(r => !Tunes(r))], [.. dev, .. train.Where(Tunes)]);
    }

    /// <summary>True for subtitle lines, whose labels were projected from another language.</summary>
    public static bool IsWeak(Row row) => row.Source.StartsWith("xed-", StringComparison.Ordinal);

    /// <summary>All rows of test.</summary>
    public List<Row> Test() => Read("test", _ => true);

    /// <summary>True for one row in <paramref name="every"/>, the same ones in every run and whatever the order.</summary>
    public static bool HeldOut(Row row, int every) => StableHash(row.Text) % (uint)every == 0;

    /// <summary>FNV-1a over UTF-16: unlike <see cref="string.GetHashCode()"/> the same in every process.</summary>
    public static uint StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }

    private static string[] Cells(string line) => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);

    private List<Row> Read(string split, Func<Source, bool> wanted) =>
        [.. sources.Where(wanted).SelectMany(s => ReadFile(s.Id, Path.Combine(folder, split, s.Id + ".tsv")))];

    private static IEnumerable<Row> ReadFile(string source, string path) => File.Exists(path) ? Rows(source, path, File.ReadLines(path)) : [];

    // The words alone: Enum.TryParse would take numbers, and 2 for positive.
    private static Sentiment? Label(string cell) => cell.ToLowerInvariant() switch
    {
        "negative" => Sentiment.Negative,
        "neutral" => Sentiment.Neutral,
        "positive" => Sentiment.Positive,
        _ => null,
    };

    /// <summary>Reads rows.</summary>
    /// <exception cref="InvalidDataException">One is none; the message names the line.</exception>
    public static IEnumerable<Row> Rows(string source, string path, IEnumerable<string> lines)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var cells = line.Split('\t');
            if (cells.Length != 3 || Label(cells[0]) is not { } label)
            {
                throw new InvalidDataException($"{path}:{number}: a row is 'negative|neutral|positive', a tab, the language, a tab, the text.");
            }

            yield return new Row(source, label, cells[1], cells[2]);
        }
    }
}
