using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What is to be judged again.</summary>
/// <param name="Brand">Only this brand.</param>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before; now when left out.</param>
/// <param name="Model">A version of the workspace's models, or the shipped one, with a sensitivity behind it (as in <c>594c5813a388+0.30</c>) or without, which takes the workspace's; the one in use when left out. A version that is not there ends the rescoring as <c>failed</c>.</param>
/// <param name="PerSecond">Mentions a second at most, 1 to 2,000; 200 when left out.</param>
public sealed record RescoreRequest(Guid? Brand = null, DateTimeOffset? From = null, DateTimeOffset? To = null, string? Model = null, int? PerSecond = null)
{
    internal const int DefaultPerSecond = 200;

    /// <summary>The request itself.</summary>
    /// <exception cref="RuleViolation">A member is out of its range.</exception>
    internal RescoreRequest Checked()
    {
        if (From >= To)
        {
            throw RuleViolation.Invalid("from", "out_of_range", "from must be before to.");
        }

        if (PerSecond is not (null or (>= 1 and <= 2000)))
        {
            throw RuleViolation.Invalid("perSecond", "out_of_range", "perSecond takes 1 to 2000.");
        }

        return Model?.Length is null or (>= 1 and <= 40) ? this : throw RuleViolation.Invalid("model", "out_of_range", "model takes a version as in GET /api/models.");
    }
}

/// <summary>Judging the history again.</summary>
internal static class RescoreEndpoints
{
    public static void MapRescoring(this IEndpointRouteBuilder app)
    {
        var rescore = app.MapGroup("/api/rescore").WithTags("Models");
        rescore.MapPost("", AskAsync).WithName("Rescore").WithSummary("Judge the history again, in the background; alerts nobody").RequireRole(Role.Manager);
        rescore.MapGet("", async Task<Ok<List<RescoreView>>> (Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) => TypedResults.Ok(await RescoreRows.ListAsync(dataSource, caller.Workspace, ct)))
            .WithName("ListRescores").WithSummary("Rescorings and how far they are").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        Map(rescore, "pause", "Stop a rescoring for now", RescoreStatus.Paused);
        Map(rescore, "resume", "Go on with a rescoring where it stopped", RescoreStatus.Running);
        Map(rescore, "cancel", "Give a rescoring up; what was judged stays", RescoreStatus.Cancelled);
    }

    private static async Task<Accepted<RescoreView>> AskAsync(RescoreRequest body, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var asked = await RescoreRows.AskAsync(dataSource, caller.Workspace, body.Checked(), caller.User, clock.GetUtcNow(), cancellationToken)
            ?? throw new RuleViolation("rescore_runs", "A rescoring is under way. Wait for it, or cancel it.");
        return TypedResults.Accepted("/api/rescore", asked);
    }

    private static void Map(RouteGroupBuilder rescore, string verb, string summary, RescoreStatus status) =>
        rescore.MapPost($"{{id:guid}}/{verb}", async Task<Ok<RescoreView>> (Guid id, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken ct) =>
            {
                if (await RescoreRows.SetAsync(dataSource, caller.Workspace, id, status, caller.User, clock.GetUtcNow(), ct) is { } set)
                {
                    return TypedResults.Ok(set);
                }

                var known = await RescoreRows.FindAsync(dataSource, caller.Workspace, id, ct) ?? throw RuleViolation.NotFound("rescoring");
                return known.Status == status ? TypedResults.Ok(known) : throw new RuleViolation("rescore_ended", $"It is {known.Status.ToString().ToLowerInvariant()}.");
            })
            .WithName(char.ToUpperInvariant(verb[0]) + verb[1..] + "Rescore").WithSummary(summary).RequireRole(Role.Manager);
}
