using Serm.Contracts;
using Serm.Language;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>How well one group of rows is judged.</summary>
/// <param name="Name">A test set or a language.</param>
/// <param name="Rows">How many.</param>
/// <param name="MacroF1">Mean F1 of the labels that the group has.</param>
/// <param name="NegativeRecall">Share of negative rows that are found.</param>
/// <param name="NegativePrecision">Share of the rows called negative that are.</param>
/// <param name="CalibrationError">Expected calibration error over 15 equal bins of the highest probability.</param>
internal sealed record GroupFigures(string Name, int Rows, double MacroF1, double NegativeRecall, double NegativePrecision, double CalibrationError);

/// <summary>How well the model judges rows that it has not seen. The language is told from the text, as in service.</summary>
internal sealed record SentimentFigures(IReadOnlyList<GroupFigures> BySource, IReadOnlyList<GroupFigures> ByLanguage, double CalibrationError)
{
    private const int Bins = 15;

    /// <summary>Mean over the test sets.</summary>
    public double MeanMacroF1 => BySource.Average(g => g.MacroF1);

    public double MeanNegativeRecall => BySource.Average(g => g.NegativeRecall);

    public static SentimentFigures Measure(SentimentModel model, LanguageModel languages, IReadOnlyList<Row> rows)
    {
        var scorer = new Scorer(model);
        var judged = rows.Select(r => (Row: r, Judgement: scorer.Score(null, r.Text, languages.Identify(r.Text).Code))).ToList();
        return new SentimentFigures(
            [.. judged.GroupBy(j => j.Row.Source, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g]))],
            [.. judged.GroupBy(j => j.Row.Language, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g]))],
            Error(judged));
    }

    private static GroupFigures Of(string name, IReadOnlyList<(Row Row, Judgement Judgement)> judged)
    {
        var labels = judged.Select(j => j.Row.Label).Distinct().ToList();
        var negative = Counts(judged, Sentiment.Negative);
        return new GroupFigures(name, judged.Count, labels.Average(l => F1(Counts(judged, l))), Share(negative.Hits, negative.Is), Share(negative.Hits, negative.Called), Error(judged));
    }

    private static (int Hits, int Is, int Called) Counts(IReadOnlyList<(Row Row, Judgement Judgement)> judged, Sentiment label) => (
        judged.Count(j => j.Row.Label == label && j.Judgement.Label == label),
        judged.Count(j => j.Row.Label == label),
        judged.Count(j => j.Judgement.Label == label));

    private static double F1((int Hits, int Is, int Called) c) => Share(2 * c.Hits, c.Is + c.Called);

    private static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;

    private static double Error(IReadOnlyList<(Row Row, Judgement Judgement)> judged) => judged
        .Select(j => (Probability: Math.Max(j.Judgement.Negative, Math.Max(j.Judgement.Neutral, j.Judgement.Positive)), Right: j.Judgement.Label == j.Row.Label))
        .GroupBy(j => Math.Min(Bins - 1, (int)(j.Probability * Bins)))
        .Sum(b => Math.Abs(b.Average(j => j.Probability) - b.Average(j => j.Right ? 1 : 0)) * b.Count()) / judged.Count;
}
