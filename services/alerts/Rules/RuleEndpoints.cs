using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A rule as the API shows it.</summary>
/// <param name="Kind">What it watches: <c>negativeMention</c>, <c>mention</c>, <c>volumeSpike</c>, <c>negativeSpike</c>, <c>risingTopic</c>, <c>sourceSilence</c> or <c>slaBreach</c>.</param>
/// <param name="Filter">Which mentions; null for all.</param>
/// <param name="Severity">Of its incidents.</param>
/// <param name="CooldownMinutes">So long after an incident's end the same cause goes on with it.</param>
/// <param name="Channels">Who is told; null for all channels.</param>
/// <param name="Sensitivity">How much evidence a spike, a topic or a falling volume wants.</param>
/// <param name="AfterMinutes">So long a source has to be blind.</param>
/// <param name="Labels">What its alerts and incidents carry.</param>
/// <param name="Urgent">The verdict has to be urgent by the threshold of its language; <c>threshold</c> is 0 then.</param>
public sealed record RuleView(
    Guid Id,
    string Kind,
    string Name,
    Guid? BrandId,
    double Threshold,
    long? MinReach,
    UnknownReach UnknownReach,
    bool Enabled,
    int Version,
    DateTimeOffset CreatedAt,
    RuleFilter? Filter,
    IncidentSeverity Severity,
    int CooldownMinutes,
    IReadOnlyList<Guid>? Channels,
    Sensitivity Sensitivity,
    int AfterMinutes,
    IReadOnlyList<string> Labels,
    bool Urgent)
{
    internal static RuleView Of(Rule r) => new(
        r.Id, r.Kind, r.Terms.Name, r.Terms.BrandId, r.Terms.Threshold, r.Terms.MinReach, r.Terms.UnknownReach, r.Terms.Enabled, r.Version, r.CreatedAt,
        r.Terms.Filter, r.Terms.Severity, r.Terms.CooldownMinutes, r.Terms.Channels, r.Terms.Sensitivity, r.Terms.AfterMinutes, r.Terms.Labels ?? [], r.Terms.Urgent);
}

/// <summary>What every rule endpoint needs.</summary>
internal sealed record RuleDesk(IDocumentSession Session, RuleBook Book, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    /// <summary>Loads, decides, appends, and makes it count in this process at once.</summary>
    public async Task<Rule> ApplyAsync(Guid id, Func<Rule, DateTimeOffset, IReadOnlyList<object>> decide, CancellationToken cancellationToken)
    {
        try
        {
            return await RuleLog.ApplyAsync(Session, id, r => decide(r, Clock.GetUtcNow()), cancellationToken);
        }
        finally
        {
            Book.Forget(Caller.Workspace);
        }
    }

    /// <summary>The rule as the API shows it, with its ETag.</summary>
    public RuleView View(Rule rule)
    {
        Response.Headers.ETag = $"\"{rule.Version}\"";
        return RuleView.Of(rule);
    }
}

/// <summary>Rules over HTTP.</summary>
internal static class RuleEndpoints
{
    private const int MaxRules = 1_000;
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapRules(this IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/api/rules").WithTags("Rules");
        rules.MapGet("", ListAsync).WithName("ListRules").WithSummary("All rules, by name").RequireRole(Readers);
        rules.MapPost("", AddAsync).WithName("AddRule").WithSummary("Add a rule; it counts for what is judged from now on").RequireRole(Role.Manager);
        rules.MapGet("{id:guid}", OneAsync).WithName("GetRule").WithSummary("One rule").RequireRole(Readers);
        rules.MapPut("{id:guid}", ChangeAsync).WithName("ChangeRule").WithSummary("Replace a rule").TakesVersion().RequireRole(Role.Manager);
        rules.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveRule").WithSummary("Remove a rule; its alerts stay").TakesVersion().RequireRole(Role.Manager);
    }

    private static async Task<Ok<List<RuleView>>> ListAsync([AsParameters] RuleDesk desk, CancellationToken ct)
    {
        var rules = await desk.Book.LoadAsync(desk.Caller.Workspace, ct);
        return TypedResults.Ok(rules.Select(RuleView.Of).ToList());
    }

    private static async Task<Ok<RuleView>> OneAsync(Guid id, [AsParameters] RuleDesk desk, CancellationToken ct)
    {
        var rules = await desk.Book.LoadAsync(desk.Caller.Workspace, ct);
        return TypedResults.Ok(desk.View(rules.FirstOrDefault(r => r.Id == id) ?? throw RuleViolation.NotFound("rule")));
    }

    private static async Task<Created<RuleView>> AddAsync(RuleRequest body, [AsParameters] RuleDesk desk, CancellationToken ct)
    {
        var (kind, terms) = body.Check();
        var rules = await desk.Book.LoadAsync(desk.Caller.Workspace, ct);
        if (rules.Count >= MaxRules)
        {
            throw new RuleViolation("too_many_rules", $"A workspace has at most {MaxRules:N0} rules. Remove one first.");
        }

        var rule = await desk.ApplyAsync(Guid.CreateVersion7(desk.Clock.GetUtcNow()), (r, now) => RuleDecider.Add(r, kind, terms, desk.Caller.User, now), ct);
        return TypedResults.Created($"/api/rules/{rule.Id}", desk.View(rule));
    }

    private static async Task<Ok<RuleView>> ChangeAsync(Guid id, RuleRequest body, HttpRequest request, [AsParameters] RuleDesk desk, CancellationToken ct)
    {
        var (kind, terms) = body.Check();
        var expected = request.RequiredVersion();
        return TypedResults.Ok(desk.View(await desk.ApplyAsync(
            id,
            (r, now) => r.Version > 0 && r.Kind != kind
                ? throw RuleViolation.Invalid("kind", "kind_fixed", $"This rule is a {r.Kind}; a rule keeps its kind. Add another rule.")
                : RuleDecider.Change(r, expected, terms, desk.Caller.User, now),
            ct)));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, HttpRequest request, [AsParameters] RuleDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        await desk.ApplyAsync(id, (r, now) => RuleDecider.Remove(r, expected, desk.Caller.User, now), ct);
        return TypedResults.NoContent();
    }
}
