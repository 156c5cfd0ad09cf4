using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Workspaces;

/// <summary>What a sensitivity buys in one language.</summary>
/// <param name="Language">ISO code.</param>
/// <param name="Sensitivity">Added to the negative logit.</param>
/// <param name="Precision">Share of the mentions called negative that are; null when none is called so.</param>
/// <param name="Recall">Share of the negative mentions that are called so.</param>
internal sealed record SensitivityPoint(string Language, float Sensitivity, double? Precision, double Recall);

/// <summary>How the workspace has its mentions judged.</summary>
/// <param name="Sensitivity">Added to the negative logit, -1 to 2: above 0 finds more negative mentions, at more false alarms. Counts for what comes in from now on; see rescoring for the rest.</param>
/// <param name="TrainAfter">New corrections after which a model is trained by itself, 10 to 5,000; 0 for never.</param>
/// <param name="Promotion"><c>person</c>, or <c>automatic</c>: a new model takes over by itself when it is better on the corrections and nothing falls.</param>
/// <param name="ModelVersion">The workspace's own model in use; null for the shipped one.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
/// <param name="Curve">What each sensitivity buys with the shipped model, by language, on <paramref name="CurveRows"/>.</param>
/// <param name="CurveRows">What the curve was measured on.</param>
internal sealed record SentimentSettingsView(float Sensitivity, int TrainAfter, Promotion Promotion, string? ModelVersion, int Version, IReadOnlyList<SensitivityPoint> Curve, string CurveRows);

/// <summary>New settings; what is left out stays.</summary>
internal sealed record SentimentSettingsRequest(float? Sensitivity = null, int? TrainAfter = null, Promotion? Promotion = null);

/// <summary><c>GET</c> and <c>PUT /api/settings/sentiment</c>.</summary>
internal static class SentimentSettings
{
    public const float Lowest = -1;
    public const float Highest = 2;

    public static void MapSentimentSettings(this IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/api/settings/sentiment").WithTags("Settings");
        settings.MapGet("", GetAsync).WithName("GetSentimentSettings").WithSummary("How the workspace has its mentions judged, and what each sensitivity buys").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        settings.MapPut("", PutAsync).WithName("PutSentimentSettings").WithSummary("Change how the workspace has its mentions judged").TakesVersion().RequireRole(Role.Manager);
    }

    private static async Task<Ok<SentimentSettingsView>> GetAsync(Caller caller, NpgsqlDataSource dataSource, WorkspaceModels models, SensitivityCurve curve, HttpResponse response, CancellationToken cancellationToken) =>
        Answer(await SettingsRow.LoadAsync(dataSource, caller.Workspace, cancellationToken), await models.GetAsync(caller.Workspace, cancellationToken), curve, response);

    private static async Task<Ok<SentimentSettingsView>> PutAsync(
        SentimentSettingsRequest body, HttpRequest request, Caller caller, NpgsqlDataSource dataSource, WorkspaceModels models, SensitivityCurve curve, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        if (body.Sensitivity is { } sensitivity && !(sensitivity is >= Lowest and <= Highest))
        {
            throw RuleViolation.Invalid("sensitivity", "out_of_range", $"sensitivity takes {Lowest} to {Highest}; 0 is the model as it is.");
        }

        if (body.TrainAfter is not (null or 0 or (>= 10 and <= 5000)))
        {
            throw RuleViolation.Invalid("trainAfter", "out_of_range", "trainAfter takes 10 to 5000, or 0 to train only when somebody asks.");
        }

        var seen = request.RequiredVersion();
        var now = await SettingsRow.LoadAsync(dataSource, caller.Workspace, cancellationToken);
        var next = now with
        {
            // Two decimals: the sensitivity is part of the version that each verdict carries.
            Sensitivity = body.Sensitivity is { } given ? MathF.Round(given, 2) : now.Sensitivity,
            TrainAfter = body.TrainAfter ?? now.TrainAfter,
            Promotion = body.Promotion ?? now.Promotion,
        };
        if (seen != now.Version || !await next.SaveAsync(dataSource, caller.Workspace, SentimentChanges.Settings(now, next, caller.User, clock.GetUtcNow()), cancellationToken))
        {
            throw RuleViolation.Stale(now.Version);
        }

        models.Forget(caller.Workspace);
        return Answer(next with { Version = now.Version + 1 }, await models.GetAsync(caller.Workspace, cancellationToken), curve, response);
    }

    private static Ok<SentimentSettingsView> Answer(SettingsRow row, IJudge judge, SensitivityCurve curve, HttpResponse response)
    {
        response.Headers.ETag = $"\"{row.Version}\"";
        // What was promoted does not judge after an upgrade that ships another model, nor beside a transformer.
        var own = row.ModelVersion is { } version && judge.Version.StartsWith(version, StringComparison.Ordinal) ? version : null;
        return TypedResults.Ok(new SentimentSettingsView(row.Sensitivity, row.TrainAfter, row.Promotion, own, row.Version, curve.Points, SensitivityCurve.Rows));
    }
}
