using Microsoft.ML.Trainers;

namespace Serm.Sentiments.Training;

/// <summary>The square of how far a text is from being on its own side of the margin, as a loss that ML.NET's dual coordinate ascent can train with: what is far enough on its side no longer counts, unlike with the log-loss (Hsieh et al., ICML 2008). The dual variable carries the sign of the label.</summary>
internal sealed class SquaredHinge : ISupportSdcaClassificationLoss
{
    /// <summary>0 from a margin of 1 on.</summary>
    /// <param name="output">The sum.</param>
    /// <param name="label">Above 0 for texts that have the label.</param>
    public double Loss(float output, float label) => Math.Pow(Short(output, label), 2);

    /// <inheritdoc cref="Loss"/>
    public float Derivative(float output, float label) => -2 * Sign(label) * Short(output, label);

    /// <summary>One by the curvature of the dual in one variable.</summary>
    /// <param name="scaledFeaturesNormSquared">Squared length of the features times the weight of the row, by regularisation times rows.</param>
    public float ComputeDualUpdateInvariant(float scaledFeaturesNormSquared) => 1 / (scaledFeaturesNormSquared + 0.5f);

    /// <summary>To where the dual is highest in this variable: exact, as it is a parabola that ends at 0.</summary>
    public float DualUpdate(float output, float label, float dual, float invariant, int maxNumThreads)
    {
        var (sign, variable) = (Sign(label), dual * Sign(label));
        return (sign * Math.Max(0, variable + ((1 - (sign * output) - (variable / 2)) * invariant))) - dual;
    }

    /// <summary>The conjugate: the variable less a quarter of its square; below 0 it is not allowed.</summary>
    public double DualLoss(float label, float dual) => dual * Sign(label) is >= 0 and var variable ? variable - (variable * variable / 4.0) : double.NegativeInfinity;

    private static float Sign(float label) => label > 0 ? 1 : -1;

    private static float Short(float output, float label) => Math.Max(0, 1 - (Sign(label) * output));
}
