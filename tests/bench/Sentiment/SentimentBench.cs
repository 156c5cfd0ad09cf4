using System.Diagnostics;
using Serm.Language;
using Serm.Sentiments.Evaluation;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

namespace Serm.Bench;

/// <summary>The shipped sentiment model beside ML.NET's own text transforms, which are trained here on the rows that the shipped model was trained on, and scored on the same test rows; and what the shipped one costs.</summary>
internal static class SentimentBench
{
    /// <summary>Names the folder with SOURCES.md, train, dev and test.</summary>
    public const string DataVariable = "SERM_SENTIMENT_DATA";

    private static readonly string[] Measured = ["en", "ru", "tr", "sv", "vi"];
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(DataVariable) is not { Length: > 0 } folder)
        {
            BenchContext.Say($"left out: say where labelled texts are with --data DIR or {DataVariable} (SOURCES.md, train, dev, test)");
            return Task.CompletedTask;
        }

        var corpus = Corpus.Open(folder);
        var test = corpus.Test();
        var model = SentimentModel.Embedded();
        Cost(context, model, test, cancellationToken);
        var own = SentimentFigures.Measure(model, LanguageIdentifier.Shipped, test);
        Quality(context, own);
        var rows = corpus.Split().Train.Concat(Seed.Split().Train).Concat(Seed.Posts().Train).Concat(Seed.Words()).ToList();
        BenchContext.Say($"training the plain pipeline on {rows.Count} rows; this takes minutes");
        var watch = Stopwatch.StartNew();
        var plain = PlainPipeline.Train(rows);
        BenchContext.Say($"plain pipeline trained in {watch.Elapsed.TotalSeconds:0} s");
        var before = Environment.CpuUsage.TotalTime;
        var judged = plain.Judge(test);
        var rate = test.Count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        var answers = test.Zip(judged).ToDictionary<(Row First, Judgement Second), Row, Judgement>(p => p.First, p => p.Second, ReferenceEqualityComparer.Instance);
        Compare(context, own, SentimentFigures.Measure(test, r => answers[r]), rate);
        return Task.CompletedTask;
    }

    private static void Cost(BenchContext context, SentimentModel model, List<Row> test, CancellationToken cancellationToken)
    {
        var scorer = new Scorer(model);
        var texts = test.Select(r => (r.Text, r.Language)).ToArray();
        var explained = Rate(texts, t => scorer.Score(null, t.Text, t.Language), cancellationToken);
        var told = Rate(texts, t => scorer.Score(null, t.Text, explain: false), cancellationToken);
        var rate = Rate(texts, t => scorer.Score(null, t.Text, t.Language, explain: false), cancellationToken);
        context.Report(Figure.AtLeast(
            "sentiment: texts a second on one core, in batch",
            rate,
            60_000,
            "/s",
            $"with the evidence {Figure.Text(explained, "/s")}, with telling the language {Figure.Text(told, "/s")}; texts of {texts.Average(t => t.Text.Length):0} characters"));

        var single = new double[2_000];
        for (var i = 0; i < single.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            scorer.Score(null, texts[i * 7 % texts.Length].Text);
            single[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(single);
        context.Report(Figure.AtMost("sentiment: one text with language and evidence, 95th percentile", single[(int)(single.Length * 0.95)], 0.2, "ms", $"median {Figure.Text(single[single.Length / 2], "ms")}"));
        var loads = Enumerable.Range(0, 5).Select(_ => Load()).Order().ToArray();
        context.Report(Figure.AtMost("sentiment: loading the model", loads[2], 200, "ms"));
        using var file = typeof(SentimentModel).Assembly.GetManifestResourceStream("Serm.Sentiment.sentiment.bin")!;
        context.Report(Figure.AtMost("sentiment: model file", file.Length / 1e6, 30, "MB"));
    }

    private static void Quality(BenchContext context, SentimentFigures own)
    {
        foreach (var g in Measured.Select(l => own.ByLanguage.First(g => g.Name == l)))
        {
            context.Report(Figure.AtLeast($"sentiment: {g.Name}, negative recall at the urgent threshold", g.Urgent.Recall * 100, 80, "%", $"by the label {Figure.Text(g.Negative.Recall * 100, "%")} at precision {Figure.Text(g.Negative.Precision * 100, "%")}"));
            context.Report(Figure.AtLeast($"sentiment: {g.Name}, negative precision at the urgent threshold", g.Urgent.Precision * 100, 60, "%"));
            context.Report(Figure.AtMost($"sentiment: {g.Name}, expected calibration error", g.CalibrationError * 100, 5, "%", $"{g.Rows} rows"));
        }
    }

    private static void Compare(BenchContext context, SentimentFigures own, SentimentFigures plain, double plainRate)
    {
        var sets = own.BySource.Zip(plain.BySource, (o, p) => (o.Name, Own: o.MacroF1.Value * 100, Plain: p.MacroF1.Value * 100)).ToList();
        foreach (var s in sets)
        {
            BenchContext.Say($"{s.Name}: macro-F1 {s.Own:F1}, plain {s.Plain:F1}, {s.Own - s.Plain:+0.0;-0.0}");
        }

        var worst = sets.MinBy(s => s.Own - s.Plain);
        context.Report(Figure.AtLeast(
            "sentiment: mean macro-F1 over the plain pipeline",
            (own.MeanMacroF1 - plain.MeanMacroF1) * 100,
            6,
            "points",
            $"{Figure.Text(own.MeanMacroF1 * 100, "%")} beside {Figure.Text(plain.MeanMacroF1 * 100, "%")} over {sets.Count} sets; negative recall {Figure.Text(own.MeanNegativeRecall * 100, "%")} beside {Figure.Text(plain.MeanNegativeRecall * 100, "%")}; the plain one judges {Figure.Text(plainRate, "/s")}"));
        context.Report(Figure.AtLeast("sentiment: worst test set against the plain pipeline", worst.Own - worst.Plain, -1, "points", worst.Name));
    }

    private static double Load()
    {
        var watch = Stopwatch.StartNew();
        SentimentModel.Embedded();
        return watch.Elapsed.TotalMilliseconds;
    }

    // By the time that this process had a core, so that what else the machine does takes nothing away.
    private static double Rate<T>(T[] items, Action<T> act, CancellationToken cancellationToken)
    {
        Array.ForEach(items, act);
        var (watch, before, count) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, 0L);
        while (watch.Elapsed < Window)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.ForEach(items, act);
            count += items.Length;
        }

        return count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
