using System.Net;
using System.Text.Json;

namespace Serm.Tests.Integration.Ingest;

/// <summary>Sources that are listened to.</summary>
public sealed partial class ReadingNetworks
{
    [Theory]
    [InlineData("telegram", "ask")]
    [InlineData("telegram", "called")]
    [InlineData("bluesky", "stream")]
    public async Task A_pause_ends_for_sources_that_are_listened_to_or_only_called(string kind, string mode)
    {
        clock.Follow(TimeProvider.System);
        var stage = simulation[kind];
        object wanted = kind == "telegram"
            ? new { kind, options = new { apiUrl = simulation.Url(kind), mode, waitSeconds = 1 }, credentials = new { botToken = $"1:{stage.Token}", webhookSecret = "s3cret" } }
            : new { kind, options = new { jetstream = simulation.Url(kind) } };
        var (status, body) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", wanted, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        var id = body.GetProperty("id").GetGuid();
        stage.World.Publish("acme before");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { paused = true }, workspace)).Body.GetProperty("gap").GetProperty("reason").GetString().ShouldBe("paused");
        stage.World.Publish("acme meanwhile");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { paused = false }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        stage.World.Publish("acme after");
        await Eventually.AsyncTrue(async _ => (await GapAsync()).ValueKind == JsonValueKind.Null, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);
        (await ScalarAsync("select count(*) from ingest.gaps where source_id = $1 and to_at is null", id)).ShouldBe(0L);

        async Task<JsonElement> GapAsync() => (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{id}", workspace: workspace)).Body.GetProperty("gap");
    }

    [Fact]
    public async Task Rules_of_a_stream_go_with_their_source_and_what_cannot_be_taken_back_is_told_and_tried_again()
    {
        var x = simulation["x"];
        using var app = new HttpClient { BaseAddress = new Uri(simulation.Url("x") + "/") };
        app.DefaultRequestHeaders.Authorization = new("Bearer", x.Token);
        var removed = await AddStreamAsync("acme");
        await RulesAsync(app, $"serm:{removed:N} acme");
        (await fixture.SendAsync(HttpMethod.Delete, $"/api/sources/{removed}", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NoContent);
        await RulesAsync(app);
        await Eventually.AsyncTrue(async _ => (await LeftoversAsync()).GetArrayLength() == 0, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);

        var paused = await AddStreamAsync("zenith");
        await RulesAsync(app, $"serm:{paused:N} zenith");
        x.Token = "another";
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{paused}", new { paused = true }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.AsyncTrue(async _ => await LeftoversAsync() is var l && l.GetArrayLength() == 1 && l[0].GetProperty("tries").GetInt32() == 1, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);
        var left = (await LeftoversAsync())[0];
        (left.GetProperty("sourceId").GetGuid(), left.GetProperty("lastError").GetProperty("code").GetString(), left.GetProperty("nextTryAt").ValueKind).ShouldBe((paused, "token_refused", JsonValueKind.String));
        left.GetProperty("what").GetString().ShouldNotBeNull().ShouldContain($"serm:{paused:N}");

        x.Token = app.DefaultRequestHeaders.Authorization.Parameter!;
        await ScalarAsync("update ingest.leftovers set due_at = now() where source_id = $1", paused);
        await RulesAsync(app);
    }

    [Fact]
    public async Task A_source_that_is_stopped_while_it_listens_brings_nothing_more()
    {
        // Requests are held open for real.
        clock.Follow(TimeProvider.System);
        var telegram = simulation["telegram"];
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        telegram.World.Publish("acme before");
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post, "/api/sources", new { kind = "telegram", options = new { apiUrl = simulation.Url("telegram") }, credentials = new { botToken = $"1:{telegram.Token}" } }, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        await fixture.MentionsAsync(brand, 1);
        var held = await SettledAsync();
        telegram.World.Publish("acme while it listens");
        (await fixture.MentionsAsync(brand, 2)).ShouldContain(m => m.Post.Text == "acme while it listens");
        (telegram.Requests - held).ShouldBeLessThanOrEqualTo(1, "the post came with the request that was held open for it");

        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{body.GetProperty("id").GetGuid()}", new { paused = true }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        await SettledAsync();

        // Once nothing more is asked for: the requests until then.
        async Task<int> SettledAsync()
        {
            var asked = -1;
            await Eventually.AsyncTrue(
                async ct =>
                {
                    var before = asked;
                    asked = telegram.Requests;
                    await Task.Delay(TimeSpan.FromSeconds(2), ct);
                    return before >= 0 && telegram.Requests == asked;
                },
                Patience,
                () => fixture.Stack.Ingest.LogTail(),
                TestContext.Current.CancellationToken);
            return asked;
        }
    }

    [Fact]
    public async Task What_is_refused_of_the_searches_keeps_nobody_from_listening()
    {
        var x = simulation["x"];
        x.Closed = "/2/users/17/";
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post,
            "/api/sources",
            new { kind = "x", options = new { apiUrl = simulation.Url("x"), mode = "stream", queries = new[] { "acme" }, accounts = new[] { "17" } }, credentials = new { bearerToken = x.Token } },
            workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        var id = body.GetProperty("id").GetGuid();
        x.World.Publish("acme on the stream");
        (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem().Post.Text.ShouldBe("acme on the stream");
        await Eventually.AsyncTrue(
            async _ => (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{id}", workspace: workspace)).Body.GetProperty("lastError") is { ValueKind: JsonValueKind.Object } error && error.GetProperty("code").GetString() == "not_allowed",
            Patience,
            () => fixture.Stack.Ingest.LogTail(),
            TestContext.Current.CancellationToken);
    }

    private static async Task RulesAsync(HttpClient app, params string[] expected) => await Eventually.AsyncTrue(
        async ct => JsonElement.Parse(await app.GetStringAsync("2/tweets/search/stream/rules", ct)) is var answer
            && (answer.TryGetProperty("data", out var rules) ? rules.EnumerateArray().Select(r => $"{r.GetProperty("tag").GetString()} {r.GetProperty("value").GetString()}") : []).SequenceEqual(expected, StringComparer.Ordinal),
        Patience,
        () => string.Join(", ", expected),
        TestContext.Current.CancellationToken);

    private async Task<JsonElement> LeftoversAsync() => (await fixture.SendAsync(HttpMethod.Get, "/api/sources/leftovers", workspace: workspace)).Body;

    private async Task<Guid> AddStreamAsync(string query)
    {
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post, "/api/sources", new { kind = "x", options = new { apiUrl = simulation.Url("x"), mode = "stream", queries = new[] { query } }, credentials = new { bearerToken = simulation["x"].Token } }, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        return body.GetProperty("id").GetGuid();
    }
}
