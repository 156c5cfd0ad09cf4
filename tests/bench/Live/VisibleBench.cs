using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Serm.Bench;

/// <summary>Fifty mentions a second for a minute: how long from found (<c>seenAt</c>) to the live stream, and to a row on a signed-in screen.</summary>
internal static class VisibleBench
{
    private const int PerSecond = 50;
    private const int Seconds = 60;

    // Services that have just started compile their code for some twenty seconds more; a moderator's have run since yesterday.
    private const int WarmSeconds = 30;

    // Remembers when each row was first there; rows that are there before the start do not count.
    private const string Observe = """
        () => {
            window.benchRows = {};
            const look = node => {
                if (!(node instanceof Element)) return;
                const rows = node.matches('[data-testid=mention-row]') ? [node] : node.querySelectorAll('[data-testid=mention-row]');
                for (const row of rows) window.benchRows[row.dataset.mentionId] ??= Date.now();
            };
            new MutationObserver(records => records.forEach(r => { r.addedNodes.forEach(look); look(r.target.closest?.('[data-testid=mention-row]')); }))
                .observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-mention-id'] });
        }
        """;

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await using var product = await Product.StartAsync(cancellationToken);
        await SendAsync(product, WarmSeconds, cancellationToken);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var live = new ConcurrentDictionary<Guid, (double Milliseconds, DateTimeOffset SeenAt)>();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("SERM_TEST_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
        var page = await SignInAsync(browser, product);
        var listener = ListenAsync(product, live, listening.Token);
        await page.EvaluateAsync(Observe);
        await SendAsync(product, Seconds, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var rows = JsonSerializer.Deserialize<Dictionary<Guid, double>>(await page.EvaluateAsync<string>("() => JSON.stringify(window.benchRows)"))!;
        await listening.CancelAsync();
        await listener;

        var toStream = new Samples();
        foreach (var (milliseconds, _) in live.Values)
        {
            toStream.Add(milliseconds);
        }

        var toScreen = new Samples();
        foreach (var (id, at) in rows.Where(r => live.ContainsKey(r.Key)))
        {
            toScreen.Add(at - (live[id].SeenAt - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        }

        context.Report(Figure.AtMost($"visible: found to live stream, p95, {PerSecond}/s pushed", toStream.Percentile(0.95), 1_000, "ms", $"p50 {Figure.Text(toStream.Percentile(0.5), "ms")}, {live.Count} of {PerSecond * Seconds}"));
        context.Report(Figure.AtMost($"visible: found to row on the screen, p95, {PerSecond}/s pushed", toScreen.Percentile(0.95), 1_000, "ms", $"p50 {Figure.Text(toScreen.Percentile(0.5), "ms")}, {toScreen.Count} of {PerSecond * Seconds}"));
    }

    private static async Task<IPage> SignInAsync(IBrowser browser, Product product)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = product.Stack.Gateway.Address.ToString(), Locale = "en-GB", ViewportSize = new() { Width = 1400, Height = 1000 } });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();

        // In the order of urgency a calm mention has its place on a later page: what is new comes first here.
        await page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString("/?sort=newest")}");
        await page.GetByLabel("Name").FillAsync("admin");
        await page.GetByLabel("Password").FillAsync(Product.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(u => !u.Contains("sign-in", StringComparison.Ordinal));
        await page.Locator("[data-testid=mention-row]").First.WaitForAsync();
        return page;
    }

    /// <summary>Fifty a second in ten small sends, each stamped when it leaves.</summary>
    private static async Task SendAsync(Product product, int seconds, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var run = new Random(Guid.NewGuid().GetHashCode()).Next(2, int.MaxValue - seconds * 10);
        var sends = new List<Task>();
        for (var tick = 0; tick < seconds * 10; tick++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var mentions = StoreBench.Mentions(PerSecond / 10, run + tick, product.Brands)
                .ConvertAll(m => m with { SeenAt = now, MatchedAt = now, Post = m.Post with { PublishedAt = now } });
            sends.Add(product.PushAsync(mentions, cancellationToken));
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        await Task.WhenAll(sends);
    }

    /// <summary>Notes when each judged mention is first told on <c>GET /api/live</c>.</summary>
    private static async Task ListenAsync(Product product, ConcurrentDictionary<Guid, (double, DateTimeOffset)> live, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await product.Api.GetStreamAsync(new Uri("/api/live", UriKind.Relative), cancellationToken);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    continue;
                }

                using var data = JsonDocument.Parse(line.AsMemory(6));
                if (data.RootElement.TryGetProperty("sentiment", out var sentiment) && sentiment.ValueKind == JsonValueKind.String)
                {
                    var seen = DateTimeOffset.Parse(data.RootElement.GetProperty("seenAt").GetString()!, CultureInfo.InvariantCulture);
                    live.TryAdd(data.RootElement.GetProperty("mentionId").GetGuid(), ((TimeProvider.System.GetUtcNow() - seen).TotalMilliseconds, seen));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
