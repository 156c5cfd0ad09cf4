using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Incidents that a silence covers are opened and shown, but nobody is told of them. Members that are set all have to hold.</summary>
/// <param name="Id">The silence.</param>
/// <param name="BrandId">Incidents of this brand; null for all.</param>
/// <param name="RuleId">Incidents of this rule; null for all.</param>
/// <param name="SourceId">Incidents about this source; null for all.</param>
/// <param name="MaxSeverity">Incidents up to this severity; null for all.</param>
/// <param name="Words">Incidents whose subject, terms or first mention say one of these words; null for all.</param>
/// <param name="Why">The reason, 1 to 500 characters.</param>
/// <param name="By">Who made it.</param>
/// <param name="From">Since when it holds.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="EndedAt">When a person ended it; null when nobody did.</param>
/// <param name="EndedBy">Who.</param>
public sealed record Silence(
    Guid Id,
    Guid? BrandId,
    Guid? RuleId,
    Guid? SourceId,
    IncidentSeverity? MaxSeverity,
    IReadOnlyList<string>? Words,
    string Why,
    string By,
    DateTimeOffset From,
    DateTimeOffset Until,
    DateTimeOffset? EndedAt = null,
    string? EndedBy = null)
{
    /// <summary>True while it holds.</summary>
    public bool Holds(DateTimeOffset now) => From <= now && now < Until && EndedAt is null;

    /// <summary>True when nobody is to be told of an incident.</summary>
    /// <param name="incident">As it is opened.</param>
    /// <param name="said">Hashes of the words of its first mention; null when there is none.</param>
    /// <param name="now">The moment.</param>
    public bool Covers(IncidentOpened incident, int[]? said, DateTimeOffset now) =>
        Holds(now)
        && (BrandId is null || BrandId == incident.Brand?.Id)
        && (RuleId is null || RuleId == incident.RuleId)
        && (SourceId is null || SourceId == incident.SourceId)
        && (MaxSeverity is null || incident.Severity <= MaxSeverity)
        && (Words is not { Count: > 0 } || Words.Any(w => Says(incident, said, Alerts.Words.Of(w))));

    private static bool Says(IncidentOpened incident, int[]? said, int[] phrase) =>
        (said is not null && Alerts.Words.Contain(said, phrase))
        || (incident.Subject is { } subject && Alerts.Words.Contain(Alerts.Words.Of(subject), phrase))
        || (incident.Measured?.Terms ?? []).Any(t => Alerts.Words.Contain(Alerts.Words.Of(t), phrase));
}
