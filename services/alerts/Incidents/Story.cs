using System.Globalization;
using System.Numerics;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Which story a mention tells, as a key: reposts and near-duplicates have keys that are alike.</summary>
internal static class Story
{
    /// <summary>The cause of the incident into which everything goes once a rule has opened <see cref="Grouping.MostAnHour"/> within an hour.</summary>
    public const string Many = "many";

    /// <summary>Differing bits of 64 up to which two texts are one story: Manku, Jain and Das Sarma, "Detecting near-duplicates for web crawling" (2007), section 3.</summary>
    private const int MostBits = 3;

    private const string Prefix = "story:";

    /// <summary>The key of a post: hash of its text, and of its address where it has one.</summary>
    public static string KeyOf(Post post) => Key(Print(post), post.CanonicalUrl is { Length: > 0 } url ? Words.Hash(url) : 0);

    /// <summary>The key for a fingerprint and the hash of an address, 0 for none.</summary>
    public static string Key(ulong print, int address) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{print:x16}:{address:x8}");

    /// <summary>True when two keys are of one story: the same address, or texts that differ in few bits.</summary>
    public static bool Same(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
        {
            return true;
        }

        return Read(a) is { } x && Read(b) is { } y
            && ((x.Address != 0 && x.Address == y.Address) || BitOperations.PopCount(x.Print ^ y.Print) <= MostBits);
    }

    /// <summary>How many stories keys are of, counted up to a number.</summary>
    public static int Count(IEnumerable<string> keys, int most)
    {
        var found = new List<string>(most);
        foreach (var key in keys.TakeWhile(_ => found.Count < most))
        {
            if (!found.Exists(f => Same(f, key)))
            {
                found.Add(key);
            }
        }

        return found.Count;
    }

    // A text too short for a fingerprint is a story of its own, unless it is the very same text.
    private static ulong Print(Post post) => post.SimHash is { } print ? (ulong)print : ((ulong)(uint)Words.Hash(post.ContentHash) << 32) | (uint)Words.Hash("text " + post.ContentHash);

    private static (ulong Print, int Address)? Read(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && key.Length == Prefix.Length + 25
        && ulong.TryParse(key.AsSpan(Prefix.Length, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var print)
        && uint.TryParse(key.AsSpan(Prefix.Length + 17, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address)
            ? (print, (int)address)
            : null;
}
