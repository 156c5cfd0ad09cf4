using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Alerts;

/// <summary>Mentions and alerts together, the watches looking every second.</summary>
public sealed class PromisesFixture : AlertsFixture
{
    protected override string[] Services => ["Mentions", "Alerts"];

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Alerts__WatchSeconds"] = "1" };
}

/// <summary>From a mention that nobody answered in time to the incident that says so, over the real bus.</summary>
public sealed class PromisesBroken(PromisesFixture fixture) : IClassFixture<PromisesFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mention_over_its_time_is_an_incident_that_a_channel_tells_and_the_answer_ends()
    {
        await using var chat = await ChatSink.StartAsync();
        (await fixture.SendAsync(HttpMethod.Post, "/api/channels", new { kind = "slack", name = "chat", url = chat.Url })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { kind = "slaBreach", name = "Too late", brandId = brand.Id, severity = "critical", labels = new[] { "promises" } })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await PromiseAsync(new { name = "negative", brands = new[] { brand.Id }, firstAnswerMinutes = 60 });
        var mention = await LateAsync("promised");

        var incident = await IncidentAsync("open");
        incident.GetProperty("measured").GetProperty("observed").GetDouble().ShouldBe(1);
        incident.GetProperty("mentions")[0].GetGuid().ShouldBe(mention);
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Any(g => g.Body.GetRawText().Contains("Too late", StringComparison.Ordinal))), Patience, () => fixture.Stack.Alerts.LogTail(), Cancel);

        await DoAsync(mention, "replied", new { url = "https://example.org/answer" });
        (await IncidentAsync("resolved")).GetProperty("resolvedBy").GetString().ShouldBe("serm");
    }

    [Fact]
    public async Task What_is_dismissed_is_over_its_time_no_more_and_is_again_when_it_is_reopened()
    {
        await PromiseAsync(new { name = "negative", brands = new[] { brand.Id }, resolveMinutes = 60 });
        var mention = await LateAsync("reopened");

        await OverdueAsync(mention, true);
        await DoAsync(mention, "dismiss", new { reason = "spam" });
        await OverdueAsync(mention, false);
        await DoAsync(mention, "reopen");
        await OverdueAsync(mention, true);
    }

    // Of a brand of its own, seen an hour and a half ago.
    private async Task<Guid> LateAsync(string nativeId)
    {
        var scored = AlertsFixture.AScored(brand, nativeId);
        var seen = scored.Mention.SeenAt.AddMinutes(-90);
        await fixture.PublishAsync([scored with { Mention = scored.Mention with { SeenAt = seen, MatchedAt = seen } }]);
        return scored.Mention.MentionId;
    }

    private Task OverdueAsync(Guid mention, bool breached) => Eventually.AsyncTrue(
        async _ => await fixture.ScalarAsync($"select count(*) from alerts.overdue where mention_id = '{mention}' and breached = {breached}") == 1,
        Patience,
        () => $"breached was not {breached}: {fixture.Stack.Mentions.LogTail()}",
        Cancel);

    private async Task PromiseAsync(object policy) =>
        await SendAsync(HttpMethod.Put, "/api/sla/policies", $"\"{(await ReadAsync("/api/sla/policies")).GetProperty("version").GetInt32()}\"", new { policies = new[] { policy } });

    // As it is now: a verdict or a clock may come in between.
    private Task DoAsync(Guid mention, string verb, object? body = null) => Eventually.AsyncTrue(
        async _ =>
        {
            var now = await ReadAsync($"/api/mentions/{mention}");
            using var answer = await AskAsync(HttpMethod.Post, $"/api/mentions/{mention}/{verb}", $"\"{now.GetProperty("version").GetInt32()}\"", body);
            return answer.IsSuccessStatusCode;
        },
        Patience,
        () => fixture.Stack.Mentions.LogTail(),
        Cancel);

    private async Task<JsonElement> IncidentAsync(string status) => (await Eventually.Async(
        async _ => (await fixture.GetAsync($"/api/incidents?kind=slaBreach&brand={brand.Id}&status={status}")).GetProperty("items"),
        items => items.GetArrayLength() == 1,
        Patience,
        Cancel))[0];

    private async Task SendAsync(HttpMethod method, string path, string version, object body)
    {
        using var answer = await AskAsync(method, path, version, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var request = Stack.Request(HttpMethod.Get, path);
        using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, Cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string version, object? body)
    {
        using var request = Stack.Request(method, path, role: Role.Manager);
        request.Headers.TryAddWithoutValidation("If-Match", version);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await fixture.Stack.Mentions.Http.SendAsync(request, Cancel);
    }
}
