using System.Diagnostics;
using System.Globalization;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>The mentions service alone: judged mentions published to the bus until all stand in the inbox, beside the bare chain.</summary>
internal static class StoreBench
{
    public const int Count = 40_000;
    private const int Warm = 20_000;

    private static readonly Lazy<Task<IBusControl>> Bus = new(StartBusAsync);

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var stack = await BenchContext.StackAsync(cancellationToken);
        try
        {
            var mentions = Mentions(Count);
            var bare = await BareBench.MeasureAsync(stack.Postgres, mentions, cancellationToken);
            await stack.StartAsync(cancellationToken, "Mentions");
            await WarmAsync(stack, cancellationToken);
            var random = new Random(2);
            var scored = mentions.ConvertAll(m => Posts.Scored(random, m));
            var meter = await CpuMeter.StartAsync([stack.Mentions], cancellationToken);
            var watch = Stopwatch.StartNew();
            await PublishAsync(scored, cancellationToken);
            await AllStoredAsync(stack, Count + Warm, cancellationToken);
            var rate = Count / watch.Elapsed.TotalSeconds;
            var each = meter.Each(Count);
            context.Report(new("store: judged mentions a second, one hop, mentions service alone", Figure.Text(rate, "/s"), $"bare chain, two hops: {Figure.Text(bare.Rate, "/s")}"));
            context.Report(new("store: CPU a mention", CpuMeter.Text(each), CpuMeter.Text(bare.Each)));
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }

    /// <summary>Found mentions with ids of their own.</summary>
    public static List<MentionFound> Mentions(int count, int seed = 1, IReadOnlyList<BrandRef>? of = null)
    {
        var random = new Random(seed);
        var now = TimeProvider.System.GetUtcNow();
        var brands = of ?? [.. Enumerable.Range(1, 5).Select(b => new BrandRef(InboxSeed.Brand(b), $"Brand {b}"))];
        var run = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        return Enumerable.Range(0, count).Select(i =>
        {
            var brand = brands[random.Next(brands.Count)];
            var native = $"{run}-{i}";
            return Posts.Found(random, brand, NameBasedGuid.Create(brand.Id, native), native, now);
        }).ToList();
    }

    /// <summary>Waits until that many judged mentions stand in the inbox and their changes have been told.</summary>
    public static async Task AllStoredAsync(Stack stack, long count, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(stack.Postgres);
        await Eventually.Async(
            async ct =>
            {
                await using var command = source.CreateCommand("select coalesce(sum(mentions), 0)::bigint from mentions.totals where label <> 3");
                return (long)(await command.ExecuteScalarAsync(ct))!;
            },
            n => n >= count,
            TimeSpan.FromMinutes(3),
            cancellationToken);
    }

    // Compiled code, filled pools and planned statements: a service that runs for weeks is measured, not its first second.
    private static async Task WarmAsync(Stack stack, CancellationToken cancellationToken)
    {
        var random = new Random(3);
        await PublishAsync(Mentions(Warm, 9).ConvertAll(m => Posts.Scored(random, m)), cancellationToken);
        await AllStoredAsync(stack, Warm, cancellationToken);
    }

    /// <summary>Publishes confirmed, a thousand at a time, over one bus that is kept for all calls.</summary>
    public static async Task PublishAsync<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken)
        where T : class
    {
        var publisher = await Bus.Value;
        foreach (var chunk in messages.Chunk(1000))
        {
            await publisher.PublishAllAsync(chunk.Select(m => (Guid.NewGuid(), m)), cancellationToken);
        }
    }

    private static async Task<IBusControl> StartBusAsync()
    {
        var started = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(BenchContext.RabbitMq));
            b.UseSermConventions();
        });
        await started.StartAsync(TimeSpan.FromSeconds(30));
        return started;
    }
}
