using Serm.Contracts;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>The bare chain measured: what the machine could do at most.</summary>
internal static class BareBench
{
    /// <summary>Mentions a second, and CPU microseconds a mention of each part.</summary>
    public static async Task<(double Rate, IReadOnlyDictionary<string, double> Each)> MeasureAsync(string postgres, IReadOnlyList<MentionFound> mentions, CancellationToken cancellationToken)
    {
        var chain = new BareChain(postgres, BenchContext.RabbitMq);
        await chain.RunAsync([.. mentions.Take(2000)], cancellationToken);
        var meter = await CpuMeter.StartAsync([], cancellationToken);
        var elapsed = await chain.RunAsync(mentions, cancellationToken);

        // The server's processes for its connections end with it: until the server has buried them, what they used counts nowhere.
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        return (mentions.Count / elapsed.TotalSeconds, meter.Each(mentions.Count));
    }
}
