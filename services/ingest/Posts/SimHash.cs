using System.Numerics;
using Serm.Ingest.Queries;

namespace Serm.Ingest.Posts;

/// <summary>Fingerprints of texts: near-duplicates differ in few of the 64 bits (Charikar 2002, "Similarity estimation techniques from rounding algorithms"). Taken over words and pairs of words, folded as brand queries fold them; in scripts without spaces over pairs of characters. Addresses, handles and the mark of a repost are left out, so that a copy with a link behind it is still a copy.</summary>
internal static class SimHash
{
    /// <summary>Below so many words (or characters, in scripts without spaces) two people can have written the same by chance: no fingerprint.</summary>
    public const int MinWords = 8;

    /// <summary>Least folded letters in all. Eight ideographs say too little.</summary>
    public const int MinLetters = 16;

    /// <summary>UTF-16 characters of title and text that are read.</summary>
    public const int Window = 20_000;

    // In each of the eight lanes of the sum at most 255 features fit.
    private const int Lane = 255;

    // Eight bits to eight bytes, lowest bit to lowest byte.
    private static readonly ulong[] Spread = [.. Enumerable.Range(0, 256).Select(b => Enumerable.Range(0, 8).Aggregate(0UL, (sum, bit) => sum | ((ulong)((b >> bit) & 1) << (8 * bit))))];

    /// <summary>The fingerprint of a post; null when it says too little to tell a copy from chance.</summary>
    public static long? Of(string? title, string text)
    {
        var sum = new Sum(stackalloc int[64]);
        sum.Add(title);
        sum.Add(text.AsSpan(0, Math.Min(text.Length, Window)));
        return sum.Words >= MinWords && sum.Letters >= MinLetters ? sum.Hash() : null;
    }

    /// <summary>Bits in which two fingerprints differ, 0 to 64.</summary>
    public static int Distance(long a, long b) => BitOperations.PopCount((ulong)(a ^ b));

    /// <summary>How often each bit was set. Eight counters share a word, and are emptied before one runs over.</summary>
    private ref struct Sum(Span<int> totals)
    {
        private readonly Span<int> totals = totals;
        private Lanes lanes;
        private ulong before;
        private int features;

        public int Words { get; private set; }

        public int Letters { get; private set; }

        public void Add(ReadOnlySpan<char> text)
        {
            Span<char> buffer = stackalloc char[WordReader.MaxWord];
            var at = 0;
            while (at < text.Length)
            {
                var length = text[at..].IndexOfAny(' ', '\n');
                var token = length < 0 ? text[at..] : text.Slice(at, length);
                at += token.Length + 1;
                if (IsNoise(token))
                {
                    continue;
                }

                var reader = new WordReader(token, buffer);
                while (reader.Next())
                {
                    Add(Hashed(reader.Word), reader.Word.Length);
                }
            }
        }

        public long Hash()
        {
            Empty();
            ulong hash = 0;
            for (var bit = 0; bit < 64; bit++)
            {
                hash |= totals[bit] * 2 > features ? 1UL << bit : 0;
            }

            return (long)hash;
        }

        private void Add(ulong word, int letters)
        {
            if (letters > 1)
            {
                Count(Mixed(word));
            }

            if (Words > 0)
            {
                Count(Mixed(word ^ BitOperations.RotateLeft(before, 23)));
            }

            before = word;
            Words++;
            Letters += letters;
        }

        private void Count(ulong feature)
        {
            for (var i = 0; i < 8; i++)
            {
                lanes[i] += Spread[(byte)(feature >> (8 * i))];
            }

            if (++features % Lane == 0)
            {
                Empty();
            }
        }

        private void Empty()
        {
            for (var bit = 0; bit < 64; bit++)
            {
                totals[bit] += (int)((lanes[bit >> 3] >> (8 * (bit & 7))) & 0xFF);
            }

            lanes = default;
        }

        private static bool IsNoise(ReadOnlySpan<char> token) =>
            token.Length == 0 || token[0] == '@' || token is "RT" or "via"
            || token.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || token.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || token.StartsWith("www.", StringComparison.OrdinalIgnoreCase);

        // FNV-1a, 64 bits, over UTF-16 units.
        private static ulong Hashed(ReadOnlySpan<char> word)
        {
            var hash = 14695981039346656037UL;
            foreach (var c in word)
            {
                hash = (hash ^ c) * 1099511628211UL;
            }

            return hash;
        }

        // The finisher of MurmurHash3: each bit of the input reaches each of the output.
        private static ulong Mixed(ulong h)
        {
            h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDUL;
            h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53UL;
            return h ^ (h >> 33);
        }
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Lanes
    {
        private ulong first;
    }
}
