using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>What a watch measured.</summary>
public sealed record MeasuredItem(double Observed, double Expected, DateTimeOffset From, DateTimeOffset To, double Score, IReadOnlyList<string>? Terms, IReadOnlyList<Guid>? Mentions, bool Negative);

/// <summary>An incident as the alerts service gives it.</summary>
public sealed record IncidentItem(
    Guid Id,
    string Kind,
    Guid RuleId,
    string RuleName,
    IncidentSeverity Severity,
    BrandRef? Brand,
    string? Subject,
    Guid? SourceId,
    string Status,
    string? Owner,
    long Alerts,
    IReadOnlyList<Guid> Mentions,
    float Negative,
    MeasuredItem? Measured,
    double Peak,
    Guid? Silence,
    DateTimeOffset OpenedAt,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? ResolvedAt,
    string? ResolvedBy,
    Guid? MergedInto,
    int Version,
    bool Many = false)
{
    /// <summary>True while somebody may have to do something.</summary>
    public bool Lasts => Status is "open" or "acknowledged";
}

/// <summary>A page of incidents.</summary>
public sealed record IncidentItems(IReadOnlyList<IncidentItem> Items, string? NextCursor);

/// <summary>An alert of an incident: which rule raised it.</summary>
public sealed record IncidentAlertItem(Guid RuleId, string RuleName);

/// <summary>A line of a timeline.</summary>
public sealed record TimelineLine(string Change, string? By, DateTimeOffset At, string? Text, IReadOnlyDictionary<string, System.Text.Json.JsonElement> Detail)
{
    /// <summary>A member of the detail as text; empty when it is not there.</summary>
    public string Of(string name) => Detail.TryGetValue(name, out var value) ? value.ToString() : "";
}

/// <summary>Which mentions a rule looks at.</summary>
public sealed record RuleFilterItem(IReadOnlyList<string>? Words, IReadOnlyList<string>? Authors, IReadOnlyList<string>? Languages, IReadOnlyList<Guid>? Sources);

/// <summary>A rule.</summary>
public sealed record RuleItem(
    Guid Id, string Kind, string Name, Guid? BrandId, double Threshold, long? MinReach, string UnknownReach, bool Enabled, int Version, RuleFilterItem? Filter, IncidentSeverity Severity, int CooldownMinutes,
    IReadOnlyList<Guid>? Channels, string Sensitivity, int AfterMinutes, IReadOnlyList<string>? Labels = null, bool Urgent = false);

/// <summary>A week of a backtest.</summary>
public sealed record BacktestWeekItem(DateTimeOffset From, int Incidents, long Alerts);

/// <summary>An incident that would have been.</summary>
public sealed record BacktestExampleItem(DateTimeOffset At, BrandRef? Brand, string? Subject, long Alerts, IReadOnlyList<Guid> Mentions, MeasuredItem? Measured);

/// <summary>Why a rule should be thought over.</summary>
public sealed record BacktestWarningItem(string Code, string Detail);

/// <summary>What a rule would have raised.</summary>
public sealed record BacktestItem(
    DateTimeOffset From, DateTimeOffset To, long Mentions, int Incidents, long Alerts, IReadOnlyList<BacktestWeekItem> Weeks, IReadOnlyList<BacktestExampleItem> Examples, bool Capped, BacktestWarningItem? Warning);

/// <summary>A silence.</summary>
public sealed record SilenceItem(
    Guid Id, Guid? BrandId, Guid? RuleId, Guid? SourceId, IncidentSeverity? MaxSeverity, IReadOnlyList<string>? Words, string Why, string By, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? EndedAt, string? EndedBy);

/// <summary>Hours in which only what is critical is told.</summary>
public sealed record QuietItem(TimeOnly From, TimeOnly To, bool CriticalPasses);

/// <summary>Quiet hours of the workspace, which channels without hours of their own keep.</summary>
public sealed record WorkspaceQuietItem(QuietItem? Hours, string TimeZone, int Version);

/// <summary>A channel, without its secrets.</summary>
public sealed record ChannelItem(
    Guid Id, string Kind, string Name, bool Enabled, IReadOnlyList<string>? To, string? From, string? Host, int? Port, string? User, string? Tls, string? ChatId, IncidentSeverity MinSeverity, bool TellResolved,
    QuietItem? Quiet, string Digest, TimeOnly DigestAt, string Language, string TimeZone, string State, string? LastError, DateTimeOffset? LastGoodAt, int Failures, DateTimeOffset? NextDigestAt, int Version, bool KeepsQuiet = true);

/// <summary>How a test of a channel ended.</summary>
public sealed record ChannelTestItem(bool Delivered, string? Detail, long Milliseconds);

/// <summary>A step of the on-call order.</summary>
public sealed record OnCallStepItem(Guid ChannelId, int AfterMinutes);

/// <summary>The on-call order.</summary>
public sealed record OnCallItem(IReadOnlyList<OnCallStepItem> Steps, IncidentSeverity MinSeverity, int Version);

/// <summary>How long alerts took, of one brand or source.</summary>
public sealed record AlertLatencyRow(string By, string Name, long Alerts, double? RaisedP50, double? RaisedP95, double? ToldP50, double? ToldP95, double? AcknowledgedP50, double? AcknowledgedP95);

/// <summary>How long alerts took.</summary>
public sealed record AlertLatencyItem(int Days, IReadOnlyList<AlertLatencyRow> Rows);

