using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>Finds on dev rows, a language at a time, what makes the probabilities honest, and from which probability on a text is urgent; the label is left to the sums as they were trained. A large source does not drown a small one: it counts with the root of its rows.</summary>
internal static class Calibration
{
    /// <summary>Recall that the urgent threshold is to have of negative texts, together with <see cref="UrgentPrecision"/>.</summary>
    public const double UrgentRecall = 0.80;

    /// <summary>Precision that it is to have.</summary>
    public const double UrgentPrecision = 0.60;

    private const int FewestRows = 80;
    private const int FewestNegative = 12;
    private const int Rounds = 12;
    private const int Steps = 30;
    private const double LargestShift = 1.5;

    // As if so many rows had said that a language needs no shift and the scale of all.
    private const double Doubt = 10;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Point(Vector128<float> Logits, Sentiment Label, double Weight)
    {
        public double Negative(Calibrated by)
        {
            var v = by.Apply(Logits);
            return 1 / (1 + MathF.Exp(v[1] - v[0]) + MathF.Exp(v[2] - v[0]));
        }

        public double Loss(double scale, double negative, double positive)
        {
            var (n, o, p) = ((Logits[0] * scale) + negative, Logits[1] * scale, (Logits[2] * scale) + positive);
            var highest = Math.Max(n, Math.Max(o, p));
            var own = Label switch { Sentiment.Negative => n, Sentiment.Positive => p, _ => o };
            return Weight * (highest + Math.Log(Math.Exp(n - highest) + Math.Exp(o - highest) + Math.Exp(p - highest)) - own);
        }
    }

    /// <summary>One entry for each language with enough dev rows, and <c>und</c> for all others.</summary>
    public static IReadOnlyList<Calibrated> Fit(SentimentModel model, IReadOnlyList<Row> dev)
    {
        var byLanguage = dev.GroupBy(r => r.Language, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (Language: g.Key, Points: Points(model, [.. g]))).ToList();
        var all = byLanguage.SelectMany(l => l.Points).ToList();
        if (all.Count == 0)
        {
            return [Calibrated.None];
        }

        var scale = Math.Exp(Least(s => all.Sum(p => p.Loss(Math.Exp(s), 0, 0)), Math.Log(1.0 / 8), Math.Log(8)));
        var common = WithThreshold(Calibrated.None with { Scale = (float)scale }, all);
        return [common, .. byLanguage
            .Where(l => l.Points.Count >= FewestRows && l.Points.Count(p => p.Label == Sentiment.Negative) >= FewestNegative && l.Language != common.Language)
            .Select(l => WithThreshold(Fit(l.Language, l.Points, scale), l.Points))];
    }

    private static List<Point> Points(SentimentModel model, IReadOnlyList<Row> rows)
    {
        var sources = rows.CountBy(r => r.Source, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var unit = rows.Count / sources.Values.Sum(n => Math.Sqrt(n));
        var read = new Featurizer();
        var points = new List<Point>(rows.Count);
        foreach (var row in rows)
        {
            read.Read(default, row.Text, row.Language);
            points.Add(new Point(model.Logits(read.Buckets, read.Values), row.Label, unit / Math.Sqrt(sources[row.Source])));
        }

        return points;
    }

    private static Calibrated Fit(string language, List<Point> points, double common)
    {
        var (log, negative, positive) = (Math.Log(common), 0.0, 0.0);
        double Loss(double s, double n, double p) => points.Sum(x => x.Loss(Math.Exp(s), n, p)) + (Doubt / 2 * (((s - Math.Log(common)) * (s - Math.Log(common))) + (n * n) + (p * p)));
        for (var i = 0; i < Rounds; i++)
        {
            log = Least(s => Loss(s, negative, positive), Math.Log(common) - 1, Math.Log(common) + 1);
            negative = Least(n => Loss(log, n, positive), -LargestShift, LargestShift);
            positive = Least(p => Loss(log, negative, p), -LargestShift, LargestShift);
        }

        var shift = Vector128.Create((float)negative, 0, (float)positive, 0);

        // The label is decided by the sums as they were trained, in which all labels of a source count alike: the shift is taken back.
        return new(language, (float)Math.Exp(log), shift, -shift, Calibrated.None.Urgent);
    }

    // Where recall and precision are as far above what is asked, or as little below it, as can be.
    private static Calibrated WithThreshold(Calibrated by, List<Point> points)
    {
        var falling = points.Select(p => (Probability: p.Negative(by), p.Weight, IsNegative: p.Label == Sentiment.Negative)).OrderByDescending(p => p.Probability).ToList();
        var negatives = falling.Where(p => p.IsNegative).Sum(p => p.Weight);
        var (best, threshold, hits, called) = (double.MinValue, (double)by.Urgent, 0.0, 0.0);
        for (var i = 0; i < falling.Count; i++)
        {
            called += falling[i].Weight;
            hits += falling[i].IsNegative ? falling[i].Weight : 0;
            var margin = Math.Min((hits / Math.Max(negatives, 1e-9)) - UrgentRecall, (hits / called) - UrgentPrecision);
            if (margin > best)
            {
                (best, threshold) = (margin, i + 1 < falling.Count ? (falling[i].Probability + falling[i + 1].Probability) / 2 : falling[i].Probability);
            }
        }

        return by with { Urgent = (float)Math.Clamp(threshold, 0.05, 0.95) };
    }

    // Golden-section search.
    private static double Least(Func<double, double> loss, double low, double high)
    {
        var golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < Steps; i++)
        {
            var (left, right) = (high - (golden * (high - low)), low + (golden * (high - low)));
            (low, high) = loss(left) < loss(right) ? (low, right) : (left, high);
        }

        return (low + high) / 2;
    }
}
