using System.Diagnostics;
using Serm.Bench;

var all = new List<Measurement>
{
    new("alerts", "From the verdict to the webhooks; false incidents, and how soon a burst is found", AlertsBench.RunAsync),
    new("inbox", "Reading an inbox of a million mentions", InboxBench.RunAsync) { Limit = TimeSpan.FromMinutes(12) },
    new("export", "Taking mentions out, of inbox", ExportBench.RunAsync) { Part = true, Limit = TimeSpan.FromMinutes(9) },
    new("ingest", "Reading feeds, matching queries, keeping up with a stream, polling sources", IngestBench.RunAsync) { Limit = TimeSpan.FromMinutes(12) },
    new("feeds", "Reading feeds, of ingest", IngestBench.FeedsAsync) { Part = true },
    new("matching", "Matching queries, of ingest", MatchTable.RunAsync) { Part = true },
    new("stream", "Keeping up with a stream, of ingest", StreamTable.RunAsync) { Part = true },
    new("polling", "Polling sources, of ingest", PollTable.RunAsync) { Part = true, Limit = TimeSpan.FromMinutes(4) },
    new("match", "Matching posts against many queries", MatchBench.RunAsync),
    new("sentiment", "Judging sentiment, beside ML.NET's own text transforms", SentimentBench.RunAsync) { Limit = TimeSpan.FromMinutes(30) },
    new("spikes", "False incidents on made weeks, and how soon a burst is found", FalseAlarms.RunAsync),
    new("start", "Starting", StartBench.RunAsync),
    new("store", "Storing judged mentions, the mentions service alone", StoreBench.RunAsync),
    new("throughput", "The whole chain beside a bare one", ThroughputBench.RunAsync),
    new("triage", "What triage adds to a mention", TriageBench.RunAsync),
    new("visible", "From found to the screen", VisibleBench.RunAsync),
    new("webhooks", "From the verdict to the first attempt at a webhook", WebhookBench.RunAsync),
};
if (Array.IndexOf(args, "--data") is >= 0 and var at && at + 1 < args.Length)
{
    Environment.SetEnvironmentVariable(SentimentBench.DataVariable, args[at + 1]);
    args = [.. args[..at], .. args[(at + 2)..]];
}

var chosen = args.Length == 0 ? all.FindAll(b => !b.Part) : all.Where(b => args.Contains(b.Name, StringComparer.OrdinalIgnoreCase)).ToList();
if (chosen.Count == 0 || args.Any(a => !all.Exists(b => b.Name.Equals(a, StringComparison.OrdinalIgnoreCase))))
{
    await Console.Error.WriteLineAsync($"Usage: bench [name...] [--data DIR]; names: {string.Join(", ", all.Select(b => b.Name))}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var context = new BenchContext();
var failed = new List<string>();
foreach (var bench in chosen)
{
    Console.WriteLine($"{bench.Name}: {bench.About}");
    var watch = Stopwatch.StartNew();
    try
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(bench.Limit);
        await bench.Run(context, limit.Token);
    }
    catch (Exception e) when (!stop.IsCancellationRequested)
    {
        failed.Add(bench.Name);
        await Console.Error.WriteLineAsync($"  {bench.Name} failed: {e}");
    }

    BenchContext.Say($"took {watch.Elapsed.TotalSeconds:0} s");
}

Report.Write(Console.Out, context.Figures);
foreach (var name in failed)
{
    Console.WriteLine($"{name}: FAILED, see above");
}

return failed.Count > 0 ? 1 : 0;
