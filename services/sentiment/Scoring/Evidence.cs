using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Scoring;

/// <summary>Finds the words that made a verdict. A linear model makes this exact: the sum over all characters is the negative logit less the mean of the others, less what is the same for every text (the bias and the language's shift).</summary>
internal static class Evidence
{
    /// <summary>Spans at most.</summary>
    public const int Most = 8;

    private const int LongestPhrase = 60;

    // What weighs less than this share of the heaviest word explains nothing.
    private const float LeastShare = 0.12f;

    private readonly record struct Unit(int Start, int End, float Weight, bool Exists = true);

    /// <summary>Shares each feature's contribution out over the characters that made it, sums them up by word, and joins neighbours of the same sign.</summary>
    public static IReadOnlyList<EvidenceSpan> Find(Featurizer read, SentimentModel model, Calibrated calibrated)
    {
        var weights = ByCharacter(read, model, calibrated.Scale * model.Unit(read.Buckets, read.Values));
        var units = Units(read, weights);
        var heaviest = units.Count == 0 ? 0 : units.Max(u => MathF.Abs(u.Weight));
        var phrases = Phrases(units, MathF.Max(heaviest * LeastShare, 1e-4f), read.TextStart);
        return [.. phrases.OrderByDescending(p => MathF.Abs(p.Weight)).ThenBy(p => p.Start).Take(Most).OrderBy(p => p.Start).Select(p => Span(p, read.TextStart))];
    }

    private static float[] ByCharacter(Featurizer read, SentimentModel model, float scale)
    {
        var occurrences = read.Occurrences;
        var distinctOf = read.DistinctOf;
        var times = new int[read.Buckets.Length];
        foreach (var index in distinctOf)
        {
            times[index]++;
        }

        var weights = new float[read.Tokens.IsEmpty ? 0 : read.Tokens[^1].End + 1];
        for (var i = 0; i < occurrences.Length; i++)
        {
            var (bucket, start, end) = occurrences[i];
            var index = distinctOf[i];
            end = Math.Max(end, start + 1);
            var share = scale * model.Against(bucket) * read.Values[index] / times[index] / (end - start);
            foreach (ref var weight in weights.AsSpan(start, end - start))
            {
                weight += share;
            }
        }

        return weights;
    }

    // A word, or one letter (with its marks) of a script that has no spaces between words.
    private static List<Unit> Units(Featurizer read, float[] weights)
    {
        var units = new List<Unit>(read.Tokens.Length);
        foreach (var token in read.Tokens)
        {
            if (token.Kind != TokenKind.Unspaced)
            {
                units.Add(new Unit(token.Start, token.End, Sum(weights, token.Start, token.End)));
                continue;
            }

            for (var i = token.From; i < token.To;)
            {
                var next = i + 1;
                while (next < token.To && (CharClass.IsMark(read.Letters[next]) || read.Sources[next] == read.Sources[i]))
                {
                    next++;
                }

                var end = next == token.To ? token.End : read.Sources[next];
                units.Add(new Unit(read.Sources[i], end, Sum(weights, read.Sources[i], end)));
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
            open = follows ? open with { End = unit.End, Weight = open.Weight + unit.Weight } : Close(phrases, open, unit);
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

    private static float Sum(float[] weights, int start, int end)
    {
        var sum = 0f;
        foreach (var weight in weights.AsSpan(start, end - start))
        {
            sum += weight;
        }

        return sum;
    }
}
