namespace Serm.Contracts;

/// <summary>Somebody opened a mention, reads on, or left it: a hint for other screens, stored nowhere for good. Producer: mentions. Consumer: gateway (live push).</summary>
/// <param name="EventId">New for each telling.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="User">Who reads it.</param>
/// <param name="At">When they said so.</param>
/// <param name="Until">Until when to believe it; not after <paramref name="At"/> when they left.</param>
public sealed record PresenceChanged(Guid EventId, string Workspace, Guid MentionId, Guid BrandId, string User, DateTimeOffset At, DateTimeOffset Until);

/// <summary>A clock of the service level passed a mark. Producer: mentions (its event store is the outbox). Consumer: alerts. Carries no text.</summary>
/// <param name="EventId">The stored event: the same in every repeat.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Clock"><c>firstAnswer</c> or <c>resolve</c>.</param>
/// <param name="State"><c>warned</c> (due soon), <c>breached</c> (too late, and not done), <c>late</c> (done at last, after it was due), <c>met</c>, or <c>withdrawn</c> (it was breached and counts no more: dismissed, told by another mention, or by another policy).</param>
/// <param name="Policy">Name of the policy that it follows.</param>
/// <param name="Severity"><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Owner">Whose the mention is; null when nobody's.</param>
/// <param name="DueAt">When the clock is, or was, due.</param>
/// <param name="At">When the mark was set.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record SlaStateChanged(
    Guid EventId,
    string Workspace,
    Guid MentionId,
    BrandRef Brand,
    string Clock,
    string State,
    string Policy,
    string Severity,
    string? Owner,
    DateTimeOffset DueAt,
    DateTimeOffset At,
    string? TraceParent = null);
