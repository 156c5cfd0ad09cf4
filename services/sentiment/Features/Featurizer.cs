using System.Runtime.InteropServices;

namespace Serm.Sentiments.Features;

/// <summary>Hashed features of a text: word unigrams (also with the language before them), word bigrams, letter sequences of 3 to 5 inside words (1 to 5 in scripts without spaces); 1 + ln tf, length 1. The same in training and in service. Reused for many texts by one thread.</summary>
internal sealed class Featurizer
{
    /// <summary>2^Bits buckets.</summary>
    public const int Bits = 20;

    /// <summary>Characters of a title that are analysed.</summary>
    public const int TitleWindow = 500;

    /// <summary>Characters of a text that are analysed: what comes later in a long article does not decide, and time stays bounded.</summary>
    public const int TextWindow = 5000;

    private const int Longest = 5;
    private const uint Seed = 2166136261;
    private const uint WordSeed = Seed ^ 0x57;
    private const uint LanguageSeed = Seed ^ 0x4C;
    private const uint PairSeed = Seed ^ 0x32;
    private const uint LettersSeed = Seed ^ 0x63;

    private readonly Tokenizer _tokenizer = new();
    private readonly List<Occurrence> _occurrences = [];
    private int[] _slots = new int[1024];
    private int[] _keys = new int[1024];
    private int[] _buckets = new int[512];
    private float[] _values = new float[512];
    private int[] _distinctOf = new int[512];
    private int _distinct;

    /// <summary>Characters of the title that were analysed: where the text begins in the coordinates of tokens and occurrences.</summary>
    public int TextStart { get; private set; }

    public ReadOnlySpan<Token> Tokens => _tokenizer.Tokens;

    /// <inheritdoc cref="Tokenizer.Letters"/>
    public ReadOnlySpan<char> Letters => _tokenizer.Letters;

    /// <inheritdoc cref="Tokenizer.Sources"/>
    public ReadOnlySpan<int> Sources => _tokenizer.Sources;

    public ReadOnlySpan<Occurrence> Occurrences => CollectionsMarshal.AsSpan(_occurrences);

    /// <summary>For each occurrence the index of its bucket in <see cref="Buckets"/>.</summary>
    public ReadOnlySpan<int> DistinctOf => _distinctOf.AsSpan(0, _occurrences.Count);

    /// <summary>Distinct buckets.</summary>
    public ReadOnlySpan<int> Buckets => _buckets.AsSpan(0, _distinct);

    /// <summary>Their values; the sum of squares is 1.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _distinct);

    /// <summary>Computes the features.</summary>
    /// <param name="title">Null where there is none.</param>
    /// <param name="text">Any text, also ill-formed UTF-16.</param>
    /// <param name="language">ISO code; <c>und</c> when not known.</param>
    public void Read(ReadOnlySpan<char> title, ReadOnlySpan<char> text, string language)
    {
        _tokenizer.Clear();
        _occurrences.Clear();
        title = Window(title, TitleWindow);
        _tokenizer.Read(title, 0);
        TextStart = title.Length;
        _tokenizer.Read(Window(text, TextWindow), TextStart);
        Collect(language is "und" or "" ? 0 : Hash(LanguageSeed, language));
        Count();
    }

    private void Collect(uint language)
    {
        uint previous = 0;
        var pairStart = -1;
        foreach (var token in _tokenizer.Tokens)
        {
            if (token.Kind == TokenKind.Unspaced)
            {
                Sequences(token, 1, token.From, token.To);
                pairStart = -1;
                continue;
            }

            var word = Hash(WordSeed, _tokenizer.Letters[token.From..token.To]);
            Add(word, token.Start, token.End);
            if (language != 0 && token.Kind == TokenKind.Word)
            {
                Add(Join(language, word), token.Start, token.End);
            }

            if (pairStart >= TextStart || (pairStart >= 0 && token.End <= TextStart))
            {
                Add(Join(PairSeed ^ previous, word), pairStart, token.End);
            }

            if (token.Kind == TokenKind.Word)
            {
                Sequences(token, 3, token.From - 1, token.To + 1);
            }

            (previous, pairStart) = (word, token.Start);
        }
    }

    private void Sequences(Token token, int shortest, int from, int to)
    {
        var letters = _tokenizer.Letters;
        var sources = _tokenizer.Sources;
        for (var i = from; i < to; i++)
        {
            var hash = LettersSeed;
            for (var j = i; j < to && j - i < Longest; j++)
            {
                hash = (hash ^ letters[j]) * 16777619u;
                if (j - i + 1 >= shortest)
                {
                    Add(hash, sources[i], j + 1 >= token.To ? token.End : sources[j + 1]);
                }
            }
        }
    }

    private void Add(uint hash, int start, int end)
    {
        hash ^= hash >> 15;
        _occurrences.Add(new Occurrence((int)((hash * 0x9E3779B1u) >> (32 - Bits)), start, end));
    }

    private void Count()
    {
        var count = _occurrences.Count;
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2));
        if (_slots.Length < size)
        {
            (_slots, _keys, _buckets, _values, _distinctOf) = (new int[size], new int[size], new int[size], new float[size], new int[size]);
        }

        var keys = _keys.AsSpan(0, size);
        keys.Clear();
        _distinct = 0;
        for (var i = 0; i < count; i++)
        {
            var bucket = _occurrences[i].Bucket;
            var slot = bucket & (size - 1);
            while (keys[slot] != 0 && keys[slot] != bucket + 1)
            {
                slot = (slot + 1) & (size - 1);
            }

            if (keys[slot] == 0)
            {
                (keys[slot], _slots[slot], _buckets[_distinct], _values[_distinct]) = (bucket + 1, _distinct, bucket, 0);
                _distinct++;
            }

            _distinctOf[i] = _slots[slot];
            _values[_slots[slot]]++;
        }

        Normalise(_values.AsSpan(0, _distinct));
    }

    private static void Normalise(Span<float> values)
    {
        var sum = 0f;
        foreach (ref var value in values)
        {
            value = value == 1 ? 1 : 1 + MathF.Log(value);
            sum += value * value;
        }

        var unit = sum > 0 ? 1 / MathF.Sqrt(sum) : 0;
        foreach (ref var value in values)
        {
            value *= unit;
        }
    }

    private static ReadOnlySpan<char> Window(ReadOnlySpan<char> text, int window) =>
        text.Length <= window ? text : text[..(char.IsHighSurrogate(text[window - 1]) ? window - 1 : window)];

    private static uint Hash(uint hash, ReadOnlySpan<char> letters)
    {
        foreach (var c in letters)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }

    private static uint Join(uint first, uint second) => (((first * 0x85EBCA6Bu) ^ second) * 0xC2B2AE35u) + 0x27D4EB2Fu;
}
