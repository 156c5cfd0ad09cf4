using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Decides which rules fire for a judged mention. It knows nothing of earlier alerts: that a rule fires at most once a mention is the work of the alert's id.</summary>
internal static class AlertDecider
{
    /// <summary>The alerts that the rules ask for.</summary>
    /// <param name="rules">The workspace's rules.</param>
    /// <param name="scored">The judged mention.</param>
    /// <param name="facts">What rules look at of it.</param>
    /// <param name="maxAge">Of what was published longer ago nobody is told.</param>
    /// <param name="now">The moment.</param>
    public static IEnumerable<Raised> Decide(IReadOnlyList<Rule> rules, MentionScored scored, MentionFacts facts, TimeSpan maxAge, DateTimeOffset now)
    {
        var mention = scored.Mention;
        return mention.Backfill || now - mention.Post.PublishedAt > maxAge
            ? []
            : rules.Where(r => r.Matcher.Fires(facts)).Select(r => new Raised(
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
                scored.TraceParent ?? mention.TraceParent,
                Story.KeyOf(mention.Post),
                Severity: r.Terms.Severity,
                Labels: r.Terms.Labels));
    }
}
