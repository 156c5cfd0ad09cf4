namespace Serm.Mentions;

/// <summary>Why a mention stands where it stands in the inbox.</summary>
/// <param name="Negative">Points for the probability that it is negative, 0 to 4; 2 while nobody has judged it.</param>
/// <param name="Reach">Points for reach: half a point for each factor of ten.</param>
/// <param name="Age">Points lost by age: one a day.</param>
public sealed record UrgencyParts(double Negative, double Reach, double Age);

/// <summary>The order of the inbox. Age counts through the time of publication, so that the order of two mentions never changes by waiting and an index can hold it.</summary>
internal static class Urgency
{
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The sort key: points for negativity and reach, plus days since 2020 at publication. A day of age weighs as much as a quarter of probability, or a hundred times the reach.</summary>
    public static double Of(float? negative, long? reach, DateTimeOffset publishedAt) =>
        NegativePoints(negative) + ReachPoints(reach) + (publishedAt - Epoch).TotalDays;

    /// <summary>The parts as a person can read them.</summary>
    public static UrgencyParts Explain(float? negative, long? reach, DateTimeOffset publishedAt, DateTimeOffset now) =>
        new(NegativePoints(negative), ReachPoints(reach), -Math.Max(0, (now - publishedAt).TotalDays));

    private static double NegativePoints(float? negative) => 4 * (negative ?? 0.5);

    private static double ReachPoints(long? reach) => 0.5 * Math.Log10(1 + Math.Max(0, reach ?? 0));
}
