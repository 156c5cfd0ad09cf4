using System.Collections;

namespace Serm.Mentions;

/// <summary>Which mentions have a word, as the search of the inbox finds them: those of now by their place, behind them those of before.</summary>
internal sealed class TopicIndex
{
    // More mentions than those that have a form of the word itself: so many times as many are found with a beginning of it that is still its own.
    private const double StillItsOwn = 1.2;
    private const int ShortestBeginning = 3;

    private readonly TopicCorpus corpus;
    private readonly int[] begins;
    private readonly int[] posts;
    private readonly int size;

    public TopicIndex(TopicCorpus corpus)
    {
        this.corpus = corpus;
        CutPost[] all = [.. corpus.Now, .. corpus.Before];
        size = all.Length;
        begins = new int[corpus.Vocabulary.Length + 1];
        foreach (var word in all.SelectMany(p => p.Words))
        {
            begins[word + 1]++;
        }

        for (var i = 1; i < begins.Length; i++)
        {
            begins[i] += begins[i - 1];
        }

        posts = new int[begins[^1]];
        var next = begins[..^1];
        for (var i = 0; i < all.Length; i++)
        {
            foreach (var word in all[i].Words)
            {
                posts[next[word]++] = i;
            }
        }
    }

    /// <summary>What finds a word in all its forms, and the mentions that it finds: the beginning that they have in common where nearly nothing else begins so, else the form that is written most often, whole in quotes where more begins with it.</summary>
    public (string Query, BitArray Found) Word(int group)
    {
        string[] forms = [.. corpus.Lexicon.FormsOf(group).Select(f => corpus.Lexicon[f].Search).Distinct(StringComparer.Ordinal)];
        var own = new BitArray(size);
        foreach (var form in forms)
        {
            Add(own, Range(form, whole: true));
        }

        var beginning = forms.Aggregate((a, b) => a[..a.AsSpan().CommonPrefixLength(b)]);
        if (beginning.Length >= ShortestBeginning && StillIts(beginning, own) is { } all)
        {
            return (beginning, all);
        }

        var (most, found) = forms.Select(f => (Form: f, Found: Of(f, whole: true))).OrderByDescending(f => Count(f.Found)).ThenBy(f => f.Form, StringComparer.Ordinal).First();
        return StillIts(most, found) is { } with ? (most, with) : ($"\"{most}\"", found);
    }

    /// <summary>How many are found.</summary>
    public static int Count(BitArray found)
    {
        var count = 0;
        foreach (bool has in found)
        {
            count += has ? 1 : 0;
        }

        return count;
    }

    private BitArray? StillIts(string beginning, BitArray own) => Of(beginning, whole: false) is var all && Count(all) <= StillItsOwn * Count(own) ? all : null;

    private BitArray Of(string text, bool whole)
    {
        var found = new BitArray(size);
        Add(found, Range(text, whole));
        return found;
    }

    private void Add(BitArray found, (int First, int End) words)
    {
        for (var i = begins[words.First]; i < begins[words.End]; i++)
        {
            found[posts[i]] = true;
        }
    }

    // The words that begin with a text, or are it.
    private (int First, int End) Range(string text, bool whole)
    {
        var first = At(text);
        return (first, whole ? first < corpus.Vocabulary.Length && corpus.Vocabulary[first] == text ? first + 1 : first : At(text + char.MaxValue));
    }

    private int At(string text) => Array.BinarySearch(corpus.Vocabulary, text, StringComparer.Ordinal) is var at && at < 0 ? ~at : at;
}
