using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Queries;

namespace Serm.Ingest.Brands;

/// <summary>A brand as it shall be.</summary>
/// <param name="Name">1 to 100 characters, unique in the workspace whatever the case.</param>
/// <param name="Query">In the language of docs/queries.md.</param>
/// <param name="Languages">Codes of the posts' languages that count, such as <c>ru</c>; empty or left out for all.</param>
/// <param name="CompetitorOf">The own brand that it competes with; left out for own brands.</param>
/// <param name="Examples">Texts that the query must and must not take; left out to keep those that there are.</param>
/// <param name="AcceptFailing">True to save a query that fails some of them.</param>
public sealed record BrandRequest(string? Name, string? Query, IReadOnlyList<string>? Languages = null, Guid? CompetitorOf = null, IReadOnlyList<QueryExample>? Examples = null, bool AcceptFailing = false);

/// <summary>Checks what a person asks of a brand.</summary>
internal static class BrandRequests
{
    private const int MaxName = 100;
    private const int MaxLanguages = 50;

    public static BrandWish Check(BrandRequest request)
    {
        var name = PlainText.Line(request.Name, MaxName + 1);
        if (name is not { Length: <= MaxName })
        {
            throw RuleViolation.Invalid("name", "out_of_range", $"A name has 1 to {MaxName} characters.");
        }

        var parsed = QueryParser.Parse(request.Query);
        if (parsed.Errors is [var first, ..])
        {
            throw new RuleViolation(
                "query_invalid",
                $"The query cannot be used. At column {first.Column}: {first.Message}",
                StatusCodes.Status400BadRequest,
                "query",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = parsed.Errors });
        }

        return new(name, request.Query!.Trim(), Languages(request.Languages), request.CompetitorOf, request.Examples is null ? null : QueryExamples.Check(request.Examples));
    }

    /// <summary>Codes as posts carry them, sorted, each once.</summary>
    public static IReadOnlyList<string> Languages(IReadOnlyList<string>? written)
    {
        var codes = (written ?? []).Select(l => FeedLanguage.Code(l) ?? throw RuleViolation.Invalid("languages", "language_invalid", "A language is its code of two or three letters, such as \"ru\"; \"und\" for posts whose language is not known."))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return codes.Length <= MaxLanguages ? codes : throw RuleViolation.Invalid("languages", "out_of_range", $"At most {MaxLanguages} languages. Leave them out to take all.");
    }
}
