using System.Runtime.Intrinsics;

namespace Serm.Sentiments.Scoring;

/// <summary>What makes the model's sums mean what they say in one language: found on dev rows, kept in the model file.</summary>
/// <param name="Language">ISO code; <c>und</c> for every language that has no entry of its own.</param>
/// <param name="Scale">What logits are multiplied by (temperature scaling; Guo et al., ICML 2017); above 0.</param>
/// <param name="Shift">What is then added to each logit, in the order of <see cref="Contracts.Sentiment"/>.</param>
/// <param name="Decision">What is added to the calibrated logits before the highest of them gives the label; moves no probability. The most probable label is right most often, but where a language has few texts of a label it hardly ever gives that one: training takes the shift back here, so that all labels count alike.</param>
/// <param name="Urgent">From this probability of negative on, 0 to 1, a text of this language is urgent.</param>
internal sealed record Calibrated(string Language, float Scale, Vector128<float> Shift, Vector128<float> Decision, float Urgent)
{
    /// <summary>Logits as they were summed up.</summary>
    public static Calibrated None { get; } = new("und", 1, Vector128<float>.Zero, Vector128<float>.Zero, 0.5f);

    public Vector128<float> Apply(Vector128<float> logits) => (logits * Scale) + Shift;
}
