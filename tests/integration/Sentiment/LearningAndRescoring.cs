using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Sentiments;

/// <summary>Sentiment and mentions on real servers: corrections go round, a model is learnt, promoted while mentions flow, and the history is judged again.</summary>
public sealed class LearningAndRescoring : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Wobblix");
    private readonly ConcurrentQueue<MentionScored> scored = [];
    private Stack stack = null!;
    private IBusControl bus = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
        await stack.StartAsync(Ct, "Sentiment", "Mentions");
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
            b.ReceiveEndpoint(e => e.Handler<Bulk<MentionScored>>(c =>
            {
                foreach (var message in c.Message.Items)
                {
                    scored.Enqueue(message);
                }

                return Task.CompletedTask;
            }));
        });
        await bus.StartAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await stack.DisposeAsync();
    }

    [Fact]
    public async Task Corrections_become_a_model_that_takes_over_without_a_restart_or_a_lost_message_and_the_history_follows_though_its_process_is_killed()
    {
        var shipped = (await SentimentAsync(HttpMethod.Get, "/api/models")).GetProperty("shipped").GetString()!;
        var corrected = await CorrectAsync();

        // A promotion in the middle of a flow.
        var trained = await TrainAsync(corrected);
        var version = trained.GetProperty("version").GetString()!;
        trained.GetProperty("comparison").GetProperty("falls").GetArrayLength().ShouldBe(0);
        var diff = await SentimentAsync(HttpMethod.Get, $"/api/models/{version}/diff");
        diff.GetProperty("changed").GetInt32().ShouldBeGreaterThan(0);
        var flow = Enumerable.Range(0, 600).Select(i => AFound($"The wobblix came flumpy again, number {i}")).ToList();
        await PublishAsync(flow[..300]);
        await SentimentAsync(HttpMethod.Post, $"/api/models/{version}/promote");
        await PublishAsync(flow[300..]);
        var verdicts = await HearAsync(flow);
        verdicts.Count.ShouldBe(600);
        verdicts.Values.Select(v => v.ModelVersion).Distinct().ShouldBeSubsetOf([shipped, version]);
        verdicts[flow[^1].MentionId].ShouldSatisfyAllConditions(v => v.ModelVersion.ShouldBe(version), v => v.Label.ShouldBe(Sentiment.Negative));

        // The history follows; its process is killed on the way.
        await StoredAsync(flow);
        var job = await MentionsAsync(HttpMethod.Post, "/api/rescore", new { perSecond = 100 });
        await Eventually.AsyncTrue(async _ => (await JobAsync(job)).GetProperty("sent").GetInt64() >= 100, Patience, () => "nothing came of it", Ct);
        await stack.Mentions.KillAsync();
        await stack.Mentions.StartAsync(Ct);
        var done = await Eventually.Async(_ => JobAsync(job), j => j.GetProperty("status").GetString() == "done", Patience, Ct);
        done.GetProperty("judged").GetInt64().ShouldBeGreaterThanOrEqualTo(done.GetProperty("total").GetInt64());

        var first = await MentionsAsync(HttpMethod.Get, $"/api/mentions/{flow[0].MentionId}");
        first.GetProperty("modelVersion").GetString().ShouldBe(version);
        var history = await MentionsAsync(HttpMethod.Get, $"/api/mentions/{corrected[0].MentionId}/history");
        history.EnumerateArray().Select(e => e.GetProperty("type").GetString()).ShouldBe(["mention_found", "mention_scored", "mention_corrected", "mention_rescored"], ignoreOrder: true);
        var before = await PointsAsync(shipped);
        var after = await PointsAsync(version);
        after.Negative.ShouldBeGreaterThan(before.Negative);
        (after.Negative + after.Others).ShouldBe(before.Negative + before.Others);

        // And back again.
        await SentimentAsync(HttpMethod.Post, $"/api/models/{shipped}/promote");
        var last = AFound("This one is flumpy, the last");
        await PublishAsync([last]);
        (await HearAsync([last]))[last.MentionId].ModelVersion.ShouldBe(shipped);

        // By itself, once the workspace wants it so: it is better on the corrections, and nothing falls.
        var settings = await SentimentAsync(HttpMethod.Get, "/api/settings/sentiment");
        await SendAsync(stack.Sentiment.Http, HttpMethod.Put, "/api/settings/sentiment", new { promotion = "automatic" }, settings.GetProperty("version").GetInt32());
        var again = (await TrainAsync(corrected)).GetProperty("version").GetString();
        var models = await Eventually.Async(_ => SentimentAsync(HttpMethod.Get, "/api/models"), m => m.GetProperty("inUse").GetString() == again, Patience, Ct);
        models.GetProperty("models").EnumerateArray().First(m => m.GetProperty("inUse").GetBoolean()).GetProperty("promotedBy").GetString().ShouldBe("policy");
    }

    [Fact]
    public async Task The_history_is_judged_by_a_version_as_verdicts_carry_it_and_a_version_that_nobody_knows_fails_and_parks_nothing()
    {
        var shipped = (await SentimentAsync(HttpMethod.Get, "/api/models")).GetProperty("shipped").GetString()!;
        var found = Enumerable.Range(0, 3).Select(i => AFound($"A wobblix stands on shelf {i}")).ToList();
        await PublishAsync(found);
        await StoredAsync(found);

        var known = await MentionsAsync(HttpMethod.Post, "/api/rescore", new { model = $"{shipped}+0.30" });
        var done = await Eventually.Async(_ => JobAsync(known), j => j.GetProperty("status").GetString() is not "running", Patience, Ct);
        (done.GetProperty("status").GetString(), done.GetProperty("judged").GetInt64()).ShouldBe(("done", 3));
        (await MentionsAsync(HttpMethod.Get, $"/api/mentions/{found[0].MentionId}")).GetProperty("modelVersion").GetString().ShouldBe($"{shipped}+0.30");

        var unknown = await MentionsAsync(HttpMethod.Post, "/api/rescore", new { model = "000000000000" });
        var failed = await Eventually.Async(_ => JobAsync(unknown), j => j.GetProperty("status").GetString() is not "running", Patience, Ct);
        (failed.GetProperty("status").GetString(), failed.GetProperty("judged").GetInt64()).ShouldBe(("failed", 0));
        (await SentimentFixture.ParkedAsync(Queues.SentimentRescoreAsked, Ct)).ShouldBeNull();
    }

    // Thirty texts with a word that no training has seen: half are corrected to negative, half confirmed as neutral by people.
    private async Task<List<MentionFound>> CorrectAsync()
    {
        var complaints = Enumerable.Range(0, 15).Select(i => AFound($"The wobblix came flumpy on day {i}")).ToList();
        var notices = Enumerable.Range(0, 15).Select(i => AFound($"A wobblix stands on shelf {i}")).ToList();
        List<MentionFound> all = [.. complaints, .. notices];
        await PublishAsync(all);
        await StoredAsync(all);
        foreach (var mention in all)
        {
            var now = await MentionsAsync(HttpMethod.Get, $"/api/mentions/{mention.MentionId}");
            var label = complaints.Contains(mention) ? "negative" : "neutral";
            var then = await MentionsAsync(HttpMethod.Post, $"/api/mentions/{mention.MentionId}/correct", new { label, reason = "tests say so" }, now.GetProperty("version").GetInt32());
            then.GetProperty("sentiment").GetString().ShouldBe(label);
        }

        await Eventually.AsyncTrue(async _ => (await SentimentAsync(HttpMethod.Get, "/api/models")).GetProperty("corrections").GetInt32() == 30, Patience, () => "nothing came of it", Ct);
        return all;
    }

    private async Task<JsonElement> TrainAsync(List<MentionFound> corrected)
    {
        corrected.Count.ShouldBe(30);
        var asked = await SentimentAsync(HttpMethod.Post, "/api/models/train");
        var id = asked.GetProperty("id").GetString();
        return await Eventually.Async(_ => SentimentAsync(HttpMethod.Get, $"/api/models/{id}"), m => m.GetProperty("status").GetString() is "ready" or "failed", Patience, Ct);
    }

    private async Task<JsonElement> JobAsync(JsonElement job) =>
        (await MentionsAsync(HttpMethod.Get, "/api/rescore")).EnumerateArray().Single(j => j.GetProperty("id").GetString() == job.GetProperty("id").GetString());

    private async Task<(long Negative, long Others)> PointsAsync(string model)
    {
        var points = (await MentionsAsync(HttpMethod.Get, $"/api/brands/{brand.Id}/dynamics?model={model}")).GetProperty("points").EnumerateArray().ToList();
        return (points.Sum(p => p.GetProperty("negative").GetInt64()), points.Sum(p => p.GetProperty("neutral").GetInt64() + p.GetProperty("positive").GetInt64() + p.GetProperty("unscored").GetInt64()));
    }

    private async Task StoredAsync(IReadOnlyCollection<MentionFound> mentions)
    {
        foreach (var mention in mentions)
        {
            await Eventually.AsyncTrue(
                async ct =>
                {
                    using var answer = await stack.Mentions.Http.SendAsync(Stack.Request(HttpMethod.Get, $"/api/mentions/{mention.MentionId}"), ct);
                    return answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("sentiment").ValueKind == JsonValueKind.String;
                },
                Patience,
                () => $"{mention.MentionId} is not stored",
                Ct);
        }
    }

    private async Task<IReadOnlyDictionary<Guid, Verdict>> HearAsync(IReadOnlyCollection<MentionFound> mentions)
    {
        var ids = mentions.Select(m => m.MentionId).ToHashSet();
        return await Eventually.Async(
            _ => Task.FromResult(scored.Where(s => ids.Contains(s.Mention.MentionId)).GroupBy(s => s.Mention.MentionId).ToDictionary(g => g.Key, g => g.Last().Verdict)),
            v => v.Count == ids.Count,
            Patience,
            Ct);
    }

    private Task PublishAsync(IEnumerable<MentionFound> mentions) => bus.PublishAllAsync(mentions.Select(m => (Guid.CreateVersion7(), m)), Ct);

    private Task<JsonElement> SentimentAsync(HttpMethod method, string path) => SendAsync(stack.Sentiment.Http, method, path, null, null);

    private Task<JsonElement> MentionsAsync(HttpMethod method, string path, object? body = null, int? version = null) => SendAsync(stack.Mentions.Http, method, path, body, version);

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, object? body, int? version)
    {
        using var request = Stack.Request(method, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        }

        using var answer = await http.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private MentionFound AFound(string text)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7();
        return new("main", id, brand, new("push", Guid.Empty, "tests", id.ToString("N"), null, null, text, null, now.AddMinutes(-1), "en", 1, null, null, 1, "00"), now, now);
    }
}
