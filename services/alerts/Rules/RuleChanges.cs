using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What people read of what was done to a rule. Pure.</summary>
internal static class RuleChanges
{
    /// <summary>Of the states before and after an event; null for one that changes nothing.</summary>
    public static ChangeRow? Of(Rule before, Rule after, object happened) => happened switch
    {
        RuleAdded e => ChangeRow.Of("rule.added", after.Id, e.Terms.Name, e.By, e.At, [new("kind", null, e.Kind), .. Differences.Of(null, e.Terms)]),
        RuleChanged e => ChangeRow.Of("rule.changed", after.Id, e.Terms.Name, e.By, e.At, Differences.Of(before.Terms, e.Terms)),
        RuleRemoved e => ChangeRow.Of("rule.removed", before.Id, before.Terms.Name, e.By, e.At, [new("kind", before.Kind, null), .. Differences.Of(before.Terms, null)]),
        _ => null,
    };
}
