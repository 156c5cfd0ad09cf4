using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What every endpoint of the rules of the house needs.</summary>
internal sealed record AutomationDesk(IDocumentSession Session, Playbooks Books, Caller Caller, TimeProvider Clock, HttpRequest Request, HttpResponse Response)
{
    public async Task<AutomationRules> ApplyAsync(Func<AutomationRules, object> decide, CancellationToken cancellationToken)
    {
        try
        {
            return (await SettingsLog.ApplyAsync(Session, SettingsLog.Automation, AutomationRules.None, AutomationRules.Apply, (s, _) => [decide(s)], SettingsChanges.Rule, cancellationToken)).State;
        }
        finally
        {
            Books.Forget(Caller.Workspace);
        }
    }

    public AutomationRule View(AutomationRule rule)
    {
        Response.Headers.ETag = $"\"{rule.Version}\"";
        return rule;
    }
}

/// <summary>The rules of the house over HTTP.</summary>
internal static class AutomationEndpoints
{
    private const int MaxRules = 200;
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapAutomation(this IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/api/automation").WithTags("Automation");
        rules.MapGet("rules", ListAsync).WithName("ListAutomationRules").WithSummary("All rules of the house, in the order in which they are applied").RequireRole(Readers);
        rules.MapPost("rules", AddAsync).WithName("AddAutomationRule").WithSummary("Add a rule; it counts for what is judged from now on").RequireRole(Role.Manager);
        rules.MapGet("rules/{id:guid}", OneAsync).WithName("GetAutomationRule").WithSummary("One rule").RequireRole(Readers);
        rules.MapPut("rules/{id:guid}", ChangeAsync).WithName("ChangeAutomationRule").WithSummary("Replace a rule").TakesVersion().RequireRole(Role.Manager);
        rules.MapDelete("rules/{id:guid}", RemoveAsync).WithName("RemoveAutomationRule").WithSummary("Remove a rule; what it did stays").TakesVersion().RequireRole(Role.Manager);
        rules.MapPost("dry-run", DryRun.Handle).WithName("DryRunAutomation").WithSummary("Which mentions of the past a rule would have been for").RequireRole(Role.Manager);
    }

    private static async Task<Ok<IReadOnlyList<AutomationRule>>> ListAsync([AsParameters] AutomationDesk desk, CancellationToken ct) =>
        TypedResults.Ok((await desk.Books.LoadAsync(desk.Caller.Workspace, ct)).Rules.Rules);

    private static async Task<Ok<AutomationRule>> OneAsync(Guid id, [AsParameters] AutomationDesk desk, CancellationToken ct) =>
        TypedResults.Ok(desk.View(Known((await desk.Books.LoadAsync(desk.Caller.Workspace, ct)).Rules, id)));

    private static async Task<Created<AutomationRule>> AddAsync(AutomationRequest body, [AsParameters] AutomationDesk desk, CancellationToken ct)
    {
        var rule = body.Check(Guid.CreateVersion7(desk.Clock.GetUtcNow()), 1);
        await desk.ApplyAsync(
            s => s.Rules.Count < MaxRules ? new AutomationRuleSet(rule, desk.Caller.User, desk.Clock.GetUtcNow()) : throw new RuleViolation("too_many_rules", $"A workspace has at most {MaxRules} rules. Remove one first."),
            ct);
        return TypedResults.Created($"/api/automation/rules/{rule.Id}", desk.View(rule));
    }

    private static async Task<Ok<AutomationRule>> ChangeAsync(Guid id, AutomationRequest body, [AsParameters] AutomationDesk desk, CancellationToken ct)
    {
        var expected = desk.Request.RequiredVersion();
        var rules = await desk.ApplyAsync(s => new AutomationRuleSet(body.Check(id, Expected(s, id, expected).Version + 1), desk.Caller.User, desk.Clock.GetUtcNow()), ct);
        return TypedResults.Ok(desk.View(Known(rules, id)));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, [AsParameters] AutomationDesk desk, CancellationToken ct)
    {
        var expected = desk.Request.RequiredVersion();
        await desk.ApplyAsync(s => new AutomationRuleRemoved(Expected(s, id, expected).Id, desk.Caller.User, desk.Clock.GetUtcNow()), ct);
        return TypedResults.NoContent();
    }

    private static AutomationRule Known(AutomationRules rules, Guid id) => rules.Rules.FirstOrDefault(r => r.Id == id) ?? throw RuleViolation.NotFound("rule");

    private static AutomationRule Expected(AutomationRules rules, Guid id, long expected)
    {
        var rule = Known(rules, id);
        return rule.Version == expected ? rule : throw RuleViolation.Stale(rule.Version);
    }
}
