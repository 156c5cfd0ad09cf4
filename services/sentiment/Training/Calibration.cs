using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>Temperature scaling (Guo et al., ICML 2017): the one factor of all logits that makes the log-loss of unseen texts least. It changes no label.</summary>
internal static class Calibration
{
    private const int Steps = 60;

    /// <summary>The factor, by golden-section search between 1/8 and 8.</summary>
    public static float Scale(SentimentModel model, IReadOnlyList<Row> rows)
    {
        var read = new Featurizer();
        var logits = new List<(float[] Logits, Sentiment Label)>(rows.Count);
        foreach (var row in rows)
        {
            read.Read(default, row.Text, row.Language);
            var v = model.Logits(read.Buckets, read.Values);
            logits.Add(([v[0], v[1], v[2]], row.Label));
        }

        if (logits.Count == 0)
        {
            return 1;
        }

        var golden = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(1.0 / 8), Math.Log(8));
        for (var i = 0; i < Steps; i++)
        {
            var (left, right) = (high - (golden * (high - low)), low + (golden * (high - low)));
            (low, high) = Loss(logits, Math.Exp(left)) < Loss(logits, Math.Exp(right)) ? (low, right) : (left, high);
        }

        return (float)Math.Exp((low + high) / 2);
    }

    private static double Loss(List<(float[] Logits, Sentiment Label)> rows, double scale) => rows.Sum(r =>
    {
        var highest = r.Logits.Max();
        return Math.Log(r.Logits.Sum(l => Math.Exp((l - highest) * scale))) - ((r.Logits[(int)r.Label] - highest) * scale);
    });
}
