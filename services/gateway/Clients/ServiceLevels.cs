using System.Globalization;
using Serm.Contracts;

namespace Serm.Gateway.Clients;

/// <summary>Hours of a weekday in which clocks run: <c>monday</c> to <c>sunday</c>, local times such as <c>09:00</c>.</summary>
public sealed record OpenHoursItem(string Day, string From, string To);

/// <summary>How soon which mentions are answered; see the mentions service.</summary>
public sealed record SlaPolicyItem(
    string Name,
    int? FirstAnswerMinutes,
    int? ResolveMinutes,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<MentionSeverity> Severities,
    IReadOnlyList<Sentiment> Sentiments,
    int WarnPercent,
    bool StopWhileWaiting,
    bool StopWhileSnoozed,
    string TimeZone,
    IReadOnlyList<OpenHoursItem> Hours,
    IReadOnlyList<DateOnly> Holidays);

/// <summary>The policies of a workspace: the first that fits a mention counts.</summary>
public sealed record SlaPoliciesItem(int Version, IReadOnlyList<SlaPolicyItem> Policies);

/// <summary>How one clock did; minutes are business time.</summary>
public sealed record SlaFiguresItem(int Count, int Done, int Met, int Breached, double? MetShare, double? P50Minutes, double? P90Minutes);

/// <summary>A line of the report; each mention that was too late counts once in its number of these.</summary>
public sealed record SlaLineItem(string Key, string Name, SlaFiguresItem FirstAnswer, SlaFiguresItem Resolve, int Breached);

/// <summary>How soon mentions were answered and resolved.</summary>
public sealed record SlaReportItem(DateTimeOffset From, DateTimeOffset To, int PolicyVersion, bool Complete, SlaLineItem All, IReadOnlyList<SlaLineItem> Lines);

/// <summary>A queue of open promises and its pace; see the mentions service.</summary>
public sealed record SlaForecastQueueItem(string Clock, IReadOnlyList<string> Policies, int Done, double Hours, double? PerHour, int Open, int Overdue, int Due, int? Breaches, int? Later);

/// <summary>A promise that will probably be broken.</summary>
public sealed record SlaForecastBreach(Guid MentionId, string Clock, string Policy, DateTimeOffset DueAt);

/// <summary>Which open promises will probably be broken.</summary>
public sealed record SlaForecastView(DateTimeOffset Until, bool Complete, int Open, int Due, int Breaches, int Later, int Unknown, IReadOnlyList<SlaForecastQueueItem> Queues, IReadOnlyList<SlaForecastBreach> Items);

/// <summary>Policies, their report and their forecast, at the mentions service.</summary>
internal sealed class ServiceLevelsClient(ServiceClient service)
{
    private const string Mentions = "mentions";

    public Task<SlaPoliciesItem> PoliciesAsync(CancellationToken ct) => service.GetAsync<SlaPoliciesItem>(Mentions, "/api/sla/policies", ct);

    /// <summary>Replaces all policies.</summary>
    /// <param name="version">Of the policies as they were seen.</param>
    public Task<SlaPoliciesItem> SaveAsync(IEnumerable<SlaPolicyItem> policies, int version, CancellationToken ct) =>
        service.SendAsync<SlaPoliciesItem>(HttpMethod.Put, Mentions, "/api/sla/policies", new { policies }, version, ct);

    /// <summary>The report.</summary>
    /// <param name="query">Query string without the question mark.</param>
    public Task<SlaReportItem> ReportAsync(string query, CancellationToken ct) => service.GetAsync<SlaReportItem>(Mentions, $"/api/sla/report?{query}", ct);

    /// <summary>What will probably be late within the next hours, of one brand or of all.</summary>
    public Task<SlaForecastView> ForecastAsync(Guid? brand, int hours, CancellationToken ct) =>
        service.GetAsync<SlaForecastView>(Mentions, string.Create(CultureInfo.InvariantCulture, $"/api/sla/forecast?hours={hours}{(brand is { } b ? $"&brand={b}" : "")}"), ct);
}
