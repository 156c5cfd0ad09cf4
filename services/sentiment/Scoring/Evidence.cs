using System.Runtime.Intrinsics;
using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Scoring;

/// <summary>Why a text got its label.</summary>
/// <param name="Spans">The phrases that weighed most, in text order; not overlapping.</param>
/// <param name="Rest">What all else adds: the weights of the spans and this make the negative logit less the mean of the others.</param>
/// <param name="Flip">See <see cref="FewestToFlip"/>; null when no few words decide.</param>
/// <param name="FlipsTo">The label without them.</param>
internal sealed record Explanation(IReadOnlyList<EvidenceSpan> Spans, float? Rest, IReadOnlyList<EvidenceSpan>? Flip, Sentiment? FlipsTo)
{
    public static readonly Explanation Nothing = new([], null, null, null);
}

/// <summary>Finds the words that made a verdict. A linear model makes this exact: each logit is the bias and the sum over all characters of what the features that they made add.</summary>
internal static class Evidence
{
    /// <summary>Spans at most.</summary>
    public const int Most = 8;

    private const int LongestPhrase = 60;

    // What weighs less than this share of the heaviest word explains nothing.
    private const float LeastShare = 0.12f;

    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>Shares each feature's contribution out over the characters that made it, sums them up by word, and joins neighbours of the same sign.</summary>
    /// <param name="read">The text's features.</param>
    /// <param name="model">What weighs them.</param>
    /// <param name="calibrated">How its language is read.</param>
    /// <param name="logits">The final logits, in the order of <see cref="Sentiment"/>.</param>
    /// <param name="decided">The logits that the label was decided by: those with <see cref="Calibrated.Decision"/>.</param>
    /// <param name="label">The label that these give.</param>
    /// <param name="swapped">True when negative and positive change places: the brand is the one that another is compared with.</param>
    public static Explanation Explain(Featurizer read, WorkspaceModel model, Calibrated calibrated, Vector128<float> logits, Vector128<float> decided, Sentiment label, bool swapped = false)
    {
        if (read.Tokens.IsEmpty)
        {
            return Explanation.Nothing;
        }

        var kept = scratch ??= new Scratch();
        var sums = RunningSums(read, model, calibrated.Scale * model.Unit(read.Buckets, read.Values), kept);
        var units = Units(read, sums, kept.Units, swapped);
        var heaviest = 0f;
        foreach (var unit in units)
        {
            heaviest = MathF.Max(heaviest, MathF.Abs(unit.Weight));
        }

        var phrases = Phrases(units, MathF.Max(heaviest * LeastShare, 1e-4f), read.TextStart);
        List<EvidenceSpan> spans = [.. phrases.OrderByDescending(p => MathF.Abs(p.Weight)).ThenBy(p => p.Start).Take(Most).OrderBy(p => p.Start).Select(p => Span(p, read.TextStart))];
        var (flip, to) = FewestToFlip.Find(units, decided, label);
        return new Explanation(spans, Unit.Against(logits) - spans.Sum(s => s.Weight), flip?.ConvertAll(u => Span(u, read.TextStart)), to);
    }

    // sums[i] is what the characters before i add. Notes where each share begins and ends first, so that long features cost no more than short ones.
    private static ReadOnlySpan<Vector128<float>> RunningSums(Featurizer read, WorkspaceModel model, float scale, Scratch kept)
    {
        var occurrences = read.Occurrences;
        var distinctOf = read.DistinctOf;
        var times = kept.Times(read.Buckets.Length);
        foreach (var index in distinctOf)
        {
            times[index]++;
        }

        var sums = kept.Sums(read.Tokens[^1].End + 2);
        for (var i = 0; i < occurrences.Length; i++)
        {
            var (bucket, start, end) = occurrences[i];
            var index = distinctOf[i];
            end = Math.Max(end, start + 1);
            var share = model.Weights(bucket) * (scale * read.Values[index] / times[index] / (end - start));
            sums[start] += share;
            sums[end] -= share;
        }

        var (rate, sum) = (Vector128<float>.Zero, Vector128<float>.Zero);
        foreach (ref var at in sums)
        {
            rate += at;
            at = sum;
            sum += rate;
        }

        return sums;
    }

    // A word, or one letter (with its marks) of a script that has no spaces between words.
    private static List<Unit> Units(Featurizer read, ReadOnlySpan<Vector128<float>> sums, List<Unit> units, bool swapped)
    {
        units.Clear();
        foreach (var token in read.Tokens)
        {
            if (token.Kind != TokenKind.Unspaced)
            {
                units.Add(Unit.Of(token.Start, token.End, sums, swapped));
                continue;
            }

            for (var i = token.From; i < token.To;)
            {
                var next = i + 1;
                while (next < token.To && (CharClass.IsMark(read.Letters[next]) || read.Sources[next] == read.Sources[i]))
                {
                    next++;
                }

                units.Add(Unit.Of(read.Sources[i], next == token.To ? token.End : read.Sources[next], sums, swapped));
                i = next;
            }
        }

        return units;
    }

    private static List<Unit> Phrases(List<Unit> units, float least, int textStart)
    {
        var phrases = new List<Unit>();
        var open = default(Unit);
        foreach (var unit in units)
        {
            if (MathF.Abs(unit.Weight) < least)
            {
                open = Close(phrases, open);
                continue;
            }

            var follows = open.Exists && MathF.Sign(open.Weight) == MathF.Sign(unit.Weight) && unit.End - open.Start <= LongestPhrase && (open.Start >= textStart || unit.End <= textStart);
            open = follows ? open with { End = unit.End, Logits = open.Logits + unit.Logits } : Close(phrases, open, unit);
        }

        Close(phrases, open);
        return phrases;
    }

    private static Unit Close(List<Unit> phrases, Unit open, Unit next = default)
    {
        if (open.Exists)
        {
            phrases.Add(open);
        }

        return next;
    }

    private static EvidenceSpan Span(Unit phrase, int textStart) => phrase.Start >= textStart
        ? new EvidenceSpan(PostPart.Text, phrase.Start - textStart, phrase.End - phrase.Start, phrase.Weight)
        : new EvidenceSpan(PostPart.Title, phrase.Start, phrase.End - phrase.Start, phrase.Weight);

    /// <summary>Room that is used again for the next text.</summary>
    private sealed class Scratch
    {
        private int[] _times = new int[512];
        private Vector128<float>[] _sums = new Vector128<float>[512];

        public List<Unit> Units { get; } = [];

        public Span<int> Times(int length) => Cleared(ref _times, length);

        public Span<Vector128<float>> Sums(int length) => Cleared(ref _sums, length);

        private static Span<T> Cleared<T>(ref T[] room, int length)
        {
            if (room.Length < length)
            {
                room = new T[length * 2];
            }

            var span = room.AsSpan(0, length);
            span.Clear();
            return span;
        }
    }
}
