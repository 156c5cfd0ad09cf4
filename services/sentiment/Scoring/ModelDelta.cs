using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Scoring;

/// <summary>What a workspace's corrections add to the shipped weights: few buckets, found by hash. Immutable.</summary>
internal sealed class ModelDelta
{
    /// <summary>Buckets at most: bounds the file to 1 MB and the memory to about 3 MB.</summary>
    public const int MostBuckets = 100_000;

    private const uint Magic = 0x44445253;
    private const int HeaderBytes = 8;
    private const int EntryBytes = 4 + (SentimentModel.Classes * 2);

    // Open addressing; a bucket + 1 as key, 0 for none.
    private readonly int[] _keys;
    private readonly Vector128<float>[] _weights;
    private readonly int _mask;

    private ModelDelta(int count, string version)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2));
        (_keys, _weights, _mask, Version, Count) = (new int[size], new Vector128<float>[size], size - 1, version, count);
    }

    /// <summary>The first 12 hex digits of the SHA-256 of the file.</summary>
    public string Version { get; }

    /// <summary>Buckets that have a weight.</summary>
    public int Count { get; }

    /// <summary>Bytes of memory, about.</summary>
    public long Size => _keys.Length * (4L + 16);

    /// <summary>What a bucket adds to the logits (and 0), at a value of 1.</summary>
    public Vector128<float> Weights(int bucket)
    {
        for (var slot = Slot(bucket); _keys[slot] != 0; slot = (slot + 1) & _mask)
        {
            if (_keys[slot] == bucket + 1)
            {
                return _weights[slot];
            }
        }

        return Vector128<float>.Zero;
    }

    /// <summary>What it adds to the logits of a text's features.</summary>
    public Vector128<float> Logits(ReadOnlySpan<int> buckets, ReadOnlySpan<float> values)
    {
        var sum = Vector128<float>.Zero;
        for (var i = 0; i < buckets.Length; i++)
        {
            sum += Weights(buckets[i]) * values[i];
        }

        return sum;
    }

    /// <summary>Reads a file that <see cref="Write"/> made.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static ModelDelta Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || MemoryMarshal.Read<uint>(file) != Magic || (file.Length - HeaderBytes) % EntryBytes != 0
            || MemoryMarshal.Read<int>(file[4..]) != (file.Length - HeaderBytes) / EntryBytes)
        {
            throw new InvalidDataException("Not the weights of a workspace: the file is damaged.");
        }

        var count = (file.Length - HeaderBytes) / EntryBytes;
        var delta = new ModelDelta(count, Convert.ToHexStringLower(SHA256.HashData(file))[..12]);
        for (var i = 0; i < count; i++)
        {
            var entry = file.Slice(HeaderBytes + (i * EntryBytes), EntryBytes);
            var halves = MemoryMarshal.Cast<byte, Half>(entry[4..]);
            var bucket = MemoryMarshal.Read<int>(entry);
            if (bucket is < 0 or >= 1 << Featurizer.Bits)
            {
                throw new InvalidDataException("Not the weights of a workspace: a bucket does not exist.");
            }

            delta.Put(bucket, Vector128.Create((float)halves[0], (float)halves[1], (float)halves[2], 0));
        }

        return delta;
    }

    /// <summary>Writes the heaviest <see cref="MostBuckets"/>, in order of bucket.</summary>
    /// <param name="weights">What each bucket adds.</param>
    public static byte[] Write(IEnumerable<KeyValuePair<int, Vector128<float>>> weights)
    {
        var kept = weights.Select(w => (Bucket: w.Key, Weights: w.Value, Height: Heaviest(w.Value)))
            .Where(w => w.Height > 1e-3f)
            .OrderByDescending(w => w.Height).ThenBy(w => w.Bucket)
            .Take(MostBuckets)
            .OrderBy(w => w.Bucket)
            .ToList();
        var file = new byte[HeaderBytes + (kept.Count * EntryBytes)];
        MemoryMarshal.Write(file, Magic);
        MemoryMarshal.Write(file.AsSpan(4), kept.Count);
        for (var i = 0; i < kept.Count; i++)
        {
            var entry = file.AsSpan(HeaderBytes + (i * EntryBytes), EntryBytes);
            MemoryMarshal.Write(entry, kept[i].Bucket);
            var halves = MemoryMarshal.Cast<byte, Half>(entry[4..]);
            for (var c = 0; c < SentimentModel.Classes; c++)
            {
                halves[c] = (Half)kept[i].Weights[c];
            }
        }

        return file;
    }

    private static float Heaviest(Vector128<float> w) => MathF.Max(MathF.Abs(w[0]), MathF.Max(MathF.Abs(w[1]), MathF.Abs(w[2])));

    private int Slot(int bucket) => (int)((uint)bucket * 0x9E3779B1u >> 8) & _mask;

    private void Put(int bucket, Vector128<float> weights)
    {
        var slot = Slot(bucket);
        while (_keys[slot] != 0 && _keys[slot] != bucket + 1)
        {
            slot = (slot + 1) & _mask;
        }

        (_keys[slot], _weights[slot]) = (bucket + 1, weights);
    }
}
