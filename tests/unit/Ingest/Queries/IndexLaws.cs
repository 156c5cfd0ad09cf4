using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;
using Serm.Language;

namespace Serm.Tests.Unit.Ingest.Queries;

/// <summary>The index says the same as asking every query of every text, word by word.</summary>
public sealed class IndexLaws
{
    [Property(MaxTest = 400, Arbitrary = [typeof(Cases)])]
    public void The_index_is_the_queries(Case given)
    {
        var index = QueryIndex.Build([.. given.Queries.Select(q => new IndexedQuery(q, []))]);
        foreach (var post in given.Posts)
        {
            List<int> matched = [];
            index.Match(post, matched);

            var words = Read(post);
            matched.Order().ShouldBe(Enumerable.Range(0, given.Queries.Count).Where(i => Fits(given.Queries[i], words, post)));
            foreach (var i in matched)
            {
                index.Spans(i, post).ShouldNotBeNull();
            }
        }
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Cases)])]
    public void Background_counts_change_nothing(Case given, int seed)
    {
        var random = new Random(seed);
        var counts = Cases.Vocabulary.Distinct().ToDictionary(w => w, _ => random.Next(100), StringComparer.Ordinal);
        IndexedQuery[] queries = [.. given.Queries.Select(q => new IndexedQuery(q, []))];
        var (plain, weighed) = (QueryIndex.Build(queries), QueryIndex.Build(queries, counts));
        foreach (var post in given.Posts)
        {
            List<int> a = [], b = [];
            plain.Match(post, a);
            weighed.Match(post, b);
            b.Order().ShouldBe(a.Order());
        }
    }

    private static string?[] Read(PostText post)
    {
        List<string?> words = [.. Of(post.Title ?? ""), .. Enumerable.Repeat<string?>(null, PostText.PartGap), .. Of(post.Text)];
        return [.. words];

        static IEnumerable<string> Of(string text) => text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool Fits(QueryNode node, string?[] words, PostText post) => node switch
    {
        QueryNode.Words w => Places(w, words, post).Any(),
        QueryNode.Window w => Enumerable.Range(0, words.Length).Any(from => w.Items.All(p => Enumerable.Range(from, Math.Min(words.Length - from, w.Items.Distinct().Count() + w.Slack)).Any(i => Is(p, words[i], post.Language)))),
        QueryNode.Title { Slack: >= 0 } t => Fits(new QueryNode.Window(t.Slack, t.Items), words[..Math.Max(0, Array.IndexOf(words, null))], post),
        QueryNode.Title t => Places(new QueryNode.Words(t.Items), words, post).Any(p => p.Start < Math.Max(0, Array.IndexOf(words, null))),
        QueryNode.Near n => n.Left.SelectMany(l => Places(l, words, post)).Any(l => n.Right.SelectMany(r => Places(r, words, post)).Any(r =>
            (r.Start > l.End && r.Start - l.End <= n.Distance) || (!n.Ordered && l.Start > r.End && l.Start - r.End <= n.Distance))),
        QueryNode.And a => a.Items.All(i => Fits(i, words, post)),
        QueryNode.Or o => o.Items.Any(i => Fits(i, words, post)),
        QueryNode.Not n => !Fits(n.Item, words, post),
        QueryNode.Language l => post.Language == l.Code,
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static IEnumerable<(int Start, int End)> Places(QueryNode.Words node, string?[] words, PostText post) => Enumerable.Range(0, Math.Max(0, words.Length - node.Items.Count + 1))
        .Where(from => Enumerable.Range(0, node.Items.Count).All(i => Is(node.Items[i], words[from + i], post.Language)))
        .Select(from => (from, from + node.Items.Count - 1));

    // Texts are written in capitals.
    private static bool Is(WordPattern pattern, string? word, string language) => word is not null && pattern.Takes(word, word.ToUpperInvariant(), ' ', language);

    public sealed class Case
    {
        internal IReadOnlyList<QueryNode> Queries { get; init; } = [];

        internal IReadOnlyList<PostText> Posts { get; init; } = [];

        public override string ToString() => string.Join("\n", Queries.Select(q => q.ToString())) + "\n" + string.Join("\n", Posts);
    }

    public static class Cases
    {
        internal static readonly string[] Vocabulary = ["a", "ab", "abc", "abcd", "b", "ba", "bank", "banks", "banking", "c", "d", "trying", "tries", "flying", "flies", "ky", "ki", "thi", "thy", "kitap", "kitabi"];

        public static Arbitrary<Case> All() =>
            (from queries in Gen.ListOf(Query(3), 12)
             from posts in Gen.ListOf(Post(), 6)
             select new Case { Queries = [.. queries], Posts = [.. posts] }).ToArbitrary();

        private static Gen<PostText> Post() =>
            from title in Text(4)
            from text in Text(14)
            from language in Gen.Elements("en", "und", "vi", "tr", "sv", "de")
            select new PostText(title.Length == 0 ? null : title, text, language);

        private static Gen<string> Text(int most) => Gen.Choose(0, most).SelectMany(n => Gen.ArrayOf(Gen.Elements(Vocabulary), n)).Select(w => string.Join(' ', w).ToUpperInvariant());

        private static Gen<WordPattern> Pattern() =>
            from word in Gen.Elements(Vocabulary)
            from kind in Gen.Choose(0, 6)
            from wild in Gen.Elements("a*c", "ab?", "ba*k*", "ba??", "t?i*")
            select kind switch
            {
                0 => new WordPattern(word, word.Length > 1),
                1 => new(wild, false, WordMatch.Wildcard),
                2 when Inflection.CanInflect(word) => new(word, false, WordMatch.Inflected),
                3 => new(word.ToUpperInvariant(), false, WordMatch.Raw),
                _ => new(word, false),
            };

        private static Gen<QueryNode.Words> Words() => Gen.Choose(1, 3).SelectMany(n => Gen.ArrayOf(Pattern(), n)).Select(p => new QueryNode.Words(p));

        private static Gen<QueryNode> Query(int depth) => Gen.Choose(0, depth == 0 ? 4 : 8).SelectMany(kind => kind switch
        {
            0 or 1 => Words().Select(w => (QueryNode)w),
            2 => from n in Gen.Choose(1, 4) from l in Gen.ArrayOf(Words(), 2) from r in Gen.ArrayOf(Words(), 2) select (QueryNode)new QueryNode.Near(n, l, r, n % 2 == 0),
            3 => from n in Gen.Choose(0, 3) from p in Gen.ArrayOf(Pattern(), 3) select (QueryNode)new QueryNode.Window(n, p),
            4 => from w in Words() from n in Gen.Choose(-1, 2) select (QueryNode)new QueryNode.Title(w.Items, w.Items.Count > 1 ? n : -1),
            5 => Gen.ArrayOf(Query(depth - 1), 3).Select(i => (QueryNode)new QueryNode.And(i)),
            6 => Gen.ArrayOf(Query(depth - 1), 3).Select(i => (QueryNode)new QueryNode.Or(i)),
            7 => Query(depth - 1).Select(i => (QueryNode)new QueryNode.Not(i)),
            _ => Gen.Elements("en", "und").Select(c => (QueryNode)new QueryNode.Language(c)),
        });
    }
}
