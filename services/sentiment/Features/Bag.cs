using System.Numerics;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Features;

/// <summary>The features of one text as they come, and the distinct ones among them with how often each came: 1 + ln of that, times the weight of its kind. Reused for many texts by one thread.</summary>
internal sealed class Bag
{
    private const int Smallest = 512;

    private Occurrence[] _occurrences = new Occurrence[Smallest];
    private float[] _weights = new float[Smallest];
    private int[] _distinctOf = new int[Smallest];
    private int[] _buckets = new int[Smallest];
    private float[] _values = new float[Smallest];
    private int[] _times = new int[Smallest];

    // Open addressing: the bucket + 1 in the lower half, where it stands among the distinct ones in the upper.
    private ulong[] _slots = new ulong[2 * Smallest];
    private int _count;
    private int _distinct;
    private WeightTable? _ahead;

    public ReadOnlySpan<Occurrence> Occurrences => _occurrences.AsSpan(0, _count);

    /// <summary>For each occurrence the index of its bucket in <see cref="Buckets"/>.</summary>
    public ReadOnlySpan<int> DistinctOf => _distinctOf.AsSpan(0, _count);

    /// <summary>Distinct buckets, in the order in which they came first.</summary>
    public ReadOnlySpan<int> Buckets => _buckets.AsSpan(0, _distinct);

    /// <summary>Their values, above 0; the model brings them to length 1.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _distinct);

    /// <summary>Begins a text.</summary>
    /// <param name="ahead">The weights that its features will be asked for, to have them on their way as soon as a feature is known; null when nobody will ask.</param>
    public void Clear(WeightTable? ahead) => (_count, _distinct, _ahead) = (0, 0, ahead);

    /// <summary>Appends an occurrence.</summary>
    /// <param name="hash">What the feature is.</param>
    /// <param name="start">First character that made it.</param>
    /// <param name="end">Behind the last of these.</param>
    /// <param name="weight">What its kind counts.</param>
    public void Add(uint hash, int start, int end, float weight = 1)
    {
        var (occurrences, weights, at) = (_occurrences, _weights, _count);
        if ((uint)at >= (uint)occurrences.Length || (uint)at >= (uint)weights.Length)
        {
            Grow();
            (occurrences, weights) = (_occurrences, _weights);
        }

        hash ^= hash >> 15;
        var bucket = (int)((hash * 0x9E3779B1u) >> (32 - Featurizer.Bits));
        _ahead?.Prefetch(bucket);
        occurrences[at] = new Occurrence(bucket, start, end);
        weights[at] = weight;
        _count = at + 1;
    }

    /// <summary>Finds the distinct ones; what is added after that counts with the next call.</summary>
    public void Count()
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, _count * 2));
        var slots = _slots.AsSpan(0, size);
        slots.Clear();
        var mask = size - 1;
        var occurrences = _occurrences.AsSpan(0, _count);
        var weights = _weights.AsSpan(0, occurrences.Length);
        var distinctOf = _distinctOf.AsSpan(0, occurrences.Length);
        var buckets = _buckets.AsSpan(0, occurrences.Length);
        var values = _values.AsSpan(0, occurrences.Length);
        var times = _times.AsSpan(0, occurrences.Length);
        var distinct = 0;
        for (var i = 0; i < occurrences.Length; i++)
        {
            var bucket = occurrences[i].Bucket;
            var key = (uint)bucket + 1;
            var slot = bucket & mask;
            while ((uint)slots[slot] != key && slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            var found = slots[slot];
            var index = (int)(found >> 32);
            if (found == 0)
            {
                index = distinct++;
                slots[slot] = key | ((ulong)index << 32);
                (buckets[index], values[index], times[index]) = (bucket, weights[i], 0);
            }

            times[index]++;
            distinctOf[i] = index;
        }

        _distinct = distinct;
        for (var i = 0; i < distinct; i++)
        {
            if (times[i] > 1)
            {
                values[i] *= 1 + MathF.Log(times[i]);
            }
        }
    }

    private void Grow()
    {
        var size = 2 * _occurrences.Length;
        Array.Resize(ref _occurrences, size);
        Array.Resize(ref _weights, size);
        (_distinctOf, _buckets, _values, _times, _slots) = (new int[size], new int[size], new float[size], new int[size], new ulong[2 * size]);
    }
}
