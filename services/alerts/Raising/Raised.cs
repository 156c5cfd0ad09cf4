using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A rule fired for a mention: the one event of an alert's stream. Names what was judged, never quotes it.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="RuleName">Its name then.</param>
/// <param name="RuleVersion">Its version then.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Revision">The revision of its text that was judged.</param>
/// <param name="Model">The model that judged.</param>
/// <param name="Negative">The probability that it gave, 0 to 1.</param>
/// <param name="Reach">Null when not known.</param>
/// <param name="SeenAt">When ingest saw the mention.</param>
/// <param name="ScoredAt">When it was judged.</param>
/// <param name="RaisedAt">When the rule fired.</param>
/// <param name="TraceParent">W3C traceparent of the mention.</param>
/// <param name="Cause">Key of the story that it tells: alerts of one story are one incident.</param>
/// <param name="IncidentId">The incident that it belongs to; null on alerts from before there were incidents.</param>
/// <param name="Severity">Of the rule then; null on alerts from before it was noted.</param>
/// <param name="Labels">Of the rule then; null for none.</param>
public sealed record Raised(
    Guid RuleId,
    string RuleName,
    int RuleVersion,
    Guid MentionId,
    BrandRef Brand,
    int Revision,
    string Model,
    float Negative,
    long? Reach,
    DateTimeOffset SeenAt,
    DateTimeOffset ScoredAt,
    DateTimeOffset RaisedAt,
    string? TraceParent,
    string Cause = "",
    Guid? IncidentId = null,
    IncidentSeverity? Severity = null,
    IReadOnlyList<string>? Labels = null);

/// <summary>The ids of alerts.</summary>
internal static class AlertIds
{
    private static readonly Guid Space = new("b5e4c6f0-2f1c-4f0b-8a55-0c4f6f7b9d12");

    /// <summary>One rule and mention make one alert, whoever finds it and however often.</summary>
    public static Guid Of(string workspace, Guid rule, Guid mention) => NameBasedGuid.Create(Space, workspace, rule.ToString("D"), mention.ToString("D"));
}
