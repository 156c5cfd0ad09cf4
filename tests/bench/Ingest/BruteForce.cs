using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>The language read off its definition, word by word: slow and plain. What the index must agree with, and what it is measured beside.</summary>
internal static class BruteForce
{
    /// <summary>A text as words.</summary>
    public static List<(string Folded, string Written)> Words(string text)
    {
        var words = new List<(string, string)>();
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        while (reader.Next())
        {
            words.Add((reader.Word.ToString(), text[reader.Start..reader.End]));
        }

        return words;
    }

    /// <summary>True when the post fits.</summary>
    public static bool Fits(QueryNode node, List<(string Folded, string Written)> words, string language) => node switch
    {
        QueryNode.Words w => Places(w, words, language).Any(),
        QueryNode.Near n => n.Left.SelectMany(l => Places(l, words, language)).Any(l => n.Right.SelectMany(r => Places(r, words, language)).Any(r =>
            (r.Start > l.End && r.Start - l.End <= n.Distance) || (!n.Ordered && l.Start > r.End && l.Start - r.End <= n.Distance))),
        QueryNode.And a => a.Items.All(i => Fits(i, words, language)),
        QueryNode.Or o => o.Items.Any(i => Fits(i, words, language)),
        QueryNode.Not n => !Fits(n.Item, words, language),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static IEnumerable<(int Start, int End)> Places(QueryNode.Words node, List<(string Folded, string Written)> words, string language)
    {
        for (var from = 0; from + node.Items.Count <= words.Count; from++)
        {
            var at = 0;
            while (at < node.Items.Count && node.Items[at].Takes(words[from + at].Folded, words[from + at].Written, ' ', language))
            {
                at++;
            }

            if (at == node.Items.Count)
            {
                yield return (from, from + at - 1);
            }
        }
    }
}
