using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Training;

/// <summary>A training row as ML.NET sees it.</summary>
internal sealed class TextRow
{
    public string Text { get; set; } = "";

    public string Language { get; set; } = "und";

    /// <summary>0 to 2, in the order of <see cref="Sentiment"/>.</summary>
    public uint Label { get; set; }

    public float Weight { get; set; } = 1;
}

/// <summary>What <see cref="TextFeatures"/> adds to a row.</summary>
internal sealed class FeatureRow
{
    /// <summary>Sparse, 2^<see cref="Featurizer.Bits"/> long.</summary>
    [VectorType(1 << Featurizer.Bits)]
    public VBuffer<float> Features { get; set; }

    /// <summary>The label once more, as what each of three trainers asks.</summary>
    public bool Negative { get; set; }

    /// <inheritdoc cref="Negative"/>
    public bool Neutral { get; set; }

    /// <inheritdoc cref="Negative"/>
    public bool Positive { get; set; }
}

/// <summary>The service's own featurizer as a step of an ML.NET pipeline: one code for training and for scoring. What a bucket tells (<see cref="Telling"/>) multiplies its value, then the text is brought to length 1.</summary>
internal sealed class TextFeatures(float[] telling)
{
    [ThreadStatic]
    private static Featurizer? features;

    public void Map(TextRow row, FeatureRow result)
    {
        var read = features ??= new Featurizer();
        read.Read(default, row.Text, row.Language);
        var (buckets, values) = (read.Buckets.ToArray(), read.Values.ToArray());
        Array.Sort(buckets, values);
        var squares = 0f;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= telling[buckets[i]];
            squares += values[i] * values[i];
        }

        TensorPrimitives.Multiply(values, squares > 0 ? 1 / MathF.Sqrt(squares) : 0, values);
        (result.Negative, result.Neutral, result.Positive) = (row.Label == (uint)Sentiment.Negative, row.Label == (uint)Sentiment.Neutral, row.Label == (uint)Sentiment.Positive);
        result.Features = new VBuffer<float>(1 << Featurizer.Bits, buckets.Length, values, buckets);
    }
}
