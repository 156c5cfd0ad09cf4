using System.Diagnostics;
using Serm.Bench;

var all = new List<Measurement>
{
    new("alerts", "From the verdict to the webhooks", WebhookBench.RunAsync),
    new("inbox", "Reading an inbox of a million mentions", InboxBench.RunAsync),
    new("match", "Matching posts against many queries", MatchBench.RunAsync),
    new("start", "Starting", StartBench.RunAsync),
    new("store", "Storing judged mentions, the mentions service alone", StoreBench.RunAsync),
    new("throughput", "The whole chain beside a bare one", ThroughputBench.RunAsync),
    new("triage", "What triage adds to a mention", TriageBench.RunAsync),
    new("visible", "From found to the screen", VisibleBench.RunAsync),
};
var chosen = args.Length == 0 ? all : all.Where(b => args.Contains(b.Name, StringComparer.OrdinalIgnoreCase)).ToList();
if (chosen.Count == 0 || args.Any(a => !all.Exists(b => b.Name.Equals(a, StringComparison.OrdinalIgnoreCase))))
{
    await Console.Error.WriteLineAsync($"Usage: bench [name...]; names: {string.Join(", ", all.Select(b => b.Name))}");
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
        limit.CancelAfter(TimeSpan.FromMinutes(6));
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
