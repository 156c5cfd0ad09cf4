using Marten;

namespace Serm.Mentions;

/// <summary>The stored events by name. A name, once written, is for good: a changed shape gets a new one.</summary>
internal static class EventNames
{
    public static readonly IReadOnlyDictionary<string, Type> All = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["mention_found"] = typeof(Found),
        ["mention_edited"] = typeof(Edited),
        ["mention_scored"] = typeof(Scored),
        ["mention_alerted"] = typeof(Alerted),
        ["mention_delivered"] = typeof(Delivered),
        ["mention_opened"] = typeof(Opened),
        ["mention_claimed"] = typeof(Claimed),
        ["mention_released"] = typeof(Released),
        ["mention_noted"] = typeof(Noted),
        ["mention_resolved"] = typeof(Resolved),
        ["mention_dismissed"] = typeof(Dismissed),
        ["mention_reopened"] = typeof(Reopened),
    };

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
