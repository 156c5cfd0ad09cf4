using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Decides which rules fire for a judged mention. It knows nothing of earlier alerts: that a rule fires at most once a mention is the work of the alert's id.</summary>
internal static class AlertDecider
{
    /// <summary>The alerts that the rules ask for.</summary>
    /// <param name="rules">The workspace's rules.</param>
    /// <param name="scored">The judged mention.</param>
    /// <param name="maxAge">Of what was published longer ago nobody is told.</param>
    /// <param name="now">The moment.</param>
    public static IEnumerable<Raised> Decide(IReadOnlyList<Rule> rules, MentionScored scored, TimeSpan maxAge, DateTimeOffset now)
    {
        var mention = scored.Mention;
        return mention.Backfill || now - mention.Post.PublishedAt > maxAge
            ? []
            : rules.Where(r => Fires(r.Terms, scored)).Select(r => new Raised(
                r.Id,
                r.Terms.Name,
                r.Version,
                mention.MentionId,
                mention.Brand,
                mention.Post.Revision,
                scored.Verdict.ModelVersion,
                scored.Verdict.Negative,
                mention.Post.Reach,
                mention.SeenAt,
                scored.Verdict.ScoredAt,
                now,
                scored.TraceParent ?? mention.TraceParent));
    }

    // Compared as floats, because 0.9f is less than 0.9.
    private static bool Fires(RuleTerms rule, MentionScored scored) =>
        rule.Enabled
        && (rule.BrandId is null || rule.BrandId == scored.Mention.Brand.Id)
        && scored.Verdict.Negative >= (float)rule.Threshold
        && (rule.MinReach is null || (scored.Mention.Post.Reach is { } reach ? reach >= rule.MinReach : rule.UnknownReach == UnknownReach.Alert));
}
