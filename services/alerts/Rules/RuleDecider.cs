using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Decides what happens to a rule; says nothing twice.</summary>
internal static class RuleDecider
{
    public static IReadOnlyList<object> Add(Rule rule, RuleTerms terms, string by, DateTimeOffset now) =>
        rule.Version > 0 ? [] : [new RuleAdded(Rule.NegativeMention, terms, by, now)];

    public static IReadOnlyList<object> Change(Rule rule, long expected, RuleTerms terms, string by, DateTimeOffset now)
    {
        RequireVersion(rule, expected);
        return terms == rule.Terms ? [] : [new RuleChanged(terms, by, now)];
    }

    public static IReadOnlyList<object> Remove(Rule rule, long expected, string by, DateTimeOffset now)
    {
        RequireVersion(rule, expected);
        return [new RuleRemoved(by, now)];
    }

    private static void RequireVersion(Rule rule, long expected)
    {
        if (rule.Version == 0 || rule.Removed)
        {
            throw RuleViolation.NotFound("rule");
        }

        if (expected != rule.Version)
        {
            throw RuleViolation.Stale(rule.Version);
        }
    }
}
