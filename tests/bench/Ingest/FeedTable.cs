using System.Diagnostics;
using System.ServiceModel.Syndication;
using System.Text;
using System.Xml;
using Serm.Ingest.Connectors.Feed;
using Serm.Tests.Feeds;

namespace Serm.Bench;

/// <summary>The corpus of feeds read by Serm, CodeHollow.FeedReader and System.ServiceModel.Syndication; then files that were made to hurt a reader.</summary>
internal static class FeedTable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, Func<byte[], IReadOnlyList<string?[]>> Read)[] Readers =
    [
        ("Serm", Serm),
        ("CodeHollow.FeedReader", CodeHollow),
        ("System.ServiceModel.Syndication", Syndication),
    ];

    public static void Run(BenchContext context)
    {
        var corpus = FeedCorpus.All();
        var scores = Readers.ToDictionary(r => r.Name, r => corpus.Select(f => Score(f, r.Read)).ToList(), StringComparer.Ordinal);
        var values = corpus.Sum(f => f.Posts.Count * 5);
        string Told(string name) => $"{scores[name].Sum(s => s.Right):#,0} of {values:#,0} values, {scores[name].Count(s => s.Lossless)} of {corpus.Count} feeds without loss";
        context.Report(Figure.AtLeast("feeds: without loss, of the corpus", scores["Serm"].Count(s => s.Lossless), corpus.Count, "", $"Serm {Told("Serm")}; {string.Join("; ", Readers.Skip(1).Select(r => $"{r.Name} {Told(r.Name)}"))}"));
        foreach (var lost in corpus.Zip(scores["Serm"]).Where(p => !p.Second.Lossless))
        {
            BenchContext.Say($"not without loss: {lost.First.Name} ({lost.Second.Right} of {lost.First.Posts.Count * 5})");
        }

        var good = corpus.Where(f => f.IsWellFormed && f.Name.StartsWith("rss-2.0, as", StringComparison.Ordinal)).Select(f => f.Bytes).ToList();
        var rates = Readers.Select(r => (r.Name, Rate: Rate(good, r.Read))).ToList();
        context.Report(new Figure("feeds: well-formed RSS read a second, one core", Figure.Text(rates[0].Rate, "/s"), string.Join("; ", rates.Skip(1).Select(r => $"{r.Name} {Figure.Text(r.Rate, "/s")}"))));

        foreach (var (name, bytes) in Attacks())
        {
            var (ms, megabytes) = Cost(bytes);
            context.Report(Figure.AtMost($"attack: {name}, {bytes.Length:#,0} bytes", ms, 5, "ms", $"allocates {megabytes:0.000} MB"));
            context.Report(Figure.AtMost($"attack: {name}, allocated", megabytes, 1, "MB", ""));
        }
    }

    private static (int Right, bool Lossless) Score(CorpusFeed feed, Func<byte[], IReadOnlyList<string?[]>> read)
    {
        IReadOnlyList<string?[]> items;
        try
        {
            items = read(feed.Bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (0, false);
        }

        var right = feed.Posts.Zip(items).Sum(p => Meant(p.First).Zip(p.Second).Count(v => Plain(v.Second).Contains(v.First, StringComparison.Ordinal)));
        return (right, right == feed.Posts.Count * 5);
    }

    private static string[] Meant(MeantPost post) => [Plain(post.Title), Plain(post.Link), Plain(post.Body), Plain(post.Author), post.Published.ToString("O")];

    // Tags, references, blanks and no-break spaces count for nobody.
    private static string Plain(string? text) => string.Concat(System.Net.WebUtility.HtmlDecode(HtmlText.Convert(text ?? "")).Where(c => !char.IsWhiteSpace(c) && c != '\u00A0'));

    private static List<string?[]> Serm(byte[] bytes) => FeedReader.Read(bytes, new(Now)) is FeedReading.Read { Document.Items: var items }
        ? [.. items.Select(i => new[] { i.Title, i.Link, i.Text, i.Author?.Name, i.Published?.ToString("O") })]
        : [];

    private static List<string?[]> CodeHollow(byte[] bytes) =>
        [.. global::CodeHollow.FeedReader.FeedReader.ReadFromByteArray(bytes).Items.Select(i => new[] { i.Title, i.Link, string.IsNullOrEmpty(i.Content) ? i.Description : i.Content, i.Author, i.PublishingDate is { } d ? new DateTimeOffset(d.ToUniversalTime()).ToString("O") : null })];

    private static List<string?[]> Syndication(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return [.. SyndicationFeed.Load(reader).Items.Select(i => new[]
        {
            i.Title?.Text,
            i.Links.FirstOrDefault()?.Uri.OriginalString,
            (i.Content as TextSyndicationContent)?.Text ?? i.ElementExtensions.ReadElementExtensions<string>("encoded", "http://purl.org/rss/1.0/modules/content/").FirstOrDefault() ?? i.Summary?.Text,
            i.Authors.FirstOrDefault() is { } a ? a.Name ?? a.Email : i.ElementExtensions.ReadElementExtensions<string>("creator", "http://purl.org/dc/elements/1.1/").FirstOrDefault(),
            i.PublishDate.ToUniversalTime().ToString("O"),
        })];
    }

    // Measured is code that has been compiled for speed, of every reader: that takes some thousand reads and a moment.
    private static double Rate(List<byte[]> feeds, Func<byte[], IReadOnlyList<string?[]>> read)
    {
        var warming = Stopwatch.StartNew();
        while (warming.ElapsedMilliseconds < 4_000)
        {
            feeds.ForEach(f => read(f));
        }

        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.ElapsedMilliseconds < 1_500)
        {
            feeds.ForEach(f => read(f));
            count += feeds.Count;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    // The least of some reads: what the file costs, not what the machine does beside it.
    private static (double Milliseconds, double Megabytes) Cost(byte[] bytes)
    {
        var (time, memory) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < 30; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.GetTimestamp();
            FeedReader.Read(bytes, new(Now));
            time = Math.Min(time, Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
            memory = Math.Min(memory, (GC.GetAllocatedBytesForCurrentThread() - before) / 1_048_576.0);
        }

        return (time, memory);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Attacks()
    {
        const string Item = "<rss><channel><item><title>&x;</title></item></channel></rss>";
        var laughs = string.Concat(Enumerable.Range(1, 9).Select(i => $"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">"));
        yield return ("billion laughs", Utf8($"<!DOCTYPE rss [<!ENTITY l0 \"lol\">{laughs}<!ENTITY x \"&l9;\">]>{Item}"));
        yield return ("quadratic blow-up", Utf8($"<!DOCTYPE rss [<!ENTITY x \"{new string('a', 900)}\">]>{Item.Replace("&x;", string.Concat(Enumerable.Repeat("&x;", 2_000)), StringComparison.Ordinal)}"));
        yield return ("external entity", Utf8($"<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{Item}"));
        yield return ("deep nesting", Utf8("<rss><channel><item>" + string.Concat(Enumerable.Repeat("<a>", 10_000))));
        yield return ("huge attribute", Utf8($"<rss><channel><item><link href=\"{new string('a', 50_000)}\"/></item></channel></rss>"));
        yield return ("many attributes", Utf8($"<rss><channel><item {string.Concat(Enumerable.Range(0, 5_000).Select(i => $"a{i}=\"1\" "))}/></channel></rss>"));
        yield return ("endless CDATA", Utf8("<rss><channel><item><description><![CDATA[" + new string('<', 50_000)));
        yield return ("open comments", Utf8("<rss><channel><item>" + string.Concat(Enumerable.Repeat("<!--", 10_000))));
        yield return ("marks on one letter", Utf8($"<rss><channel><item><title>a{new string('\u0301', 20_000)}</title></item></channel></rss>"));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
