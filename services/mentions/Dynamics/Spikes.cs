namespace Serm.Mentions;

/// <summary>Hours or days, one after the other, that stand out against the brand's own rhythm.</summary>
/// <param name="At">Start of the first.</param>
/// <param name="To">End of the last.</param>
/// <param name="Negative">True when negative mentions stand out, false when only all of them together do.</param>
/// <param name="Mentions">How many there are, of negative ones or of all.</param>
/// <param name="Expected">How many are ordinary then.</param>
public sealed record Spike(DateTimeOffset At, DateTimeOffset To, bool Negative, long Mentions, double Expected);

/// <summary>Counts of one hour or day.</summary>
/// <param name="At">Its start.</param>
/// <param name="To">Its end.</param>
/// <param name="All">Mentions.</param>
/// <param name="Negative">Negative ones of them.</param>
/// <param name="Blind">A source was blind in some of it.</param>
internal sealed record CountedTime(DateTimeOffset At, DateTimeOffset To, long All, long Negative, bool Blind);

/// <summary>
/// Finds hours and days that stand out. Each is compared with the same hour of the other days within four weeks on either side, and with the same hour of the same weekday (days: with the other days, and the same
/// weekday), by median and median absolute deviation, which the spikes themselves do not move (Hampel, "The influence curve and its role in robust estimation", 1974; 1.4826 makes the deviation that of a normal
/// distribution; Rousseeuw and Croux, 1993). It has to stand out against both, so that a brand that is loud on Saturdays has no spike on each. Pure.
/// </summary>
internal static class Spikes
{
    /// <summary>What came before is looked at so far back.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(28);

    // Fewer neighbours than this tell nothing of what is ordinary; with fewer of the same weekday only the others are asked.
    private const int FewestNeighbours = 5;
    private const int FewestWeeks = 3;

    // Deviations above the median that are still ordinary; the spread is at least that of chance (Poisson).
    private const double Guard = 4;
    private const double LeastRatio = 2;
    private const long FewestMentions = 5;

    /// <summary>Those of the times since <paramref name="from"/>: none where a source was blind, and none that is not over.</summary>
    /// <param name="times">In order, one after the other, with those before; all hours, or all days.</param>
    /// <param name="from">The first that is asked for.</param>
    /// <param name="now">The moment.</param>
    public static IReadOnlyList<Spike> Find(IReadOnlyList<CountedTime> times, DateTimeOffset from, DateTimeOffset now)
    {
        // Before the first mention the brand was not listened for.
        var known = times.SkipWhile(t => t.All == 0).Where(t => t.To <= now).ToList();
        var step = known.Count > 0 && known[0].To - known[0].At < TimeSpan.FromHours(2) ? 24 : 1;
        var spikes = new List<Spike>();
        for (var i = 0; i < known.Count; i++)
        {
            var time = known[i];
            if (time.At < from || time.Blind)
            {
                continue;
            }

            if ((Standing(known, i, step, t => t.Negative, negative: true) ?? Standing(known, i, step, t => t.All, negative: false)) is not { } spike)
            {
                continue;
            }

            // What goes on is one spike.
            if (spikes is [.., var last] && last.To == spike.At && last.Negative == spike.Negative)
            {
                spikes[^1] = last with { To = spike.To, Mentions = last.Mentions + spike.Mentions, Expected = last.Expected + spike.Expected };
            }
            else
            {
                spikes.Add(spike);
            }
        }

        return spikes;
    }

    private static Spike? Standing(List<CountedTime> times, int at, int step, Func<CountedTime, long> count, bool negative)
    {
        var seen = count(times[at]);
        if (seen < FewestMentions)
        {
            return null;
        }

        var most = 0.0;
        foreach (var (every, fewest) in new[] { (step, FewestNeighbours), (7 * step, FewestWeeks) })
        {
            var others = Neighbours(times, at, every, (int)History.TotalDays * step).Where(t => !t.Blind).Select(t => (double)count(t)).ToList();
            if (others.Count < fewest)
            {
                if (every == step)
                {
                    return null;
                }

                continue;
            }

            var median = Median(others);
            var spread = Math.Max(1.4826 * Median(others.ConvertAll(o => Math.Abs(o - median))), Math.Sqrt(Math.Max(1, median)));
            if (seen <= median + (Guard * spread) || seen < LeastRatio * median)
            {
                return null;
            }

            most = Math.Max(most, median);
        }

        return new(times[at].At, times[at].To, negative, seen, most);
    }

    private static IEnumerable<CountedTime> Neighbours(List<CountedTime> times, int at, int every, int most)
    {
        for (var distance = every; distance <= most; distance += every)
        {
            if (at - distance >= 0)
            {
                yield return times[at - distance];
            }

            if (at + distance < times.Count)
            {
                yield return times[at + distance];
            }
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var half = values.Count / 2;
        return values.Count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
