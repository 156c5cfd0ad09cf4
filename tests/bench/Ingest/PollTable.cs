using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serm.Tests;
using Serm.Tests.Feeds;

namespace Serm.Bench;

/// <summary>2,000 feeds on a local server, each read every 20 seconds by one ingest process: requests a second, how late, how much memory.</summary>
internal static class PollTable
{
    private const int Sources = 2_000;
    private const int IntervalSeconds = 20;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var feeds = FeedCorpus.All().Where(f => f.IsWellFormed && f.Name.StartsWith("wordpress, as", StringComparison.Ordinal)).Select(f => f.Bytes).ToArray();
        var last = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var late = new ConcurrentBag<double>();
        var counting = false;
        var served = 0;
        await using var server = Server();
        server.MapGet("/feeds/{id}", (string id, HttpResponse response) =>
        {
            var now = Stopwatch.GetTimestamp();
            if (last.TryGetValue(id, out var before) && counting)
            {
                late.Add(Math.Max(0, Stopwatch.GetElapsedTime(before, now).TotalSeconds - IntervalSeconds));
                Interlocked.Increment(ref served);
            }

            last[id] = now;
            return Results.Bytes(feeds[0], "application/rss+xml");
        });
        await server.StartAsync(cancellationToken);
        var root = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var stack = await BenchContext.StackAsync(cancellationToken, new Dictionary<string, string>(StringComparer.Ordinal) { ["Ingest__Polling__PerHost"] = "64", ["Ingest__Polling__Concurrency"] = "64" });
        try
        {
            await stack.StartAsync(cancellationToken, "Ingest");
            await Parallel.ForEachAsync(Enumerable.Range(0, Sources), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (i, ct) =>
            {
                using var add = Stack.Request(HttpMethod.Post, "/api/sources");
                add.Content = JsonContent.Create(new { kind = "feed", url = $"{root}/feeds/{i}", name = $"feed {i}", intervalSeconds = IntervalSeconds });
                using var answer = await stack.Ingest.Http.SendAsync(add, ct);
                answer.EnsureSuccessStatusCode();
            });
            BenchContext.Say($"{Sources:#,0} sources added");
            await Task.Delay(TimeSpan.FromSeconds(IntervalSeconds * 2), TimeProvider.System, cancellationToken);
            counting = true;
            var cpu = ProcessUsage.CpuSeconds(stack.Ingest.ProcessId);
            var watch = Stopwatch.StartNew();
            await Task.Delay(Watched, TimeProvider.System, cancellationToken);
            counting = false;
            var seconds = watch.Elapsed.TotalSeconds;
            var share = 100 * (ProcessUsage.CpuSeconds(stack.Ingest.ProcessId) - cpu) / seconds;
            var lateness = late.Order().ToArray();
            context.Report(new Figure(
                $"polling: {Sources:#,0} feeds every {IntervalSeconds} s by one process",
                Figure.Text(served / seconds, "requests/s"),
                $"wanted {Figure.Text(Sources / (double)IntervalSeconds, "/s")}; late p50 {lateness[lateness.Length / 2]:0.00} s, p99 {lateness[(int)(lateness.Length * 0.99)]:0.00} s; {Figure.Text(ProcessUsage.MemoryMebibytes(stack.Ingest.ProcessId) ?? 0, "MiB")}; {share:0} % of a core"));
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }
}
