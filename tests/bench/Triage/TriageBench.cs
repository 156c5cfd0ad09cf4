using System.Diagnostics;
using Serm.Contracts;
using Serm.Ingest.Posts;
using Serm.Mentions;

namespace Serm.Bench;

/// <summary>What triage adds to each mention, on one core: the fingerprint in ingest, grouping into stories, rules of the house, clocks.</summary>
internal static class TriageBench
{
    private const double AimPerSecond = 40_000;
    private const int Tellings = 100_000;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var random = new Random(5);
        var texts = Enumerable.Range(0, 5_000).Select(_ => Posts.Text(random, "Acme").Text).ToArray();
        var (hashed, known) = Rate(texts, t => SimHash.Of(null, t) is null ? 0 : 1, cancellationToken);
        context.Report(Figure.AtLeast("triage: fingerprints of short posts a second", hashed, AimPerSecond, "/s", $"{known} of {texts.Length} are long enough for one"));
        var articles = Enumerable.Range(0, 200).Select(_ => string.Join(' ', Enumerable.Range(0, 40).Select(i => texts[random.Next(texts.Length)]))).ToArray();
        var (slower, _) = Rate(articles, t => SimHash.Of(null, t) is null ? 0 : 1, cancellationToken);
        context.Report(new($"triage: fingerprints of articles of {articles.Average(a => a.Length):#,0} characters a second", Figure.Text(slower, "/s")));
        var urls = Enumerable.Range(0, 2_000).Select(i => $"https://m.example.org/news/{i}/amp/?utm_source=x&id={i}&fbclid=abc#top").ToArray();
        context.Report(Figure.AtLeast("triage: canonical addresses a second", Rate(urls, u => CanonicalUrl.Of(u)!.Length, cancellationToken).Rate, AimPerSecond, "/s"));

        // One mention of ten is a copy of one before it; all of one brand, which is the worst for the index.
        var hashes = new long[Tellings];
        for (var i = 0; i < Tellings; i++)
        {
            hashes[i] = i % 10 == 9 ? hashes[random.Next(i)] ^ (1L << random.Next(64)) : random.NextInt64(long.MinValue, long.MaxValue);
        }

        var index = new StoryIndex();
        var watch = Stopwatch.StartNew();
        var changes = 0;
        for (var i = 0; i < Tellings; i++)
        {
            changes += index.Add(new(new Guid(i + 1, 0, 0, new byte[8]), "main", Guid.Empty, hashes[i], null, Start.AddSeconds(i))).Count;
        }

        context.Report(Figure.AtLeast(
            $"triage: mentions a second grouped into stories, {Tellings:#,0} of one brand", Tellings / watch.Elapsed.TotalSeconds, AimPerSecond, "/s", $"{changes:#,0} things to write down"));
        Alike(context);
        Rules(context, texts, cancellationToken);
        return Task.CompletedTask;
    }

    // Of five brands, in sentences of which each is said again and again in other words: fingerprints that lie close together.
    private static void Alike(BenchContext context)
    {
        var random = new Random(7);
        var hashes = Enumerable.Range(0, Tellings).Select(i => (Brand: new Guid((i % 5) + 1, 0, 0, new byte[8]), Hash: SimHash.Of(null, Posts.Text(random, $"Brand{i % 5}").Text))).ToArray();
        var index = new StoryIndex();
        var watch = Stopwatch.StartNew();
        var changes = hashes.Select((h, i) => index.Add(new(new Guid(i + 1, 0, 0, new byte[8]), "main", h.Brand, h.Hash, null, Start.AddSeconds(i))).Count).Sum();
        context.Report(Figure.AtLeast($"triage: the same, {Tellings:#,0} of five brands that are much alike", Tellings / watch.Elapsed.TotalSeconds, AimPerSecond, "/s", $"{changes:#,0} things to write down"));
    }

    private static void Rules(BenchContext context, string[] texts, CancellationToken cancellationToken)
    {
        var rules = Enumerable.Range(0, 50).Select(i => new AutomationRule(new Guid(i + 1, 0, 0, new byte[8]), 1, $"rule {i}", true, new(Words: [$"word{i}", $"two words{i}"]), new(Tags: ["t"]))).ToArray();
        var asked = Rate(
            texts,
            t =>
            {
                var facts = new AutomationFacts(Guid.Empty, Guid.Empty, "feed", "en", Sentiment.Negative, 0.9f, null, null, [], FoldedWords.Of(null, t));
                return rules.Count(r => Automation.Fits(r.Conditions, facts));
            },
            cancellationToken);
        context.Report(new("triage: mentions a second through 50 rules with two phrases each", Figure.Text(asked.Rate, "/s")));
        var office = new BusinessHours("Europe/Stockholm", [.. Enumerable.Range(1, 5).Select(d => new OpenHours((DayOfWeek)d, 9 * 60, 17 * 60))], []);
        var policy = new SlaPolicy("office", [], [], [], 60, 480, 75, true, false, office);
        var minutes = Enumerable.Range(0, 5_000).ToArray();
        var clocks = Rate(minutes, m => SlaClocks.Read(policy, new(Start.AddMinutes(m), null, null, [])).Count(), cancellationToken);
        context.Report(Figure.AtLeast("triage: mentions a second whose two clocks are read, in office hours", clocks.Rate, AimPerSecond, "/s"));
    }

    private static (double Rate, long Sum) Rate<T>(T[] items, Func<T, int> work, CancellationToken cancellationToken)
    {
        long sum = items.Sum(i => (long)work(i));
        var (rounds, watch) = (0, Stopwatch.StartNew());
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var item in items)
            {
                work(item);
            }

            rounds++;
        }
        while (watch.Elapsed < TimeSpan.FromSeconds(2));
        return (rounds * (double)items.Length / watch.Elapsed.TotalSeconds, sum);
    }
}
