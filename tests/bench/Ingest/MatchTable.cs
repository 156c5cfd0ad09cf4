using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>Posts a second at 100, 1,000 and 10,000 queries: the index beside PostgreSQL's tsquery and a loop over regular expressions, its match sets equal to a brute-force reading.</summary>
internal static class MatchTable
{
    private const int Compared = 300;

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var rates = new Dictionary<int, double>();
        foreach (var (count, aim) in new[] { (100, 0.0), (1_000, 100_000.0), (10_000, 50_000.0) })
        {
            var texts = Enumerable.Range(0, count).Select(QueryLoad.Query).ToArray();
            var roots = Array.ConvertAll(texts, QueryLoad.Root);
            var posts = QueryLoad.Posts(4_000, count);
            var watch = Stopwatch.StartNew();
            var index = QueryIndex.Build([.. roots.Select(r => new IndexedQuery(r, []))], Background(posts));
            var built = watch.Elapsed.TotalMilliseconds;
            var (rate, hits) = Rate(posts, index, cancellationToken);
            rates[count] = rate;
            RequireEqual(index, roots, posts);
            var regex = Regexes(roots, posts, cancellationToken);
            var postgres = await PostgresAsync(roots, posts, cancellationToken);
            var beside = $"PostgreSQL tsquery {Figure.Text(postgres, "/s")}, a loop over regular expressions {Figure.Text(regex, "/s")}; {Figure.Text((double)hits / posts.Length, "")} matches a post, equal to a brute-force reading on {Compared} posts; built in {Figure.Text(built, "ms")}";
            var what = $"matching: posts a second on one core, {count:#,0} queries";
            context.Report(aim > 0 ? Figure.AtLeast(what, rate, aim, "/s", beside) : new Figure(what, Figure.Text(rate, "/s"), beside));
        }

        context.Report(new Figure("matching: cost of 10,000 queries in costs of 1,000", Figure.Text(rates[1_000] / rates[10_000], "times")));
    }

    private static Dictionary<string, int> Background(PostText[] posts)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in posts.Take(300).SelectMany(p => BruteForce.Words(p).Select(w => w.Folded).Distinct()))
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        return counts;
    }

    private static (double Rate, long Matches) Rate(PostText[] posts, QueryIndex index, CancellationToken cancellationToken)
    {
        List<int> matched = [];
        long Round()
        {
            long found = 0;
            foreach (var post in posts)
            {
                matched.Clear();
                index.Match(post, matched);
                found += matched.Count;
            }

            return found;
        }

        var matches = Round();
        for (var i = 0; i < 20; i++)
        {
            Round();
        }

        var watch = Stopwatch.StartNew();
        var rounds = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(3))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Round();
            rounds++;
        }

        return (rounds * (double)posts.Length / watch.Elapsed.TotalSeconds, matches);
    }

    private static void RequireEqual(QueryIndex index, QueryNode[] roots, PostText[] posts)
    {
        foreach (var post in posts.Take(roots.Length > 5_000 ? Compared / 3 : Compared))
        {
            List<int> matched = [];
            index.Match(post, matched);
            var words = BruteForce.Words(post);
            if (!matched.Order().SequenceEqual(Enumerable.Range(0, roots.Length).Where(i => BruteForce.Fits(roots[i], words, post))))
            {
                throw new InvalidOperationException($"The index and a brute-force reading differ on: {post.Text}");
            }
        }
    }

    // The words that must be there as one alternation a query: less than the query says, so no slower than a faithful one.
    private static double Regexes(QueryNode[] roots, PostText[] posts, CancellationToken cancellationToken)
    {
        var loop = Array.ConvertAll(roots, r => new Regex($@"\b(?:{string.Join('|', (RequiredWords.Of(r) ?? []).Select(w => Regex.Escape(w.Text)))})\w*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
        return Timed(posts, p => Array.ForEach(loop, l => l.IsMatch(p.Text)), cancellationToken);
    }

    private static double Timed(PostText[] posts, Action<PostText> ask, CancellationToken cancellationToken)
    {
        ask(posts[0]);
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < TimeSpan.FromSeconds(3); count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ask(posts[count % posts.Length]);
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> PostgresAsync(QueryNode[] roots, PostText[] posts, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(BenchContext.Postgres);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync("create temp table queries (id int, query tsquery)");
        await using (var writer = await connection.BeginTextImportAsync("copy queries (id, query) from stdin", cancellationToken))
        {
            for (var i = 0; i < roots.Length; i++)
            {
                await writer.WriteLineAsync($"{i}\t{TsQuery(roots[i])}");
            }
        }

        await ExecuteAsync("analyze queries; set max_parallel_workers_per_gather = 0; set jit = off");
        await using var ask = new NpgsqlCommand("with post as materialized (select to_tsvector('simple', $1) as words) select count(*) from post, queries where post.words @@ queries.query", connection);
        ask.Parameters.Add(new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = posts[0].Text });
        await ask.PrepareAsync(cancellationToken);
        await ask.ExecuteScalarAsync(cancellationToken);
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < TimeSpan.FromSeconds(3); count++)
        {
            ask.Parameters[0].Value = posts[count % posts.Length].Text;
            await ask.ExecuteScalarAsync(cancellationToken);
        }

        return count / watch.Elapsed.TotalSeconds;

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // NEAR and windows as AND, wildcards as prefixes, tags and forms as words; what tsquery has no word for is left out. Less work than Serm does.
    private static string TsQuery(QueryNode node) => Ts(node) ?? "''";

    private static string? Ts(QueryNode node) => node switch
    {
        QueryNode.Words w => $"({string.Join(" <-> ", w.Items.Select(Ts))})",
        QueryNode.Window w => $"({string.Join(" & ", w.Items.Select(Ts))})",
        QueryNode.Title t => $"({string.Join(" <-> ", t.Items.Select(Ts))})",
        QueryNode.Near n => $"({Joined(n.Left, " | ")} & {Joined(n.Right, " | ")})",
        QueryNode.And a => Joined(a.Items, " & "),
        QueryNode.Or o => Joined(o.Items, " | "),
        QueryNode.Not n => Ts(n.Item) is { } inner ? $"!({inner})" : null,
        _ => null,
    };

    private static string? Joined(IEnumerable<QueryNode> items, string with) => items.Select(Ts).OfType<string>().ToList() is { Count: > 0 } parts ? $"({string.Join(with, parts)})" : null;

    private static string Ts(WordPattern word)
    {
        var wild = word.Text.AsSpan().IndexOfAny('*', '?');
        return wild >= 0 ? $"'{word.Text[..wild]}':*" : $"'{word.Text}'{(word.IsPrefix ? ":*" : "")}";
    }
}
