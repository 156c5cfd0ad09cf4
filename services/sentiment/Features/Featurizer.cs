using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Features;

/// <summary>Hashed features of a text: word unigrams (also with the language before them, and once more behind a negation), word bigrams, beginnings of words, praise and blame (<see cref="Lexicon"/>), letter sequences of 3 to 5 inside words (1 to 5 in scripts without spaces); 1 + ln tf times the weight of the kind. The same in training and in service. Reused for many texts by one thread.</summary>
internal sealed class Featurizer
{
    /// <summary>2^Bits buckets.</summary>
    public const int Bits = 22;

    /// <summary>Characters of a title that are analysed.</summary>
    public const int TitleWindow = 500;

    /// <summary>Characters of a text that are analysed: what comes later in a long article does not decide, and time stays bounded.</summary>
    public const int TextWindow = 5000;

    private const int Longest = 5;
    private const uint LanguageSeed = Hashing.Seed ^ 0x4C;
    private const uint LettersSeed = Hashing.Seed ^ 0x63;
    private const uint NegatedSeed = Hashing.Seed ^ 0x4E;
    private const uint StemSeed = Hashing.Seed ^ 0x11;

    // What a kind of feature counts beside whole words; found on dev rows (docs/sentiment.md).
    private const float LettersWeight = 0.5f;
    private const float StemWeight = 0.7f;

    private readonly Tokenizer _tokenizer = new();
    private readonly Bag _bag = new();

    /// <summary>Characters of the title that were analysed: where the text begins in the coordinates of tokens and occurrences.</summary>
    public int TextStart { get; private set; }

    public ReadOnlySpan<Token> Tokens => _tokenizer.Tokens;

    /// <inheritdoc cref="Tokenizer.Letters"/>
    public ReadOnlySpan<char> Letters => _tokenizer.Letters;

    /// <inheritdoc cref="Tokenizer.Sources"/>
    public ReadOnlySpan<int> Sources => _tokenizer.Sources;

    public ReadOnlySpan<Occurrence> Occurrences => _bag.Occurrences;

    /// <inheritdoc cref="Bag.DistinctOf"/>
    public ReadOnlySpan<int> DistinctOf => _bag.DistinctOf;

    /// <inheritdoc cref="Bag.Buckets"/>
    public ReadOnlySpan<int> Buckets => _bag.Buckets;

    /// <inheritdoc cref="Bag.Values"/>
    public ReadOnlySpan<float> Values => _bag.Values;

    /// <summary>Computes the features.</summary>
    /// <param name="title">Null where there is none.</param>
    /// <param name="text">Any text, also ill-formed UTF-16.</param>
    /// <param name="language">ISO code; <c>und</c> when not known.</param>
    /// <param name="ahead">The weights that the features will be asked for next; null for none.</param>
    public void Read(ReadOnlySpan<char> title, ReadOnlySpan<char> text, string language, WeightTable? ahead = null)
    {
        _tokenizer.Clear();
        _bag.Clear(ahead);
        title = Window(title, TitleWindow);
        _tokenizer.Read(title, 0);
        TextStart = title.Length;
        _tokenizer.Read(Window(text, TextWindow), TextStart);
        Collect(language is "und" or "" ? 0 : Hashing.Of(LanguageSeed, language), Lexicon.Of(language));
        _bag.Count();
    }

    private void Collect(uint language, Lexicon? lexicon)
    {
        uint previous = 0;
        var pairStart = -1;
        var negated = 0;
        foreach (var token in _tokenizer.Tokens)
        {
            if (token.Kind == TokenKind.Unspaced)
            {
                Sequences(token, 1, token.From, token.To, 1);
                pairStart = -1;
                continue;
            }

            var letters = _tokenizer.Letters[token.From..token.To];
            var word = Hashing.Word(letters);
            _bag.Add(word, token.Start, token.End);
            var spoken = token.Kind == TokenKind.Word;
            var after = spoken ? Negation.After(word, negated) : char.IsAscii(letters[0]) ? 0 : negated;
            var reached = spoken && negated > 0 && after == negated;
            if (pairStart >= TextStart || (pairStart >= 0 && token.End <= TextStart))
            {
                var pair = Hashing.Pair(previous, word);
                _bag.Add(pair, pairStart, token.End);
                Judge(spoken ? lexicon?.Phrase(pair) : null, pairStart, token.End, reached);
            }

            if (spoken)
            {
                Judge(lexicon?.Word(word, letters), token.Start, token.End, reached);
                Word(token, letters, word, language, reached);
            }

            (previous, pairStart, negated) = (word, token.Start, reached ? after - 1 : after);
        }
    }

    private void Word(Token token, ReadOnlySpan<char> letters, uint word, uint language, bool negated)
    {
        if (language != 0)
        {
            _bag.Add(Hashing.Join(language, word), token.Start, token.End);
            Stems(token, letters, language);
        }

        if (negated)
        {
            _bag.Add(Hashing.Join(NegatedSeed ^ language, word), token.Start, token.End);
        }

        Sequences(token, 3, token.From - 1, token.To + 1, LettersWeight);
    }

    // Praise and blame, behind a negation once more as negated.
    private void Judge(uint? feature, int start, int end, bool negated)
    {
        if (feature is { } judged)
        {
            _bag.Add(judged, start, end);
            if (negated)
            {
                _bag.Add(Hashing.Join(NegatedSeed, judged), start, end);
            }
        }
    }

    // Beginnings of long words, which stay when the ending changes.
    private void Stems(Token token, ReadOnlySpan<char> letters, uint language)
    {
        if (letters.Length >= 5)
        {
            var hash = Hashing.Of(StemSeed, letters[..4]);
            _bag.Add(Hashing.Join(language, hash), token.Start, token.End, StemWeight);
            if (letters.Length >= 6)
            {
                _bag.Add(Hashing.Join(language, (hash ^ letters[4]) * Hashing.Prime), token.Start, token.End, StemWeight);
            }

            if (letters.Length >= 8)
            {
                _bag.Add(Hashing.Join(language, Hashing.Of(StemSeed, letters[..7])), token.Start, token.End, StemWeight);
            }
        }
    }

    private void Sequences(Token token, int shortest, int from, int to, float weight)
    {
        var letters = _tokenizer.Letters[..to];
        var sources = _tokenizer.Sources;
        for (var i = from; i < letters.Length; i++)
        {
            var (hash, start) = (LettersSeed, sources[i]);
            var end = Math.Min(letters.Length, i + Longest);
            for (var j = i; j < end; j++)
            {
                hash = (hash ^ letters[j]) * Hashing.Prime;
                if (j - i + 1 >= shortest)
                {
                    _bag.Add(hash, start, sources[Math.Min(j + 1, token.To)], weight);
                }
            }
        }
    }

    private static ReadOnlySpan<char> Window(ReadOnlySpan<char> text, int window) =>
        text.Length <= window ? text : text[..(char.IsHighSurrogate(text[window - 1]) ? window - 1 : window)];
}
