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
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var feed = FeedCorpus.All().First(f => f.Name == "wordpress, as it should be").Bytes;
        var visits = new Visits();
        await using var server = Server();
        server.MapGet("/feeds/{id:int}", (int id) =>
        {
            visits.Came(id);
            return Results.Bytes(feed, "application/rss+xml");
        });
        await server.StartAsync(cancellationToken);
        var root = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var stack = await BenchContext.StackAsync(cancellationToken, new Dictionary<string, string>(StringComparer.Ordinal) { ["Ingest__Polling__PerHost"] = "64", ["Ingest__Polling__Concurrency"] = "64" });
        try
        {
            await stack.StartAsync(cancellationToken, "Ingest");
            await Parallel.ForEachAsync(Enumerable.Range(0, Sources), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, (i, ct) => AddAsync(stack.Ingest, root, i, ct));
            BenchContext.Say($"{Sources:#,0} sources added");
            await DuringAsync(stack.Ingest, Settling, cancellationToken);
            var before = ProcessUsage.CpuSeconds(stack.Ingest.ProcessId);
            visits.Begin();
            await DuringAsync(stack.Ingest, Watched, cancellationToken);
            var (served, late) = visits.End();
            var share = 100 * (ProcessUsage.CpuSeconds(stack.Ingest.ProcessId) - before) / Watched.TotalSeconds;
            context.Report(new Figure(
                $"polling: {Sources:#,0} feeds every {IntervalSeconds} s by one process",
                Figure.Text(served / Watched.TotalSeconds, "requests/s"),
                $"wanted {Figure.Text(Sources / (double)IntervalSeconds, "/s")}; late p50 {late[late.Length / 2]:0.00} s, p99 {late[(int)(late.Length * 0.99)]:0.00} s; {Figure.Text(ProcessUsage.MemoryMebibytes(stack.Ingest.ProcessId) ?? 0, "MiB")}; {share:0} % of a core"));
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }

    private static async ValueTask AddAsync(ServiceProcess ingest, string root, int number, CancellationToken cancellationToken)
    {
        using var add = Stack.Request(HttpMethod.Post, "/api/sources");
        add.Content = JsonContent.Create(new { kind = "feed", url = $"{root}/feeds/{number}", name = $"feed {number}", intervalSeconds = IntervalSeconds });
        using var answer = await ingest.Http.SendAsync(add, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"Source {number} was not added: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}\n{ingest.LogTail()}");
        }
    }

    // A process that dies would otherwise be measured as one that costs nothing.
    private static async Task DuringAsync(ServiceProcess ingest, TimeSpan length, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            if (ingest.Process.HasExited)
            {
                throw new InvalidOperationException($"Ingest ended with {ingest.Process.ExitCode} after {watch.Elapsed.TotalSeconds:0} s:\n{ingest.LogTail()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    // When each feed was read. One that is overdue at the end counts with what it is late by then.
    private sealed class Visits
    {
        private readonly Lock gate = new();
        private readonly long[] last = new long[Sources];
        private readonly List<double> late = [];
        private int served;
        private bool counting;

        public void Came(int id)
        {
            lock (gate)
            {
                var now = Stopwatch.GetTimestamp();
                if (counting)
                {
                    served++;
                    Note(id, now);
                }

                last[id] = now;
            }
        }

        public void Begin()
        {
            lock (gate)
            {
                if (Array.IndexOf(last, 0) is >= 0 and var never)
                {
                    throw new InvalidOperationException($"Feed {never} was not read within {Settling.TotalSeconds:0} s of the last source that was added.");
                }

                counting = true;
            }
        }

        public (int Served, double[] Late) End()
        {
            lock (gate)
            {
                counting = false;
                var now = Stopwatch.GetTimestamp();
                for (var id = 0; id < Sources; id++)
                {
                    if (Stopwatch.GetElapsedTime(last[id], now).TotalSeconds > IntervalSeconds)
                    {
                        Note(id, now);
                    }
                }

                return (served, [.. late.Order()]);
            }
        }

        private void Note(int id, long now) => late.Add(Math.Max(0, Stopwatch.GetElapsedTime(last[id], now).TotalSeconds - IntervalSeconds));
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }
}
