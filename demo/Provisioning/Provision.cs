using System.Text.Json;
using Serm.Demo.Feeds;
using Serm.Demo.Networks;
using Serm.Demo.Posts;

namespace Serm.Demo.Provisioning;

/// <summary>Sets the demo workspace up through the public API. Finds what an earlier run left.</summary>
internal sealed class Provision(GatewayClient gateway, DemoOptions options, TimeProvider clock, TextWriter output)
{
    private const int ReadEverySeconds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(60);

    /// <summary>How many mentions the history makes.</summary>
    public static int Expected => new[] { DemoBrand.Ours, DemoBrand.Competitor }.Sum(b => SamplePosts.History().Count(b.Finds) + NetworkSamples.History().Count(b.Finds));

    /// <summary>Brands, sources and rules; then waits until the history came through, or comes no further.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var ours = await PatientlyAsync(ct => BrandAsync(DemoBrand.Ours, null, ct), cancellationToken);
        var competitor = await PatientlyAsync(ct => BrandAsync(DemoBrand.Competitor, ours, ct), cancellationToken);
        await PatientlyAsync(ct => RuleAsync(ours, ct), cancellationToken);
        await PatientlyAsync(SourcesAsync, cancellationToken);
        await WaitAsync([ours, competitor], cancellationToken);
    }

    private async Task<Guid> BrandAsync(DemoBrand brand, Guid? competitorOf, CancellationToken cancellationToken)
    {
        var found = List(await gateway.GetAsync("api/brands", cancellationToken), "brands").FirstOrDefault(b => b.GetProperty("name").GetString() == brand.Name);
        if (found.ValueKind == JsonValueKind.Undefined)
        {
            object body = competitorOf is { } of ? new { name = brand.Name, query = brand.Query, competitorOf = of } : new { name = brand.Name, query = brand.Query };
            found = await gateway.PostAsync("api/brands", body, cancellationToken) ?? throw Missing("brands");
            await output.WriteLineAsync($"brand {brand.Name} added");
        }
        else
        {
            await output.WriteLineAsync($"brand {brand.Name} is there");
        }

        return found.GetProperty("id").GetGuid();
    }

    private async Task<int> SourcesAsync(CancellationToken cancellationToken)
    {
        var there = List(await gateway.GetAsync("api/sources", cancellationToken), "sources").Select(s => s.GetProperty("url").GetString()).ToHashSet(StringComparer.Ordinal);
        foreach (var feed in SampleFeed.All)
        {
            var url = new Uri(options.Site, feed.Path).AbsoluteUri;
            if (!there.Contains(url))
            {
                _ = await gateway.PostAsync("api/sources", new { kind = "feed", url, name = feed.Title, intervalSeconds = ReadEverySeconds }, cancellationToken) ?? throw Missing("sources");
                await output.WriteLineAsync($"source {feed.Title} added");
            }
        }

        foreach (var network in SampleNetwork.All.Where(n => !there.Any(u => u?.TrimEnd('/') == n.Url(options))))
        {
            _ = await gateway.PostAsync("api/sources", new { kind = network.Name, name = network.Title, intervalSeconds = network.ReadEverySeconds, options = network.Options(network.Url(options)), credentials = network.Credentials }, cancellationToken) ?? throw Missing("sources");
            await output.WriteLineAsync($"source {network.Title} added");
        }

        await output.WriteLineAsync($"{SampleFeed.All.Count} feeds, each read every {ReadEverySeconds} seconds, and {SampleNetwork.All.Count} networks");
        return SampleFeed.All.Count + SampleNetwork.All.Count;
    }

    // A workspace without alerting still shows everything else.
    private async Task<bool> RuleAsync(Guid brand, CancellationToken cancellationToken)
    {
        if (await gateway.GetAsync("api/rules", cancellationToken) is not { } rules)
        {
            await output.WriteLineAsync("no alert rules here: none added");
            return false;
        }

        const string name = "Complaints about Parvelta";
        if (!List(rules, "rules").Any(r => r.GetProperty("name").GetString() == name))
        {
            await gateway.PostAsync("api/rules", new { name, brandId = brand, threshold = 0.65 }, cancellationToken);
            await output.WriteLineAsync($"rule \"{name}\" added");
        }

        return true;
    }

    private async Task WaitAsync(Guid[] brands, CancellationToken cancellationToken)
    {
        var expected = Expected;
        var path = $"api/mentions/counts?{string.Join('&', brands.Select(b => $"brand={b}"))}";
        long before = -1;
        var since = clock.GetTimestamp();
        while (true)
        {
            var judged = await PatientlyAsync(ct => JudgedAsync(path, ct), cancellationToken);
            if (judged != before)
            {
                await output.WriteLineAsync($"{Math.Min(judged, expected)} of {expected} mentions judged");
                (before, since) = (judged, clock.GetTimestamp());
            }

            if (judged >= expected)
            {
                await output.WriteLineAsync($"ready: {options.Gateway} shows {judged} mentions; a new post about every {20 / options.Speed:0.#} seconds");
                return;
            }

            if (clock.GetElapsedTime(since) > Stalled)
            {
                await output.WriteLineAsync($"ready, but only {judged} of {expected} mentions came through and no more for {Stalled.TotalSeconds} seconds: see the logs of ingest and sentiment");
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
        }
    }

    private async Task<long> JudgedAsync(string path, CancellationToken cancellationToken)
    {
        var counts = await gateway.GetAsync(path, cancellationToken) ?? throw Missing("mentions");
        return counts.GetProperty("byStatus").EnumerateObject().Sum(p => p.Value.GetInt64()) - counts.GetProperty("bySentiment").GetProperty("unscored").GetInt64();
    }

    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await step(cancellationToken);
            }
            catch (GatewayException e) when (e.MayPass && clock.GetElapsedTime(started) < Patience)
            {
                if (attempt == 0)
                {
                    await output.WriteLineAsync($"waiting: {e.Message}");
                }

                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    // A list, or an object that holds it.
    private static JsonElement.ArrayEnumerator List(JsonElement? answer, string name) => answer switch
    {
        null => throw Missing(name),
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { } page => page.GetProperty("items").EnumerateArray(),
    };

    private static GatewayException Missing(string what) => new($"The gateway has no {what}: is the service that serves them running?", mayPass: true);
}
