namespace Serm.Sentiments.Features;

/// <summary>Hashes that features begin with, before they are brought to a bucket: FNV-1a over letters, and two of them joined.</summary>
internal static class Hashing
{
    public const uint Seed = 2166136261;
    public const uint Prime = 16777619;

    private const uint WordSeed = Seed ^ 0x57;
    private const uint PairSeed = Seed ^ 0x32;

    /// <summary>A word, whatever its language.</summary>
    public static uint Word(ReadOnlySpan<char> letters) => Of(WordSeed, letters);

    /// <summary>Two words, one behind the other.</summary>
    public static uint Pair(uint previous, uint word) => Join(PairSeed ^ previous, word);

    /// <summary>Letters of the kind that <paramref name="hash"/> stands for.</summary>
    public static uint Of(uint hash, ReadOnlySpan<char> letters)
    {
        foreach (var c in letters)
        {
            hash = (hash ^ c) * Prime;
        }

        return hash;
    }

    /// <summary>Both; not the same the other way round.</summary>
    public static uint Join(uint first, uint second) => (((first * 0x85EBCA6Bu) ^ second) * 0xC2B2AE35u) + 0x27D4EB2Fu;
}
