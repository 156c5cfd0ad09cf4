using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What mentions are taken out as.</summary>
public enum ExportFormat
{
    /// <summary>Comma-separated values.</summary>
    Csv = 0,

    /// <summary>An Excel workbook.</summary>
    Xlsx = 1,

    /// <summary>JSON objects, one a line.</summary>
    Jsonl = 2,
}

/// <summary>How many mentions an export of the same filters would have.</summary>
/// <param name="Mentions">Counted up to <paramref name="Most"/>.</param>
/// <param name="More">There are more, which the export would leave off.</param>
/// <param name="Most">What one export has at most.</param>
public sealed record ExportCount(long Mentions, bool More, int Most);

/// <summary>What an export needs.</summary>
internal sealed record ExportDesk(Caller Caller, NpgsqlDataSource DataSource, RelevanceBook Relevance, ExportTurns Turns, TimeProvider Clock, IOptions<JsonOptions> Json, ILogger<ExportTurns> Log);

/// <summary>So many exports run in this process at once and no more: each reads as fast as it can be sent, and the inbox of those who work on mentions comes first.</summary>
internal sealed class ExportTurns
{
    private const int AtOnce = 4;
    private int _taken;

    /// <summary>Takes a turn; disposing gives it back.</summary>
    /// <exception cref="RuleViolation">503 <c>exports_busy</c>: all are taken.</exception>
    public IDisposable Take()
    {
        if (Interlocked.Increment(ref _taken) <= AtOnce)
        {
            return new Turn(this);
        }

        Interlocked.Decrement(ref _taken);
        throw new RuleViolation("exports_busy", "Other exports are under way. Try again when one of them is done.", StatusCodes.Status503ServiceUnavailable);
    }

    private sealed class Turn(ExportTurns turns) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref turns._taken);
    }
}

/// <summary>Taking mentions out: what the inbox would show page by page, as one file that is sent while it is read.</summary>
internal static partial class ExportMentions
{
    /// <summary>Mentions of one export. An XLSX sheet could have ten times as many, and hardly a machine that opens it.</summary>
    public const int Most = 100_000;

    /// <summary>Header of the answer: <c>true</c> when there are more mentions than it has.</summary>
    public const string MoreHeader = "X-Serm-More";

    /// <summary>When an export is given up that is not done. One that is read as it is sent takes seconds.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public static void MapExport(this RouteGroupBuilder mentions)
    {
        mentions.MapGet("export", Handle).WithName("ExportMentions").WithSummary("All mentions that the inbox would show, as a file")
            .WithDescription(string.Create(CultureInfo.InvariantCulture, $"The filters and the order of the inbox. At most {Most:#,0} mentions; the header {MoreHeader} says whether there are more. Sent while it is read: an answer that breaks off is not whole."))
            .RequireRole(Role.Integrator, Role.Moderator, Role.Manager).AddOpenApiOperationTransformer(DescribeAsync);
        mentions.MapGet("export/count", CountAsync).WithName("CountExport").WithSummary("How many mentions an export would have")
            .RequireRole(Role.Integrator, Role.Moderator, Role.Manager).AddOpenApiOperationTransformer(DescribeCountAsync);
    }

    private static async Task<Ok<ExportCount>> CountAsync([AsParameters] InboxQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var counted = await ReadInbox.CountAsync(query, Most, caller, dataSource, cancellationToken);
        return TypedResults.Ok(new ExportCount(Math.Min(counted, Most), counted > Most, Most));
    }

    private static async Task Handle([AsParameters] InboxQuery query, string? format, string? zone, [AsParameters] ExportDesk desk, HttpContext context)
    {
        var kind = InboxQuery.Parse<ExportFormat>(format ?? "", "format");
        var clock = ReadDynamics.Zone(zone);
        var limit = query.Limit ?? Most;
        if (limit is < 1 or > Most)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {Most} here. Where there are more, export one time after the other: from and to.");
        }

        if (!string.IsNullOrEmpty(query.Cursor))
        {
            throw RuleViolation.Invalid("cursor", "not_taken", "An export begins at the beginning. Leave cursor out.");
        }

