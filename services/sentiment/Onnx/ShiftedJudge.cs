using Serm.Contracts;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Onnx;

/// <summary>A judge whose negative logit is moved by a workspace's sensitivity. Of probabilities, which is all that it needs to know: a shift of a logit multiplies its odds.</summary>
internal sealed class ShiftedJudge(IJudge judge, float sensitivity) : IJudge
{
    private readonly float _factor = MathF.Exp(sensitivity);

    /// <inheritdoc/>
    public string Version { get; } = Signature.Of(judge.Version, sensitivity);

    /// <inheritdoc/>
    public Judgement Score(string? title, string text, string? language = null, IReadOnlyList<NameSpan>? names = null, bool explain = true) => Shift(judge.Score(title, text, language, names, explain));

    /// <inheritdoc/>
    public IReadOnlyList<Judgement> ScoreAll(IReadOnlyList<TextToJudge> texts) => [.. judge.ScoreAll(texts).Select(Shift)];

    private Judgement Shift(Judgement j)
    {
        var sum = (j.Negative * _factor) + j.Neutral + j.Positive;
        var (negative, neutral, positive) = (j.Negative * _factor / sum, j.Neutral / sum, j.Positive / sum);
        return j with { Label = Judgement.Highest(negative, neutral, positive), Negative = negative, Neutral = neutral, Positive = positive };
    }
}
