using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A rule to be tried on what has been.</summary>
/// <param name="Rule">As it would be saved.</param>
/// <param name="Weeks">How far to look back, 1 to 8; 4 by default.</param>
public sealed record BacktestRequest(RuleRequest? Rule, int? Weeks = null);

/// <summary>A week of a backtest.</summary>
/// <param name="From">Its start.</param>
/// <param name="Incidents">Incidents that would have been opened.</param>
/// <param name="Alerts">Alerts in them.</param>
public sealed record BacktestWeek(DateTimeOffset From, int Incidents, long Alerts);

/// <summary>An incident that would have been.</summary>
/// <param name="At">When it would have been opened.</param>
/// <param name="Brand">Null for none.</param>
/// <param name="Subject">What it is about; null when rule and brand say all.</param>
/// <param name="Alerts">Alerts in it.</param>
/// <param name="Mentions">Mentions behind it, at most 5.</param>
/// <param name="Measured">What a watch would have measured; null for single mentions.</param>
public sealed record BacktestExample(DateTimeOffset At, BrandRef? Brand, string? Subject, long Alerts, IReadOnlyList<Guid> Mentions, Measured? Measured);

/// <summary>What a rule would have raised.</summary>
/// <param name="From">Since when.</param>
/// <param name="To">Until when.</param>
/// <param name="Mentions">Mentions that were looked at; of each the first 64 words, because history keeps no more. Saved, a rule by words looks at all of them and may tell more.</param>
/// <param name="Incidents">Incidents that would have been opened: what people would have been told.</param>
/// <param name="Alerts">Alerts in them.</param>
/// <param name="Weeks">By week.</param>
/// <param name="Examples">The newest, at most 20.</param>
/// <param name="Capped">True when there was more than is looked at: the newest part was.</param>
/// <param name="Warning">A code and a sentence when the rule should be thought over; null otherwise.</param>
public sealed record BacktestResult(
    DateTimeOffset From,
    DateTimeOffset To,
    long Mentions,
    int Incidents,
    long Alerts,
    IReadOnlyList<BacktestWeek> Weeks,
    IReadOnlyList<BacktestExample> Examples,
    bool Capped,
    BacktestWarning? Warning);

/// <summary>Why a rule should be thought over.</summary>
/// <param name="Code"><c>matches_everything</c>, <c>too_many</c>, <c>no_history</c> or <c>never</c>.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record BacktestWarning(string Code, string Detail);

/// <summary><c>POST /api/rules/backtest</c>.</summary>
internal static class BacktestRule
{
    private const int MaxWeeks = 8;

    // More a week, and people stop reading.
    private const double TooManyAWeek = 50;
    private const double NearlyAll = 0.8;

    public static void AddBacktest(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Past>();
        builder.Services.AddSingleton<PastSpikes>();
    }

    public static void MapBacktest(this IEndpointRouteBuilder app) => app.MapPost("/api/rules/backtest", AnswerAsync)
        .WithTags("Rules").WithName("BacktestRule").WithSummary("What a rule would have raised, before it is saved").RequireRole(Role.Manager);

    private static async Task<Ok<BacktestResult>> AnswerAsync(BacktestRequest body, Caller caller, Past past, TimeProvider clock, CancellationToken ct)
    {
        if (body.Rule is null)
        {
            throw RuleViolation.Invalid("rule", "missing", "Give the rule as it would be saved, in \"rule\".");
        }

        if (body.Weeks is < 1 or > MaxWeeks)
        {
            throw RuleViolation.Invalid("weeks", "out_of_range", $"weeks takes 1 to {MaxWeeks}.");
        }

        var (kind, terms) = body.Rule.Check();
        var to = clock.GetUtcNow();
        var from = to.AddDays(-7 * (body.Weeks ?? 4));
        var rule = new Rule(Guid.CreateVersion7(to)) { Kind = kind, Version = 1, Terms = terms with { Enabled = true } };
        return TypedResults.Ok(Sum(await past.RunAsync(caller.Workspace, rule, from, to, ct), rule, from, to));
    }

    /// <summary>Sums up a replay.</summary>
    internal static BacktestResult Sum(PastRun run, Rule rule, DateTimeOffset from, DateTimeOffset to)
    {
        var incidents = run.Incidents;
        var alerts = incidents.Sum(i => i.Alerts) + run.NotGrouped;
        var weeks = Enumerable.Range(0, (int)Math.Ceiling((to - from).TotalDays / 7)).Select(w => from.AddDays(7 * w)).Select(w =>
        {
            var mine = incidents.Where(i => i.State.OpenedAt >= w && i.State.OpenedAt < w.AddDays(7)).ToList();
            return new BacktestWeek(w, mine.Count, mine.Sum(i => i.Alerts));
        });
        var examples = incidents.OrderByDescending(i => i.State.OpenedAt).Take(20)
            .Select(i => new BacktestExample(i.State.OpenedAt, i.State.Brand, i.State.Subject ?? (i.State.Cause == Story.Many ? "…" : null), i.Alerts, [.. i.State.Mentions.Take(5)], i.State.Measured));
        return new(from, to, run.Mentions, incidents.Count, alerts, [.. weeks], [.. examples], run.Capped, WarningOf(run, rule, incidents.Count, alerts, (to - from).TotalDays / 7));
    }

    private static BacktestWarning? WarningOf(PastRun run, Rule rule, int incidents, long alerts, double weeks) => run switch
    {
        { Mentions: 0 } => new("no_history", "There is no history of this scope yet, so nothing can be said. Save the rule and try again in some days."),
        _ when RuleKinds.IsSingle(rule.Kind) && alerts >= NearlyAll * run.Mentions => new("matches_everything", $"The rule would have matched {alerts:N0} of {run.Mentions:N0} mentions: nearly all. Narrow it by threshold, words or authors, or use a negativeSpike."),
        _ when incidents > TooManyAWeek * weeks => new("too_many", $"About {incidents / weeks:N0} incidents a week: more than people read. Narrow it."),
        _ when incidents == 0 => new("never", "The rule would have raised nothing in this time. That may be right; a lower threshold or a keener sensitivity shows what is just below."),
        _ => null,
    };
}
