using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serm.Tests.Integration.Telemetry;

/// <summary>A post on a blog, followed through every process by the spans that they export.</summary>
public sealed class OneTrace
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task One_trace_follows_a_mention_from_the_pull_to_the_screen()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var collector = await SpanCollector.StartAsync(ct);
        await using var blog = await BlogAsync(ct);
        await using var stack = await Stack.CreateAsync(
            Servers.Postgres,
            Servers.RabbitMq,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            },
            ct);
        await stack.StartAsync(ct);
        using var api = new HttpClient { BaseAddress = stack.Gateway.Address, Timeout = Patience };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await stack.Gateway.RunAsync("key", "--role", "admin")).Trim());
        using var screen = await api.GetAsync(new Uri("/api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        screen.EnsureSuccessStatusCode();

        await PostAsync(api, "/api/brands", new { name = "Acme", query = "acme" });
        await PostAsync(api, "/api/sources", new { kind = "feed", name = "Blog", url = blog.Urls.First() + "/feed" });
        await AlertShownAsync(screen, ct);

        var trace = await Eventually.Async(
            _ => Task.FromResult(collector.Spans.ToLookup(s => s.TraceId).FirstOrDefault(t => t.Any(s => s.Name == "source.pull") && t.Any(s => s.Name == "live.push"))?.ToList()),
            t => t is not null && t.Select(s => s.Service).Distinct().Count() == 5,
            Patience,
            ct);

        trace!.Select(s => s.Service).Distinct().Order().ShouldBe(["serm-alerts", "serm-gateway", "serm-ingest", "serm-mentions", "serm-sentiment"]);
        trace!.Select(s => s.Name).ShouldContain("mention.store");
        foreach (var service in stack.All)
        {
            (await service.Http.GetStringAsync(service.Metrics, ct)).ShouldContain("# TYPE", Case.Sensitive, service.Name);
        }

        await Eventually.AsyncTrue(_ => Task.FromResult(collector.LogRecords > 0), Patience, () => "No log records were exported.", ct);
    }

    private static async Task AlertShownAsync(HttpResponseMessage screen, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await screen.Content.ReadAsStreamAsync(cancellationToken));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        while (await reader.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line == "event: alert")
            {
                return;
            }
        }

        throw new InvalidOperationException("The live stream ended before the alert came.");
    }

    private static async Task PostAsync(HttpClient api, string path, object body)
    {
        using var answer = await api.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<WebApplication> BlogAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var blog = builder.Build();
        var published = TimeProvider.System.GetUtcNow().ToString("R");
        blog.MapGet("/feed", () => Results.Text(
            $"""
            <rss version="2.0"><channel><title>Blog</title><item><guid>1</guid><link>http://blog.example/1</link><title>Never again</title><pubDate>{published}</pubDate>
            <description>Acme is the worst company ever. Terrible, rude, they lost my parcel and lied to me. I hate Acme!</description></item></channel></rss>
            """,
            "application/rss+xml"));
        await blog.StartAsync(cancellationToken);
        return blog;
    }
}
