using System.Collections.Frozen;

namespace Serm.Sentiments.Features;

/// <summary>Words that turn round what follows them, in the five languages that are measured and their nearest neighbours: the next words count also as negated ones (Das and Chen, 2001; here the word itself is kept, because half of all negations are figures of speech).</summary>
internal static class Negation
{
    /// <summary>Words behind a negation that it reaches.</summary>
    public const int Reach = 4;

    private const string Negating = """
        not no never none nobody nothing nor neither without cannot can't cant don't dont doesn't doesnt didn't didnt isn't isnt wasn't wasnt aren't arent won't wont wouldn't wouldnt couldn't couldnt shouldn't haven't hasn't hadn't ain't
        не ни нет без нельзя никогда ничего никто
        değil degil yok hayır hiç asla
        inte ej aldrig ingen inget inga utan icke
        không chưa chẳng chả đừng ko k khong hông hok kg
        nunca nada sin ni tampoco jamás ne pas jamais rien aucun sans kein keine keinen nicht nie niemals nichts ohne non mai niente nessuno senza não nem sem
        """;

    private const string Ending = "but aber pero mas mais ma men но а ama fakat nhưng";

    private static readonly FrozenDictionary<uint, int> Words = Each(Negating, Reach).Concat(Each(Ending, 0)).ToFrozenDictionary();

    /// <summary>How many of the next words are negated once this word was read.</summary>
    /// <param name="word">Its <see cref="Hashing.Word"/>.</param>
    /// <param name="left">How many were before it.</param>
    public static int After(uint word, int left) => Words.TryGetValue(word, out var reach) ? reach : left;

    private static IEnumerable<KeyValuePair<uint, int>> Each(string words, int reach) =>
        words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Distinct().Select(w => KeyValuePair.Create(Hashing.Word(w), reach));
}
