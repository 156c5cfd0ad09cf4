using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>How much each bucket tells of the label, by the largest log-ratio between its share in one class and in the others (naive Bayes; after Wang and Manning, ACL 2012). It multiplies the value of the feature, so that regularisation holds telling words down less.</summary>
internal static class Telling
{
    // What a bucket without any leaning keeps, and from which log-ratio on more of it counts no more; found on dev rows.
    private const double Least = 0.3;
    private const double Most = 2;

    // Between the root and the whole: found on held-out rows, and left-out sources lost nothing by it.
    private const double Power = 0.75;

    /// <summary>One number a bucket, between <see cref="Least"/> and <see cref="Least"/> + <see cref="Most"/>, each to the power of <see cref="Power"/>.</summary>
    public static float[] Of(IEnumerable<TextRow> rows)
    {
        var counts = new double[SentimentModel.Classes << Featurizer.Bits];
        var sums = new double[SentimentModel.Classes];
        var read = new Featurizer();
        foreach (var row in rows)
        {
            read.Read(default, row.Text, row.Language);
            sums[row.Label] += row.Weight;
            foreach (var bucket in read.Buckets)
            {
                counts[(bucket * SentimentModel.Classes) + row.Label] += row.Weight;
            }
        }

        var (all, telling) = (sums.Sum(), new float[1 << Featurizer.Bits]);
        for (var bucket = 0; bucket < telling.Length; bucket++)
        {
            telling[bucket] = (float)Math.Pow(Least + Math.Min(Most, LogRatio(counts.AsSpan(bucket * SentimentModel.Classes, SentimentModel.Classes), sums, all)), Power);
        }

        return telling;
    }

    private static double LogRatio(ReadOnlySpan<double> counts, ReadOnlySpan<double> sums, double all)
    {
        var (total, most) = (counts[0] + counts[1] + counts[2], 0.0);
        for (var c = 0; c < SentimentModel.Classes; c++)
        {
            var inside = (counts[c] + 1) / (sums[c] + SentimentModel.Classes);
            var outside = (total - counts[c] + SentimentModel.Classes - 1) / (all - sums[c] + (2 * SentimentModel.Classes));
            most = Math.Max(most, Math.Abs(Math.Log(inside / outside)));
        }

        return most;
    }
}
