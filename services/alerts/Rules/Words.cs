namespace Serm.Alerts;

/// <summary>Words as numbers: what rules compare, and what history keeps in place of texts.</summary>
internal static class Words
{
    /// <summary>The most words of a post that are looked at: more than the longest text has that ingest takes.</summary>
    public const int Most = 65_536;

    /// <summary>Words of a post that history keeps, the first ones: backtests see no others.</summary>
    public const int Kept = 64;

    /// <summary>
    /// FNV-1a, 32 bit, of the lower-cased UTF-16 units: http://www.isthe.com/chongo/tech/comp/fnv/. Stored: it must not change.
    /// The Turkish letters i with and without a dot are one, as they are to brand queries; rows from before that have other hashes for words with them, and a backtest does not find them there.
    /// </summary>
    public static int Hash(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            // The dot is what is left above the i where others have lower-cased its capital.
            if (c != '\u0307')
            {
                hash = (hash ^ Lower(c)) * 16777619;
            }
        }

        return (int)hash;
    }

    /// <summary>The words of a text in order, as hashes; a word is a run of letters, digits and combining marks.</summary>
    public static void Read(ReadOnlySpan<char> text, List<int> into)
    {
        for (var i = 0; i < text.Length && into.Count < Most;)
        {
            if (!IsPart(text[i]))
            {
                i++;
                continue;
            }

            var start = i;
            while (i < text.Length && IsPart(text[i]))
            {
                i++;
            }

            into.Add(Hash(text[start..i]));
        }
    }

    /// <summary>The words of a text as hashes.</summary>
    public static int[] Of(string text)
    {
        var words = new List<int>();
        Read(text, words);
        return [.. words];
    }

    /// <summary>True when the words of a phrase stand one after the other.</summary>
    public static bool Contain(ReadOnlySpan<int> words, ReadOnlySpan<int> phrase) => phrase.Length > 0 && words.IndexOf(phrase) >= 0;

    /// <summary>True for what words are made of.</summary>
    public static bool IsPart(char c) =>
        char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static char Lower(char c) => c is 'İ' or 'ı' ? 'i' : char.ToLowerInvariant(c);
}
