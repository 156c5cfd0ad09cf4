using Serm.Contracts;

namespace Serm.Ingest.Queries.Matching;

/// <summary>Terms by a key that they share: the folded word, the beginning of it, or its stem. Immutable.</summary>
internal sealed class TermGroups
{
    private const int BeginningLetters = 3;

    private readonly TermTable table;
    private readonly Entry[] entries;
    private readonly ulong[] beginnings = new ulong[1_024];

    private TermGroups(List<(string Key, Entry Entry)> groups)
    {
        table = new(groups.Count);
        entries = [.. groups.Select(g => g.Entry)];
        for (var i = 0; i < groups.Count; i++)
        {
            table.Add(groups[i].Key, i);
            var bit = Beginning(groups[i].Key);
            beginnings[bit >> 6] |= 1UL << (bit & 63);
        }
    }

    /// <summary>Number of keys.</summary>
    public int Count => entries.Length;

    /// <summary>Groups terms.</summary>
    public static TermGroups Of(IEnumerable<(string Key, WordPattern Pattern, int Term)> terms) => new([.. terms.GroupBy(t => t.Key, StringComparer.Ordinal).Select(g => (g.Key, new Entry(
        [.. g.Where(t => IsPlain(t.Pattern)).Select(t => t.Term)],
        [.. g.Where(t => !IsPlain(t.Pattern)).Select(t => (t.Pattern, t.Term))])))]);

    /// <summary>False when no key begins as this word does: a stem keeps the beginning of its word, but for a y in place of an i.</summary>
    public bool MayBegin(ReadOnlySpan<char> word)
    {
        var bit = Beginning(word);
        return (beginnings[bit >> 6] & (1UL << (bit & 63))) != 0;
    }

    /// <summary>Notes the terms under a key whose patterns take the word that was read.</summary>
    public void Add(ulong hash, ReadOnlySpan<char> key, ReadOnlySpan<char> word, ReadOnlySpan<char> text, WordReader reader, int position, PostPart part, PostWords into)
    {
        var at = table.Find(hash, key);
        if (at < 0)
        {
            return;
        }

        ref readonly var entry = ref entries[at];
        var hit = new Hit(position, part, reader.Start, reader.End - reader.Start);
        foreach (var term in entry.Plain)
        {
            into.Add(term, hit);
        }

        foreach (var (pattern, term) in entry.Checked)
        {
            if (pattern.Takes(word, text[reader.Start..reader.End], reader.Start > 0 ? text[reader.Start - 1] : '\0', into.Post.Language))
            {
                into.Add(term, hit);
            }
        }
    }

    // What the key says already: the word, its beginning, or its stem in the language of the post.
    private static bool IsPlain(WordPattern pattern) => pattern.Match is WordMatch.Exact or WordMatch.Inflected;

    private static int Beginning(ReadOnlySpan<char> word)
    {
        var hash = TermTable.EmptyHash;
        foreach (var c in word.Length > BeginningLetters ? word[..BeginningLetters] : word)
        {
            // tries, try; kỹ, kĩ.
            hash = TermTable.Hash(hash, c == 'y' ? 'i' : c);
        }

        return (int)((hash * 11400714819323198485) >> 48);
    }

    private readonly record struct Entry(int[] Plain, (WordPattern Pattern, int Term)[] Checked);
}
