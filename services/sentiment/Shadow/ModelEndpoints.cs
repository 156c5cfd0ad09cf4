using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Shadow;

/// <summary>The models of a workspace.</summary>
/// <param name="Shipped">Version of the shipped model.</param>
/// <param name="InUse">Version of the one that judges now, the sensitivity behind it.</param>
/// <param name="Corrections">Corrections gathered.</param>
/// <param name="NewCorrections">Those since the last training was asked for.</param>
/// <param name="Agreement">How often people and models agreed, by language. People look at what seems wrong first: the true agreement is rather higher.</param>
/// <param name="Models">What was learnt, the newest first.</param>
internal sealed record ModelsView(string Shipped, string InUse, int Corrections, int NewCorrections, IReadOnlyList<Agreement> Agreement, IReadOnlyList<ModelView> Models);

/// <summary>What every endpoint about models needs.</summary>
internal sealed record ModelDesk(NpgsqlDataSource DataSource, WorkspaceModels Models, PromoteModel Promote, Caller Caller, TimeProvider Clock);

/// <summary>The HTTP face of what a workspace learns.</summary>
internal static class ModelEndpoints
{
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/models").WithTags("Models");
        models.MapGet("", ListAsync).WithName("ListModels").WithSummary("The models of the workspace, and how people and model agree").RequireRole(Readers);
        models.MapGet("card", Ok<CardView> (ShippedCard card) => TypedResults.Ok(card.View)).WithName("GetModelCard").WithSummary("How good the shipped model is, and what it was made of").RequireRole(Readers);
        models.MapPost("train", TrainAsync).WithName("TrainModel").WithSummary("Learn a model from the corrections, in the background").RequireRole(Role.Manager);
        models.MapGet("{version}", async Task<Ok<ModelView>> (string version, [AsParameters] ModelDesk desk, CancellationToken ct) => TypedResults.Ok(await FindAsync(desk, version, ct)))
            .WithName("GetModel").WithSummary("One model, by its version or the id of its training").RequireRole(Readers);
        models.MapPost("{version}/cancel", CancelAsync).WithName("CancelTraining").WithSummary("Give a training up").RequireRole(Role.Manager);
        models.MapGet("{version}/diff", ModelDiff.Handle).WithName("GetModelDiff").WithSummary("Which recent mentions a model would judge otherwise").RequireRole(Readers);
        models.MapPost("{version}/promote", PromoteAsync)
            .WithName("PromoteModel").WithSummary("Put a model into use: a new one, an earlier one, or the shipped one again").RequireRole(Role.Manager);
        models.MapDelete("corrections/{mentionId:guid}", EraseAsync)
            .WithName("EraseCorrection").WithSummary("Forget a mention's text and correction; models learnt from it stay until the next training").RequireRole(Role.Manager);
    }

    private static async Task<Ok<ModelsView>> ListAsync([AsParameters] ModelDesk desk, CancellationToken cancellationToken)
    {
        var workspace = desk.Caller.Workspace;
        // Before the list: one that is put into use between the two is in use in the list at least, and never the other way round.
        var inUse = await desk.Models.GetAsync(workspace, cancellationToken);
        var models = await ModelRows.ListAsync(desk.DataSource, workspace, desk.Models.Basis, cancellationToken);
        var (all, since) = await CorrectionRows.CountAsync(desk.DataSource, workspace, models.FirstOrDefault()?.AskedAt, cancellationToken);
        var agreement = await CorrectionRows.AgreementAsync(desk.DataSource, workspace, cancellationToken);
        return TypedResults.Ok(new ModelsView(desk.Models.Shipped.Version, inUse.Version, all, since, agreement, models));
    }

    private static async Task<Accepted<ModelView>> TrainAsync([AsParameters] ModelDesk desk, CancellationToken cancellationToken)
    {
        desk.Models.RequireLearning();
        var workspace = desk.Caller.Workspace;
        var (all, _) = await CorrectionRows.CountAsync(desk.DataSource, workspace, null, cancellationToken);
        if (all < AskForModel.FewestCorrections)
        {
            throw AskForModel.TooFew(all);
        }

        var id = await AskForModel.AskAsync(desk.DataSource, workspace, desk.Caller.User, desk.Clock.GetUtcNow(), cancellationToken)
            ?? throw new RuleViolation("training_runs", "A training is asked for or runs already. Wait for it, or cancel it.");
        return TypedResults.Accepted($"/api/models/{id}", await FindAsync(desk, id.ToString(), cancellationToken));
    }

    private static async Task<Ok<ModelView>> CancelAsync(string version, [AsParameters] ModelDesk desk, CancellationToken cancellationToken)
    {
        var model = await FindAsync(desk, version, cancellationToken);
        if (!await ModelRows.EndAsync(desk.DataSource, desk.Caller.Workspace, model.Id, ModelStatus.Cancelled, null, desk.Caller.User, desk.Clock.GetUtcNow(), cancellationToken) && model.Status != ModelStatus.Cancelled)
        {
            throw new RuleViolation("training_ended", $"It is {model.Status.ToString().ToLowerInvariant()}: there is nothing to cancel.");
        }

        return TypedResults.Ok(await FindAsync(desk, model.Id.ToString(), cancellationToken));
    }

    private static async Task<Ok<ModelsView>> PromoteAsync(string version, [AsParameters] ModelDesk desk, CancellationToken cancellationToken)
    {
        desk.Models.RequireLearning();
        await desk.Promote.RunAsync(desk.Caller.Workspace, version, desk.Caller.User, cancellationToken);
        return await ListAsync(desk, cancellationToken);
    }

    private static async Task<NoContent> EraseAsync(Guid mentionId, [AsParameters] ModelDesk desk, CancellationToken cancellationToken) =>
        await CorrectionRows.EraseAsync(desk.DataSource, desk.Caller.Workspace, mentionId, cancellationToken, SentimentChanges.Forgotten(mentionId, desk.Caller.User, desk.Clock.GetUtcNow())) ? TypedResults.NoContent() : throw RuleViolation.NotFound("correction");

    private static async Task<ModelView> FindAsync(ModelDesk desk, string version, CancellationToken cancellationToken) =>
        await ModelRows.FindAsync(desk.DataSource, desk.Caller.Workspace, version, desk.Models.Basis, cancellationToken) ?? throw RuleViolation.NotFound("model");
}
