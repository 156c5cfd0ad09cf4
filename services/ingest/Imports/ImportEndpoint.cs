using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Posts;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Imports;

/// <summary>How a file is to be imported.</summary>
/// <param name="Source">Name of the source that the posts are shown under, 1 to 100 characters without a slash.</param>
/// <param name="DryRun">True to read and check only.</param>
/// <param name="SkipInvalid">True to import the good rows of a file that has others.</param>
/// <param name="Map">Pairs <c>field:column</c>; fields that are not named take the column of their name.</param>
/// <param name="Kind"><c>push</c>, or a retired network whose posts these are, such as <c>googleplus</c>.</param>
/// <param name="DateFormat">How dates are written, such as <c>dd.MM.yyyy HH:mm</c>; ISO 8601 or seconds since 1970 when left out.</param>
/// <param name="TimeZone">Zone of dates that name none (IANA); UTC when left out.</param>
internal sealed record ImportQuery(
    [FromQuery(Name = "source")] string? Source,
    [FromQuery(Name = "dryRun")] bool? DryRun,
    [FromQuery(Name = "skipInvalid")] bool? SkipInvalid,
    [FromQuery(Name = "map")] string[]? Map,
    [FromQuery(Name = "kind")] string? Kind,
    [FromQuery(Name = "dateFormat")] string? DateFormat,
    [FromQuery(Name = "timeZone")] string? TimeZone);

/// <summary>What became of a file.</summary>
/// <param name="DryRun">True when nothing was stored.</param>
/// <param name="Rows">Rows of the file, without the heading.</param>
/// <param name="Accepted">New or edited posts; in a dry run those that can be imported.</param>
/// <param name="Repeated">Known already, or twice in the file; not counted in a dry run.</param>
/// <param name="Matched">Of the accepted: those that at least one brand's query takes.</param>
/// <param name="Invalid">Rows that cannot be imported.</param>
/// <param name="Errors">What is wrong with the first 100 of them.</param>
/// <param name="Columns">Column by field.</param>
/// <param name="Unused">Columns that nothing is taken from.</param>
/// <param name="Samples">The first posts, as they are or would be stored.</param>
/// <param name="KeptOut">Not taken in, as the post or its author was erased; not counted in a dry run.</param>
public sealed record ImportAnswer(
    bool DryRun,
    int Rows,
    int Accepted,
    int Repeated,
    int Matched,
    int Invalid,
    IReadOnlyList<ImportError> Errors,
    IReadOnlyDictionary<string, string> Columns,
    IReadOnlyList<string> Unused,
    IReadOnlyList<SeenPost> Samples,
    int KeptOut = 0);

/// <summary>What an import needs.</summary>
internal sealed record ImportDesk(IDocumentStore Store, NpgsqlDataSource DataSource, PostIntake Intake, ConnectorBook Book, MatchBrands Match, Caller Caller, TimeProvider Clock, ILoggerFactory Logs);

/// <summary>Old posts from a file. They are stored and counted as history and alert nobody, whatever their dates.</summary>
internal static class ImportEndpoint
{
    private const int MaxBody = 32 * 1024 * 1024;
    private const int Batch = 500;
    private const int MaxErrors = 100;
    private const int MaxSamples = 5;

    public static void MapImports(this IEndpointRouteBuilder app) => app.MapPost("/api/imports", RunAsync)
        .WithTags("Ingest")
        .WithName("ImportFile")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .WithSummary("Import old posts from CSV or JSON lines, or try it")
        .WithDescription("The body is the file: CSV with a heading, or one JSON object a line, at most 32 MB and 10,000 rows. Nothing is imported of a file with invalid rows unless skipInvalid says so. Rows that come again are repeats.")
        .Accepts<string>("text/csv", "application/x-ndjson", "application/octet-stream")
        .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
        .RequireRole(Role.Manager);

