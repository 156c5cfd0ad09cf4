using System.Diagnostics;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>Asking many brand queries of short posts on one core: the index beside asking each query alone.</summary>
internal static class MatchBench
{
    private const double AimPostsPerSecond = 4_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        foreach (var count in new[] { 1_000, 10_000 })
        {
            var random = new Random(5);
            var names = Enumerable.Range(0, count).Select(Name).ToArray();
            var queries = names.Select((n, i) => new IndexedQuery(Root(Query(n, i)), i % 20 == 0 ? ["ru"] : [])).ToArray();

            // Two posts of three speak of one of the brands.
            var posts = Enumerable.Range(0, 2_000)
                .Select(i => (i % 3 == 0 ? "somebody" : names[random.Next(count)], random))
                .Select(p => Posts.Text(p.random, p.Item1))
                .Select(t => new PostText(null, t.Text, t.Language, "author", "author", "https://example.org/posts/1"))
                .ToArray();
            var watch = Stopwatch.StartNew();
            var index = QueryIndex.Build(queries);
            var built = watch.Elapsed.TotalMilliseconds;
            var (rate, hits) = Rate(posts, (p, m) => index.Match(p, m), cancellationToken);

            // Each query alone reads the post itself: what a list of queries costs without an index.
            var alone = Array.ConvertAll(queries, q => QueryIndex.Build([q]));
            var (naive, naiveHits) = Rate([.. posts.Take(200)], (p, m) => Array.ForEach(alone, a => a.Match(p, m)), cancellationToken);
            var (_, sameHits) = Rate([.. posts.Take(200)], (p, m) => index.Match(p, m), cancellationToken);
            if (naiveHits != sameHits)
            {
                throw new InvalidOperationException($"The index found {sameHits} matches where asking each query found {naiveHits}.");
            }

            context.Report(Figure.AtLeast(
                $"match: posts a second on one core, {count:#,0} queries",
                rate,
                AimPostsPerSecond,
                "/s",
                $"each query alone {Figure.Text(naive, "/s")}: {Figure.Text(rate / naive, "times")}; {Figure.Text((double)hits / posts.Length, "")} matches a post; index built in {Figure.Text(built, "ms")}"));
        }

        return Task.CompletedTask;
    }

    /// <summary>Whole rounds over the posts for at least the window; the first round is not counted.</summary>
    private static (double Rate, long Matches) Rate(PostText[] posts, Action<PostText, List<int>> match, CancellationToken cancellationToken)
    {
        List<int> matched = [];
        long Round()
        {
            long found = 0;
            foreach (var post in posts)
            {
                matched.Clear();
                match(post, matched);
                found += matched.Count;
            }

            return found;
        }

        var matches = Round();
        var rounds = 0;
        var watch = Stopwatch.StartNew();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            Round();
            rounds++;
        }
        while (watch.Elapsed < Window);
        return (rounds * (double)posts.Length / watch.Elapsed.TotalSeconds, matches);
    }

    private static QueryNode Root(string query) => QueryParser.Parse(query).Root ?? throw new InvalidOperationException($"Not a query: {query}");

    // Pronounceable and different: consonant and vowel pairs from the number.
    private static string Name(int number)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        var n = (number * 2_654_435_761L) & 0x7fffffff;
        return string.Concat(Enumerable.Range(0, 5).Select(_ =>
        {
            var pair = $"{Consonants[(int)(n % 14)]}{Vowels[(int)(n / 14 % 5)]}";
            n /= 70;
            return pair;
        })) + (number % 97);
    }

    // The shapes that brand queries have: a name, spellings, a phrase, a context, an exclusion, a distance.
    private static string Query(string name, int number) => (number % 6) switch
    {
        0 => name,
        1 => $"{name} OR {name}app OR \"{name} group\"",
        2 => $"{name} AND (delivery OR courier OR курьер OR kuryesi OR budet OR support)",
        3 => $"{name} AND NOT (job OR vacancy OR \"{name} stadium\")",
        4 => $"{name} NEAR/8 (money OR phone OR деньги OR para* OR pengar)",
        _ => $"({name} OR {name}shop) AND (app* OR order* OR заказ* OR sipariş*) AND NOT giveaway",
    };
}
