using System.Runtime.Intrinsics;
using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Towards;
using Serm.Sentiments.Training;

namespace Serm.Sentiments.Shadow;

/// <summary>A text that the delta is learnt from.</summary>
/// <param name="Language">ISO code.</param>
/// <param name="Title">Null where there is none.</param>
/// <param name="Text">The text.</param>
/// <param name="Names">Where it names brands.</param>
/// <param name="Label">What it says; null to hold it to what the shipped model says of it.</param>
internal sealed record Lesson(string Language, string? Title, string Text, IReadOnlyList<NameSpan>? Names, Sentiment? Label);

/// <summary>
/// Learns what a workspace's corrections add to the shipped weights: softmax regression on the shipped logits as offset, by stochastic gradient descent with
/// the squared length of the addition as penalty, which is the maximum a posteriori estimate under a Gaussian prior around the shipped weights.
/// ML.NET's trainers know no offset and pull to zero instead, so that a few hundred corrections would unlearn what is shipped (docs/adr/0013).
/// One thread, a fixed order: the same lessons give the same bytes.
/// </summary>
internal static class DeltaTraining
{
    public const int Epochs = 24;

    private const float Rate = 1.0f;

    // Of the prior: however many rows are held, corrections weigh the same against it.
    private const float Penalty = 0.2f;

    // What nobody corrected counts less than what somebody did, and stays where it was.
    private const float HeldWeight = 0.3f;

    private readonly record struct Example(int[] Weights, float[] Values, Vector128<float> Offset, Vector128<float> Target, float Weight);

    /// <summary>Trains.</summary>
    /// <param name="shipped">What is added to.</param>
    /// <param name="lessons">In a fixed order.</param>
    /// <param name="tick">Told the share done after every few rows; may take a breath, or give up by an exception.</param>
    /// <returns>The file of a <see cref="ModelDelta"/>.</returns>
    public static async Task<byte[]> TrainAsync(SentimentModel shipped, IReadOnlyList<Lesson> lessons, Func<float, ValueTask> tick)
    {
        var index = new Dictionary<int, int>();
        var examples = lessons.Select(l => Read(shipped, l, index)).Where(e => e.Values.Length > 0).ToArray();
        var delta = new Vector128<float>[index.Count];
        var order = Enumerable.Range(0, examples.Length).ToArray();
        var random = new SplitMix(2026);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = Rate * (1 - ((float)epoch / Epochs));
            for (var i = 0; i < order.Length; i++)
            {
                Step(examples[order[i]], delta, rate);
                if (i % 64 == 0)
                {
                    await tick((epoch + ((float)i / order.Length)) / Epochs);
                }
            }

            var shrink = 1 - (rate * Penalty);
            foreach (ref var weight in delta.AsSpan())
            {
                weight *= shrink;
            }
        }

        return ModelDelta.Write(index.Select(e => KeyValuePair.Create(e.Key, delta[e.Value])));
    }

    private static Example Read(SentimentModel shipped, Lesson lesson, Dictionary<int, int> index)
    {
        var read = new Featurizer();
        var part = BrandPart.Of(lesson.Title, lesson.Text, lesson.Names, lesson.Language);
        if (part is { IsComparedWith: true })
        {
            // What is said there is said of the other brand.
            return new([], [], default, default, 0);
        }

        read.Read(part?.Title ?? lesson.Title, part?.Text ?? lesson.Text, lesson.Language);
        var calibrated = shipped.For(lesson.Language);
        // Somebody corrects the label, so what is learnt from is what decides it.
        var offset = calibrated.Apply(shipped.Logits(read.Buckets, read.Values)) + calibrated.Decision;
        var unit = calibrated.Scale * shipped.Unit(read.Buckets, read.Values);
        var weights = new int[read.Buckets.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            if (!index.TryGetValue(read.Buckets[i], out weights[i]))
            {
                weights[i] = index[read.Buckets[i]] = index.Count;
            }
        }

        var target = lesson.Label is { } label ? Vector128<float>.Zero.WithElement((int)label, 1) : Softmax(offset);
        return new(weights, Array.ConvertAll(read.Values.ToArray(), v => v * unit), offset, target, lesson.Label is null ? HeldWeight : 1);
    }

    private static void Step(in Example example, Vector128<float>[] delta, float rate)
    {
        var logits = example.Offset;
        for (var i = 0; i < example.Weights.Length; i++)
        {
            logits += delta[example.Weights[i]] * example.Values[i];
        }

        var step = (example.Target - Softmax(logits)) * (rate * example.Weight);
        for (var i = 0; i < example.Weights.Length; i++)
        {
            delta[example.Weights[i]] += step * example.Values[i];
        }
    }

    private static Vector128<float> Softmax(Vector128<float> logits)
    {
        var highest = MathF.Max(logits[0], MathF.Max(logits[1], logits[2]));
        var (a, b, c) = (MathF.Exp(logits[0] - highest), MathF.Exp(logits[1] - highest), MathF.Exp(logits[2] - highest));
        return Vector128.Create(a, b, c, 0) / (a + b + c);
    }
}
