namespace Serm.Ingest.Queries.Matching;

/// <summary>The words that any query of an index looks for, numbered from 0.</summary>
internal sealed class Vocabulary
{
    private readonly TermTable words;
    private readonly TermTable prefixes;
    private readonly ulong[] prefixLengths = new ulong[(WordReader.MaxWord / 64) + 1];
    private readonly Dictionary<WordPattern, int> terms = [];

    /// <summary>Numbers the patterns.</summary>
    public Vocabulary(IEnumerable<WordPattern> patterns)
    {
        foreach (var pattern in patterns)
        {
            terms.TryAdd(pattern, terms.Count);
        }

        words = new(terms.Count(t => !t.Key.IsPrefix));
        prefixes = new(terms.Count(t => t.Key.IsPrefix));
        foreach (var (pattern, term) in terms)
        {
            (pattern.IsPrefix ? prefixes : words).Add(pattern.Text, term);
            if (pattern.IsPrefix)
            {
                LongestPrefix = Math.Max(LongestPrefix, pattern.Text.Length);
                prefixLengths[pattern.Text.Length >> 6] |= 1UL << pattern.Text.Length;
            }
        }
    }

    /// <summary>Number of terms.</summary>
    public int Count => terms.Count;

    /// <summary>Characters of the longest prefix; 0 without any.</summary>
    public int LongestPrefix { get; }

    /// <summary>The number of a pattern.</summary>
    public int this[WordPattern pattern] => terms[pattern];

    /// <summary>Reads a part of a post and notes the words that somebody looks for.</summary>
    public void Read(ReadOnlySpan<char> text, Contracts.PostPart part, int firstPosition, PostWords into, out int positions)
    {
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        var position = firstPosition;
        while (reader.Next())
        {
            var word = reader.Word;
            var hash = TermTable.EmptyHash;
            for (var i = 0; i < word.Length; i++)
            {
                hash = TermTable.Hash(hash, word[i]);
                var length = i + 1;
                if (length <= LongestPrefix && (prefixLengths[length >> 6] & (1UL << length)) != 0 && prefixes.Find(hash, word[..length]) is >= 0 and var prefix)
                {
                    into.Add(prefix, new(position, part, reader.Start, reader.End - reader.Start));
                }
            }

            if (words.Find(hash, word) is >= 0 and var term)
            {
                into.Add(term, new(position, part, reader.Start, reader.End - reader.Start));
            }

            position++;
        }

        positions = position - firstPosition;
    }
}
