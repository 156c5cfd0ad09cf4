using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>A word of a post.</summary>
/// <param name="Position">Counted over title and text, with a gap between.</param>
/// <param name="Before">The character before it; 0 at the beginning.</param>
internal sealed record PlainWord(int Position, string Folded, string Written, char Before, bool InTitle);

/// <summary>The language read off its definition, word by word: slow and plain. What the index must agree with, and what it is measured beside.</summary>
internal static class BruteForce
{
    /// <summary>A post as words.</summary>
    public static List<PlainWord> Words(in PostText post)
    {
        var words = new List<PlainWord>();
        Read(post.Title ?? "", 0, true, words);
        Read(post.Text, PostText.PartGap + words.Count, false, words);
        return words;
    }

    /// <summary>True when the post fits.</summary>
    public static bool Fits(QueryNode node, List<PlainWord> words, PostText post) => node switch
    {
        QueryNode.Words w => Places(w.Items, words, post).Any(),
        QueryNode.Title t => Places(t.Items, words.FindAll(w => w.InTitle), post).Any(),
        QueryNode.Window w => InWindow(w, words, post),
        QueryNode.Near n => n.Left.SelectMany(l => Places(l.Items, words, post)).Any(l => n.Right.SelectMany(r => Places(r.Items, words, post)).Any(r =>
            (r.Start > l.End && r.Start - l.End <= n.Distance) || (!n.Ordered && l.Start > r.End && l.Start - r.End <= n.Distance))),
        QueryNode.And a => a.Items.All(i => Fits(i, words, post)),
        QueryNode.Or o => o.Items.Any(i => Fits(i, words, post)),
        QueryNode.Not n => !Fits(n.Item, words, post),
        QueryNode.Language l => post.Language == l.Code,
        QueryNode.Author a => new[] { post.AuthorName, post.AuthorHandle }.Any(n => Named(a.Items, n)),
        QueryNode.Site s => new Uri(post.Url!).Host is var host && (host == s.Host || host.EndsWith("." + s.Host, StringComparison.Ordinal)),
        QueryNode.Address a => post.Url!.Contains(a.Part, StringComparison.OrdinalIgnoreCase),
        QueryNode.Range r => (r.Number switch { PostNumber.Followers => post.Followers, PostNumber.Reach => post.Reach, _ => post.Engagement }) is { } value && value >= r.Least && value <= r.Most,
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static void Read(string text, int first, bool title, List<PlainWord> into)
    {
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        for (var position = first; reader.Next(); position++)
        {
            into.Add(new(position, reader.Word.ToString(), text[reader.Start..reader.End], reader.Start > 0 ? text[reader.Start - 1] : '\0', title));
        }
    }

    private static bool Named(IReadOnlyList<WordPattern> items, string? name)
    {
        var words = new List<PlainWord>();
        Read(name ?? "", 0, false, words);
        return Places(items, words, new(null, "", "und")).Any();
    }

    private static bool InWindow(QueryNode.Window window, List<PlainWord> words, PostText post)
    {
        var items = window.Items.Distinct().ToList();
        return words.Any(from => items.All(i => words.Any(w => w.Position >= from.Position && w.Position < from.Position + items.Count + window.Slack && i.Takes(w.Folded, w.Written, w.Before, post.Language))));
    }

    private static IEnumerable<(int Start, int End)> Places(IReadOnlyList<WordPattern> items, List<PlainWord> words, PostText post)
    {
        for (var from = 0; from + items.Count <= words.Count; from++)
        {
            var at = 0;
            while (at < items.Count && words[from + at].Position == words[from].Position + at && items[at].Takes(words[from + at].Folded, words[from + at].Written, words[from + at].Before, post.Language))
            {
                at++;
            }

            if (at == items.Count)
            {
                yield return (words[from].Position, words[from].Position + at - 1);
            }
        }
    }
}
