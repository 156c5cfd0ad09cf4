using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Serm.Simulator;

namespace Serm.Tests.Integration.Ingest;

public sealed partial class ReadingNetworks(IngestFixture fixture) : IClassFixture<IngestFixture>, IAsyncLifetime
{
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";
    private readonly SimClock clock = new(TimeProvider.System.GetUtcNow());
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private Simulation simulation = null!;

    private World World => simulation["vk"].World;

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task A_network_is_read_followed_and_charged_and_its_credentials_stay_sealed()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var post = World.Publish("acme is late again 😡");
        World.Publish("mine too, acme", parent: post);
        World.Publish("nothing of note");
        var id = await AddAsync();

        var mentions = await fixture.MentionsAsync(brand, 2);
        mentions.Select(m => (m.Post.SourceKind, m.Post.NativeId, m.Post.ParentNativeId, m.Post.RootNativeId)).Order().ShouldBe([("vk", "-1_1", null, null), ("vk", "-1_1_r2", "-1_1", "-1_1")]);
        mentions.ShouldAllBe(m => m.Post.Author!.Followers > 0 && m.Post.Engagement != null);

        await Eventually.AsyncTrue(async _ => await PreviewAsync("acme engagement>=0 source:vk followers>0") == 2, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);
        var (_, source) = await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{id}", workspace: workspace);
        source.GetProperty("credentialsSet").EnumerateArray().Select(n => n.GetString()).ShouldBe(["accessToken", "callbackSecret"], ignoreOrder: true);
        source.GetRawText().ShouldNotContain(simulation["vk"].Token);
        (await StoredAsync(id)).ShouldNotContain(simulation["vk"].Token);

