using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>An incident as the API shows it.</summary>
/// <param name="Kind">Kind of the rule.</param>
/// <param name="RuleName">Its name when the incident was opened.</param>
/// <param name="Brand">Null for what concerns none.</param>
/// <param name="Subject">What it is about: a source's name, the terms; null when rule and brand say all.</param>
/// <param name="Owner">Who has it; null for nobody.</param>
/// <param name="Alerts">All its alerts.</param>
/// <param name="Mentions">Mentions behind it, the first ones.</param>
/// <param name="Negative">The highest probability among its alerts; 0 when there are none.</param>
/// <param name="Measured">What a watch measured last; null for single mentions.</param>
/// <param name="Peak">The largest that was measured.</param>
/// <param name="Silence">The silence that covers it since it began, or did when it was handled; null when people were told.</param>
/// <param name="ResolvedBy">Who ended it; <c>serm</c> when its cause was over.</param>
/// <param name="MergedInto">The incident in which it goes on.</param>
/// <param name="Many">True when it is no story of its own: its alerts are of all the stories that its rule found beyond the first ten within an hour.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
public sealed record IncidentView(
    Guid Id,
    string Kind,
    Guid RuleId,
    string RuleName,
    IncidentSeverity Severity,
    BrandRef? Brand,
    string? Subject,
    Guid? SourceId,
    IncidentStatus Status,
    string? Owner,
    long Alerts,
    IReadOnlyList<Guid> Mentions,
    float Negative,
    Measured? Measured,
    double Peak,
    Guid? Silence,
    DateTimeOffset OpenedAt,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? ResolvedAt,
    string? ResolvedBy,
    Guid? MergedInto,
    bool Many,
    int Version)
{
    internal static IncidentView Of(Standing s)
    {
        var i = s.State;
        return new(
            i.Id, i.Kind, i.RuleId, i.RuleName, i.Severity, i.Brand, i.Subject, i.SourceId, i.Status, i.Owner, s.Alerts, i.Mentions, i.Negative, i.Measured, i.Peak, i.Silence,
            i.OpenedAt, i.AcknowledgedAt, i.ResolvedAt, i.ResolvedBy, i.MergedInto, i.Cause == Story.Many, i.Version);
    }
}

/// <summary>A page of incidents.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="NextCursor">Ask for the next page with it; null on the last one.</param>
public sealed record IncidentPage(IReadOnlyList<IncidentView> Items, string? NextCursor);

/// <summary>A line of an incident's timeline.</summary>
/// <param name="Change">The stored event's name, or <c>notice</c> for what a channel told.</param>
/// <param name="By">Who did it; null when it happened by itself.</param>
/// <param name="At">When.</param>
/// <param name="Text">The words of a note, or of a failed notice; null for others.</param>
/// <param name="Detail">What belongs to it: counts, the other incident, the channel.</param>
public sealed record TimelineItem(string Change, string? By, DateTimeOffset At, string? Text, IReadOnlyDictionary<string, object?> Detail);

/// <summary>A note.</summary>
/// <param name="Text">1 to 4,000 characters.</param>
public sealed record NoteRequest(string? Text);

/// <summary>Who gets an incident.</summary>
/// <param name="Owner">A user's name; null gives it back.</param>
public sealed record AssignRequest(string? Owner);

/// <summary>Into which incident another one goes.</summary>
/// <param name="Into">Its id.</param>
public sealed record MergeRequest(Guid? Into);
