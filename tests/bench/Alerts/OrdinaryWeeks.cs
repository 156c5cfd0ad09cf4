namespace Serm.Bench;

/// <summary>Made weeks of mentions with the rhythm that real ones have: quiet nights, quieter weekends, and days and hours that are busier or calmer than others for no reason (negative binomial).</summary>
internal sealed class OrdinaryWeeks
{
    public const int Hours = 168;

    // How much the true rate of a day and of an hour strays around the rhythm.
    private const double DaySpread = 0.15;
    private const double HourSpread = 0.10;

    private readonly Random random;
    private readonly double[] rates;

    /// <param name="perHour">Mentions an hour on average.</param>
    /// <param name="weeks">How many.</param>
    /// <param name="seed">The same seed gives the same weeks.</param>
    public OrdinaryWeeks(double perHour, int weeks, int seed)
    {
        random = new Random(seed);
        rates = new double[weeks * Hours];
        Minutes = new int[rates.Length * 60];
        var shape = Enumerable.Range(0, Hours).Select(h => (1 + (0.8 * Math.Sin((h % 24 - 9) / 24.0 * 2 * Math.PI))) * (h / 24 >= 5 ? 0.6 : 1)).ToArray();
        var mean = shape.Average();
        for (var day = 0; day < weeks * 7; day++)
        {
            var busy = Gamma(DaySpread);
            for (var h = day * 24; h < (day + 1) * 24; h++)
            {
                rates[h] = perHour * shape[h % Hours] / mean * busy * Gamma(HourSpread);
                for (var m = h * 60; m < (h + 1) * 60; m++)
                {
                    Minutes[m] = Poisson(rates[h] / 60);
                }
            }
        }
    }

    /// <summary>Mentions by minute.</summary>
    public int[] Minutes { get; }

    /// <summary>Mentions by hour.</summary>
    public double[] ByHour() => [.. Minutes.Chunk(60).Select(m => (double)m.Sum())];

    /// <summary>The true rate at a minute, mentions an hour.</summary>
    public double RateAt(int minute) => rates[minute / 60];

    /// <summary>Minutes from one on, with so many times the mentions.</summary>
    public int[] Burst(int from, int length, double times) => [.. Enumerable.Range(from, length).Select(m => Poisson(rates[m / 60] / 60 * times))];

    // Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); mean 1.
    private double Gamma(double spread)
    {
        var shape = 1 / (spread * spread);
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v / shape;
            }
        }
    }

    private int Poisson(double mean)
    {
        var (k, product, limit) = (0, 1 - random.NextDouble(), Math.Exp(-mean));
        while (product > limit)
        {
            product *= 1 - random.NextDouble();
            k++;
        }

        return k;
    }
}