        var (_, budget) = await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{id}/budget", workspace: workspace);
        budget.GetProperty("lanes").EnumerateArray().ShouldContain(l => l.GetProperty("lane").GetString() == "wall: 1" && l.GetProperty("calls").GetInt64() > 0);
        var (_, coverage) = await fixture.SendAsync(HttpMethod.Get, "/api/coverage", workspace: workspace);
        (await fixture.SendAsync(HttpMethod.Get, "/api/coverage?to=0001-01-01T00:00:00Z", workspace: workspace)).Body.GetProperty("code").GetString().ShouldBe("out_of_range");
        var week = coverage.GetProperty("sources")[0].GetProperty("weeks").EnumerateArray().Last();
        (week.GetProperty("asked").GetInt64() > 0, week.GetProperty("covered").GetDouble()).ShouldBe((true, 1));
    }

    [Fact]
    public async Task A_network_calls_and_only_with_its_secret()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var id = await AddAsync();

        (await CallAsync(id, new { type = "confirmation", group_id = 1, secret = "s3cret" })).ShouldBe((HttpStatusCode.OK, "c0nf1rm"));
        (await CallAsync(id, Reply("e1", "wrong"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        for (var i = 0; i < 2; i++)
        {
            (await CallAsync(id, Reply("e2", "s3cret"))).ShouldBe((HttpStatusCode.OK, "ok"));
        }

        (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem().Post.NativeId.ShouldBe("-1_7_r9");
        (await CallAsync(id, new { type = "wall_reply_delete", group_id = 1, event_id = "e3", secret = "s3cret", @object = new { owner_id = -1, id = 9, post_id = 7, user_id = 3 } })).Status.ShouldBe(HttpStatusCode.OK);
        (await ScalarAsync("select count(*) from ingest.items where source_id = $1 and removed_at is not null", id)).ShouldBe(1L);
        (await CallAsync(Guid.CreateVersion7(), Reply("e4", "s3cret"))).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_deleted_is_not_shown_in_previews_whether_a_brand_had_it_or_not()
    {
        var id = await AddAsync();
        (await CallAsync(id, Reply("e1", "s3cret"))).Status.ShouldBe(HttpStatusCode.OK);
        (await PreviewAsync("acme")).ShouldBe(1);

        (await CallAsync(id, new { type = "wall_reply_delete", group_id = 1, event_id = "e2", secret = "s3cret", @object = new { owner_id = -1, id = 9, post_id = 7, user_id = 3 } })).Status.ShouldBe(HttpStatusCode.OK);

        (await PreviewAsync("acme")).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_network_only_names_is_asked_for_at_once()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var elsewhere = simulation["instagram"].World.Publish("a photo of @acme", "elsewhere");
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post,
            "/api/sources",
            new
            {
                kind = "instagram",
                intervalSeconds = 86_400,
                options = new { apiUrl = simulation.Url("instagram"), account = Serm.Simulator.Networks.Instagram.Account },
                credentials = new { accessToken = simulation["instagram"].Token, appSecret = Serm.Simulator.Networks.Graph.Secret },
            },
            workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());

        // More checks are overdue than one turn makes.
        await using (var source = NpgsqlDataSource.Create(fixture.Stack.Postgres))
        await using (var overdue = source.CreateCommand("insert into ingest.items (workspace, source_id, native_id, content_hash, revision, listed_at, taken_at, check_at) select $1, $2, 'media:' || n, '', 1, now(), now(), now() - interval '1 hour' from generate_series(1, 30) as n"))
        {
            overdue.Parameters.Add(new() { Value = workspace });
            overdue.Parameters.Add(new() { Value = body.GetProperty("id").GetGuid() });
            await overdue.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var call = JsonSerializer.SerializeToUtf8Bytes(Serm.Simulator.Networks.Instagram.MentionCall(elsewhere, 1));
        using var content = new ByteArrayContent(call);
        content.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Serm.Simulator.Networks.Graph.Secret), call))}");
        using var answer = await fixture.Stack.Ingest.Http.PostAsync(new Uri($"/hooks/{body.GetProperty("id").GetGuid()}", UriKind.Relative), content, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem().Post.NativeId.ShouldStartWith("mention:media:");
    }

    [Fact]
    public async Task A_test_says_what_is_wrong_before_anything_is_stored()
    {
        World.Publish("acme one");
        var (_, good) = await TestAsync(simulation["vk"].Token);
        (good.GetProperty("ok").GetBoolean(), good.GetProperty("posts").GetInt32()).ShouldBe((true, 1));
        var (_, bad) = await TestAsync("a-token-that-ended");
        (bad.GetProperty("ok").GetBoolean(), bad.GetProperty("code").GetString()).ShouldBe((false, "token_refused"));
        var (status, refused) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "vk", options = new { communities = new[] { "not a number" } }, credentials = new { accessToken = "x" } }, workspace);
        (status, refused.GetProperty("field").GetString()).ShouldBe((HttpStatusCode.BadRequest, "options.communities"));
        (await fixture.SendAsync(HttpMethod.Get, "/api/sources", workspace: workspace)).Body.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_test_sends_the_credentials_of_a_source_to_no_other_server()
    {
        var id = await AddAsync();
        World.Publish("acme one");
        (await AskAsync(new { kind = "vk", options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" } } })).Body.GetProperty("ok").GetBoolean().ShouldBeTrue();
        var (status, other) = await AskAsync(new { kind = "vk", options = new { apiUrl = simulation.Url("lemmy"), communities = new[] { "1" } } });
        (status, other.GetProperty("code").GetString(), other.GetProperty("field").GetString()).ShouldBe((HttpStatusCode.BadRequest, "credentials_again", "credentials.accessToken"));
        var (refused, kind) = await AskAsync(new { kind = "instagram", options = new { apiUrl = simulation.Url("instagram"), account = "17" } });
        (refused, kind.GetProperty("code").GetString(), kind.GetProperty("field").GetString()).ShouldBe((HttpStatusCode.BadRequest, "kind_fixed", "kind"));
        simulation["lemmy"].Requests.ShouldBe(0);
        simulation["instagram"].Requests.ShouldBe(0);

        Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(object source) => fixture.SendAsync(HttpMethod.Post, "/api/sources/test", new { source, id }, workspace);
    }

    [Fact]
    public async Task What_one_turn_leaves_of_many_pages_is_read_in_the_next_at_once()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        for (var i = 0; i < 12; i++)
        {
            World.Publish($"acme, an answer {i}", parent: World.Publish($"acme, a post {i}"));
        }

        await AddAsync(intervalSeconds: 86_400);
        (await fixture.MentionsAsync(brand, 24)).Count.ShouldBe(24);
    }

    [Fact]
    public async Task Credentials_whose_day_a_person_wrote_are_told_a_week_ahead_until_there_is_another_day()
    {
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post, "/api/sources", new { kind = "vk", options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" }, credentialsEnd = soon }, credentials = new { accessToken = simulation["vk"].Token } }, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        body.GetProperty("credentialsExpireAt").GetString().ShouldNotBeNull().ShouldStartWith(soon);
        var id = body.GetProperty("id").GetGuid();
        await ToldAsync("source_credentials_ending");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" } } }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        await ToldAsync("source_credentials_last");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" }, credentialsEnd = "2020-01-01" } }, workspace)).Body.GetProperty("field").GetString().ShouldBe("options.credentialsEnd");

        // What the network told of the old ones says nothing of new ones.
        const string Told = "update ingest.cursors set state = state || '{\"expiresAt\":\"2030-01-01T00:00:00Z\"}' where source_id = $1 and lease is null returning 1";
        await Eventually.AsyncTrue(async _ => await ScalarAsync(Told, id) is int, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { credentials = new { accessToken = simulation["vk"].Token } }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        (await ScalarAsync("select coalesce(state ->> 'expiresAt', '') from ingest.cursors where source_id = $1", id)).ShouldBe("");

        Task ToldAsync(string type) => this.ToldAsync(id, type, 1);
    }

    [Theory]
    [InlineData("called")]
    [InlineData("paused")]
    public async Task Credentials_of_a_source_that_nothing_reads_are_told_too(string why)
    {
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var late = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(300).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var mode = why == "called" ? "called" : "ask";
        var (status, body) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "telegram", options = Options(late), credentials = new { botToken = $"1:{simulation["telegram"].Token}", webhookSecret = "s3cret" } }, workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        var id = body.GetProperty("id").GetGuid();
        if (why == "paused")
        {
            (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { paused = true }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { options = Options(soon) }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        await ToldAsync(id, "source_credentials_ending", 1);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await ToldAsync(id, "source_credentials_ending", 1);
        await ToldAsync(id, "source_credentials_last", 0);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { options = Options(late) }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        await ToldAsync(id, "source_credentials_last", 1);

        object Options(string end) => new { apiUrl = simulation.Url("telegram"), mode, credentialsEnd = end };
    }

    private Task ToldAsync(Guid id, string type, long times) => Eventually.AsyncTrue(
        async _ => (long)(await ScalarAsync($"select count(*) from ingest.mt_events where type = '{type}' and stream_id = $1", id))! == times, Patience, () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);

    private static object Reply(string eventId, string secret) => new
    {
        type = "wall_reply_new", group_id = 1, event_id = eventId, v = "5.199", secret,
        @object = new { id = 9, from_id = 3, date = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), text = "acme, please answer", post_id = 7, post_owner_id = -1 },
    };

    private async Task<Guid> AddAsync(int? intervalSeconds = null)
    {
        var (status, body) = await fixture.SendAsync(
            HttpMethod.Post,
            "/api/sources",
            new
            {
                kind = "vk",
                intervalSeconds,
                options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" }, confirmation = "c0nf1rm" },
                credentials = new { accessToken = simulation["vk"].Token, callbackSecret = "s3cret" },
            },
            workspace);
        status.ShouldBe(HttpStatusCode.Created, body.ToString());
        return body.GetProperty("id").GetGuid();
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> TestAsync(string token) => fixture.SendAsync(
        HttpMethod.Post, "/api/sources/test", new { source = new { kind = "vk", options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" } }, credentials = new { accessToken = token } } }, workspace);

    // As the gateway hands it on: without a caller.
    private async Task<(HttpStatusCode Status, string Text)> CallAsync(Guid id, object body)
    {
        using var answer = await fixture.Stack.Ingest.Http.PostAsync(new Uri($"/hooks/{id}", UriKind.Relative), JsonContent.Create(body), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<int> PreviewAsync(string query) => (await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query }, workspace)).Body.GetProperty("matched").GetInt32();

    private async Task<string> StoredAsync(Guid id) => Encoding.Latin1.GetString((byte[])(await ScalarAsync("select sealed from ingest.credentials where source_id = $1", id))!);

    private async Task<object?> ScalarAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Stack.Postgres);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
