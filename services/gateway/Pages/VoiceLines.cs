using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>The line of one brand.</summary>
/// <param name="Series">Its colour and pattern, 1 to 10.</param>
/// <param name="Values">One a bar; null where nobody looked and nothing was found: that is not known to be zero.</param>
public sealed record VoiceLine(Guid Brand, string Name, int Series, IReadOnlyList<long?> Values);

/// <summary>Which brands are compared, and how their lines lie.</summary>
public static class VoiceLines
{
    /// <summary>The mentions service compares no more, and no more lines can be told apart.</summary>
    public const int Most = 10;

    /// <summary>The brands that an address asks for, in the order of the list; without any all of them, and of too many those that compete with each other.</summary>
    public static IReadOnlyList<BrandItem> Chosen(IReadOnlyList<BrandItem> all, IReadOnlyCollection<Guid> asked)
    {
        if (asked.Count > 0)
        {
            return [.. all.Where(b => asked.Contains(b.Id)).Take(Most)];
        }

        var own = all.Count <= Most ? null : all.Where(b => b.CompetitorOf is not null).GroupBy(b => b.CompetitorOf).MaxBy(g => g.Count())?.Key;
        return [.. all.Where(b => own is null || b.Id == own || b.CompetitorOf == own).OrderBy(b => own is not null && b.Id != own).Take(Most)];
    }

    /// <summary>What a line goes through.</summary>
    public static IReadOnlyList<long?> Values(IReadOnlyList<Bar> bars, bool negative) =>
        [.. bars.Select(b => (negative ? b.Point?.Negative : b.Point?.Total) ?? 0).Zip(bars, (count, bar) => count == 0 && bar.Blind ? (long?)null : count)];

    /// <summary>The parts of a line: from the first place to the last of each that is known.</summary>
    public static IEnumerable<(int First, int Last)> Parts(IReadOnlyList<long?> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not null)
            {
                var first = i;
                while (i + 1 < values.Count && values[i + 1] is not null)
                {
                    i++;
                }

                yield return (first, i);
            }
        }
    }

    /// <summary>Where names are written so that none covers another, each as near as can be to where it is wanted.</summary>
    public static IReadOnlyList<double> Spread(IReadOnlyList<double> wanted, double distance, double bottom)
    {
        var at = wanted.ToArray();
        var order = Enumerable.Range(0, at.Length).OrderBy(i => at[i]).ToArray();
        for (var k = 1; k < order.Length; k++)
        {
            at[order[k]] = Math.Max(at[order[k]], at[order[k - 1]] + distance);
        }

        // Whoever was pushed out below pushes back.
        for (var (k, limit) = (order.Length - 1, bottom); k >= 0; k--, limit = at[order[k + 1]] - distance)
        {
            at[order[k]] = Math.Min(at[order[k]], limit);
        }

        return at;
    }
}
