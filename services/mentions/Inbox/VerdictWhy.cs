using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>What there is to know about the model's verdict beside its evidence.</summary>
/// <param name="Label">The model's own label, whatever a person said.</param>
/// <param name="Rest">What all that is not in the evidence adds: the weights of the evidence and this make ln(negative) - (ln(neutral) + ln(positive)) / 2. Null where the model does not add up.</param>
/// <param name="Flip">The fewest words whose removal gives another label; null when no few words decide.</param>
/// <param name="FlipsTo">The label without them.</param>
/// <param name="Ignored">What was left out because it speaks of another brand; null when the whole text was judged.</param>
/// <param name="Urgent">True when the probability of negative reaches the urgent threshold of the language; null where the model has none, or was asked before there was this field.</param>
public sealed record VerdictWhy(Sentiment Label, float? Rest, IReadOnlyList<EvidenceSpan>? Flip, Sentiment? FlipsTo, IReadOnlyList<TextSpan>? Ignored, bool? Urgent = null)
{
    internal static VerdictWhy Of(Verdict verdict) => new(verdict.Label, verdict.Rest, verdict.Flip, verdict.FlipsTo, verdict.Ignored, verdict.Urgent);
}
