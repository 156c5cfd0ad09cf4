using System.Runtime.InteropServices;

namespace Serm.Sentiments.Towards;

/// <summary>Words that belong together, and whom they speak of.</summary>
/// <param name="From">First of the words.</param>
/// <param name="To">Behind the last.</param>
/// <param name="Own">The mention's brand is named in it.</param>
/// <param name="Other">Another brand is.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Clause(int From, int To, bool Own, bool Other)
{
    /// <summary>Cuts words at sentences, dashes and contrast words, and at commas and joining words where both sides say something.</summary>
    public static List<Clause> Cut(ReadOnlySpan<Word> words, ClauseWords lexicon)
    {
        var clauses = new List<Clause>();
        var from = 0;
        for (var i = 1; i <= words.Length; i++)
        {
            if (i == words.Length || Begins(words, from, i, lexicon))
            {
                var (own, other) = Names(words[from..i]);
                clauses.Add(new Clause(from, i, own, other));
                from = i;
            }
        }

        return clauses;
    }

    /// <summary>Which brands some words name.</summary>
    public static (bool Own, bool Other) Names(ReadOnlySpan<Word> words)
    {
        var (own, other) = (false, false);
        foreach (ref readonly var word in words)
        {
            own |= word.Named == Named.Own;
            other |= word.Named == Named.Other;
        }

        return (own, other);
    }

    /// <summary>Words that say something: neither names nor joining words.</summary>
    public static int Saying(ReadOnlySpan<Word> words, ClauseWords lexicon)
    {
        var count = 0;
        foreach (ref readonly var word in words)
        {
            count += word.Named == Named.Nobody && !lexicon.Join.Contains(word.Lower) ? 1 : 0;
        }

        return count;
    }

    private static bool Begins(ReadOnlySpan<Word> words, int from, int at, ClauseWords lexicon)
    {
        var word = words[at];
        if (word.Before >= Break.Dash || word.Part != words[at - 1].Part)
        {
            return true;
        }

        if (lexicon.Contrast.Contains(word.Lower))
        {
            return true;
        }

        // "Globex is better, than Acme was": what is compared with stays with what is compared.
        if (word.Before == Break.Comma && lexicon.Than.Contains(word.Lower))
        {
            return false;
        }

        var left = words[from..at];
        var right = words[at..End(words, at, lexicon)];
        return word.Before == Break.Comma
            ? Saying(left, lexicon) > 0 && Saying(right, lexicon) > 0
            : lexicon.Join.Contains(word.Lower) && Parts(left, right[1..], lexicon);
    }

    // "Acme failed and Globex saved me", "I hate Acme and love Globex"; but neither "both Acme and Globex failed" nor "I like Acme and Globex a lot".
    private static bool Parts(ReadOnlySpan<Word> left, ReadOnlySpan<Word> right, ClauseWords lexicon)
    {
        var (leftOwn, leftOther) = Names(left);
        var (rightOwn, rightOther) = Names(right);
        if (right.IsEmpty || !((leftOwn && rightOther) || (leftOther && rightOwn)) || Saying(right, lexicon) == 0)
        {
            return false;
        }

        var saidOfLast = left[^1].Named == Named.Nobody;
        return right[0].Named == Named.Nobody ? saidOfLast || Saying(left, lexicon) > 1 : saidOfLast && left[0].Named != Named.Nobody;
    }

    private static int End(ReadOnlySpan<Word> words, int at, ClauseWords lexicon)
    {
        var end = at + 1;
        while (end < words.Length && words[end].Before == Break.None && words[end].Part == words[at].Part && !lexicon.Contrast.Contains(words[end].Lower))
        {
            end++;
        }

        return end;
    }
}
