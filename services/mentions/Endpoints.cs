using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The HTTP face of the service.</summary>
internal static class Endpoints
{
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapMentions(this IEndpointRouteBuilder app)
    {
        var mentions = app.MapGroup("/api/mentions").WithTags("Mentions");
        mentions.MapGet("", ReadInbox.Page).WithName("ListMentions").WithSummary("A page of the inbox").RequireRole(Readers);
        mentions.MapGet("counts", ReadCounts.Handle).WithName("CountMentions").WithSummary("How many mentions stand where").RequireRole(Readers);
        mentions.MapGet("{id:guid}", ReadInbox.One).WithName("GetMention").WithSummary("One mention, with its latency ledger").RequireRole(Readers);
        mentions.MapGet("{id:guid}/history", ReadHistory.Handle).WithName("GetMentionHistory").WithSummary("The whole life of a mention").RequireRole(Readers);
        mentions.MapGet("{id:guid}/thread", ReadThread.Handle).WithName("GetMentionThread").WithSummary("The mentions of the thread that a mention stands in, in order of publication").RequireRole(Readers);
        mentions.MapExport();
        mentions.MapTriage();
        mentions.MapSending();
        mentions.MapPresence();
        mentions.MapCorrections();

        mentions.MapBulk();
        app.MapSla();
        app.MapAutomation();
        app.MapAuthors();
        app.MapViews();
        app.MapGet("/api/brands/{id:guid}/recovery", ReadRecovery.Handle).WithTags("Dynamics").WithName("GetRecovery").WithSummary("How often the tone turned after an answer of ours").RequireRole(Readers);
        app.MapGet("/api/stories/{id:guid}", ReadStory.Handle).WithTags("Stories").WithName("GetStory").WithSummary("A story, by any mention that tells it: how it spreads, and its sightings").RequireRole(Readers);
        app.MapGet("/api/brands/{id:guid}/dynamics", ReadDynamics.Handle).WithTags("Dynamics").WithName("GetDynamics").WithSummary("Volume by sentiment over time, with gaps").RequireRole(Readers).OrCsv<DynamicsView>(NumbersAsCsv.Of);
        app.MapGet("/api/dynamics/compare", ReadComparison.Handle).WithTags("Dynamics").WithName("CompareBrands").WithSummary("Brands side by side: share of voice, how negative, and how both changed").RequireRole(Readers).OrCsv<ComparisonView>(NumbersAsCsv.Of);
        app.MapGet("/api/brands/{id:guid}/composition", ReadComposition.Handle).WithTags("Dynamics").WithName("GetComposition").WithSummary("Which sources and which models the mentions of a time come from").RequireRole(Readers);
        app.MapGet("/api/brands/{id:guid}/topics", ReadTopics.Handle).WithTags("Dynamics").WithName("GetTopics").WithSummary("What is said of a brand, and was not said before").RequireRole(Readers);
        app.MapRelevance();
        app.MapRescoring();
        app.MapErasures();
        app.MapChanges("mentions");
        app.MapGet("/api/latency", ReadLatency.Handle).WithTags("Dynamics").WithName("GetLatency").WithSummary("Percentiles of the latency ledger").RequireRole(Readers);
    }
}
