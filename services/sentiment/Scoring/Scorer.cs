using System.Runtime.Intrinsics;
using Serm.Contracts;
using Serm.Language;
using Serm.Sentiments.Features;
using Serm.Sentiments.Towards;

namespace Serm.Sentiments.Scoring;

/// <summary>What the model says of a text.</summary>
/// <param name="Label">The class that is decided for: the most probable one, or one near it where the language decides otherwise (<see cref="Calibrated.Decision"/>).</param>
/// <param name="Negative">Probability, 0 to 1; the three sum to 1.</param>
/// <param name="Neutral">Probability, 0 to 1.</param>
/// <param name="Positive">Probability, 0 to 1.</param>
/// <param name="Language">ISO code of the language that it was read as; <c>und</c> when not known.</param>
/// <param name="Why">What decided.</param>
/// <param name="Urgent">True from the language's urgent threshold on (<see cref="Calibrated.Urgent"/>), which finds more of the negative texts than the label does; null where the model has no such threshold.</param>
/// <param name="Ignored">What was left out because it speaks of another brand; null when nothing was.</param>
internal sealed record Judgement(Sentiment Label, float Negative, float Neutral, float Positive, string Language, Explanation Why, bool? Urgent = null, IReadOnlyList<TextSpan>? Ignored = null)
{
    /// <summary>The spans that weighed most, in text order; not overlapping.</summary>
    public IReadOnlyList<EvidenceSpan> Evidence => Why.Spans;

    /// <summary>What logits come to.</summary>
    /// <param name="logits">In the order of <see cref="Sentiment"/>.</param>
    public static Judgement Of(Vector128<float> logits, string language, Explanation why, IReadOnlyList<TextSpan>? ignored)
    {
        var highest = MathF.Max(logits[0], MathF.Max(logits[1], logits[2]));
        var (negative, neutral, positive) = (MathF.Exp(logits[0] - highest), MathF.Exp(logits[1] - highest), MathF.Exp(logits[2] - highest));
        var sum = negative + neutral + positive;
        return new Judgement(Highest(negative, neutral, positive), negative / sum, neutral / sum, positive / sum, language, why, Ignored: ignored);
    }

    /// <summary>The label of the highest number; of equal ones the more negative, and neutral before positive.</summary>
    public static Sentiment Highest(float negative, float neutral, float positive) =>
        negative >= neutral && negative >= positive ? Sentiment.Negative : positive > neutral ? Sentiment.Positive : Sentiment.Neutral;

    /// <summary>As the bus is told.</summary>
    public Verdict Verdict(string version, DateTimeOffset at) => new(Label, Negative, Neutral, Positive, version, Why.Spans, at, Why.Rest, Why.Flip, Why.FlipsTo, Ignored, Urgent);
}

/// <summary>Judges texts. Pure: the same text gives the same judgement. Thread-safe.</summary>
internal sealed class Scorer(WorkspaceModel model) : IJudge
{
    [ThreadStatic]
    private static Featurizer? features;

    public Scorer(SentimentModel model)
        : this(new WorkspaceModel(model))
    {
    }

    /// <summary>The model's version.</summary>
    public string Version => model.Version;

    /// <summary>Judges a text by its beginning: <see cref="Featurizer.TitleWindow"/> characters of the title, <see cref="Featurizer.TextWindow"/> of the text.</summary>
    /// <param name="title">Null where there is none.</param>
    /// <param name="text">Any text, also ill-formed UTF-16.</param>
    /// <param name="language">ISO code; null or <c>und</c> to have it told from the text.</param>
    /// <param name="names">Where it names the brand that it is judged for, and others; null to judge it as a whole.</param>
    /// <param name="explain">False to leave the evidence out, which saves a third of the time.</param>
    public Judgement Score(string? title, string text, string? language = null, IReadOnlyList<NameSpan>? names = null, bool explain = true)
    {
        var told = string.IsNullOrEmpty(language) || language == "und" ? Tell(title, text) : language;
        var part = BrandPart.Of(title, text, names, told);
        var read = features ??= new Featurizer();
        read.Read(part?.Title ?? title, part?.Text ?? text, told, model.Table);
        if (read.Buckets.IsEmpty)
        {
            // Not a word and not a sign: there is nothing to be of any polarity.
            return new Judgement(Sentiment.Neutral, 0, 1, 0, told, Explanation.Nothing, Urgent: false);
        }

        var isLoser = part is { IsComparedWith: true };
        var calibrated = model.For(told);
        var summed = model.Logits(read.Buckets, read.Values, calibrated);
        var logits = model.Shift(isLoser ? Unit.Swap(summed) : summed);
        var highest = MathF.Max(logits[0], MathF.Max(logits[1], logits[2]));
        var (negative, neutral, positive) = (MathF.Exp(logits[0] - highest), MathF.Exp(logits[1] - highest), MathF.Exp(logits[2] - highest));
        var sum = negative + neutral + positive;
        var decided = logits + (isLoser ? Unit.Swap(calibrated.Decision) : calibrated.Decision);
        var label = Judgement.Highest(decided[0], decided[1], decided[2]);
        var why = explain ? Evidence.Explain(read, model, calibrated, logits, decided, label, isLoser) : Explanation.Nothing;
        return new Judgement(label, negative / sum, neutral / sum, positive / sum, told, why, negative / sum >= calibrated.Urgent, part?.Ignored);
    }

    private static string Tell(string? title, string text)
    {
        var told = LanguageIdentifier.Identify(text);
        return told.Code == "und" && title is not null ? LanguageIdentifier.Identify(title).Code : told.Code;
    }
}
