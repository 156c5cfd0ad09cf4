namespace Serm.Language;

/// <summary>Hashed letter sequences of 1 to 4 characters inside words, the spaces around a word included.</summary>
internal static class NGrams
{
    public const int Longest = 4;

    /// <summary>Writes the bucket of each sequence.</summary>
    /// <param name="letters">As <see cref="Letters.Reduce"/> leaves them.</param>
    /// <param name="bits">2^bits buckets.</param>
    /// <param name="buckets">At least <see cref="Longest"/> for each letter.</param>
    /// <returns>Buckets written.</returns>
    public static int Hash(ReadOnlySpan<char> letters, int bits, Span<int> buckets)
    {
        var written = 0;
        for (var start = 0; start < letters.Length; start++)
        {
            var hash = 2166136261u;
            var end = Math.Min(letters.Length, start + Longest);
            for (var i = start; i < end; i++)
            {
                var c = letters[i];
                hash = (hash ^ c) * 16777619u;
                if (c != ' ')
                {
                    buckets[written++] = Bucket(hash, bits);
                }
                else if (i > start)
                {
                    buckets[written++] = Bucket(hash, bits);
                    break;
                }
            }
        }

        return written;
    }

    // FNV-1a leaves the high bits of short strings poor: multiply once more before taking them.
    private static int Bucket(uint hash, int bits)
    {
        hash ^= hash >> 15;
        return (int)((hash * 0x9E3779B1u) >> (32 - bits));
    }
}
