using System.Runtime.Intrinsics;

namespace Serm.Sentiments.Scoring;

/// <summary>The model as one workspace uses it: the shipped weights, what the workspace's corrections added to them, and its negative sensitivity. Immutable.</summary>
/// <param name="shipped">The weights that all workspaces share.</param>
/// <param name="delta">What was learnt from corrections; null for nothing.</param>
/// <param name="sensitivity">Added to the negative logit: above 0 finds more negative mentions, at more false alarms.</param>
internal sealed class WorkspaceModel(SentimentModel shipped, ModelDelta? delta = null, float sensitivity = 0)
{
    private readonly Vector128<float> shift = Vector128.Create(sensitivity, 0, 0, 0);

    /// <summary>The shipped model's or the delta's version, signed with the sensitivity.</summary>
    public string Version { get; } = Signature.Of(delta?.Version ?? shipped.Version, sensitivity);

    /// <summary>How the logits of a language are to be read.</summary>
    public Calibrated For(string language) => shipped.For(language);

    /// <inheritdoc cref="SentimentModel.Table"/>
    public WeightTable Table => shipped.Table;

    /// <inheritdoc cref="SentimentModel.Unit"/>
    public float Unit(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values) => shipped.Unit(buckets, values);

    /// <inheritdoc cref="SentimentModel.Weights"/>
    public Vector128<float> Weights(int bucket) => delta is null ? shipped.Weights(bucket) : shipped.Weights(bucket) + delta.Weights(bucket);

    /// <summary>Three logits (and 0) of a text's features, calibrated, before <see cref="Shift"/>.</summary>
    public Vector128<float> Logits(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values, Calibrated calibrated)
    {
        var logits = shipped.Logits(buckets, values);
        return calibrated.Apply(delta is null ? logits : logits + (delta.Logits(buckets, values) * shipped.Unit(buckets, values)));
    }

    /// <summary>Moves the negative logit by the workspace's sensitivity.</summary>
    public Vector128<float> Shift(Vector128<float> logits) => logits + shift;
}
