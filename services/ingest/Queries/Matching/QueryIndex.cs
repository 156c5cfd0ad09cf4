using System.Collections.Concurrent;
using Serm.Contracts;

namespace Serm.Ingest.Queries.Matching;

/// <summary>A query with the languages that it is asked in.</summary>
/// <param name="Root">Parsed.</param>
/// <param name="Languages">Codes; empty for all.</param>
internal sealed record IndexedQuery(QueryNode Root, IReadOnlyList<string> Languages);

/// <summary>Many queries, asked of a post in one pass over its words. Immutable and thread-safe.</summary>
internal sealed class QueryIndex
{
    private readonly Vocabulary vocabulary;
    private readonly Plan[] plans;
    private readonly LanguagePlan?[] languages;
    private readonly int[]?[] lookup;
    private readonly int[] always;
    private readonly ConcurrentBag<PostWords> pool = [];

    private QueryIndex(IReadOnlyList<IndexedQuery> queries, IReadOnlyDictionary<string, int>? background)
    {
        vocabulary = new(queries.SelectMany(q => Patterns(q.Root)));
        plans = [.. queries.Select(q => Plan.Of(q.Root, vocabulary))];
        languages = [.. queries.Select(q => q.Languages.Count == 0 ? null : new LanguagePlan([.. q.Languages]))];
        var byTerm = new List<int>?[vocabulary.Count];
        var everywhere = new List<int>();
        for (var query = 0; query < plans.Length; query++)
        {
            var required = RequiredWords.Of(queries[query].Root, background);
            if (required is null)
            {
                everywhere.Add(query);
            }

            foreach (var word in required ?? [])
            {
                (byTerm[vocabulary[word]] ??= []).Add(query);
            }
        }

        lookup = Array.ConvertAll(byTerm, l => l?.ToArray());
        always = [.. everywhere];
    }

    /// <summary>Number of queries.</summary>
    public int Count => plans.Length;

    /// <summary>Builds an index.</summary>
    /// <param name="queries">The queries; answers give their places in this list.</param>
    /// <param name="background">How many of some recent texts have a folded word: makes lookups by rare words. Null to guess by length.</param>
    public static QueryIndex Build(IReadOnlyList<IndexedQuery> queries, IReadOnlyDictionary<string, int>? background = null) => new(queries, background);

    /// <summary>Adds the places of the queries that a post matches, each once, in no order.</summary>
    public void Match(in PostText post, List<int> matched)
    {
        if (plans.Length == 0)
        {
            return;
        }

        var words = Read(post);
        foreach (var term in words.Present)
        {
            foreach (var query in lookup[term] ?? [])
            {
                Try(query, words, matched);
            }
        }

        foreach (var query in always)
        {
            Try(query, words, matched);
        }

        Return(words);
    }

    /// <summary>The words that made a query match, in text order; null when it does not match.</summary>
    public IReadOnlyList<MatchSpan>? Spans(int query, in PostText post)
    {
        var words = Read(post);
        List<int> matched = [];
        Try(query, words, matched);
        if (matched.Count == 0)
        {
            Return(words);
            return null;
        }

        var hits = new SortedSet<Hit>(Comparer<Hit>.Create((a, b) => a.Position.CompareTo(b.Position)));
        plans[query].Mark(words, hits);
        Return(words);
        return [.. hits.Select(h => new MatchSpan(h.Part, h.Start, h.Length))];
    }

    private void Try(int query, PostWords words, List<int> matched)
    {
        if (words.IsNew(query) && languages[query]?.Matches(words) != false && plans[query].Matches(words))
        {
            matched.Add(query);
        }
    }

    private PostWords Read(in PostText post)
    {
        if (!pool.TryTake(out var words))
        {
            words = new(vocabulary.Count, plans.Length);
        }

        words.Begin(post);
        var titled = 0;
        if (post.Title is { } title)
        {
            vocabulary.Read(title, PostPart.Title, 0, words, out titled);
        }

        vocabulary.Read(post.Text, PostPart.Text, titled + PostText.PartGap, words, out _);
        return words;
    }

    private void Return(PostWords words)
    {
        words.End();
        pool.Add(words);
    }

    /// <summary>The words of a query, those that must not be there included.</summary>
    public static IEnumerable<WordPattern> Patterns(QueryNode node) => node switch
    {
        QueryNode.Words words => words.Items,
        QueryNode.Window window => window.Items,
        QueryNode.Title title => title.Items,
        QueryNode.Near near => near.Left.Concat(near.Right).SelectMany(w => w.Items),
        QueryNode.And all => all.Items.SelectMany(Patterns),
        QueryNode.Or any => any.Items.SelectMany(Patterns),
        QueryNode.Not not => Patterns(not.Item),
        _ => [],
    };
}
