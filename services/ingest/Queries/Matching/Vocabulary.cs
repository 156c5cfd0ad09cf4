using Serm.Language;

namespace Serm.Ingest.Queries.Matching;

/// <summary>The words that any query of an index looks for, numbered from 0.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<WordPattern, int> terms = [];
    private readonly TermGroups words;
    private readonly TermGroups prefixes;
    private readonly ulong[] prefixLengths = new ulong[(WordReader.MaxWord / 64) + 1];
    private readonly Dictionary<string, TermGroups> stems = new(StringComparer.Ordinal);

    /// <summary>Numbers the patterns.</summary>
    public Vocabulary(IEnumerable<WordPattern> patterns)
    {
        foreach (var pattern in patterns)
        {
            terms.TryAdd(pattern, terms.Count);
        }

        words = TermGroups.Of(terms.Where(t => Word(t.Key) is not null).Select(t => (Word(t.Key)!, t.Key, t.Value)));
        prefixes = TermGroups.Of(terms.Where(t => Prefix(t.Key) is not null).Select(t => (Prefix(t.Key)!, t.Key, t.Value)));
        foreach (var pattern in terms.Keys)
        {
            if (Prefix(pattern) is { } prefix)
            {
                LongestPrefix = Math.Max(LongestPrefix, prefix.Length);
                prefixLengths[prefix.Length >> 6] |= 1UL << prefix.Length;
            }
        }

        foreach (var language in Inflection.Languages)
        {
            var own = TermGroups.Of(terms.Where(t => t.Key.Match == WordMatch.Inflected).Select(t => (Stem(language, t.Key.Text), t.Key, t.Value)).Where(t => t.Item1.Length > 0));
            if (own.Count > 0)
            {
                stems[language] = own;
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
        Span<char> stem = stackalloc char[WordReader.MaxWord];
        var language = into.Post.Language;
        var (cyrillic, other) = (Forms(Inflection.LanguageOf(language, 'а')), Forms(Inflection.LanguageOf(language, 'a')));
        var (cyrillicName, otherName) = (Inflection.LanguageOf(language, 'а'), Inflection.LanguageOf(language, 'a'));
        var position = firstPosition;
        while (reader.Next())
        {
            var word = reader.Word;
            var hash = TermTable.EmptyHash;
            for (var i = 0; i < word.Length; i++)
            {
                hash = TermTable.Hash(hash, word[i]);
                var length = i + 1;
                if (length <= LongestPrefix && (prefixLengths[length >> 6] & (1UL << length)) != 0)
                {
                    prefixes.Add(hash, word[..length], word, text, reader, position, part, into);
                }
            }

            words.Add(hash, word, word, text, reader, position, part, into);
            var isCyrillic = word[0] is >= 'а' and <= 'я';
            if ((isCyrillic ? cyrillic : other) is { } forms && forms.MayBegin(word) && Inflection.Stem((isCyrillic ? cyrillicName : otherName)!, word, stem) is > 0 and var stemmed)
            {
                forms.Add(TermTable.Hash(stem[..stemmed]), stem[..stemmed], word, text, reader, position, part, into);
            }

            position++;
        }

        positions = position - firstPosition;
    }

    private TermGroups? Forms(string? language) => language is null ? null : stems.GetValueOrDefault(language);

    private static string? Prefix(WordPattern pattern) => pattern.IsPrefix ? pattern.Text : pattern.IsWild ? Wildcards.Beginning(pattern.Text) : null;

    private static string? Word(WordPattern pattern)
    {
        if (pattern.IsPrefix || pattern.IsWild)
        {
            return null;
        }

        return pattern.Match == WordMatch.Raw ? Wildcards.Fold(pattern.Text) : pattern.Text;
    }

    private static string Stem(string language, string word)
    {
        Span<char> stem = stackalloc char[WordReader.MaxWord];
        return Inflection.CanInflect(word) && Inflection.LanguageOf(language, word[0]) == language ? stem[..Inflection.Stem(language, word, stem)].ToString() : "";
    }
}
