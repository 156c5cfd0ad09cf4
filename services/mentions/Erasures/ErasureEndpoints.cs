using System.Diagnostics;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What is to be erased: one of <paramref name="Mention"/> and <paramref name="Author"/>.</summary>
/// <param name="Mention">A mention: its post goes for all brands.</param>
/// <param name="Author">An author, as <c>authorId</c> of a mention: all of their posts go.</param>
/// <param name="KeepOut">The author's posts are not taken in any more; true when left out. Erased posts never are.</param>
/// <param name="Reference">What it is filed under, such as the number of a request; at most 100 characters, and no name: receipts are kept for good.</param>
public sealed record ErasureRequest(Guid? Mention = null, Guid? Author = null, bool? KeepOut = null, string? Reference = null)
{
    private const int MaxReference = 100;

    /// <summary>What it is about.</summary>
    /// <exception cref="RuleViolation">Nothing is named, or too much, or a member is out of its range.</exception>
    internal (ErasureKind Kind, Guid Subject) Checked() => (Mention, Author) switch
    {
        _ when Reference?.Length > MaxReference || Reference?.Any(char.IsControl) == true =>
            throw RuleViolation.Invalid("reference", "out_of_range", $"A reference has at most {MaxReference} characters, on one line."),
        (null, null) => throw RuleViolation.Invalid("mention", "subject_missing", "Name what is erased: mention or author."),
        ({ } mention, null) => (ErasureKind.Mention, mention),
        (null, { } author) => (ErasureKind.Author, author),
        _ => throw RuleViolation.Invalid("author", "subject_ambiguous", "Name either mention or author, not both."),
    };
}

/// <summary>What an erasure would take.</summary>
/// <param name="Mentions">Mentions that would be emptied.</param>
/// <param name="Notes">Notes, drafts and reasons that would go with them.</param>
public sealed record ErasurePreview(long Mentions, long Notes);

/// <summary>How long texts are kept.</summary>
/// <param name="Days">Days since they were seen, 7 to 3,650; null for as long as the mention.</param>
public sealed record RetentionRequest(int? Days);

/// <summary>How long texts are kept.</summary>
/// <param name="Version">Changes so far: what <c>If-Match</c> wants; 0 before the first.</param>
/// <param name="Days">Days since they were seen; null for as long as the mention.</param>
public sealed record RetentionView(int Version, int? Days);

/// <summary>Erasing what people wrote, and for how long it is kept.</summary>
internal static class ErasureEndpoints
{
    private const int LeastDays = 7;
    private const int MostDays = 3_650;

    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        var erasures = app.MapGroup("/api/erasures").WithTags("Privacy");
        erasures.MapPost("", OrderAsync).WithName("Erase").WithSummary("Erase a post, or everything of an author, in all services; answered at once, done in the background").RequireRole();
        erasures.MapGet("preview", PreviewAsync).WithName("PreviewErasure").WithSummary("What an erasure would take").RequireRole();
        erasures.MapGet("", async Task<Ok<List<ErasureView>>> (Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) => TypedResults.Ok(await ErasureRows.ListAsync(dataSource, caller.Workspace, ct)))
            .WithName("ListErasures").WithSummary("Erasures and their receipts, the newest first").RequireRole();
        erasures.MapGet("{id:guid}", async Task<Ok<ErasureView>> (Guid id, Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) =>
                TypedResults.Ok(await ErasureRows.FindAsync(dataSource, caller.Workspace, id, ct) ?? throw RuleViolation.NotFound("erasure")))
            .WithName("GetErasure").WithSummary("One erasure: how far it is, or its receipt").RequireRole();
        var retention = app.MapGroup("/api/settings/retention").WithTags("Privacy");
        retention.MapGet("", async Task<Ok<RetentionView>> (Caller caller, NpgsqlDataSource dataSource, HttpResponse response, CancellationToken ct) => View(await Retention.OfAsync(dataSource, caller.Workspace, ct), response))
            .WithName("GetRetention").WithSummary("How long texts are kept").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        retention.MapPut("", SetAsync).WithName("PutRetention").WithSummary("Say how long texts are kept: what is older is erased within a day").TakesVersion().RequireRole();
    }

    private static async Task<Accepted<ErasureView>> OrderAsync(ErasureRequest body, Caller caller, IDocumentSession session, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (kind, subject) = body.Checked();
        var keepOut = kind == ErasureKind.Author && body.KeepOut != false;
        if ((await CountAsync(kind, subject, session, dataSource, caller.Workspace, cancellationToken)).Mentions == 0)
        {
            throw RuleViolation.NotFound(kind == ErasureKind.Author ? "author" : "mention");
        }

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        if (await ErasureRows.RunningAsync(dataSource, caller.Workspace, kind, subject, keepOut, cancellationToken) is { } running)
        {
            return TypedResults.Accepted($"/api/erasures/{running.Id}", running);
        }

        ErasureRows.Order(session, id, new(kind, subject, null, keepOut, body.Reference, caller.User, clock.GetUtcNow()), null, Activity.Current?.Id);
        await session.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted($"/api/erasures/{id}", await ErasureRows.FindAsync(dataSource, caller.Workspace, id, cancellationToken));
    }

    private static async Task<Ok<ErasurePreview>> PreviewAsync(Guid? mention, Guid? author, Caller caller, IDocumentSession session, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var (kind, subject) = new ErasureRequest(mention, author).Checked();
        return TypedResults.Ok(await CountAsync(kind, subject, session, dataSource, caller.Workspace, cancellationToken));
    }

    private static async Task<ErasurePreview> CountAsync(ErasureKind kind, Guid subject, IDocumentSession session, NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            with those as (select id from mentions.inbox where workspace = $1 and {(kind == ErasureKind.Author ? "author_key = $2" : "id = any($2)")})
            select (select count(*) from those), (select count(*) from mentions.notes where workspace = $1 and mention_id in (select id from those))
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(kind == ErasureKind.Author ? subject : (object)await ErasedMentions.OfPostAsync(session, dataSource, subject, cancellationToken));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<Ok<RetentionView>> SetAsync(RetentionRequest body, Caller caller, IDocumentSession session, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        if (body.Days is not (null or (>= LeastDays and <= MostDays)))
        {
            throw RuleViolation.Invalid("days", "out_of_range", $"Texts are kept for {LeastDays} to {MostDays:N0} days; null keeps them as long as the mention.");
        }

        var expected = request.RequiredVersion();
        var (state, _) = await SettingsLog.ApplyAsync(
            session,
            SettingsLog.Retention,
            new RetentionView(0, null),
            (s, e) => e is RetentionSet set ? new(s.Version + 1, set.Days) : s,
            (_, version) => expected == version ? [new RetentionSet(body.Days, caller.User, clock.GetUtcNow())] : throw RuleViolation.Stale(version),
            SettingsChanges.Retention,
            cancellationToken);
        return View(state, response);
    }

    private static Ok<RetentionView> View(RetentionView view, HttpResponse response)
    {
        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }
}
