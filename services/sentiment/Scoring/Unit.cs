using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Serm.Sentiments.Scoring;

/// <summary>A word or phrase and what it adds to the logits.</summary>
/// <param name="Start">First UTF-16 character of the analysed text.</param>
/// <param name="End">Behind the last.</param>
/// <param name="Logits">What it adds to each, in the order of <see cref="Contracts.Sentiment"/> (and 0).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Unit(int Start, int End, Vector128<float> Logits)
{
    /// <summary>False for <c>default</c>.</summary>
    public bool Exists => End > Start;

    /// <summary>What it adds to the negative logit against the mean of the others.</summary>
    public float Weight => Against(Logits);

    public static Unit Of(int start, int end, ReadOnlySpan<Vector128<float>> sums, bool swapped)
    {
        var logits = sums[end] - sums[start];
        return new Unit(start, end, swapped ? Swap(logits) : logits);
    }

    /// <summary>The negative logit less the mean of the others.</summary>
    public static float Against(Vector128<float> logits) => logits[0] - ((logits[1] + logits[2]) / 2);

    /// <summary>Negative and positive in each other's place.</summary>
    public static Vector128<float> Swap(Vector128<float> logits) => Vector128.Shuffle(logits, Vector128.Create(2, 1, 0, 3));
}
