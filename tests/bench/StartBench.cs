using System.Diagnostics;

namespace Serm.Bench;

/// <summary>From stopped to ready: all five services at once, on a fresh database and again on the same one.</summary>
internal static class StartBench
{
    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var stack = await BenchContext.StackAsync(cancellationToken);
        try
        {
            var watch = Stopwatch.StartNew();
            await stack.StartAsync(cancellationToken);
            context.Report(Figure.AtMost("start: five services stopped to ready, empty database", watch.Elapsed.TotalSeconds, 30, "s"));
            foreach (var service in stack.All)
            {
                await service.KillAsync();
            }

            watch.Restart();
            await stack.StartAsync(cancellationToken);
            context.Report(Figure.AtMost("start: five services killed to ready, database there", watch.Elapsed.TotalSeconds, 20, "s"));
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }
}