/// <summary>Incidents, rules, silences and channels of the alerts service.</summary>
internal sealed class IncidentsClient(ServiceClient service)
{
    private const string Alerts = "alerts";

    public Task<IncidentItems> PageAsync(string query, CancellationToken ct) => service.GetAsync<IncidentItems>(Alerts, $"/api/incidents?{query}", ct);

    public Task<IncidentItem> GetAsync(Guid id, CancellationToken ct) => service.GetAsync<IncidentItem>(Alerts, $"/api/incidents/{id}", ct);

    public Task<List<IncidentAlertItem>> AlertsOfAsync(Guid id, CancellationToken ct) => service.GetAsync<List<IncidentAlertItem>>(Alerts, $"/api/incidents/{id}/alerts", ct);

    public Task<List<TimelineLine>> TimelineAsync(Guid id, CancellationToken ct) => service.GetAsync<List<TimelineLine>>(Alerts, $"/api/incidents/{id}/timeline", ct);

    /// <summary>Acknowledge, resolve, reopen; with a body also assign and merge.</summary>
    public async Task<IncidentItem> DoAsync(IncidentItem incident, string verb, object? body, CancellationToken ct)
    {
        try
        {
            return await StepAsync(incident);
        }
        catch (Refusal e) when (e.Status == 412)
        {
            // More alerts and notes are no collision: what the person decided on is still so.
            var now = await GetAsync(incident.Id, ct);
            if ((now.Status, now.Owner) != (incident.Status, incident.Owner))
            {
                throw;
            }

            return await StepAsync(now);
        }

        Task<IncidentItem> StepAsync(IncidentItem seen) => service.SendAsync<IncidentItem>(HttpMethod.Post, Alerts, $"/api/incidents/{seen.Id}/{verb}", body, seen.Version, ct);
    }

    public Task<IncidentItem> NoteAsync(Guid id, string text, CancellationToken ct) => service.SendAsync<IncidentItem>(HttpMethod.Post, Alerts, $"/api/incidents/{id}/notes", new { text }, null, ct);

    public Task<List<RuleItem>> RulesAsync(CancellationToken ct) => service.GetAsync<List<RuleItem>>(Alerts, "/api/rules", ct);

    public Task<RuleItem> SaveRuleAsync(RuleItem? known, object rule, CancellationToken ct) => known is null
        ? service.SendAsync<RuleItem>(HttpMethod.Post, Alerts, "/api/rules", rule, null, ct)
        : service.SendAsync<RuleItem>(HttpMethod.Put, Alerts, $"/api/rules/{known.Id}", rule, known.Version, ct);

    public Task RemoveRuleAsync(RuleItem rule, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Alerts, $"/api/rules/{rule.Id}", null, rule.Version, ct);

    public Task<BacktestItem> BacktestAsync(object rule, int weeks, CancellationToken ct) => service.SendAsync<BacktestItem>(HttpMethod.Post, Alerts, "/api/rules/backtest", new { rule, weeks }, null, ct);

    public Task<List<SilenceItem>> SilencesAsync(CancellationToken ct) => service.GetAsync<List<SilenceItem>>(Alerts, "/api/silences", ct);

    public Task<SilenceItem> SilenceAsync(object silence, CancellationToken ct) => service.SendAsync<SilenceItem>(HttpMethod.Post, Alerts, "/api/silences", silence, null, ct);

    public Task EndSilenceAsync(Guid id, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Alerts, $"/api/silences/{id}", null, null, ct);

    public Task<List<ChannelItem>> ChannelsAsync(CancellationToken ct) => service.GetAsync<List<ChannelItem>>(Alerts, "/api/channels", ct);

    public Task<ChannelItem> SaveChannelAsync(ChannelItem? known, object channel, CancellationToken ct) => known is null
        ? service.SendAsync<ChannelItem>(HttpMethod.Post, Alerts, "/api/channels", channel, null, ct)
        : service.SendAsync<ChannelItem>(HttpMethod.Put, Alerts, $"/api/channels/{known.Id}", channel, known.Version, ct);

    public Task RemoveChannelAsync(ChannelItem channel, CancellationToken ct) => service.SendAsync(HttpMethod.Delete, Alerts, $"/api/channels/{channel.Id}", null, channel.Version, ct);

    public Task<ChannelTestItem> TestChannelAsync(Guid id, CancellationToken ct) => service.SendAsync<ChannelTestItem>(HttpMethod.Post, Alerts, $"/api/channels/{id}/test", null, null, ct);

    public Task<OnCallItem> OnCallAsync(CancellationToken ct) => service.GetAsync<OnCallItem>(Alerts, "/api/on-call", ct);

    public Task<OnCallItem> SaveOnCallAsync(object order, CancellationToken ct) => service.SendAsync<OnCallItem>(HttpMethod.Put, Alerts, "/api/on-call", order, null, ct);

    public Task<WorkspaceQuietItem> QuietHoursAsync(CancellationToken ct) => service.GetAsync<WorkspaceQuietItem>(Alerts, "/api/quiet-hours", ct);

    public Task<WorkspaceQuietItem> SaveQuietHoursAsync(object hours, int version, CancellationToken ct) => service.SendAsync<WorkspaceQuietItem>(HttpMethod.Put, Alerts, "/api/quiet-hours", hours, version, ct);

    public Task<AlertLatencyItem> LatencyAsync(CancellationToken ct) => service.GetAsync<AlertLatencyItem>(Alerts, "/api/latency/alerts", ct);
}
