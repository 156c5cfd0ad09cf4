using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Scoring;

/// <summary>A softmax classifier over hashed features: for each of 2^<see cref="Featurizer.Bits"/> buckets a weight a class, in the order of <see cref="Contracts.Sentiment"/>. Immutable.</summary>
internal sealed class SentimentModel
{
    public const int Classes = 3;

    private const uint Magic = 0x314D5253;
    private const int Lanes = 4;
    private const int HeaderBytes = 4 + 4 + (Classes * 4);

    // One vector a bucket; the fourth lane stays 0.
    private readonly float[] _weights;
    private readonly Vector128<float> _bias;

    private SentimentModel(float[] weights, Vector128<float> bias, string version) => (_weights, _bias, Version) = (weights, bias, version);

    /// <summary>The first 12 hex digits of the SHA-256 of the file: the same weights, the same version.</summary>
    public string Version { get; }

    /// <summary>Three logits (and 0) of a text's features.</summary>
    public Vector128<float> Logits(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values)
    {
        var sum = _bias;
        for (var i = 0; i < buckets.Length; i++)
        {
            sum += Weights(buckets[i]) * values[i];
        }

        return sum;
    }

    /// <summary>What a bucket adds to the negative logit against the mean of the other two.</summary>
    public float Against(int bucket)
    {
        var w = Weights(bucket);
        return w[0] - ((w[1] + w[2]) / 2);
    }

    /// <summary>The model that is built into this program.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    public static SentimentModel Embedded()
    {
        using var stream = typeof(SentimentModel).Assembly.GetManifestResourceStream("Serm.Sentiment.sentiment.bin")
            ?? throw new InvalidOperationException("The sentiment model is not embedded: run './serm train' and build again.");
        using var memory = new MemoryStream((int)stream.Length);
        stream.CopyTo(memory);
        return Read(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="InvalidDataException">It is none, or of other features.</exception>
    public static SentimentModel Read(ReadOnlySpan<byte> file)
    {
        const int Size = HeaderBytes + (Classes * 2 << Featurizer.Bits);
        if (file.Length != Size || MemoryMarshal.Read<uint>(file) != Magic || MemoryMarshal.Read<int>(file[4..]) != Featurizer.Bits)
        {
            throw new InvalidDataException("Not a sentiment model of this version: run './serm train'.");
        }

        var bias = MemoryMarshal.Cast<byte, float>(file.Slice(8, Classes * 4));
        var flat = new float[Classes << Featurizer.Bits];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(file[HeaderBytes..]), flat);
        var weights = new float[Lanes << Featurizer.Bits];
        for (var bucket = 0; bucket < 1 << Featurizer.Bits; bucket++)
        {
            flat.AsSpan(bucket * Classes, Classes).CopyTo(weights.AsSpan(bucket * Lanes));
        }

        return new SentimentModel(weights, Vector128.Create(bias[0], bias[1], bias[2], 0), Convert.ToHexStringLower(SHA256.HashData(file))[..12]);
    }

    /// <summary>Writes a model file.</summary>
    /// <param name="weights">For each class its weights, a bucket each.</param>
    /// <param name="bias">One a class.</param>
    /// <param name="scale">What weights and bias are multiplied by, so that the probabilities are honest.</param>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<float>> weights, ReadOnlySpan<float> bias, float scale)
    {
        var file = new byte[HeaderBytes + (Classes * 2 << Featurizer.Bits)];
        MemoryMarshal.Write(file, Magic);
        MemoryMarshal.Write(file.AsSpan(4), Featurizer.Bits);
        var halves = MemoryMarshal.Cast<byte, Half>(file.AsSpan(HeaderBytes));
        for (var c = 0; c < Classes; c++)
        {
            MemoryMarshal.Write(file.AsSpan(8 + (c * 4)), bias[c] * scale);
            var own = weights[c].Span;
            for (var bucket = 0; bucket < own.Length; bucket++)
            {
                halves[(bucket * Classes) + c] = (Half)(own[bucket] * scale);
            }
        }

        return file;
    }

    private Vector128<float> Weights(int bucket) => Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_weights), (nuint)bucket * Lanes);
}