    private static async Task<Ok<ImportAnswer>> RunAsync(HttpRequest request, [AsParameters] ImportQuery query, [AsParameters] ImportDesk desk, CancellationToken ct)
    {
        var (workspace, now) = (desk.Caller.Workspace, desk.Clock.GetUtcNow());
        var plan = new ImportPlan(workspace, PushedPosts.Source(new(query.Source ?? throw RuleViolation.Invalid("source", "source_missing", "Name the source that the posts shall be shown under: source=NAME."))), Kind(query.Kind, desk.Book), query.DateFormat, Zone(query.TimeZone));
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        var file = ImportFile.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
        var fields = ImportFields.Of(file.Columns, query.Map ?? []);
        var (given, errors) = ImportRows.Read(file, fields, plan, now);
        var posts = PushedPosts.Last(given);
        var answer = new ImportAnswer(
            query.DryRun == true, file.Rows.Count, posts.Count, 0, 0, errors.Count, [.. errors.Take(MaxErrors)], fields.ByField, fields.Unused, [.. posts.Take(MaxSamples).Select(SeenPost.Of)]);
        if (query.DryRun == true)
        {
            var matched = 0;
            foreach (var some in posts.Chunk(Batch))
            {
                matched += (await desk.Match(workspace, some, ct)).Count(b => b.Count > 0);
            }

            return TypedResults.Ok(answer with { Matched = matched });
        }

        if (errors.Count > 0 && query.SkipInvalid != true)
        {
            throw new RuleViolation(
                "rows_invalid",
                $"{errors.Count} of {file.Rows.Count} rows cannot be imported, the first being line {errors[0].Row}{(errors[0].Column is { } column ? $", column \"{column}\"" : "")}: {errors[0].Message} Nothing was imported. Mend them, or send skipInvalid=true to import the others.",
                StatusCodes.Status422UnprocessableEntity,
                "file",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = answer.Errors, ["invalid"] = errors.Count });
        }

        return TypedResults.Ok(await StoreAsync(desk, plan, posts, answer with { Accepted = 0, Repeated = given.Count - posts.Count }, now, ct));
    }

    private static async Task<ImportAnswer> StoreAsync(ImportDesk desk, ImportPlan plan, IReadOnlyList<Contracts.Post> posts, ImportAnswer answer, DateTimeOffset now, CancellationToken ct)
    {
        await IngestEndpoint.RequireSourceAsync(new(desk.Store, desk.DataSource, desk.Intake, desk.Caller, desk.Clock, desk.Logs), plan.Workspace, plan.Source, now, ct);
        foreach (var some in posts.Chunk(Batch))
        {
            var (taken, keptOut) = await desk.Intake.TakeAsync(new(plan.Workspace, PushSources.IdOf(plan.Workspace, plan.Source), some, now, _ => true), (session, _) => session.SaveChangesAsync(ct), ct);
            answer = answer with { Accepted = answer.Accepted + taken.Count, Repeated = answer.Repeated + some.Length - taken.Count - keptOut, KeptOut = answer.KeptOut + keptOut, Matched = answer.Matched + taken.Count(t => t.Brands.Count > 0) };
        }

        await using var connection = await desk.DataSource.OpenConnectionAsync(ct);
        var fields = Differences.Of(null, new { answer.Rows, answer.Accepted, answer.Repeated, answer.KeptOut, answer.Invalid });
        await ChangeRows.AddAsync(connection, "ingest", plan.Workspace, ChangeRow.Of("posts.imported", PushSources.IdOf(plan.Workspace, plan.Source), plan.Source, desk.Caller.User, now, fields), ct);
        return answer;
    }

    private static string Kind(string? kind, ConnectorBook book) => kind is null or Source.PushKind ? Source.PushKind
        : book.Find(kind) is { Card.Retired: not null } ? kind
        : throw RuleViolation.Invalid("kind", "kind_unknown", $"Posts are imported as \"push\", or as those of a network that cannot be read any more: {string.Join(", ", book.All.Where(c => c.Card.Retired is not null).Select(c => c.Card.Kind))}.");

    private static TimeZoneInfo Zone(string? id) => id is null ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone
        : throw RuleViolation.Invalid("timeZone", "time_zone_unknown", "A time zone is named as by IANA, such as Europe/Istanbul.");
}
