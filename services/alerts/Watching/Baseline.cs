namespace Serm.Alerts;

/// <summary>
/// What is ordinary for a brand or a source: a rate for each hour of the week, and how much it strays.
/// Rates are products of a level, an hour of the day, a weekday and an hour of the week, each drawn towards 1 as far as the history is short (a Gamma prior of so many mentions:
/// Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.6). Hours far above what all other weeks say of them teach nothing, so a spike does not raise the baseline that it is measured by.
/// </summary>
internal sealed class Baseline
{
    /// <summary>Hours of history without which nothing is said.</summary>
    public const int FewestHours = 72;

    private const int HoursOfWeek = 168;
    private const double DayPrior = 10;
    private const double WeekdayPrior = 30;
    private const double WeekPrior = 20;
    private const double LevelPrior = 40;

    // From so many weeks on an hour is judged by the other weeks; before that by the other days.
    private const double WeeksToCompare = 2;

    // A newest week of which more than this share stands out is no burst: the brand has grown.
    private const double GrownShare = 1 / 3.0;

    private readonly double[] byHour;

    private Baseline(double[] byHour, double spread, int hours) => (this.byHour, Spread, Hours) = (byHour, spread, hours);

    /// <summary>Standard deviation of the true rate around the expected one, as a share of it: beyond what chance alone does to counts.</summary>
    public double Spread { get; }

    /// <summary>Hours that it was learned from.</summary>
    public int Hours { get; }

    /// <summary>Mentions a minute that are ordinary at a moment.</summary>
    public double RateAt(DateTimeOffset at) => byHour[HourOfWeek(at)] / 60;

    /// <summary>Learns from counts by hour, one after the other and without a hole.</summary>
    /// <param name="first">The full hour of the first count.</param>
    /// <param name="counts">Mentions by hour.</param>
    /// <param name="blind">True for hours in which nobody looked: they teach nothing. Null: none.</param>
    public static Baseline Learn(DateTimeOffset first, ReadOnlySpan<double> counts, ReadOnlySpan<bool> blind = default)
    {
        var start = HourOfWeek(first);
        var x = new List<Hour>(counts.Length);
        for (var i = 0; i < counts.Length; i++)
        {
            if (blind.Length == 0 || !blind[i])
            {
                x.Add(new((start + i) % HoursOfWeek, counts[i], (counts.Length - 1 - i) / (double)HoursOfWeek));
            }
        }

        if (x.Count == 0)
        {
            return new(new double[HoursOfWeek], 1, 0);
        }

        var (rates, spread, ordinary) = (Array.Empty<double>(), 0.3, x);
        for (var round = 0; round < 3; round++)
        {
            ordinary = WithoutBursts(x, ordinary, spread);
            rates = Fit(ordinary, spread);
            spread = SpreadOf(ordinary, rates);
        }

        return new(rates, spread, x.Count);
    }

    /// <summary>0 on Monday at midnight UTC, 167 in the last hour of Sunday.</summary>
    public static int HourOfWeek(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return ((((int)utc.DayOfWeek + 6) % 7) * 24) + utc.Hour;
    }

    // An hour is judged by what the others say of it and never by itself, so that a burst cannot excuse itself.
    private static List<Hour> WithoutBursts(List<Hour> all, List<Hour> ordinary, double spread)
    {
        var fold = all[0].Age >= WeeksToCompare ? 1 : 1 / 7.0;
        var kept = new List<Hour>(all.Count);
        foreach (var part in all.GroupBy(h => h.Fold(fold)))
        {
            var others = ordinary.FindAll(h => h.Fold(fold) != part.Key);
            if (others.Count == 0)
            {
                kept.AddRange(part);
                continue;
            }

            var rates = Fit(others, spread);
            var burst = part.Where(h => h.Count > Most(rates[h.OfWeek], spread)).ToHashSet();
            kept.AddRange(fold >= 1 && part.Key == 0 && burst.Count > part.Count() * GrownShare
                ? part.Select(h => h with { Count = Math.Min(h.Count, Most(rates[h.OfWeek], spread)) })
                : part.Where(h => !burst.Contains(h)));
        }

        return kept;
    }

    // Three standard deviations above what is expected, of chance and of the spread.
    private static double Most(double rate, double spread) => rate + (3 * Math.Sqrt(rate + (spread * spread * rate * rate))) + 2;

    private static double[] Fit(List<Hour> x, double spread)
    {
        // What is older counts less: half after four weeks.
        var weights = x.ConvertAll(h => Math.Pow(0.5, h.Age / 4));
        var level = Math.Max(1e-6, x.Select((h, i) => weights[i] * h.Count).Sum() / weights.Sum());
        var rates = Enumerable.Repeat(level, HoursOfWeek).ToArray();
        Draw(h => h % 24, 24, 1, DayPrior);
        Draw(h => h / 24, 7, 24, WeekdayPrior);
        Draw(h => h, HoursOfWeek, 1, WeekPrior);

        // The last week tells whether all of it has grown or shrunk; half or double at most.
        var (sum, expected) = (LevelPrior, LevelPrior);
        foreach (var h in x.Where(h => h.Age < 1))
        {
            (sum, expected) = (sum + h.Count, expected + rates[h.OfWeek]);
        }

        var trend = Math.Clamp(sum / expected, 0.5, 2);
        return Array.ConvertAll(rates, r => r * trend);

        // Hours stray for reasons of their own: many mentions of few hours tell no more than these hours can. Hours of one day stray together.
        void Draw(Func<int, int> cell, int cells, int together, double prior)
        {
            var (seen, wanted, looks) = (new double[cells], new double[cells], new double[cells]);
            for (var i = 0; i < x.Count; i++)
            {
                var c = cell(x[i].OfWeek);
                seen[c] += weights[i] * x[i].Count;
                wanted[c] += weights[i] * rates[x[i].OfWeek];
                looks[c] += weights[i] / together;
            }

            for (var h = 0; h < HoursOfWeek; h++)
            {
                if (cell(h) is var c && wanted[c] > 0)
                {
                    var trust = 1 / ((1 / wanted[c]) + (spread * spread / looks[c]));
                    rates[h] *= ((seen[c] / wanted[c] * trust) + prior) / (trust + prior);
                }
            }
        }
    }

    // Method of moments for the extra variance of a negative binomial: var = m + s^2 m^2. Corrected for what the fit itself has taken up, and for how well a cell can be known.
    private static double SpreadOf(List<Hour> x, double[] rates)
    {
        var (extra, square) = (0.0, 0.0);
        var wanted = new double[HoursOfWeek];
        foreach (var h in x)
        {
            var m = rates[h.OfWeek];
            extra += ((h.Count - m) * (h.Count - m)) - m;
            square += m * m;
            wanted[h.OfWeek] += m;
        }

        var taken = wanted.Sum(w => w / (w + WeekPrior));
        var correction = Math.Min(3, x.Count / Math.Max(1, x.Count - taken));
        var cell = 1 / ((wanted.Sum() / HoursOfWeek) + WeekPrior);
        return Math.Clamp(Math.Sqrt(Math.Max(0, extra / Math.Max(1e-9, square) * correction) + cell), 0.05, 1);
    }

    // An hour that was counted; its age in weeks before the newest one.
    private sealed record Hour(int OfWeek, double Count, double Age)
    {
        // Ages are shares of 168: a hair is added so that whole weeks and days fall where they belong.
        public int Fold(double weeks) => (int)((Age / weeks) + 1e-9);
    }
}
