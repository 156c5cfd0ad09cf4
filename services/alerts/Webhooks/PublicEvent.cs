using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What programs outside are told: delivered to webhooks, and read from <c>GET /api/events</c>.</summary>
/// <param name="Id">The stored event that it came from: <c>webhook-id</c>, the same in every attempt, replay and read.</param>
/// <param name="Type">One of <see cref="PublicEventTypes.All"/>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">The type's own record; becomes <c>data</c>.</param>
internal sealed record PublicEvent(Guid Id, string Type, DateTimeOffset At, object Data)
{
    /// <summary>The brand that it is about; null when it is about none.</summary>
    public Guid? BrandId { get; init; }

    /// <summary>The mention whose text it carries, so that it can be found when the text must go.</summary>
    public Guid? MentionId { get; init; }

    /// <summary><c>info</c>, <c>warning</c>, <c>critical</c>; null when it has none.</summary>
    public string? Severity { get; init; }

    /// <summary>Labels of the rule or incident.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Only this webhook is told, whatever it filters, and the feed is not: a test.</summary>
    public Guid? OnlyWebhook { get; init; }

    /// <summary>This webhook is not told: it is what the event is about.</summary>
    public Guid? ExceptWebhook { get; init; }

    /// <summary>W3C traceparent of what led to it.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A type of public event.</summary>
/// <param name="Name">Dotted, as in <c>type</c>. For good, once told.</param>
/// <param name="Data">The record that becomes <c>data</c>; its JSON schema is in the API's description.</param>
/// <param name="About">One sentence.</param>
internal sealed record PublicEventType(string Name, Type Data, string About);

/// <summary>All types of public events. A new one is added here, in <see cref="PublicEventMap"/>, and nowhere else.</summary>
internal static class PublicEventTypes
{
    public const string AlertRaised = "alert.raised";
    public const string IncidentOpened = "incident.opened";
    public const string IncidentAcknowledged = "incident.acknowledged";
    public const string IncidentResolved = "incident.resolved";
    public const string IncidentReopened = "incident.reopened";
    public const string IncidentMerged = "incident.merged";
    public const string IncidentEscalated = "incident.escalated";
    public const string IncidentSilenceEnded = "incident.silence_ended";
    public const string EndpointDisabled = "endpoint.disabled";
    public const string Test = "test";

    public static readonly IReadOnlyList<PublicEventType> All =
    [
        new(AlertRaised, typeof(AlertRaisedData), "A rule asks that somebody looks at a mention now. At most one a rule and mention."),
        new("mention.claimed", typeof(MentionTriagedData), "A person took a mention."),
        new("mention.released", typeof(MentionTriagedData), "A person gave a mention back."),
        new("mention.resolved", typeof(MentionTriagedData), "A person dealt with a mention."),
        new("mention.dismissed", typeof(MentionTriagedData), "A person put a mention aside."),
        new("mention.reopened", typeof(MentionTriagedData), "A person took a mention up again."),
        new("mention.assigned", typeof(MentionTriagedData), "A person gave a mention to somebody."),
        new("mention.replied", typeof(MentionTriagedData), "A person answered the author: they said so, or it was sent through the network and is there."),
        new("mention.reply_refused", typeof(MentionTriagedData), "An answer that a person (\"by\") sent through the network was refused: it is not there, and the mention is open work again."),
        new("mention.reply_unknown", typeof(MentionTriagedData), "It is not known whether an answer that a person (\"by\") sent through the network is there: somebody has to look."),
        new("mention.undone", typeof(MentionTriagedData), "A person took back what was done to many mentions at once: read the mention for its state."),
        new("mention.corrected", typeof(MentionTriagedData), "A person said which label a mention has, or confirmed the one that it has: read the mention for it."),
        new("mention.correction_withdrawn", typeof(MentionTriagedData), "A person took their word on the label of a mention back."),
        new("mention.removed", typeof(MentionTriagedData), "A post is gone from its network (by \"network\") or was erased here (by \"erasure\"): delete what you keep of it. What is erased for its age alone is not told."),
        new(IncidentOpened, typeof(IncidentOpenedData), "Alerts of one cause have begun: a story, a spike, a topic, a silent source. Told once, however many alerts follow; also while a silence covers it, with \"silenced\"."),
        new(IncidentAcknowledged, typeof(IncidentChangeData), "A person has seen an incident."),
        new(IncidentResolved, typeof(IncidentChangeData), "An incident is over: a person said so, or its cause has gone."),
        new(IncidentReopened, typeof(IncidentChangeData), "An incident goes on after all."),
        new(IncidentMerged, typeof(IncidentChangeData), "An incident goes on in another one."),
        new(IncidentEscalated, typeof(IncidentChangeData), "Nobody acknowledged an incident in time, and the next in the on-call order was told."),
        new(IncidentSilenceEnded, typeof(IncidentChangeData), "No silence covers an open incident any more that began while one did: its channels are told now."),
        new(EndpointDisabled, typeof(EndpointDisabledData), "A webhook is no longer delivered to, because its receiver failed for days or said that it is gone. Told to the other webhooks."),
        new(Test, typeof(TestData), "Somebody asked for a test of this webhook. Only this one is told; it is not in GET /api/events."),
    ];

    /// <summary>True for a type that is told.</summary>
    public static bool IsKnown(string type) => All.Any(t => string.Equals(t.Name, type, StringComparison.Ordinal));

    /// <summary>Refuses a type that nobody is ever told of: whoever waits for it would wait for ever.</summary>
    public static void Require(IEnumerable<string> types, string field = "types")
    {
        if (types.FirstOrDefault(t => !IsKnown(t)) is { } unknown)
        {
            throw RuleViolation.Invalid(field, "event_type_unknown", $"\"{(unknown.Length > 50 ? unknown[..50] : unknown)}\" is not one of {string.Join(", ", All.Select(t => t.Name))}.");
        }
    }

    /// <summary>Types that are about delivery itself: filters by brand, severity and label do not hold them back.</summary>
    public static bool IsAboutDelivery(string type) => type is EndpointDisabled or Test;
}
