using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>From the verdict to the first attempt at a receiver: 200 mentions a second, 20 webhooks of which one is dead and one hangs. The alerts service alone; the load and the receivers share its machine.</summary>
internal static class WebhookBench
{
    private const int PerSecond = 200;
    private const int Seconds = 30;
    private const int Healthy = 18;

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        // As posts are, and the worst that can be: every single mention alerts.
        await MeasureAsync(context, alerting: 0.1, cancellationToken);
        await MeasureAsync(context, alerting: 1, cancellationToken);
    }

    private static async Task MeasureAsync(BenchContext context, double alerting, CancellationToken cancellationToken)
    {
        var stack = await BenchContext.StackAsync(cancellationToken);
        try
        {
            await stack.StartAsync(cancellationToken, "Alerts");
            var first = new ConcurrentDictionary<(string Path, string Id), double>();
            await using var receiver = await ReceiveAsync(first);
            var address = receiver.Urls.First();
            foreach (var url in Enumerable.Range(0, Healthy).Select(i => $"{address}/{i}").Append($"{address}/hangs").Append($"http://127.0.0.1:{ServiceProcess.FreePort()}/dead"))
            {
                using var request = Stack.Request(HttpMethod.Post, "/api/webhooks");
                request.Content = JsonContent.Create(new { url });
                using var added = await stack.Alerts.Http.SendAsync(request, cancellationToken);
                added.EnsureSuccessStatusCode();
            }

            // The services' code is compiled, and the breakers of the bad ones have opened, before it counts.
            await SendAsync(alerting, 5, cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            first.Clear();
            var meter = await CpuMeter.StartAsync([stack.Alerts], cancellationToken);
            var alerts = await SendAsync(alerting, Seconds, cancellationToken);
            await Eventually.AsyncTrue(_ => Task.FromResult(first.Count >= alerts * Healthy), TimeSpan.FromSeconds(60), () => $"{first.Count} of {alerts * Healthy} received", cancellationToken);
            var samples = new Samples();
            first.Values.ToList().ForEach(samples.Add);
            context.Report(Figure.AtMost(
                $"alerts: scored to first webhook attempt, p99, {PerSecond} mentions/s of which {alerting * 100:0} % alert, {Healthy} healthy webhooks beside a dead and a hanging one",
                samples.Percentile(0.99),
                1_000,
                "ms",
                $"p50 {Figure.Text(samples.Percentile(0.5), "ms")}, p95 {Figure.Text(samples.Percentile(0.95), "ms")}, {samples.Count} of {alerts * Healthy} delivered, {alerts * Healthy / Seconds}/s; CPU an alert: {CpuMeter.Text(meter.Each(alerts))}"));
        }
        finally
        {
            await BenchContext.DropAsync(stack);
        }
    }

    /// <summary>Sends for a while, ten times a second, each stamped when it leaves.</summary>
    /// <returns>How many of them alert.</returns>
    private static async Task<int> SendAsync(double alerting, int seconds, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var random = new Random(7);
        var sends = new List<Task>();
        var alerts = 0;
        for (var tick = 0; tick < seconds * 10; tick++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var scored = StoreBench.Mentions(PerSecond / 10, tick).ConvertAll(m =>
            {
                var negative = random.NextDouble() < alerting ? 0.95f : 0.1f;
                alerts += negative > 0.5f ? 1 : 0;
                var verdict = Posts.Scored(random, m).Verdict;
                return new MentionScored(
                    m with { SeenAt = now, MatchedAt = now, Post = m.Post with { PublishedAt = now } },
                    verdict with { Label = negative > 0.5f ? Sentiment.Negative : Sentiment.Neutral, Negative = negative, Neutral = 1 - negative, Positive = 0, ScoredAt = now });
            });
            sends.Add(StoreBench.PublishAsync(scored, cancellationToken));
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        await Task.WhenAll(sends);
        return alerts;
    }

    private static async Task<WebApplication> ReceiveAsync(ConcurrentDictionary<(string, string), double> first)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            var at = TimeProvider.System.GetUtcNow();
            if (context.Request.Path == "/hangs")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                return;
            }

            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (body.RootElement.GetProperty("type").GetString() is "alert.raised")
            {
                var scored = body.RootElement.GetProperty("data").GetProperty("mention").GetProperty("verdict").GetProperty("scoredAt").GetDateTimeOffset();
                first.TryAdd((context.Request.Path, context.Request.Headers["webhook-id"].ToString()), (at - scored).TotalMilliseconds);
            }
        });
        await app.StartAsync();
        return app;
    }
}
