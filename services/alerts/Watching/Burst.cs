namespace Serm.Alerts;

/// <summary>How much evidence a watch wants.</summary>
/// <param name="Evidence">Log-likelihood ratio (natural) at which it speaks.</param>
/// <param name="Guard">Spreads above the expected rate that are still ordinary.</param>
/// <param name="Fewest">Mentions without which nothing is said.</param>
internal sealed record Caution(double Evidence, double Guard, int Fewest)
{
    /// <summary>Calibrated on made weeks: <c>./serm bench spikes</c> counts what each costs in false incidents and in minutes, and docs/alerts.md says it.</summary>
    public static Caution Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Calm => new(16, 3, 10),
        Sensitivity.Keen => new(6.5, 1.2, 4),
        _ => new(9, 2, 6),
    };
}

/// <summary>
/// Finds where counts by minute leave the baseline: cumulative sums of log-likelihood ratios for a few multiples of the rate at once (E. S. Page, "Continuous inspection schemes", Biometrika 1954;
/// Lucas, "Counted data CUSUM's", Technometrics 1985). It needs no window, and tells a strong burst after few mentions and a weak one after more. Pure.
/// </summary>
internal static class Burst
{
    /// <summary>Minutes that are looked at: a burst that lasts longer is found again within it.</summary>
    public const int LookBack = 12 * 60;

    // Multiples of the guarded rate. Each has a sum of its own.
    private static readonly double[] Up = [2, 4, 10];
    private static readonly double[] Down = [0.2];

    // A sum goes no higher than this many times the evidence, so that it comes down soon after the end.
    private const double Ceiling = 1.5;

    // Below a mention in four hours a rate is not known well enough to be called lower.
    private const double LeastRate = 1.0 / 240;

    /// <summary>The burst that lasts at the end of the counts; null when there is none.</summary>
    /// <param name="baseline">What is ordinary.</param>
    /// <param name="first">The minute of the first count.</param>
    /// <param name="counts">Mentions by minute.</param>
    /// <param name="caution">How much evidence is wanted.</param>
    /// <param name="negative">True when negative mentions were counted.</param>
    public static Measured? Find(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution, bool negative = false) =>
        baseline.Hours < Baseline.FewestHours ? null : Find(baseline, first, counts, caution, Up, 1 + (caution.Guard * baseline.Spread), negative);

    /// <summary>The lull that lasts at the end of the counts; null when there is none.</summary>
    public static Measured? FindLull(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution) =>
        baseline.Hours < 2 * Baseline.FewestHours ? null : Find(baseline, first, counts, caution with { Fewest = 0 }, Down, Math.Max(0.3, 1 - (caution.Guard * baseline.Spread)), false);

    private static Measured? Find(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution, double[] multiples, double guard, bool negative)
    {
        Measured? found = null;
        Span<double> rates = stackalloc double[counts.Length];
        for (var (i, rate) = (0, 0.0); i < counts.Length; i++)
        {
            var at = first.AddMinutes(i);
            rates[i] = rate = i == 0 || at.Minute == 0 ? baseline.RateAt(at) : rate;
        }

        var evidence = caution.Evidence + Math.Log(multiples.Length);
        foreach (var multiple in multiples)
        {
            var one = Follow(rates, first, counts, caution, multiple, guard, evidence, negative);
            found = one is not null && one.Score >= (found?.Score ?? 0) ? one : found;
        }

        return found;
    }

    private static Measured? Follow(ReadOnlySpan<double> rates, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution, double multiple, double guard, double evidence, bool negative)
    {
        var (sum, peak, start, seen, expected, lasts) = (0.0, 0.0, 0, 0.0, 0.0, false);
        var gain = Math.Log(multiple);
        for (var i = 0; i < counts.Length; i++)
        {
            if (sum <= 0)
            {
                (sum, peak, start, seen, expected, lasts) = (0, 0, i, 0, 0, false);
            }

            var rate = rates[i];
            sum = Math.Min(evidence * Ceiling, sum + (counts[i] * gain) - ((multiple - 1) * Math.Max(LeastRate, rate * guard)));
            seen += counts[i];
            expected += rate;
            peak = Math.Max(peak, sum);
            lasts |= sum >= evidence && seen >= caution.Fewest;
        }

        return lasts && sum > 0 ? new(seen, Math.Round(expected, 2), first.AddMinutes(start), first.AddMinutes(counts.Length), Math.Round(peak, 2), Negative: negative) : null;
    }
}