        using var turn = desk.Turns.Take();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(Longest);
        var export = new Export(query, limit, kind, clock, desk);
        await export.OpenAsync(context.Response, end.Token);
        if (await export.SendAsync(context, end.Token) is { } told)
        {
            LogExported(desk.Log, told, kind, export.Seconds);
        }
    }

    // Of one answer.
    private sealed class Export(InboxQuery query, int limit, ExportFormat format, TimeZoneInfo zone, ExportDesk desk)
    {
        private readonly long _began = desk.Clock.GetTimestamp();
        private InboxPage _page = new([], null);

        public double Seconds => desk.Clock.GetElapsedTime(_began).TotalSeconds;

        /// <summary>Reads the beginning, so that what is wrong with the question or the database is answered as such, and begins the answer.</summary>
        public async Task OpenAsync(HttpResponse response, CancellationToken cancellationToken)
        {
            _page = await ReadAsync(null, limit, cancellationToken);
            var more = _page.NextCursor is not null && await ReadInbox.CountAsync(query, limit, desk.Caller, desk.DataSource, cancellationToken) > limit;
            var brand = query.Brand is [var only] ? (await ExportName.BrandsAsync(desk.DataSource, desk.Caller.Workspace, [only], cancellationToken)).GetValueOrDefault(only) : null;
            response.ContentType = format switch { ExportFormat.Csv => Csv.MediaType, ExportFormat.Xlsx => SheetFile.MediaType, _ => JsonLinesFile.MediaType };
            var disposition = new ContentDispositionHeaderValue("attachment");
            disposition.SetHttpFileName(ExportName.Of(brand ?? "mentions", query.From, query.To, desk.Clock.GetUtcNow(), zone, format.ToString().ToLowerInvariant()));
            response.Headers.ContentDisposition = disposition.ToString();
            response.Headers[MoreHeader] = more ? "true" : "false";
            await response.StartAsync(cancellationToken);
        }

        /// <summary>Sends page after page.</summary>
        /// <returns>How many mentions; null when it broke off.</returns>
        public async Task<int?> SendAsync(HttpContext context, CancellationToken cancellationToken)
        {
            var output = context.Response.BodyWriter;
            await using IExportFile file = format switch
            {
                ExportFormat.Csv => new CsvFile(output, zone),
                ExportFormat.Xlsx => await SheetFile.BeginAsync(output, zone, limit, cancellationToken),
                _ => new JsonLinesFile(output, desk.Json.Value.SerializerOptions),
            };

            try
            {
                var told = await AddAllAsync(file, cancellationToken);
                await file.EndAsync(cancellationToken);
                return told;
            }
            catch (Exception e)
            {
                var gone = context.RequestAborted.IsCancellationRequested;
                LogBroken(desk.Log, gone ? LogLevel.Information : LogLevel.Warning, gone ? null : e, format, Seconds);

                // What has been sent must not pass for the whole: only a connection that breaks says so. Before the file is given back, as a workbook would then be ended.
                context.Abort();
                return null;
            }
        }

        private async Task<int> AddAllAsync(IExportFile file, CancellationToken cancellationToken)
        {
            // A mention that becomes less urgent while this goes on comes by once more.
            var told = new HashSet<Guid>();
            while (true)
            {
                await file.AddAsync(_page.Items.Where(m => told.Add(m.Id)), cancellationToken);
                if (_page.NextCursor is null || told.Count >= limit)
                {
                    return told.Count;
                }

                _page = await ReadAsync(_page.NextCursor, limit - told.Count, cancellationToken);
            }
        }

        private Task<InboxPage> ReadAsync(string? cursor, int left, CancellationToken cancellationToken) => ReadInbox.ReadAsync(
            query with { Cursor = cursor }, Math.Min(left, InboxQuery.MaxLimit), desk.Caller, desk.DataSource, desk.Relevance, desk.Clock, cancellationToken, withLatency: format != ExportFormat.Jsonl);
    }

    private static Task DescribeCountAsync(OpenApiOperation operation, Microsoft.AspNetCore.OpenApi.OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // The inbox's page by page: here there is one.
        operation.Parameters = [.. (operation.Parameters ?? []).Where(p => p.Name is not ("Cursor" or "Limit"))];
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, Microsoft.AspNetCore.OpenApi.OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters = [.. (operation.Parameters ?? []).Where(p => p.Name is not "Cursor")];
        Say("format", "csv, xlsx or jsonl.", required: true);
        Say("zone", "Whose clock times are told by, in csv and xlsx: an IANA name. UTC without one.");
        Say("Limit", $"1 to {Most.ToString("#,0", CultureInfo.InvariantCulture)}, which it is without.");
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "A file, as attachment. A column each, or each mention as the inbox has it (jsonl).",
                Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
                {
                    [MoreHeader] = new OpenApiHeader { Description = "true when there are more mentions than it has", Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean } },
                },
                Content = new[] { Csv.MediaType, SheetFile.MediaType, JsonLinesFile.MediaType }
                    .ToDictionary(t => t.Split(';')[0], _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }, StringComparer.Ordinal),
            },
        };
        return Task.CompletedTask;

        void Say(string name, string what, bool required = false)
        {
            foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(p => p.Name == name))
            {
                (parameter.Description, parameter.Required) = (what, required);
            }
        }
    }

    [LoggerMessage(EventId = 411, Level = LogLevel.Information, Message = "Exported {Mentions} mentions as {Format} in {Seconds:0.0} s")]
    private static partial void LogExported(ILogger log, int mentions, ExportFormat format, double seconds);

    [LoggerMessage(EventId = 412, Message = "An export as {Format} broke off after {Seconds:0.0} s")]
    private static partial void LogBroken(ILogger log, LogLevel level, Exception? exception, ExportFormat format, double seconds);
}
