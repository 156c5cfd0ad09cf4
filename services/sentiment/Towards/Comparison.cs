namespace Serm.Sentiments.Towards;

/// <summary>Whether a clause that names two brands tells what is good or bad of the other: "Y is better than X", "I went from X to Y", "unlike X, Y ...".</summary>
internal static class Comparison
{
    // How far before or behind a name its marker may stand: "than the old Acme".
    private const int Reach = 2;

    /// <summary>True when the mention's brand is the one that is compared with, or left.</summary>
    public static bool IsLost(ReadOnlySpan<Word> words, ClauseWords lexicon)
    {
        var (own, other) = (IndexOf(words, Named.Own), IndexOf(words, Named.Other));
        return Stands(words, own, lexicon) || (Precedes(words, own, lexicon.From) && Precedes(words, other, lexicon.To));
    }

    private static bool Stands(ReadOnlySpan<Word> words, int name, ClauseWords lexicon) =>
        Precedes(words, name, lexicon.Than) || Follows(words, name, lexicon.After) || IsAblative(words, name);

    private static bool Precedes(ReadOnlySpan<Word> words, int name, System.Collections.Frozen.FrozenSet<string> markers)
    {
        for (var i = name - 1; i >= Math.Max(0, name - Reach) && words[i].Named == Named.Nobody; i--)
        {
            if (markers.Contains(words[i].Lower))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Follows(ReadOnlySpan<Word> words, int name, System.Collections.Frozen.FrozenSet<string> markers) =>
        name + 1 < words.Length && markers.Contains(words[name + 1].Lower);

    // Turkish: "Acme'den daha iyi", "Acme'den Globex'e geçtim".
    private static bool IsAblative(ReadOnlySpan<Word> words, int name) => words[name].Suffix is "den" or "dan" or "ten" or "tan";

    private static int IndexOf(ReadOnlySpan<Word> words, Named named)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Named == named)
            {
                return i;
            }
        }

        return -1;
    }
}
