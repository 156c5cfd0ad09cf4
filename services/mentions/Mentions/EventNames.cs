using Marten;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The stored events by name. A name, once written, is for good: a changed shape gets a new one.</summary>
internal static class EventNames
{
    public static readonly IReadOnlyDictionary<string, Type> All = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["mention_found"] = typeof(Found),
        ["mention_edited"] = typeof(Edited),
        ["mention_scored"] = typeof(Scored),
        ["mention_removed"] = typeof(Removed),
        ["mention_reacted"] = typeof(Reacted),
        ["mention_alerted"] = typeof(Alerted),
        ["mention_delivered"] = typeof(Delivered),
        ["mention_opened"] = typeof(Opened),
        ["mention_claimed"] = typeof(Claimed),
        ["mention_released"] = typeof(Released),
        ["mention_noted"] = typeof(Noted),
        ["mention_resolved"] = typeof(Resolved),
        ["mention_dismissed"] = typeof(Dismissed),
        ["mention_reopened"] = typeof(Reopened),
        ["mention_awaits_author"] = typeof(AwaitedAuthor),
        ["mention_author_answered"] = typeof(AuthorAnswered),
        ["mention_snoozed"] = typeof(Snoozed),
        ["mention_woke"] = typeof(Woke),
        ["mention_assigned"] = typeof(Assigned),
        ["mention_tagged"] = typeof(Tagged),
        ["mention_untagged"] = typeof(Untagged),
        ["mention_severity_set"] = typeof(SeveritySet),
        ["mention_drafted"] = typeof(Drafted),
        ["mention_replied"] = typeof(Replied),
        ["mention_reply_ordered"] = typeof(ReplyOrdered),
        ["mention_reply_refused"] = typeof(ReplyRefused),
        ["mention_reply_unknown"] = typeof(ReplyUnknown),
        ["mention_automated"] = typeof(Automated),
        ["mention_undone"] = typeof(Undone),
        ["mention_joined_story"] = typeof(JoinedStory),
        ["mention_leads_story"] = typeof(LeadsStory),
        ["mention_story_grew"] = typeof(StoryGrew),
        ["mention_sla_marked"] = typeof(SlaMarked),
        ["sla_policies_changed"] = typeof(SlaPoliciesChanged),
        ["automation_rule_set"] = typeof(AutomationRuleSet),
        ["automation_rule_removed"] = typeof(AutomationRuleRemoved),
        ["author_listed"] = typeof(AuthorListed),
        ["erasure_ordered"] = typeof(ErasureOrdered),
        ["erasure_completed"] = typeof(ErasureCompleted),
        ["retention_set"] = typeof(RetentionSet),
        ["mention_rescored"] = typeof(Rescored),
        ["mention_corrected"] = typeof(Corrected),
        ["mention_correction_withdrawn"] = typeof(CorrectionWithdrawn),
    };

    private static readonly Dictionary<Type, string> Names = All.ToDictionary(n => n.Value, n => n.Key);

    /// <summary>The stored name of a kind of event.</summary>
    public static string Of<T>() => Names[typeof(T)];

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }

        // What comes with each mention, by the thousand.
        var bytes = new Utf8Events(StoredJson.Events);
        options.Events.UseBinarySerializer<Found>(bytes);
        options.Events.UseBinarySerializer<Edited>(bytes);
        options.Events.UseBinarySerializer<Scored>(bytes);
        options.Events.UseBinarySerializer<Rescored>(bytes);
        options.Events.UseBinarySerializer<Alerted>(bytes);
    }
}
