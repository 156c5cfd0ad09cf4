using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Queries;

namespace Serm.Ingest.Brands;

/// <summary>A text that stands beside a query and says what the query must do with it: a test of the query, run on every change.</summary>
/// <param name="Text">1 to 2,000 characters.</param>
/// <param name="Match">True when the query must take it, false when it must not.</param>
/// <param name="Language">Code; left out for a language that is not known.</param>
public sealed record QueryExample(string? Text, bool Match, string? Language = null);

/// <summary>How a query did on an example.</summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Passed">True when it did what the example says.</param>
/// <param name="Verdict">What it did, and what stopped it.</param>
public sealed record ExampleResult(int Index, bool Passed, QueryVerdict Verdict);

/// <summary>Checks and runs examples.</summary>
internal static class QueryExamples
{
    private const int MaxExamples = 100;
    private const int MaxText = 2_000;

    /// <summary>The examples as they are stored.</summary>
    /// <exception cref="RuleViolation">One of them cannot be used; the field names it.</exception>
    public static IReadOnlyList<QueryExample> Check(IReadOnlyList<QueryExample>? written)
    {
        var examples = written ?? [];
        if (examples.Count > MaxExamples)
        {
            throw RuleViolation.Invalid("examples", "out_of_range", $"At most {MaxExamples} examples. Keep those that would catch a mistake.");
        }

        return [.. examples.Select((e, i) => (e ?? new(null, true)) with
        {
            Text = PlainText.Lines(e?.Text, MaxText + 1) is { Length: > 0 and <= MaxText } text ? text : throw RuleViolation.Invalid($"examples[{i}].text", "out_of_range", $"An example has 1 to {MaxText:N0} characters."),
            Language = Language(e?.Language, $"examples[{i}].language"),
        })];
    }

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<ExampleResult> Run(QueryNode root, IReadOnlyList<string> languages, IReadOnlyList<QueryExample> examples)
    {
        if (examples.Count == 0)
        {
            return [];
        }

        // An example that names no language is asked in any.
        var anywhere = new NearMiss(root);
        var within = languages.Count == 0 ? anywhere : new(new QueryNode.And([root, new QueryNode.Or([.. languages.Select(l => new QueryNode.Language(l))])]));
        return [.. examples.Select((e, i) =>
        {
            var verdict = (e.Language is null ? anywhere : within).Of(new(null, e.Text ?? "", e.Language ?? "und"));
            return new ExampleResult(i, verdict.Matches == e.Match, verdict);
        })];
    }

    /// <summary>Refuses a query that fails its examples.</summary>
    /// <exception cref="RuleViolation">422 <c>examples_failed</c>, with the results of those that failed.</exception>
    public static void RequirePassed(QueryNode root, IReadOnlyList<string> languages, IReadOnlyList<QueryExample> examples)
    {
        var failed = Run(root, languages, examples).Where(r => !r.Passed).ToList();
        if (failed.Count > 0)
        {
            var first = failed[0];
            throw new RuleViolation(
                "examples_failed",
                $"{failed.Count} of {examples.Count} examples fail, the first being number {first.Index + 1}, which must {(examples[first.Index].Match ? "match" : "not match")}. Change the query or the example, or send acceptFailing to save it nevertheless.",
                StatusCodes.Status422UnprocessableEntity,
                "examples",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["failures"] = failed });
        }
    }

    private static string? Language(string? written, string field) => string.IsNullOrWhiteSpace(written) || FeedLanguage.Code(written) == "und"
        ? null
        : FeedLanguage.Normalize(written) ?? throw RuleViolation.Invalid(field, "language_invalid", "A language is its code of two or three letters, such as \"sv\". Leave it out for a language that is not known.");
}
