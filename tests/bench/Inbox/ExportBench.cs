using System.Diagnostics;
using System.Globalization;
using Serm.Mentions;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>Taking out as many mentions of the million as one export may have, over HTTP, at the mentions service, and the memory that it takes meanwhile.</summary>
internal static class ExportBench
{
    private const double AimSeconds = 60;
    private const double AimMebibytes = 300;

    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken) => InboxBench.OfAMillionAsync(stack => MeasureAsync(context, stack, cancellationToken), cancellationToken);

    public static async Task MeasureAsync(BenchContext context, Stack stack, CancellationToken cancellationToken)
    {
        foreach (var format in Enum.GetNames<ExportFormat>().Select(f => f.ToLowerInvariant()))
        {
            var before = Memory(stack);
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var peak = PeakAsync(stack, done.Token);
            var watch = Stopwatch.StartNew();
            using var request = Stack.Request(HttpMethod.Get, $"/api/mentions/export?format={format}", InboxSeed.Workspace);
            using var answer = await stack.Mentions.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var bytes = await CountAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
            watch.Stop();
            await done.CancelAsync();
            var size = (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
            context.Report(Figure.AtMost($"export of {ExportMentions.Most:#,0} as {format}", watch.Elapsed.TotalSeconds, AimSeconds, "s", $"{size} MiB, {Figure.Text(ExportMentions.Most / watch.Elapsed.TotalSeconds, "mentions/s")}"));
            context.Report(Figure.AtMost($"export of {ExportMentions.Most:#,0} as {format}, memory of the service at its peak", await peak, AimMebibytes, "MiB", $"{Figure.Text(before, "MiB")} before"));
        }
    }

    private static async Task<long> CountAsync(Stream body, CancellationToken cancellationToken)
    {
        var (buffer, all) = (new byte[81_920], 0L);
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            all += read;
        }

        return all;
    }

    private static async Task<double> PeakAsync(Stack stack, CancellationToken cancellationToken)
    {
        var peak = Memory(stack);
        try
        {
            while (true)
            {
                await Task.Delay(200, cancellationToken);
                peak = Math.Max(peak, Memory(stack));
            }
        }
        catch (OperationCanceledException)
        {
            return peak;
        }
    }

    private static double Memory(Stack stack) => ProcessUsage.MemoryMebibytes(stack.Mentions.ProcessId) ?? 0;
}
