using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Towards;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Scoring;

/// <summary>A text to judge.</summary>
/// <param name="Text">Plain text, at most 100,000 UTF-16 characters.</param>
/// <param name="Title">Plain-text title, at most 100,000 UTF-16 characters; may be left out.</param>
/// <param name="Language">ISO 639-1 (or -3) code; left out or <c>und</c> to have it told from the text.</param>
/// <param name="Brand">Names of the brand that it is to be judged for, at most 20; left out to judge it as a whole.</param>
/// <param name="Others">Names of other brands, at most 20: what is said of them is left out.</param>
internal sealed record ScoreRequest(string? Text, string? Title = null, string? Language = null, IReadOnlyList<string>? Brand = null, IReadOnlyList<string>? Others = null);

/// <summary>What the model says of it.</summary>
/// <param name="Label">The class that is decided for: mostly the most probable one.</param>
/// <param name="Negative">Probability, 0 to 1; the three sum to 1.</param>
/// <param name="Neutral">Probability, 0 to 1.</param>
/// <param name="Positive">Probability, 0 to 1.</param>
/// <param name="Language">The language that it was read as; <c>und</c> when not known.</param>
/// <param name="ModelVersion">The model, as on its card.</param>
/// <param name="Evidence">The spans that weighed most, in text order; not overlapping.</param>
/// <param name="Rest">What all else adds: the weights of the evidence and this make ln(negative) - (ln(neutral) + ln(positive)) / 2. Null where the text shows nothing.</param>
/// <param name="Flip">The fewest words whose removal gives another label; null when no few words decide.</param>
/// <param name="FlipsTo">The label without them.</param>
/// <param name="Ignored">What was left out because it speaks of another brand.</param>
/// <param name="Urgent">True when the probability of negative reaches the urgent threshold of the language; null where the model has none.</param>
internal sealed record ScoreAnswer(
    Sentiment Label,
    float Negative,
    float Neutral,
    float Positive,
    string Language,
    string ModelVersion,
    IReadOnlyList<EvidenceSpan> Evidence,
    float? Rest,
    IReadOnlyList<EvidenceSpan>? Flip,
    Sentiment? FlipsTo,
    IReadOnlyList<TextSpan>? Ignored,
    bool? Urgent);

/// <summary><c>POST /api/sentiment/score</c>: judges a text that is no mention, so that people can see how the model reads.</summary>
internal static class ScoreText
{
    private const int Longest = 100_000;

    public static void MapSentiment(this IEndpointRouteBuilder app) => app
        .MapPost("/api/sentiment/score", Handle)
        .WithTags("Sentiment")
        .WithName("ScoreText")
        .WithSummary("Judge a text and see which words decided")
        .RequireRole(Role.Integrator, Role.Moderator, Role.Manager);

    public static async Task<Ok<ScoreAnswer>> Handle(ScoreRequest request, Caller caller, WorkspaceModels models, CancellationToken cancellationToken)
    {
        var text = Checked("text", request.Text ?? throw RuleViolation.Invalid("text", "text_required", "Give the text to judge."));
        var title = request.Title is null ? null : Checked("title", request.Title);
        var language = request.Language?.Trim().ToLowerInvariant();
        if (language is { Length: not (0 or 2 or 3) })
        {
            throw RuleViolation.Invalid("language", "language_invalid", "Give the language as a code of two or three letters, such as en, or leave it out.");
        }

        var names = GivenNames.Find(title, text, Checked("brand", request.Brand), Checked("others", request.Others));
        var scorer = await models.GetAsync(caller.Workspace, cancellationToken);
        var j = scorer.Score(title, text, language, names);
        return TypedResults.Ok(new ScoreAnswer(j.Label, j.Negative, j.Neutral, j.Positive, j.Language, scorer.Version, j.Evidence, j.Why.Rest, j.Why.Flip, j.Why.FlipsTo, j.Ignored, j.Urgent));
    }

    private static IReadOnlyList<string> Checked(string field, IReadOnlyList<string>? names) => names switch
    {
        null => [],
        { Count: <= GivenNames.Most } when names.All(n => n?.Trim().Length is >= 1 and <= 100) => names,
        _ => throw RuleViolation.Invalid(field, "names_invalid", $"Give at most {GivenNames.Most} names of 1 to 100 characters."),
    };

    private static string Checked(string field, string value) => value.Length <= Longest
        ? value
        : throw RuleViolation.Invalid(field, "text_too_long", $"Send at most {Longest} characters.");
}
