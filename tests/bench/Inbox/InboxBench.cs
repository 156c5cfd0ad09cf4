using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>Reading an inbox of a million mentions, over HTTP, at the mentions service.</summary>
internal static class InboxBench
{
    private const int Calls = 200;
    private const double AimMilliseconds = 100;
    private const double AimOfTopics = 1_000;

    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken) => OfAMillionAsync(
        async stack =>
        {
            await MeasureAsync(context, stack, cancellationToken);
            await ExportBench.MeasureAsync(context, stack, cancellationToken);
        },
        cancellationToken);

    /// <summary>Measures something at a mentions service that has a million.</summary>
    public static async Task OfAMillionAsync(Func<Stack, Task> measure, CancellationToken cancellationToken)
    {
        var stack = await BenchContext.StackAsync(cancellationToken);
        try
        {
            await stack.StartAsync(cancellationToken, "Mentions");
            var watch = Stopwatch.StartNew();
            await using (var source = NpgsqlDataSource.Create(stack.Postgres))
            {
                await InboxSeed.RunAsync(source, cancellationToken);
            }

            BenchContext.Say($"seeded {InboxSeed.Rows:#,0} mentions in {watch.Elapsed.TotalSeconds:0} s");
            await measure(stack);
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }

    private static async Task MeasureAsync(BenchContext context, Stack stack, CancellationToken cancellationToken)
    {
        var cursors = await CursorsAsync(stack, 40, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        (string What, Func<int, string> Path)[] reads =
        [
            ("newest", _ => "/api/mentions"),
            ("urgent", _ => "/api/mentions?sort=urgent"),
            ("as the page opens", _ => "/api/mentions?status=new&status=claimed&stories=one&sort=urgent"),
            ("one brand, newest", n => $"/api/mentions?brand={InboxSeed.Brand(1 + (n % 5))}"),
            ("one brand, negative, new", n => $"/api/mentions?brand={InboxSeed.Brand(1 + (n % 5))}&sentiment=negative&status=new"),
            ("one brand, urgent", n => $"/api/mentions?brand={InboxSeed.Brand(1 + (n % 5))}&sort=urgent"),
            ("two brands, negative", n => $"/api/mentions?brand={InboxSeed.Brand(4)}&brand={InboxSeed.Brand(5)}&sentiment=negative"),
            ("one language", n => $"/api/mentions?language={new[] { "en", "ru", "tr", "sv", "vi" }[n % 5]}"),
            ("one source", n => $"/api/mentions?source={InboxSeed.Source(1 + (n % 30))}"),
            ("one source and brand, new", n => $"/api/mentions?source={InboxSeed.Source(1 + (n % 30))}&brand={InboxSeed.Brand(1 + (n % 5))}&status=new"),
            ("claimed", _ => "/api/mentions?status=claimed"),
            ("dismissed", _ => "/api/mentions?status=dismissed"),
            ("common word", _ => $"/api/mentions?q={InboxSeed.CommonWord}"),
            ("rare word", _ => $"/api/mentions?q={InboxSeed.RareWord}"),
            ("rare and common word, one brand", n => $"/api/mentions?q={InboxSeed.RareWord}+{InboxSeed.CommonWord}&brand={InboxSeed.Brand(1 + (n % 5))}"),
            ("absent word", n => $"/api/mentions?q=nobodysays{n}"),
            ("a week two months ago", _ => string.Create(CultureInfo.InvariantCulture, $"/api/mentions?from={now.AddDays(-60):yyyy-MM-dd}&to={now.AddDays(-53):yyyy-MM-dd}")),
            ("deep cursor", n => $"/api/mentions?cursor={cursors[n % cursors.Count]}"),
            ("counts", _ => "/api/mentions/counts"),
            ("counts of one brand", n => $"/api/mentions/counts?brand={InboxSeed.Brand(1 + (n % 5))}"),
            ("dynamics, 30 days by hour", n => Dynamics(n, now, 30, "hour")),
            ("dynamics, 90 days by hour", n => Dynamics(n, now, 90, "hour")),
            ("dynamics, 30 days by day", n => Dynamics(n, now, 30, "day")),
            ("dynamics, 90 days by day", n => Dynamics(n, now, 90, "day")),
            ("topics, 7 days", n => Topics(n, now, 7, "")),
            ("topics, 45 days", n => Topics(n, now, 45, "")),
            ("topics, 45 days, negative", n => Topics(n, now, 45, "&sentiment=negative")),
        ];
        var beside = 0.0;
        foreach (var (what, path) in reads)
        {
            var (samples, calls) = (new Samples(), what.StartsWith("topics", StringComparison.Ordinal) ? Calls / 4 : Calls);
            for (var n = -10; n < calls; n++)
            {
                var watch = Stopwatch.GetTimestamp();
                await GetAsync(stack, path(Math.Abs(n)), cancellationToken);
                if (n >= 0)
                {
                    samples.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
                }
            }

            if (calls < Calls)
            {
                // Texts are read and compared, and not only counted: beside the dynamics of the same brands.
                context.Report(Figure.AtMost($"inbox of 1,000,000: {what}, p95", samples.Percentile(0.95), AimOfTopics, "ms", $"p50 {Figure.Text(samples.Percentile(0.5), "ms")}, {samples.Count} calls; dynamics of 90 days by hour {Figure.Text(beside, "ms")}"));
                continue;
            }

            beside = what == "dynamics, 90 days by hour" ? samples.Percentile(0.95) : beside;
            context.Report(Figure.AtMost($"inbox of 1,000,000: {what}, p99", samples.Percentile(0.99), AimMilliseconds, "ms", $"p50 {Figure.Text(samples.Percentile(0.5), "ms")}, {samples.Count} calls"));
        }
    }

    private static string Dynamics(int n, DateTimeOffset now, int days, string bucket) => string.Create(
        CultureInfo.InvariantCulture,
        $"/api/brands/{InboxSeed.Brand(1 + (n % 5))}/dynamics?from={now.AddDays(-days):yyyy-MM-ddTHH:mm:ssZ}&to={now:yyyy-MM-ddTHH:mm:ssZ}&bucket={bucket}");

    private static string Topics(int n, DateTimeOffset now, int days, string more) => string.Create(
        CultureInfo.InvariantCulture, $"/api/brands/{InboxSeed.Brand(1 + (n % 5))}/topics?from={now.AddDays(-days):yyyy-MM-ddTHH:mm:ssZ}&to={now:yyyy-MM-ddTHH:mm:ssZ}{more}");

    /// <summary>Cursors ever deeper in the newest order, as a person who never stops scrolling has them.</summary>
    private static async Task<List<string>> CursorsAsync(Stack stack, int count, CancellationToken cancellationToken)
    {
        var cursors = new List<string>();
        for (var day = 1; cursors.Count < count; day += 2)
        {
            var to = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().AddDays(-day).ToString("O", CultureInfo.InvariantCulture));
            using var page = JsonDocument.Parse(await GetAsync(stack, $"/api/mentions?to={to}&limit=1", cancellationToken));
            cursors.Add(page.RootElement.GetProperty("nextCursor").GetString()!);
        }

        return cursors;
    }

    private static async Task<byte[]> GetAsync(Stack stack, string path, CancellationToken cancellationToken)
    {
        using var request = Stack.Request(HttpMethod.Get, path, InboxSeed.Workspace);
        using var answer = await stack.Mentions.Http.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
    }
}
