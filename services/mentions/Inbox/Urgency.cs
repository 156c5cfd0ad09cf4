namespace Serm.Mentions;

/// <summary>Why a mention stands where it stands in the inbox.</summary>
/// <param name="Negative">Points for the probability that it is negative, 0 to 4; 2 while nobody has judged it.</param>
/// <param name="Reach">Points for reach: half a point for each factor of ten.</param>
/// <param name="Age">Points lost by age, counted from publication or from the last doubling of its story: one a day.</param>
/// <param name="Velocity">Points for its story, 0 to 4: half a point for each doubling, and one for each factor of ten in sightings an hour.</param>
/// <param name="Sla">4 points when a clock is breached, 2 when it is due soon.</param>
/// <param name="Severity">2 points for high, 4 for critical, -2 for low; a point more when a rule flagged it.</param>
public sealed record UrgencyParts(double Negative, double Reach, double Age, double Velocity = 0, double Sla = 0, double Severity = 0);

/// <summary>What urgency is made of.</summary>
internal readonly record struct UrgencyFacts(
    float? Negative,
    long? Reach,
    DateTimeOffset PublishedAt,
    int Sightings = 1,
    double PerHour = 0,
    DateTimeOffset? GrewAt = null,
    SlaState? Sla = null,
    Severity Severity = Severity.Normal,
    bool Flagged = false)
{
    public static UrgencyFacts Of(Mention m, SlaState? sla) =>
        new(m.Negative, m.Latest!.Reach, m.Latest.PublishedAt, m.Sightings, m.PerHour, m.GrewAt, sla, m.Severity, m.Flagged);

    public DateTimeOffset Anchor => GrewAt > PublishedAt ? GrewAt.Value : PublishedAt;
}

/// <summary>The order of the inbox. Age counts through a moment in the past, so that the order of two mentions never changes by waiting and an index can hold it. Clocks and stories add their points in steps, each of them an event.</summary>
internal static class Urgency
{
    private const double MostVelocity = 4;
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The sort key: all points, plus days since 2020 at publication. A day of age weighs as much as a quarter of probability, or a hundred times the reach.</summary>
    public static double Of(in UrgencyFacts facts) =>
        NegativePoints(facts.Negative) + ReachPoints(facts.Reach) + VelocityPoints(facts) + SlaPoints(facts.Sla) + SeverityPoints(facts) + (facts.Anchor - Epoch).TotalDays;

    /// <summary>The parts as a person can read them.</summary>
    public static UrgencyParts Explain(in UrgencyFacts facts, DateTimeOffset now) => new(
        NegativePoints(facts.Negative), ReachPoints(facts.Reach), -Math.Max(0, (now - facts.Anchor).TotalDays), VelocityPoints(facts), SlaPoints(facts.Sla), SeverityPoints(facts));

    private static double NegativePoints(float? negative) => 4 * (negative ?? 0.5);

    private static double ReachPoints(long? reach) => 0.5 * Math.Log10(1.0 + Math.Max(0, reach ?? 0));

    private static double VelocityPoints(in UrgencyFacts facts) => Math.Min(MostVelocity, (0.5 * Math.Log2(Math.Max(1, facts.Sightings))) + Math.Log10(1 + Math.Max(0, facts.PerHour)));

    private static double SlaPoints(SlaState? state) => state switch
    {
        SlaState.Breached => 4,
        SlaState.DueSoon => 2,
        _ => 0,
    };

    private static double SeverityPoints(in UrgencyFacts facts) => (facts.Flagged ? 1 : 0) + facts.Severity switch
    {
        Severity.Low => -2,
        Severity.High => 2,
        Severity.Critical => 4,
        _ => 0,
    };
}
