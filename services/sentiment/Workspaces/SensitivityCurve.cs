using Serm.Contracts;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Towards;

namespace Serm.Sentiments.Workspaces;

/// <summary>What each negative sensitivity buys with the shipped model, measured once on the texts that Serm's authors wrote.</summary>
internal sealed class SensitivityCurve(SentimentModel shipped)
{
    /// <summary>What it is measured on.</summary>
    public const string Rows = "texts written by the Serm authors that name several brands, judged towards each (services/sentiment/Towards/towards.tsv)";

    private const float Step = 0.25f;

    private readonly Lazy<IReadOnlyList<SensitivityPoint>> _points = new(() => Measure(shipped));

    /// <summary>By language, each from the lowest to the highest.</summary>
    public IReadOnlyList<SensitivityPoint> Points => _points.Value;

    private static List<SensitivityPoint> Measure(SentimentModel shipped)
    {
        var points = new List<SensitivityPoint>();
        foreach (var language in TowardsSet.Rows.GroupBy(r => r.Language, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            for (var sensitivity = SentimentSettings.Lowest; sensitivity <= SentimentSettings.Highest; sensitivity += Step)
            {
                var scorer = new Scorer(new WorkspaceModel(shipped, null, sensitivity));
                var judged = language.Select(r => (r.Label, Called: scorer.Score(null, r.Text, r.Language, r.Names(othersKnown: true), explain: false).Label)).ToList();
                var (hits, called) = (judged.Count(j => j is (Sentiment.Negative, Sentiment.Negative)), judged.Count(j => j.Called == Sentiment.Negative));
                points.Add(new(language.Key, sensitivity, called == 0 ? null : hits / (double)called, hits / (double)judged.Count(j => j.Label == Sentiment.Negative)));
            }
        }

        return points;
    }
}
