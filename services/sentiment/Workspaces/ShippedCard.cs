using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Workspaces;

/// <summary>A table of the card.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Text">What stands between heading and table; empty for nothing.</param>
/// <param name="Columns">Their names; the first one of rows may have none.</param>
/// <param name="Rows">Cells as on the card, each as many as there are columns.</param>
internal sealed record CardTable(string Title, string Text, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The card of the shipped model: what it was made of, and how well it does.</summary>
/// <param name="Version">The model.</param>
/// <param name="Text">Its beginning.</param>
/// <param name="Tables">Its tables.</param>
internal sealed record CardView(string Version, string Text, IReadOnlyList<CardTable> Tables);

/// <summary>Reads the card that is built into the program. It is Markdown for people; headings and tables are all that is relied on.</summary>
internal sealed class ShippedCard(SentimentModel shipped)
{
    private readonly Lazy<CardView> _view = new(() => Parse(Markdown(), shipped.Version));

    public CardView View => _view.Value;

    /// <summary>Cuts Markdown at its second-level headings.</summary>
    public static CardView Parse(string markdown, string version)
    {
        var sections = markdown.ReplaceLineEndings("\n").Split("\n## ");
        var tables = sections.Skip(1).Select(Table).Where(t => t.Columns.Count > 0 || t.Text.Length > 0).ToList();
        return new CardView(version, Prose(sections[0].Split('\n').Where(l => !l.StartsWith('#'))), tables);
    }

    private static CardTable Table(string section)
    {
        var lines = section.Split('\n');
        var rows = lines.Where(l => l.StartsWith('|')).Select(Cells).ToList();
        var columns = rows.FirstOrDefault() ?? [];
        return new CardTable(lines[0].Trim(), Prose(lines.Skip(1).Where(l => !l.StartsWith('|'))), columns, [.. rows.Skip(2).Where(r => r.Count == columns.Count)]);
    }

    private static string Prose(IEnumerable<string> lines) => string.Join('\n', lines).Trim().Replace("`", "", StringComparison.Ordinal);

    private static List<string> Cells(string line)
    {
        var cells = line.Trim().Split('|', StringSplitOptions.TrimEntries);
        return [.. cells[1..^1]];
    }

    private static string Markdown()
    {
        using var stream = typeof(ShippedCard).Assembly.GetManifestResourceStream("Serm.Sentiment.sentiment.md");
        if (stream is null)
        {
            return "";
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
