namespace Serm.Ingest.Queries.Matching;

/// <summary>Chooses the words under which a query is looked up: no post can match without at least one of them.</summary>
internal static class RequiredWords
{
    /// <summary>The cheapest such words; null when the query can match without any word.</summary>
    /// <param name="node">The query.</param>
    /// <param name="background">How many of some texts have a word; null without any.</param>
    public static IReadOnlyList<WordPattern>? Of(QueryNode node, IReadOnlyDictionary<string, int>? background = null) => Choose(node, background)?.Words;

    private static Choice? Choose(QueryNode node, IReadOnlyDictionary<string, int>? background) => node switch
    {
        QueryNode.Words words => Rarest(words.Items, background),
        QueryNode.Window window => Rarest(window.Items, background),
        QueryNode.Title title => Rarest(title.Items, background),
        QueryNode.Near near => Cheaper(Any(near.Left, background), Any(near.Right, background)),
        QueryNode.And all => all.Items.Select(i => Choose(i, background)).Aggregate(Cheaper),
        QueryNode.Or any => Any(any.Items, background),
        _ => null,
    };

    private static Choice? Rarest(IReadOnlyList<WordPattern> words, IReadOnlyDictionary<string, int>? background) => words.Select(w => new Choice([w], Cost(w, background))).MinBy(c => c.Cost);

    private static Choice? Cheaper(Choice? a, Choice? b) => a is null || (b is not null && b.Cost < a.Cost) ? b : a;

    private static Choice? Any(IEnumerable<QueryNode> alternatives, IReadOnlyDictionary<string, int>? background)
    {
        List<WordPattern> words = [];
        var cost = 0.0;
        foreach (var alternative in alternatives)
        {
            if (Choose(alternative, background) is not { } choice)
            {
                return null;
            }

            words.AddRange(choice.Words);
            cost += choice.Cost;
        }

        return new([.. words.Distinct()], cost);
    }

    // Seen words by how often they were seen; all words by their length, long ones being rare. A prefix stands for many words, an inflected word for several.
    private static double Cost(WordPattern word, IReadOnlyDictionary<string, int>? background)
    {
        var open = word.IsPrefix || word.IsWild;
        var letters = open ? word.Text.AsSpan().IndexOfAny('*', '?') is >= 0 and var wild ? wild : word.Text.Length : word.Text.Length;
        var seen = background is not null && !open && background.TryGetValue(word.Text.ToLowerInvariant(), out var count) ? count : 0;
        return seen + (Math.Pow(0.6, Math.Min(letters, 20)) * (open ? 4 : word.Match == WordMatch.Inflected ? 1.5 : 1));
    }

    private sealed record Choice(IReadOnlyList<WordPattern> Words, double Cost);
}
