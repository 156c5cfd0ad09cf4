using Marten;
using Serm.Defaults;

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
        ["incident_opened"] = typeof(IncidentOpened),
        ["incident_alerts_attached"] = typeof(AlertsAttached),
        ["incident_measured"] = typeof(IncidentMeasured),
        ["incident_acknowledged"] = typeof(IncidentAcknowledged),
        ["incident_assigned"] = typeof(IncidentAssigned),
        ["incident_noted"] = typeof(IncidentNoted),
        ["incident_resolved"] = typeof(IncidentResolved),
        ["incident_reopened"] = typeof(IncidentReopened),
        ["incident_merged"] = typeof(IncidentMerged),
        ["incident_absorbed"] = typeof(IncidentAbsorbed),
        ["incident_escalated"] = typeof(IncidentEscalated),
        ["incident_silence_ended"] = typeof(IncidentSilenceEnded),
    };

    private static readonly Dictionary<Type, string> Names = All.ToDictionary(e => e.Value, e => e.Key);

    /// <summary>The name of a stored event.</summary>
    public static string Of(object happened) => Names.GetValueOrDefault(happened.GetType(), happened.GetType().Name);

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }

        // What comes by the thousand.
        var bytes = new Utf8Events(Utf8Events.Json());
        options.Events.UseBinarySerializer<Raised>(bytes);
        options.Events.UseBinarySerializer<Triaged>(bytes);
    }
}
