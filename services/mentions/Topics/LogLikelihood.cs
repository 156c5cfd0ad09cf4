namespace Serm.Mentions;

/// <summary>How surprising it is that a share of one sample is not that of another.</summary>
internal static class LogLikelihood
{
    // Once in twenty.
    private const double Least = 3.84;

    /// <summary>The ratio that of so many comparisons without any difference about one comes to: the quantile of chi-squared with one degree of freedom, by the tail of the normal distribution (Feller, volume 1, VII.1). At least 3.84.</summary>
    public static double OnceIn(int comparisons)
    {
        var x = Least;
        for (var i = 0; i < 8; i++)
        {
            x = Math.Max(Least, 2 * Math.Log(comparisons * Math.Sqrt(2 / (Math.PI * x))));
        }

        return x;
    }

    /// <summary>
    /// The log-likelihood ratio of a table of two by two, G2 = 2 sum(observed ln(observed / expected)) over its four cells: Dunning, "Accurate methods for the statistics of surprise and
    /// coincidence", Computational Linguistics 19 (1993). Signed: above zero where the share is larger now. Zero where there is nothing to compare.
    /// </summary>
    /// <param name="now">Of the sample now, how many have it.</param>
    /// <param name="allNow">The size of the sample now.</param>
    /// <param name="before">Of the sample before, how many had it.</param>
    /// <param name="allBefore">The size of the sample before.</param>
    public static double Signed(int now, int allNow, int before, int allBefore)
    {
        if (allNow <= 0 || allBefore <= 0)
        {
            return 0;
        }

        double all = allNow + allBefore, with = now + before;
        var sum = Cell(now, allNow * with / all) + Cell(before, allBefore * with / all) + Cell(allNow - now, allNow * (all - with) / all) + Cell(allBefore - before, allBefore * (all - with) / all);
        return (now * (double)allBefore >= before * (double)allNow ? 2 : -2) * Math.Max(0, sum);
    }

    private static double Cell(double observed, double expected) => observed <= 0 ? 0 : observed * Math.Log(observed / expected);
}
