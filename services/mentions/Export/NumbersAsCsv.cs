using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Counts over time as a table: a line for each brand and each hour or day, the empty ones too. Its sums are those of the JSON that it is made of.</summary>
internal static class NumbersAsCsv
{
    private const string Format = "format";

    /// <summary>The header; never changed, and new columns come last.</summary>
    public static readonly string[] Columns = ["brandId", "brand", "at", "zone", "negative", "neutral", "positive", "unscored", "mentions", "reach", "blind"];

    /// <summary>Counts of one brand.</summary>
    internal sealed record Counted(Guid Brand, IReadOnlyList<DynamicsPoint> Points);

    /// <summary>What a table is made of.</summary>
    internal sealed record Numbers(DateTimeOffset From, DateTimeOffset To, string Zone, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<Counted> Brands, IReadOnlyList<Gap> Gaps);

    public static Numbers Of(DynamicsView view) => new(view.From, view.To, view.Zone, view.Starts, [new(view.BrandId, view.Points)], view.Gaps);

    public static Numbers Of(ComparisonView view) => new(view.From, view.To, view.Zone, view.Starts, [.. view.Brands.Select(b => new Counted(b.BrandId, b.Points))], view.Gaps);

    /// <summary>Answers with a table where <c>?format=csv</c> asks for one.</summary>
    public static RouteHandlerBuilder OrCsv<T>(this RouteHandlerBuilder endpoint, Func<T, Numbers> numbers)
        where T : class
    {
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var asTable = http.Request.Query[Format].ToString() switch
            {
                "" or "json" => false,
                "csv" => true,
                _ => throw RuleViolation.Invalid(Format, "value_unknown", "format takes json, csv."),
            };
            var answer = await next(context);
            return asTable && answer is Ok<T> { Value: { } view } ? await FileAsync(numbers(view), http) : answer;
        });
        return endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = Format, In = ParameterLocation.Query, Description = "json, or csv for a table: a line for each brand and each hour or day.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            operation.Responses?["200"].Content?.TryAdd("text/csv", new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            return Task.CompletedTask;
        });
    }

    /// <summary>The table.</summary>
    /// <param name="numbers">What was counted.</param>
    /// <param name="names">Of the brands; one that has none is empty.</param>
    public static string Table(Numbers numbers, IReadOnlyDictionary<Guid, string> names)
    {
        var zone = ReadDynamics.Zone(numbers.Zone);
        var lines = new StringBuilder().Append(Csv.Mark);
        Csv.Add(lines, Columns, zone);
        var bars = numbers.Starts.Zip(numbers.Starts.Skip(1).Append(numbers.To), (at, to) => (At: at, Blind: numbers.Gaps.Any(g => g.From < to && (g.To is null || g.To > at)))).ToList();
        foreach (var brand in numbers.Brands)
        {
            var points = brand.Points.ToDictionary(p => p.At);
            foreach (var (at, blind) in bars)
            {
                var p = points.GetValueOrDefault(at) ?? new DynamicsPoint(at, 0, 0, 0, 0, 0);
                Csv.Add(lines, [brand.Brand.ToString(), names.GetValueOrDefault(brand.Brand), at, numbers.Zone, p.Negative, p.Neutral, p.Positive, p.Unscored, p.Negative + p.Neutral + p.Positive + p.Unscored, p.Reach, blind], zone);
            }
        }

        return lines.ToString();
    }

    private static async Task<IResult> FileAsync(Numbers numbers, HttpContext http)
    {
        var services = http.RequestServices;
        var names = await ExportName.BrandsAsync(services.GetRequiredService<NpgsqlDataSource>(), Caller.Of(http).Workspace, numbers.Brands.Select(b => b.Brand), http.RequestAborted);
        var name = ExportName.Of(
            numbers.Brands is [var only] ? names.GetValueOrDefault(only.Brand, "brand") + "-dynamics" : "comparison",
            numbers.From, numbers.To, services.GetRequiredService<TimeProvider>().GetUtcNow(), ReadDynamics.Zone(numbers.Zone), "csv");
        return TypedResults.File(Encoding.UTF8.GetBytes(Table(numbers, names)), Csv.MediaType, name);
    }
}
