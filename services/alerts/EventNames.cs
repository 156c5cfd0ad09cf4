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
        ["mention_triaged"] = typeof(Triaged),
        ["webhook_added"] = typeof(WebhookAdded),
        ["webhook_changed"] = typeof(WebhookChanged),
        ["webhook_secret_rotated"] = typeof(WebhookSecretRotated),
        ["webhook_paused"] = typeof(WebhookPaused),
        ["webhook_resumed"] = typeof(WebhookResumed),
        ["webhook_disabled"] = typeof(WebhookDisabled),
        ["webhook_tested"] = typeof(WebhookTested),
        ["webhook_removed"] = typeof(WebhookRemoved),
    };

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
