using System.Diagnostics;
using System.Globalization;
using Npgsql;
using RabbitMQ.Client;
using Serm.Contracts;

namespace Serm.Bench;

/// <summary>The whole chain, from the push at the gateway to the judged mention in the inbox, beside the bare chain of the same payload; then what the processes hold in memory.</summary>
internal static class ThroughputBench
{
    private const int Count = 120_000;
    private const int Warm = 80_000;
    private const int Senders = 4;

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await using var product = await Product.StartAsync(cancellationToken);
        await MemoryAsync(context, product, "at rest", cancellationToken);
        await SendAsync(product, Mentions(product, Warm, 8), cancellationToken);
        await StoreBench.AllStoredAsync(product.Stack, Warm, cancellationToken);
        await QueuesEmptyAsync(cancellationToken);

        var mentions = Mentions(product, Count, 1);
        var before = await BareBench.MeasureAsync(product.Stack.Postgres, mentions, cancellationToken);
        var compiledBefore = await CompileSecondsAsync(product, cancellationToken);
        var meter = await CpuMeter.StartAsync(product.Stack.All, cancellationToken);
        var watch = Stopwatch.StartNew();
        await SendAsync(product, mentions, cancellationToken);
        BenchContext.Say(string.Create(CultureInfo.InvariantCulture, $"taken in after {watch.Elapsed.TotalSeconds:0.0} s"));
        await StoreBench.AllStoredAsync(product.Stack, Warm + Count, cancellationToken);
        var rate = Count / watch.Elapsed.TotalSeconds;

        // What follows the inbox - alerts, live push - is paid for as well.
        await QueuesEmptyAsync(cancellationToken);
        var each = meter.Each(Count);
        var alerting = await AlertsAsync(product, cancellationToken) / (double)(Warm + Count);
        var compiled = (await CompileSecondsAsync(product, cancellationToken) - compiledBefore) * 1e6 / Count;

        // Once more after it, as the machine's pace changes within minutes.
        var after = await BareBench.MeasureAsync(product.Stack.Postgres, mentions, cancellationToken);
        var bare = (Rate: 2 / ((1 / before.Rate) + (1 / after.Rate)), Each: before.Each.ToDictionary(p => p.Key, p => (p.Value + after.Each[p.Key]) / 2, StringComparer.Ordinal));
        context.Report(new("chain: bare, mentions a second", Figure.Text(bare.Rate, "/s"), $"{Figure.Text(before.Rate, "/s")} before the product's run and {Figure.Text(after.Rate, "/s")} after it; {CpuMeter.Text(bare.Each)}"));
        context.Report(Figure.AtLeast("throughput: POST /api/ingest to judged in the inbox", rate, 4_000, "/s", string.Create(CultureInfo.InvariantCulture, $"{alerting:P0} raise an alert; {CpuMeter.Text(each)}")));
        context.Report(Figure.AtLeast("throughput: share of the bare chain", rate / bare.Rate, 0.5, "", $"bare chain {Figure.Text(bare.Rate, "/s")} in the same run"));
        context.Report(new("throughput: CPU a mention beside the bare chain", Figure.Text(each.Values.Sum() / bare.Each.Values.Sum(), "times")));
        context.Report(new("throughput: just-in-time compilation in it, by the clock, a mention", Figure.Text(compiled, "us"), "with what its threads waited for a core; ends when a service has run for a while"));
        await MemoryAsync(context, product, string.Create(CultureInfo.InvariantCulture, $"after {Count + Warm:#,0} mentions"), cancellationToken);
    }

    /// <summary>Proportional resident memory of each process.</summary>
    public static async Task MemoryAsync(BenchContext context, Product product, string when, CancellationToken cancellationToken)
    {
        var parts = product.Stack.All.Select(s => (Name: s.Name["Serm.".Length..].ToLowerInvariant(), Id: (int?)s.ProcessId)).ToList();
        var services = parts.Sum(p => ProcessUsage.MemoryMebibytes(p.Id!.Value));
        parts.Add(("rabbitmq", ServerProcesses.RabbitMq(BenchContext.RabbitMq)));
        parts.Add(("postgresql", await ServerProcesses.PostgresAsync(BenchContext.Postgres, cancellationToken)));
        var text = string.Join(", ", parts.Select(p => $"{p.Name} {(p.Id is { } id && ProcessUsage.MemoryMebibytes(id) is { } m ? m.ToString("0", CultureInfo.InvariantCulture) : "?")}"));
        context.Report(new($"memory of the five services, {when}", services is { } sum ? Figure.Text(sum, "MiB") : "?", text));
    }

    private static async Task<long> AlertsAsync(Product product, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(product.Stack.Postgres);
        await using var command = source.CreateCommand("select count(*) from alerts.alerts");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How long the services' runtimes have been compiling their code so far. It is the clock's time, not a core's.</summary>
    private static async Task<double> CompileSecondsAsync(Product product, CancellationToken cancellationToken)
    {
        var sum = 0.0;
        foreach (var service in product.Stack.All)
        {
            var metrics = await service.Http.GetStringAsync(service.Metrics, cancellationToken);
            var line = metrics.Split('\n').FirstOrDefault(l => l.StartsWith("dotnet_jit_compilation_time_seconds_total", StringComparison.Ordinal));
            sum += line is null ? 0 : double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return sum;
    }

    private static List<MentionFound> Mentions(Product product, int count, int seed)
    {
        var random = new Random(seed);
        var now = TimeProvider.System.GetUtcNow();
        return StoreBench.Mentions(count, seed, product.Brands).ConvertAll(m => m with { SeenAt = now, MatchedAt = now });
    }

    private static Task SendAsync(Product product, List<MentionFound> mentions, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        mentions.Chunk(500), new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken }, async (chunk, ct) => await product.PushAsync(chunk, ct));

    // Twice, a second and a half apart: mentions holds what was found for a second.
    private static async Task QueuesEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(BenchContext.RabbitMq) }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        for (var empty = 0; empty < 2;)
        {
            var waiting = 0L;
            foreach (var (queue, _) in Queues.All)
            {
                waiting += await channel.MessageCountAsync(queue, cancellationToken);
            }

            empty = waiting == 0 ? empty + 1 : 0;
            await Task.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
        }
    }
}
