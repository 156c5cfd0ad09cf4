using Serm.Language;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

namespace Serm.Sentiments.Evaluation;

/// <summary>How well a model does, over all rows, by source and by language.</summary>
/// <param name="All">Over all rows together.</param>
/// <param name="BySource">In the order of their names.</param>
/// <param name="ByLanguage">By the language that the rows say they are in, in the order of the codes.</param>
internal sealed record SentimentFigures(GroupFigures All, IReadOnlyList<GroupFigures> BySource, IReadOnlyList<GroupFigures> ByLanguage)
{
    /// <summary>Mean over the sources.</summary>
    public double MeanMacroF1 => BySource.Average(g => g.MacroF1.Value);

    /// <summary>Mean over the sources that have negative rows.</summary>
    public double MeanNegativeRecall => BySource.Where(g => g.HasNegatives).Select(g => g.Negative.Recall).DefaultIfEmpty().Average();

    /// <summary>Judges the rows and counts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="languages">Tells the language of each text, as in service; null to believe what the rows say.</param>
    /// <param name="rows">At least one.</param>
    public static SentimentFigures Measure(SentimentModel model, LanguageModel? languages, IReadOnlyList<Row> rows)
    {
        var scorer = new Scorer(model);
        return Measure(rows, r => scorer.Score(null, r.Text, languages?.Identify(r.Text).Code ?? r.Language, explain: false));
    }

    /// <summary>Counts what any judge says.</summary>
    public static SentimentFigures Measure(IReadOnlyList<Row> rows, Func<Row, Judgement> judge)
    {
        var judged = rows.Select(r => (Row: r, Judgement: judge(r))).ToList();
        return new SentimentFigures(
            GroupFigures.Of("all", [.. judged.Select(j => (j.Row.Label, j.Judgement))]),
            By(judged, r => r.Source),
            By(judged, r => r.Language));
    }

    private static List<GroupFigures> By(IEnumerable<(Row Row, Judgement Judgement)> judged, Func<Row, string> key) =>
        [.. judged.GroupBy(j => key(j.Row), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => GroupFigures.Of(g.Key, [.. g.Select(j => (j.Row.Label, j.Judgement))]))];
}
