using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Sentiments.Evaluation;

/// <summary>Writes what <see cref="EvaluateCommand"/> measured, for people or for programs.</summary>
internal static class EvaluateReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly string[] Labels = Array.ConvertAll(Enum.GetValues<Sentiment>(), l => l.ToString().ToLowerInvariant());

    /// <summary>What was measured with.</summary>
    /// <param name="Model">The model's version.</param>
    /// <param name="Language">Where the language came from.</param>
    internal sealed record About(string Model, string Language);

    public static void WriteJson(TextWriter output, About about, SentimentFigures figures) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            about.Model,
            about.Language,
            Labels,
            figures.MeanMacroF1,
            figures.MeanNegativeRecall,
            All = Shown(figures.All),
            ByLanguage = figures.ByLanguage.Select(Shown),
            BySource = figures.BySource.Select(Shown),
        },
        Json));

    public static void WriteText(TextWriter output, About about, SentimentFigures figures)
    {
        output.WriteLine($"Model {about.Model}; language {about.Language}; {figures.All.Rows} rows. Percent; in brackets 95 % intervals (bootstrap).");
        output.WriteLine("Macro-F1 is the mean over the labels that a group has; urgent is 'negative' by the urgent threshold of the language; - where no row is negative.");
        Table(output, "source", figures.BySource);
        Table(output, "language", figures.ByLanguage);
        if (figures.BySource.Count > 1)
        {
            Table(output, "together", [figures.All]);
            output.WriteLine($"Mean over the sources: macro-F1 {Percent(figures.MeanMacroF1)}, negative recall {Percent(figures.MeanNegativeRecall)}");
        }
    }

    private static void Table(TextWriter output, string kind, IReadOnlyList<GroupFigures> groups)
    {
        string[][] rows =
        [
            [kind, "rows", "macro-F1", "neg precision", "neg recall", "neg F1", "urgent precision", "urgent recall", "calibration error", "confusion: neg | neu | pos as neg/neu/pos"],
            .. groups.Select(g => new[]
            {
                g.Name, g.Rows.ToString(CultureInfo.InvariantCulture), Interval(g.MacroF1), Percent(g.Negative.Precision), g.HasNegatives ? Interval(g.NegativeRecall) : "-",
                g.HasNegatives ? Percent(g.Negative.F1) : "-", Percent(g.Urgent.Precision), g.HasNegatives ? Percent(g.Urgent.Recall) : "-", Percent(g.CalibrationError), string.Join(" | ", g.Confusion.Select(r => string.Join('/', r))),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        output.WriteLine();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, c) => c is 0 or 9 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        }
    }

    private static object Shown(GroupFigures g) => new
    {
        g.Name,
        g.Rows,
        g.MacroF1,
        Negative = new
        {
            g.Negative.Precision,
            Recall = Of(g, g.Negative.Recall),
            F1 = Of(g, g.Negative.F1),
            RecallLow = Of(g, g.NegativeRecall.Low),
            RecallHigh = Of(g, g.NegativeRecall.High),
        },
        Urgent = new { g.Urgent.Precision, Recall = Of(g, g.Urgent.Recall), F1 = Of(g, g.Urgent.F1) },
        g.CalibrationError,
        g.Confusion,
    };

    private static double? Of(GroupFigures g, double ofNegatives) => g.HasNegatives ? ofNegatives : null;

    private static string Interval(Estimate e) => $"{Percent(e.Value)} [{Percent(e.Low)} {Percent(e.High)}]";

    private static string Percent(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture);
}
