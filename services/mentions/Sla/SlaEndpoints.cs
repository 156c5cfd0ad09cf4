using System.Globalization;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Hours of a weekday.</summary>
/// <param name="Day"><c>monday</c> to <c>sunday</c>.</param>
/// <param name="From">Local time.</param>
/// <param name="To">Local time, up to <c>24:00</c>.</param>
public sealed record OpenHoursView(string Day, string From, string To);

/// <summary>A policy as the API shows it; see <see cref="SlaPolicyRequest"/>.</summary>
public sealed record SlaPolicyView(
    string Name,
    int? FirstAnswerMinutes,
    int? ResolveMinutes,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<Severity> Severities,
    IReadOnlyList<Sentiment> Sentiments,
    int WarnPercent,
    bool StopWhileWaiting,
    bool StopWhileSnoozed,
    string TimeZone,
    IReadOnlyList<OpenHoursView> Hours,
    IReadOnlyList<DateOnly> Holidays)
{
    internal static SlaPolicyView Of(SlaPolicy p) => new(
        p.Name, p.FirstAnswerMinutes, p.ResolveMinutes, p.Brands, p.Severities, p.Sentiments, p.WarnPercent, p.StopWhileWaiting, p.StopWhileSnoozed, p.Hours.TimeZone,
        [.. p.Hours.Week.Select(h => new OpenHoursView(h.Day.ToString().ToLowerInvariant(), Time(h.From), Time(h.To)))], p.Hours.Holidays);

    private static string Time(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}

/// <summary>The policies of a workspace.</summary>
/// <param name="Version">Changes so far: what <c>If-Match</c> wants; 0 before the first.</param>
/// <param name="Policies">In order: the first that fits a mention counts.</param>
public sealed record SlaPoliciesView(int Version, IReadOnlyList<SlaPolicyView> Policies);

/// <summary>Policies and their report over HTTP.</summary>
internal static class SlaEndpoints
{
    private const int MaxPolicies = 100;

    public static void MapSla(this IEndpointRouteBuilder app)
    {
        var sla = app.MapGroup("/api/sla").WithTags("SLA");
        sla.MapGet("policies", GetAsync).WithName("GetSlaPolicies").WithSummary("How soon which mentions are answered").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        sla.MapPut("policies", PutAsync).WithName("PutSlaPolicies").WithSummary("Replace all policies: clocks of open mentions, and the past, follow the new ones").TakesVersion().RequireRole(Role.Manager);
        sla.MapGet("forecast", ReadSlaForecast.Handle).WithName("GetSlaForecast").WithSummary("Which open promises will probably be broken at the pace of the last 7 days").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        sla.MapGet("report", ReadSlaReport.Handle).WithName("GetSlaReport").WithSummary("How soon mentions were answered and resolved").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
    }

    private static async Task<Ok<SlaPoliciesView>> GetAsync(Caller caller, Playbooks books, HttpResponse response, CancellationToken ct) =>
        TypedResults.Ok(View((await books.LoadAsync(caller.Workspace, ct)).Sla, response));

    private static async Task<Ok<SlaPoliciesView>> PutAsync(
        SlaPoliciesRequest body, Caller caller, IDocumentSession session, Playbooks books, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken ct)
    {
        var policies = Checked(body);
        var expected = request.RequiredVersion();
        try
        {
            var (state, _) = await SettingsLog.ApplyAsync(
                session,
                SettingsLog.Sla,
                SlaPolicies.None,
                (s, e) => e is SlaPoliciesChanged changed ? new(s.Version + 1, changed.Policies) : s,
                (_, version) => expected == version ? [new SlaPoliciesChanged(policies, caller.User, clock.GetUtcNow())] : throw RuleViolation.Stale(version),
                SettingsChanges.Sla,
                ct);
            return TypedResults.Ok(View(state, response));
        }
        finally
        {
            books.Forget(caller.Workspace);
        }
    }

    private static List<SlaPolicy> Checked(SlaPoliciesRequest body)
    {
        if (body.Policies is not { Count: <= MaxPolicies } given)
        {
            throw RuleViolation.Invalid("policies", "out_of_range", $"Send 0 to {MaxPolicies} policies.");
        }

        var policies = given.Select((p, i) => (p ?? new(null)).Check($"policies[{i}]")).ToList();
        var twice = policies.FindIndex(p => policies.Count(o => o.Name == p.Name) > 1);
        return twice < 0 ? policies : throw RuleViolation.Invalid($"policies[{twice}].name", "name_taken", "Two policies have this name. Name them apart.");
    }

    private static SlaPoliciesView View(SlaPolicies policies, HttpResponse response)
    {
        response.Headers.ETag = $"\"{policies.Version}\"";
        return new(policies.Version, [.. policies.Policies.Select(SlaPolicyView.Of)]);
    }
}
