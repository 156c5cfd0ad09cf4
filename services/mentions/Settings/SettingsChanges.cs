using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What people read of what was done to the settings of a workspace. Pure.</summary>
internal static class SettingsChanges
{
    private static readonly string[] Without = ["id", "version", "owner"];

    /// <summary>Other promises.</summary>
    public static ChangeRow? Sla(SlaPolicies before, SlaPolicies after, object happened) =>
        happened is SlaPoliciesChanged e ? ChangeRow.Of("sla.changed", null, null, e.By, e.At, Differences.Of(Shown(before), Shown(after))) : null;

    // Which of them comes first is a part of the promise.
    private static object Shown(SlaPolicies sla) => new { Order = sla.Policies.Select(p => p.Name), sla.Policies };

    /// <summary>A rule of the house.</summary>
    public static ChangeRow? Rule(AutomationRules before, AutomationRules after, object happened) => happened switch
    {
        AutomationRuleSet e when before.Rules.FirstOrDefault(r => r.Id == e.Rule.Id) is { } old => ChangeRow.Of("house_rule.changed", e.Rule.Id, e.Rule.Name, e.By, e.At, Differences.Of(old, e.Rule, Without)),
        AutomationRuleSet e => ChangeRow.Of("house_rule.added", e.Rule.Id, e.Rule.Name, e.By, e.At, Differences.Of(null, e.Rule, Without)),
        AutomationRuleRemoved e when before.Rules.FirstOrDefault(r => r.Id == e.RuleId) is { } old => ChangeRow.Of("house_rule.removed", old.Id, old.Name, e.By, e.At, Differences.Of(old, null, Without)),
        _ => null,
    };

    /// <summary>For how long texts are kept.</summary>
    public static ChangeRow? Retention(RetentionView before, RetentionView after, object happened) =>
        happened is RetentionSet e ? ChangeRow.Of("retention.changed", null, null, e.By, e.At, Differences.Of(before, after, Without)) : null;

    /// <summary>An erasure that was ordered. Names nobody: an author is a hash.</summary>
    public static ChangeRow Erasure(Guid id, ErasureOrdered e) =>
        ChangeRow.Of("erasure.ordered", id, null, e.By, e.At, Differences.Of(null, new { e.Kind, e.Subject, e.SeenBefore, e.KeepOut, e.Reference }), adminsOnly: true);

    /// <summary>An author who was put on a list, or taken off. Their name goes with their posts, so it is not kept here.</summary>
    public static ChangeRow Author(string? before, AuthorListed e) => ChangeRow.Of("author.listed", e.AuthorKey, null, e.By, e.At, Differences.Of(new { List = before }, new { e.List }));

    /// <summary>A view of the inbox; null for what only its owner sees.</summary>
    /// <param name="before">Null for a new one.</param>
    /// <param name="after">Null for one that is gone.</param>
    /// <param name="by">Who did it.</param>
    /// <param name="now">When.</param>
    public static ChangeRow? View(SavedView? before, SavedView? after, string by, DateTimeOffset now)
    {
        var (old, next) = (before is { Shared: true } ? before : null, after is { Shared: true } ? after : null);
        var kind = before is null ? "view.added" : after is null ? "view.removed" : "view.changed";
        return (next ?? old) is { } view ? ChangeRow.Of(kind, view.Id, view.Name, by, now, Differences.Of(old, next, Without)) : null;
    }

    /// <summary>A rescoring that was asked for.</summary>
    public static ChangeRow Rescore(RescoreView r) =>
        ChangeRow.Of("rescoring.asked", r.Id, null, r.AskedBy, r.AskedAt, Differences.Of(null, new { r.BrandId, r.From, r.To, r.Model, r.PerSecond, r.Total }));

    /// <summary>A rescoring that was paused, taken up again or given up.</summary>
    public static ChangeRow Rescore(RescoreView r, string by) => ChangeRow.Of(
        r.Status switch { RescoreStatus.Paused => "rescoring.paused", RescoreStatus.Running => "rescoring.resumed", _ => "rescoring.cancelled" }, r.Id, null, by, r.ChangedAt);
}
