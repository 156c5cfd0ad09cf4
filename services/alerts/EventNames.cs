using Marten;

namespace Serm.Alerts;

/// <summary>The stored events by name. A name, once written, is for good: a changed shape gets a new one.</summary>
internal static class EventNames
{
    public static readonly IReadOnlyDictionary<string, Type> All = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["rule_added"] = typeof(RuleAdded),
        ["rule_changed"] = typeof(RuleChanged),
        ["rule_removed"] = typeof(RuleRemoved),
        ["alert_raised"] = typeof(Raised),
    };

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
