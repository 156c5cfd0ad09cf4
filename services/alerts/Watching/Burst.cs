namespace Serm.Alerts;

/// <summary>How much evidence a watch wants.</summary>
/// <param name="Evidence">Log-likelihood ratio (natural) at which it speaks of a topic or a lull.</param>
/// <param name="Guard">Spreads around the expected rate that are still ordinary: within them no run begins.</param>
/// <param name="Fewest">Mentions without which nothing is said.</param>
/// <param name="BurstEvidence">Log-likelihood ratio (natural) at which it speaks of a burst, the spread of the rate taken into account.</param>
internal sealed record Caution(double Evidence, double Guard, int Fewest, double BurstEvidence)
{
    /// <summary>Calibrated on made weeks: <c>./serm bench spikes</c> counts what each costs in false incidents and in minutes, and docs/alerts.md says it.</summary>
    public static Caution Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Calm => new(16, 3, 10, 12),
        Sensitivity.Keen => new(6.5, 1.2, 4, 7),
        _ => new(9, 2, 6, 9),
    };
}

/// <summary>
/// Finds where counts by minute leave the baseline. Cumulative sums of log-likelihood ratios for two multiples of the guarded rate (E. S. Page, "Continuous inspection schemes", Biometrika 1954;
/// Lucas, "Counted data CUSUM's", Technometrics 1985) say since when counts run high; whether such a run is out of the ordinary is weighed by a negative binomial. It needs no window, and tells a
/// strong burst after few mentions and a weak one after more. Pure.
/// </summary>
internal static class Burst
{
    /// <summary>Minutes that are looked at: a burst that lasts longer is found again within it.</summary>
    public const int LookBack = 12 * 60;

    // Multiples of the guarded rate. Each has a sum of its own.
    private static readonly double[] Up = [2, 4];
    private const double Down = 0.2;

    // Multiples of the ordinary rate that a run is weighed for.
    private static readonly double[] Strengths = [3, 10];

    // Up to so many times what is expected nothing speaks for the least of them, whatever the spread: (3 - 1) / ln 3 for few mentions, 1.5 ln 3 for many.
    private const double Unsuspicious = 1.6;

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
    public static Measured? Find(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution, bool negative = false)
    {
        if (baseline.Hours < Baseline.FewestHours)
        {
            return null;
        }

        Measured? found = null;
        var rates = Rates(baseline, first, counts.Length);
        foreach (var multiple in Up)
        {
            var one = Follow(rates, first, counts, multiple, 1 + (caution.Guard * baseline.Spread), caution.BurstEvidence, caution.Fewest, (seen, expected, _) => Weigh(seen, expected, baseline.Spread));
            found = one is not null && one.Score >= (found?.Score ?? 0) ? one : found;
        }

        return found is null ? null : found with { Negative = negative };
    }

    /// <summary>The lull that lasts at the end of the counts; null when there is none.</summary>
    public static Measured? FindLull(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> counts, Caution caution) => baseline.Hours < 2 * Baseline.FewestHours
        ? null
        : Follow(Rates(baseline, first, counts.Length), first, counts, Down, Math.Max(0.3, 1 - (caution.Guard * baseline.Spread)), caution.Evidence, 0, (_, _, sum) => sum);

    /// <summary>
    /// How much so many mentions speak for a burst: the larger of the log ratios of negative binomials, whose rate strays around 3 or 10 times the expected one and around the expected one.
    /// Few mentions are weighed as Poisson counts are; however many come, no more is said than the spread allows (a Gamma mixture of Poisson counts: Gelman et al., section 2.6). 0 when nothing speaks for it.
    /// </summary>
    internal static double Weigh(double seen, double expected, double spread)
    {
        if (seen <= Unsuspicious * expected)
        {
            return 0;
        }

        var (shape, m, most) = (1 / (spread * spread), Math.Max(LeastRate, expected), 0.0);
        foreach (var strength in Strengths)
        {
            most = Math.Max(most, (seen * Math.Log(strength)) - ((seen + shape) * Math.Log((shape + (strength * m)) / (shape + m))));
        }

        return most;
    }

    private static double[] Rates(Baseline baseline, DateTimeOffset first, int minutes)
    {
        var rates = new double[minutes];
        for (var (i, rate) = (0, 0.0); i < minutes; i++)
        {
            var at = first.AddMinutes(i);
            rates[i] = rate = i == 0 || at.Minute == 0 ? baseline.RateAt(at) : rate;
        }

        return rates;
    }

    private static Measured? Follow(double[] rates, DateTimeOffset first, ReadOnlySpan<int> counts, double multiple, double guard, double evidence, int fewest, Func<double, double, double, double> weigh)
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
            if (sum > 0 && seen >= fewest)
            {
                peak = Math.Max(peak, weigh(seen, expected, sum));
                lasts |= peak >= evidence;
            }
        }

        return lasts && sum > 0 ? new(seen, Math.Round(expected, 2), first.AddMinutes(start), first.AddMinutes(counts.Length), Math.Round(peak, 2)) : null;
    }
}
