using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Scoring;

/// <summary>A text to judge.</summary>
/// <param name="Text">Plain text, at most 100,000 UTF-16 characters.</param>
/// <param name="Title">Plain-text title, at most 100,000 UTF-16 characters; may be left out.</param>
/// <param name="Language">ISO 639-1 (or -3) code; left out or <c>und</c> to have it told from the text.</param>
internal sealed record ScoreRequest(string? Text, string? Title = null, string? Language = null);

/// <summary>What the model says of it.</summary>
/// <param name="Label">The most probable class.</param>
/// <param name="Negative">Probability, 0 to 1; the three sum to 1.</param>
/// <param name="Neutral">Probability, 0 to 1.</param>
/// <param name="Positive">Probability, 0 to 1.</param>
/// <param name="Language">The language that it was read as; <c>und</c> when not known.</param>
/// <param name="ModelVersion">The model, as on its card.</param>
/// <param name="Evidence">The spans that weighed most, in text order; not overlapping.</param>
internal sealed record ScoreAnswer(Sentiment Label, float Negative, float Neutral, float Positive, string Language, string ModelVersion, IReadOnlyList<EvidenceSpan> Evidence);

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

    public static ScoreAnswer Handle(ScoreRequest request, Scorer scorer)
    {
        var text = Checked("text", request.Text ?? throw RuleViolation.Invalid("text", "text_required", "Give the text to judge."));
        var title = request.Title is null ? null : Checked("title", request.Title);
        var language = request.Language?.Trim().ToLowerInvariant();
        if (language is { Length: not (0 or 2 or 3) })
        {
            throw RuleViolation.Invalid("language", "language_invalid", "Give the language as a code of two or three letters, such as en, or leave it out.");
        }

        var j = scorer.Score(title, text, language);
        return new ScoreAnswer(j.Label, j.Negative, j.Neutral, j.Positive, j.Language, scorer.Version, j.Evidence);
    }

    private static string Checked(string field, string value) => value.Length <= Longest
        ? value
        : throw RuleViolation.Invalid(field, "text_too_long", $"Send at most {Longest} characters.");
}
