using System.Runtime.InteropServices;

namespace Serm.Mentions;

/// <summary>Words that stand together in a sentence: one to three, with at most two that say nothing between each.</summary>
internal sealed class Phrases(TopicCorpus corpus, CancellationToken cancellationToken)
{
    /// <summary>Words of the longest phrase.</summary>
    public const int MostWords = 3;

    private const int MostBetween = 2;
    private const int Bits = 21;
    private const ulong Mask = (1UL << Bits) - 1;

    /// <summary>The groups of a key, in order: <see cref="Bits"/> each, the last lowest, and one more than the number of the group, so that shorter phrases have other keys.</summary>
    public static int[] Groups(ulong key)
    {
        var groups = new List<int>(MostWords);
        for (; key != 0; key >>= Bits)
        {
            groups.Insert(0, (int)(key & Mask) - 1);
        }

        return [.. groups];
    }

    /// <summary>The key of a phrase that goes on with a word.</summary>
    public static ulong Next(ulong key, ulong word) => (key << Bits) | word;

    /// <summary>The shorter phrases that stand in a phrase.</summary>
    public static IEnumerable<ulong> Parts(ulong key)
    {
        var groups = Groups(key);
        for (var length = 1; length < groups.Length; length++)
        {
            for (var first = 0; first + length <= groups.Length; first++)
            {
                yield return groups[first..(first + length)].Aggregate(0UL, (k, g) => Next(k, (uint)(g + 1)));
            }
        }
    }

    /// <summary>
    /// How often each phrase is told: by how many authors, or in how many stories, whichever are fewer. So neither an author who repeats something nor a text that is copied counts more than once.
    /// With the languages in which it is told, as <see cref="CutPost.Language"/> has them.
    /// </summary>
    /// <param name="posts">Some mentions.</param>
    /// <param name="wanted">Takes the key of a phrase without its last word (0 for the first), and that of the last word alone; what is refused is not counted, nor what goes on from there.</param>
    public Dictionary<ulong, (int Voices, ulong Languages)> Count(CutPost[] posts, Func<ulong, ulong, bool> wanted)
    {
        var counts = CountBy(posts, p => p.Story, wanted);
        foreach (var (key, (authors, _)) in CountBy(posts, p => p.Author, wanted))
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(counts, key);
            count.Voices = Math.Min(count.Voices, authors);
        }

        return counts;
    }

    /// <summary>Each phrase of a mention, where it stands: its first and its last token. The same one can come again.</summary>
    public void Each(CutPost post, Func<ulong, ulong, bool> wanted, Action<ulong, int, int> told)
    {
        for (var first = 0; first < post.Tokens.Length; first++)
        {
            var (key, words, between) = (0UL, 0, 0);
            for (var at = first; at < post.Tokens.Length && post.Tokens[at] is >= 0 and var form && !corpus.IsName(form); at++)
            {
                var word = corpus.Lexicon[form];
                if (corpus.Lexicon.IsStop(form))
                {
                    if (words == 0 || ++between > MostBetween)
                    {
                        break;
                    }

                    continue;
                }

                var own = (uint)(word.Group + 1) & Mask;
                if (!wanted(key, own))
                {
                    break;
                }

                (key, between) = (Next(key, own), 0);
                told(key, first, at);
                if (++words == MostWords)
                {
                    break;
                }
            }
        }
    }

    private Dictionary<ulong, (int Voices, ulong Languages)> CountBy(CutPost[] posts, Func<CutPost, int> whose, Func<ulong, ulong, bool> wanted)
    {
        var counts = new Dictionary<ulong, (int Count, int Last, ulong Languages)>();
        foreach (var post in posts.OrderBy(whose))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var own = whose(post);
            Each(post, wanted, (key, _, _) =>
            {
                ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out var known);
                count = (known && count.Last == own ? count.Count : count.Count + 1, own, count.Languages | post.Language);
            });
        }

        return counts.ToDictionary(c => c.Key, c => (c.Value.Count, c.Value.Languages));
    }
}
