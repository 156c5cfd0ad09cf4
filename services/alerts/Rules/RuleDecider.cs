using System.Text.Json;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Decides what happens to a rule; says nothing twice.</summary>
internal static class RuleDecider
{
    public static IReadOnlyList<object> Add(Rule rule, string kind, RuleTerms terms, string by, DateTimeOffset now) =>
        rule.Version > 0 ? [] : [new RuleAdded(kind, terms, by, now)];

    public static IReadOnlyList<object> Change(Rule rule, long expected, RuleTerms terms, string by, DateTimeOffset now)
    {
        RequireVersion(rule, expected);
        return Same(terms, rule.Terms) ? [] : [new RuleChanged(terms, by, now)];
    }

    public static IReadOnlyList<object> Remove(Rule rule, long expected, string by, DateTimeOffset now)
    {
        RequireVersion(rule, expected);
        return [new RuleRemoved(by, now)];
    }

    // Lists are compared by what is in them.
    private static bool Same(RuleTerms a, RuleTerms b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);

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
