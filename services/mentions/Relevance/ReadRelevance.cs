using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What a brand's dismissals have taught.</summary>
/// <param name="Dismissed">Mentions that people dismissed as irrelevant or as not about the brand; the latest 2,000 decisions count.</param>
/// <param name="TakenUp">Mentions that people took up.</param>
/// <param name="Needed">So many of each must there be.</param>
/// <param name="Marked">Decisions that it would have marked as probably not relevant, each judged by the others only.</param>
/// <param name="MarkedRightly">Of these, those that were dismissed indeed.</param>
/// <param name="Speaks">It marks mentions: enough decisions, and at least eight of ten marked rightly.</param>
/// <param name="Against">The signs that speak most against relevance.</param>
/// <param name="For">The signs that speak most for it.</param>
public sealed record RelevanceCard(int Dismissed, int TakenUp, int Needed, int Marked, int MarkedRightly, bool Speaks, IReadOnlyList<RelevanceSign> Against, IReadOnlyList<RelevanceSign> For);

/// <summary>Relevance over HTTP.</summary>
internal static class ReadRelevance
{
    private const int Most = 20;

    public static void MapRelevance(this IEndpointRouteBuilder app) => app.MapGet("/api/brands/{id:guid}/relevance", RunAsync)
        .WithTags("Brands")
        .WithName("GetRelevance")
        .WithSummary("What a brand's dismissals have taught, and how well")
        .RequireRole(Role.Integrator, Role.Moderator, Role.Manager);

    private static async Task<Ok<RelevanceCard>> RunAsync(Guid id, Caller caller, RelevanceBook book, CancellationToken cancellationToken)
    {
        var model = await book.OfAsync(caller.Workspace, id, cancellationToken);
        return TypedResults.Ok(new RelevanceCard(model.Dismissed, model.TakenUp, RelevanceModel.Fewest, model.Marked, model.MarkedRightly, model.Speaks, model.Strongest(against: true, Most), model.Strongest(against: false, Most)));
    }
}
