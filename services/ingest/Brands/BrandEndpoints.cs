using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Queries;

namespace Serm.Ingest.Brands;

/// <summary>What every brand endpoint needs.</summary>
internal sealed record BrandDesk(IDocumentSession Session, NpgsqlDataSource DataSource, Caller Caller, TimeProvider Clock, HttpRequest Request, HttpResponse Response)
{
    /// <summary>The version in If-Match; null without one.</summary>
    public long? Expected => Request.Headers.IfMatch.Count > 0 ? Request.RequiredVersion() : null;

    public async Task<List<BrandView>> AllAsync(CancellationToken cancellationToken) => (await BrandView.LoadAsync(DataSource, Caller.Workspace, cancellationToken)).Brands;

    /// <summary>The brand as the API shows it, with its ETag.</summary>
    public BrandView Show(BrandView brand)
    {
        Response.Headers.ETag = $"\"{brand.Version}\"";
        return brand;
    }
}

/// <summary>Brands over HTTP.</summary>
internal static class BrandEndpoints
{
    private const int MaxBrands = 5_000;
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapBrands(this IEndpointRouteBuilder app)
    {
        var brands = app.MapGroup("/api/brands").WithTags("Brands");
        brands.MapGet("", ListAsync).WithName("ListBrands").WithSummary("All brands by name").RequireRole(Readers);
        brands.MapPost("", AddAsync).WithName("AddBrand").WithSummary("Add a brand; what is published from now on is matched").ProducesProblem(StatusCodes.Status422UnprocessableEntity).RequireRole(Role.Manager);
        brands.MapGet("{id:guid}", OneAsync).WithName("GetBrand").WithSummary("One brand").RequireRole(Readers);
        brands.MapPut("{id:guid}", ChangeAsync).WithName("ChangeBrand").WithSummary("Change a brand; earlier mentions stay").ProducesProblem(StatusCodes.Status422UnprocessableEntity).TakesVersion(required: false).RequireRole(Role.Manager);
        brands.MapGet("{id:guid}/versions", VersionsAsync).WithName("ListBrandVersions").WithSummary("What the query of a brand was, newest first").RequireRole(Readers);
        brands.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveBrand").WithSummary("Remove a brand; its mentions stay").TakesVersion(required: false).RequireRole(Role.Manager);
        brands.MapPost("preview", PreviewQuery.RunAsync).WithName("PreviewQuery").WithSummary("Check a query and try it on recent posts").RequireRole(Readers);
    }

    private static async Task<Ok<List<BrandView>>> ListAsync([AsParameters] BrandDesk desk, CancellationToken ct) => TypedResults.Ok(await desk.AllAsync(ct));

    private static async Task<Ok<BrandView>> OneAsync(Guid id, [AsParameters] BrandDesk desk, CancellationToken ct) =>
        TypedResults.Ok(desk.Show((await desk.AllAsync(ct)).Find(b => b.Id == id) ?? throw RuleViolation.NotFound("brand")));

    private static async Task<Created<BrandView>> AddAsync(BrandRequest body, [AsParameters] BrandDesk desk, CancellationToken ct)
    {
        var wish = BrandRequests.Check(body);
        var now = desk.Clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var all = await desk.AllAsync(ct);
        if (all.Count >= MaxBrands)
        {
            throw new RuleViolation("too_many_brands", $"A workspace has at most {MaxBrands:N0} brands. Remove one first.");
        }

        RequireFit(wish, id, all);
        RequirePassed(body, wish, []);
        var brand = await BrandLog.ApplyAsync(desk.Session, id, null, b => BrandDecider.Add(b, wish, desk.Caller.User, now), ct);
        return TypedResults.Created($"/api/brands/{id}", desk.Show(BrandView.Of(brand)));
    }

    private static async Task<Ok<BrandView>> ChangeAsync(Guid id, BrandRequest body, [AsParameters] BrandDesk desk, CancellationToken ct)
    {
        var wish = BrandRequests.Check(body);
        var all = await desk.AllAsync(ct);
        RequireFit(wish, id, all);
        RequirePassed(body, wish, all.Find(b => b.Id == id)?.Examples ?? []);
        var brand = await BrandLog.ApplyAsync(desk.Session, id, desk.Expected, b => BrandDecider.Change(b, wish, desk.Caller.User, desk.Clock.GetUtcNow()), ct);
        return TypedResults.Ok(desk.Show(BrandView.Of(brand)));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, [AsParameters] BrandDesk desk, CancellationToken ct)
    {
        if ((await desk.AllAsync(ct)).Find(b => b.CompetitorOf == id) is { } competitor)
        {
            throw new RuleViolation("brand_has_competitors", $"\"{competitor.Name}\" is a competitor of this brand. Remove it first, or change what it competes with.");
        }

        await BrandLog.ApplyAsync(desk.Session, id, desk.Expected, b => BrandDecider.Remove(b, desk.Caller.User, desk.Clock.GetUtcNow()), ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<BrandVersion>>> VersionsAsync(Guid id, [AsParameters] BrandDesk desk, CancellationToken ct)
    {
        var versions = await BrandVersion.LoadAsync(desk.Session, id, ct);
        return versions.Count == 0 ? throw RuleViolation.NotFound("brand") : TypedResults.Ok(versions);
    }

    private static void RequirePassed(BrandRequest body, BrandWish wish, IReadOnlyList<QueryExample> known)
    {
        if (!body.AcceptFailing && QueryParser.Parse(wish.Query).Root is { } root)
        {
            QueryExamples.RequirePassed(root, wish.Languages, wish.Examples ?? known);
        }
    }

    private static void RequireFit(BrandWish wish, Guid id, List<BrandView> all)
    {
        // The unique index says the same for two who write at once.
        if (all.Exists(b => b.Id != id && b.Name.Equals(wish.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw BrandLog.NameTaken(wish.Name);
        }

        if (wish.CompetitorOf == id || (wish.CompetitorOf is { } own && !all.Exists(b => b.Id == own)))
        {
            throw RuleViolation.Invalid("competitorOf", "competitor_unknown", "competitorOf is the id of another brand of this workspace. Leave it out for your own brands.");
        }
    }
}
