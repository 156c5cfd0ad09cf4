using System.Collections.Frozen;
using Serm.Contracts;
using Serm.Sentiments.Training;

namespace Serm.Sentiments.Features;

/// <summary>Which words and phrases of two words are praise or blame in one language, by the lists of <see cref="Seed.Words"/>. Whatever the language they give the same few features, so that what the rows of one language tell of praise is known in all. Immutable.</summary>
internal sealed class Lexicon
{
    // What begins as a word of the list does, but for an ending, is its other form or a word made of it; found on left-out sources (docs/sentiment.md).
    private const int Shortest = 4;
    private const int Longest = 14;
    private const int Ending = 3;
    private const uint BeginningSeed = Hashing.Seed ^ 0x42;

    private static readonly FrozenDictionary<string, Lexicon> Languages = Seed.Words()
        .GroupBy(r => r.Language, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => new Lexicon(g), StringComparer.Ordinal);

    private readonly Dictionary<uint, Sentiment> _entries = [];
    private readonly Dictionary<uint, Sentiment> _beginnings;

    private enum Kind : uint
    {
        Word,
        Phrase,
        Beginning,
    }

    private Lexicon(IEnumerable<Row> rows)
    {
        var beginnings = new Dictionary<uint, Sentiment?>();
        var tokenizer = new Tokenizer();
        foreach (var row in rows)
        {
            tokenizer.Clear();
            tokenizer.Read(row.Text, 0);
            var tokens = tokenizer.Tokens;
            if (tokens.IsEmpty || tokens.Length > 2 || tokens[^1].Kind != TokenKind.Word)
            {
                continue;
            }

            var letters = tokenizer.Letters[tokens[^1].From..tokens[^1].To];
            var word = Hashing.Word(letters);
            _entries[tokens.Length == 1 ? word : Hashing.Pair(Hashing.Word(tokenizer.Letters[tokens[0].From..tokens[0].To]), word)] = row.Label;
            if (tokens.Length == 1 && letters.Length >= Shortest)
            {
                var hash = Hashing.Of(BeginningSeed, letters[..Math.Clamp(letters.Length - Ending, Shortest, Longest)]);
                beginnings[hash] = beginnings.TryGetValue(hash, out var other) && other != row.Label ? null : row.Label;
            }
        }

        // A beginning of praise and of blame says nothing.
        _beginnings = beginnings.Where(b => b.Value is not null).ToDictionary(b => b.Key, b => b.Value!.Value);
    }

    /// <summary>That of a language (ISO code); null where it has none.</summary>
    public static Lexicon? Of(string language) => Languages.GetValueOrDefault(language);

    /// <summary>The feature of a word that is in the list or begins as one of it does; null for any other.</summary>
    /// <param name="word">Its <see cref="Hashing.Word"/>.</param>
    /// <param name="letters">Normalised.</param>
    public uint? Word(uint word, ReadOnlySpan<char> letters) =>
        _entries.TryGetValue(word, out var label) ? Feature(Kind.Word, label) : Begun(letters) is { } begun ? Feature(Kind.Beginning, begun) : null;

    /// <summary>The feature of two words that are in the list as a phrase; null for any others.</summary>
    /// <param name="pair">Their <see cref="Hashing.Pair"/>.</param>
    public uint? Phrase(uint pair) => _entries.TryGetValue(pair, out var label) ? Feature(Kind.Phrase, label) : null;

    // The longest beginning that is known decides.
    private Sentiment? Begun(ReadOnlySpan<char> letters)
    {
        Sentiment? found = null;
        var hash = BeginningSeed;
        for (var i = 0; i < Math.Min(letters.Length, Longest); i++)
        {
            hash = Hashing.Of(hash, letters.Slice(i, 1));
            if (i + 1 >= Shortest && _beginnings.TryGetValue(hash, out var label))
            {
                found = label;
            }
        }

        return found;
    }

    private static uint Feature(Kind kind, Sentiment label) => Hashing.Join(BeginningSeed ^ (uint)kind, (uint)label);
}
