namespace Serm.Contracts;

/// <summary>A rule says that somebody should look at a mention now. At most one a rule and mention. Producer: alerts. Consumers: mentions (latency ledger, history), gateway (live push).</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="AlertId">Name-based GUID of (workspace, rule, mention).</param>
/// <param name="RuleId">The rule that fired.</param>
/// <param name="RuleName">Its name when it fired.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Negative">The probability that made it fire, 0 to 1.</param>
/// <param name="Reach">Reach of the mention; null when not known.</param>
/// <param name="SeenAt">When ingest saw the mention.</param>
/// <param name="RaisedAt">When the rule fired.</param>
/// <param name="TraceParent">W3C traceparent.</param>
/// <param name="IncidentId">The incident that it belongs to; null from a service that knows none.</param>
public sealed record AlertRaised(
    Guid EventId,
    string Workspace,
    Guid AlertId,
    Guid RuleId,
    string RuleName,
    Guid MentionId,
    BrandRef Brand,
    float Negative,
    long? Reach,
    DateTimeOffset SeenAt,
    DateTimeOffset RaisedAt,
    string? TraceParent = null,
    Guid? IncidentId = null);

/// <summary>An alert reached the first open screen or stream of its workspace. Producer: gateway. Consumer: mentions (latency ledger).</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="DeliveredAt">When it was handed to the first listener.</param>
public sealed record AlertDelivered(string Workspace, Guid AlertId, Guid MentionId, DateTimeOffset DeliveredAt);

/// <summary>A webhook is no longer delivered to: its receiver is gone or failed for days. Producer: alerts. Consumer: gateway (live push, so that its owner hears of it).</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Name">What its owner calls it, or its host.</param>
/// <param name="Reason"><c>gone</c> or <c>failing</c>.</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="At">When.</param>
public sealed record EndpointDisabled(Guid EventId, string Workspace, Guid WebhookId, string Name, string Reason, string Detail, DateTimeOffset At);
