using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Where an incident stands.</summary>
public enum IncidentStatus
{
    /// <summary>Nobody has said that they saw it.</summary>
    Open = 0,

    /// <summary>Somebody has; nobody is told again.</summary>
    Acknowledged = 1,

    /// <summary>Over.</summary>
    Resolved = 2,

    /// <summary>It goes on in another one.</summary>
    Merged = 3,
}

/// <summary>An incident as it is now: the fold of its events.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Incident(Guid Id)
{
    /// <summary>Whoever ends or reopens an incident by itself.</summary>
    public const string Ourselves = "serm";

    /// <summary>The most mentions that an incident names.</summary>
    public const int MostMentions = 50;

    private static readonly Guid Space = new("0c2b6f3a-8a0b-4a0e-9d65-2a4f7f5d8a10");

    /// <summary>Kind of the rule.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The rule.</summary>
    public Guid RuleId { get; init; }

    /// <summary>Its name when the incident was opened.</summary>
    public string RuleName { get; init; } = "";

    /// <summary>How much it matters.</summary>
    public IncidentSeverity Severity { get; init; }

    /// <summary>The brand; null for none.</summary>
    public BrandRef? Brand { get; init; }

    /// <summary>Key of the cause within rule and brand.</summary>
    public string Cause { get; init; } = "";

    /// <summary>What it is about in a few words; null when rule and brand say all.</summary>
    public string? Subject { get; init; }

    /// <summary>The source that it is about; null for none.</summary>
    public Guid? SourceId { get; init; }

    /// <summary>Minutes after its end in which the same cause goes on with it.</summary>
    public int CooldownMinutes { get; init; }

    /// <summary>Where it stands.</summary>
    public IncidentStatus Status { get; init; }

    /// <summary>Who has it; null for nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>What was measured last; null for single mentions.</summary>
    public Measured? Measured { get; init; }

    /// <summary>The largest that was measured.</summary>
    public double Peak { get; init; }

    /// <summary>The silence that covers it since it began, or did when it was handled; null when people were told.</summary>
    public Guid? Silence { get; init; }

    /// <summary>Mentions behind it, the first ones, at most <see cref="MostMentions"/>.</summary>
    public IReadOnlyList<Guid> Mentions { get; init; } = [];

    /// <summary>The highest probability among its alerts; 0 when there are none.</summary>
    public float Negative { get; init; }

    /// <summary>Alerts as the last event told; the row counts each.</summary>
    public long Told { get; init; }

    /// <summary>Labels of its rule when it was opened.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it was first acknowledged; null when never.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who ended it.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>The incident in which it goes on.</summary>
    public Guid? MergedInto { get; init; }

    /// <summary>Times that it was opened again.</summary>
    public int Reopened { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>W3C traceparent of what opened it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>True while somebody may have to do something.</summary>
    public bool Lasts => Version > 0 && Status is IncidentStatus.Open or IncidentStatus.Acknowledged;

    /// <summary>The id of an incident: the same for whoever opens it with the same first alert.</summary>
    public static Guid IdOf(string workspace, Guid rule, Guid? brand, string cause, Guid first) =>
        NameBasedGuid.Create(Space, workspace, rule.ToString("D"), (brand ?? Guid.Empty).ToString("D"), cause, first.ToString("D"));

    /// <summary>What writers of the incidents of one rule and brand lock: they take turns, so that one cause never opens two.</summary>
    public static Guid LockOf(string workspace, Guid rule, Guid? brand) =>
        NameBasedGuid.Create(Space, workspace, rule.ToString("D"), (brand ?? Guid.Empty).ToString("D"));

    /// <summary>The state after an event.</summary>
    public static Incident Apply(Incident i, object happened) => (happened switch
    {
        IncidentOpened e => i with
        {
            Kind = e.Kind, RuleId = e.RuleId, RuleName = e.RuleName, Severity = e.Severity, Brand = e.Brand, Cause = e.Cause, Subject = e.Subject, SourceId = e.SourceId,
            CooldownMinutes = e.CooldownMinutes, Measured = e.Measured, Peak = e.Measured?.Observed ?? 0, Silence = e.Silence, Mentions = e.Measured?.Mentions ?? [], OpenedAt = e.At, TraceParent = e.TraceParent, Labels = e.Labels ?? [],
        },
        AlertsAttached e => i with { Told = e.Alerts, Mentions = Join(i.Mentions, e.Mentions), Negative = Math.Max(i.Negative, e.Negative) },
        IncidentMeasured e => i with { Measured = e.Measured, Peak = Math.Max(i.Peak, e.Measured.Observed), Mentions = Join(i.Mentions, e.Measured.Mentions ?? []) },
        IncidentAcknowledged e => i with { Status = IncidentStatus.Acknowledged, Owner = i.Owner ?? e.By, AcknowledgedAt = i.AcknowledgedAt ?? e.At },
        IncidentAssigned e => i with { Owner = e.Owner },
        IncidentResolved e => i with { Status = IncidentStatus.Resolved, ResolvedAt = e.At, ResolvedBy = e.By },
        IncidentReopened => i with { Status = i.Owner is null ? IncidentStatus.Open : IncidentStatus.Acknowledged, ResolvedAt = null, ResolvedBy = null, Reopened = i.Reopened + 1 },
        IncidentMerged e => i with { Status = IncidentStatus.Merged, MergedInto = e.Into, ResolvedAt = e.At, ResolvedBy = e.By },
        IncidentAbsorbed e => i with { Told = i.Told + e.Alerts, Mentions = Join(i.Mentions, e.Mentions), Severity = e.Severity > i.Severity ? e.Severity : i.Severity },
        IncidentSilenceEnded e => i with { Silence = e.Next },
        _ => i,
    }) with { Version = i.Version + 1 };

    private static IReadOnlyList<Guid> Join(IReadOnlyList<Guid> known, IReadOnlyList<Guid> more) => [.. known.Concat(more).Distinct().Take(MostMentions)];
}
