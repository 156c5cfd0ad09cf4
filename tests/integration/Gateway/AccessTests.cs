using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests.Integration.Mentions;

namespace Serm.Tests.Integration.Gateway;

public sealed class AccessTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static CancellationToken Token => GatewayFixture.Token;

    [Fact]
    public async Task Nobody_and_an_unknown_key_are_told_apart()
    {
        using var nobody = await gateway.GetAsync("/api/mentions", "");
        await GatewayFixture.ShouldRefuseAsync(nobody, HttpStatusCode.Unauthorized, "not_signed_in");
        nobody.Headers.WwwAuthenticate.ToString().ShouldContain("Bearer");
        foreach (var key in new[] { "serm_" + new string('0', 43), "nonsense", AlmostRight(gateway.AdminKey) })
        {
            using var wrong = await gateway.GetAsync("/api/mentions", key);
            await GatewayFixture.ShouldRefuseAsync(wrong, HttpStatusCode.Unauthorized, "key_unknown");
        }
    }

    [Fact]
    public async Task A_key_is_shown_once_stored_hashed_and_refused_once_revoked()
    {
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "robot", role = "moderator" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>(Token);
        var secret = answer.GetProperty("secret").GetString()!;
        (await gateway.ReadAsync("/api/me", secret)).GetProperty("name").GetString().ShouldBe("key:robot");
        (await gateway.ReadAsync("/api/keys")).GetRawText().ShouldNotContain(secret);
        await using (var stored = gateway.Database.CreateCommand("select string_agg(k::text, ' ') from gateway.api_keys k"))
        {
            ((string)(await stored.ExecuteScalarAsync(Token))!).ShouldNotContain(secret["serm_".Length..]);
        }

        using var revoked = await gateway.SendAsync(HttpMethod.Delete, $"/api/keys/{answer.GetProperty("key").GetProperty("id").GetGuid()}");
        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var after = await gateway.GetAsync("/api/me", secret);
        await GatewayFixture.ShouldRefuseAsync(after, HttpStatusCode.Unauthorized, "key_unknown");
    }

    [Fact]
    public async Task The_command_line_makes_no_workspace_by_a_slip_and_says_how_it_is_called()
    {
        var slip = await Should.ThrowAsync<InvalidOperationException>(() => gateway.Stack.Gateway.RunAsync("key", "--role", "admin", "--workspace", "mian"));
        slip.Message.ShouldContain("There is no workspace \"mian\"");
        slip.Message.ShouldContain("main");
        slip.Message.ShouldContain("--new-workspace");
        var meant = (await gateway.Stack.Gateway.RunAsync("key", "--role", "admin", "--workspace", "second", "--new-workspace")).TrimEnd();
        (await gateway.ReadAsync("/api/me", meant)).GetProperty("workspace").GetString().ShouldBe("second");
        await gateway.Stack.Gateway.RunAsync("key", "--role", "moderator", "--workspace", "second");
        (await Should.ThrowAsync<InvalidOperationException>(() => gateway.Stack.Gateway.RunAsync("key", "--roles", "admin"))).Message.ShouldContain("usage: ./serm key --role");
    }

    [Fact]
    public async Task An_expired_key_is_told_so()
    {
        using var past = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "old", role = "moderator", expiresAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });
        (await GatewayFixture.ShouldRefuseAsync(past, HttpStatusCode.BadRequest, "expiry_past")).GetProperty("field").GetString().ShouldBe("expiresAt");

        // Long enough that it is still to come when it is asked for.
        var ends = TimeProvider.System.GetUtcNow().AddSeconds(5);
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "short", role = "moderator", expiresAt = ends });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("secret").GetString();
        while (TimeProvider.System.GetUtcNow() <= ends)
        {
            await Task.Delay(100, Token);
        }

        using var late = await gateway.GetAsync("/api/me", secret);
        await GatewayFixture.ShouldRefuseAsync(late, HttpStatusCode.Unauthorized, "key_expired");
    }

    [Fact]
    public async Task A_key_of_another_workspace_is_neither_shown_nor_revoked()
    {
        var theirs = await gateway.KeyAsync("admin", "next-door");
        var id = (await gateway.ReadAsync("/api/keys", theirs)).EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid();

        (await gateway.ReadAsync("/api/keys")).GetRawText().ShouldNotContain(id.ToString());
        using var refused = await gateway.SendAsync(HttpMethod.Delete, $"/api/keys/{id}");
        await GatewayFixture.ShouldRefuseAsync(refused, HttpStatusCode.NotFound, "not_found");
        (await gateway.ReadAsync("/api/me", theirs)).GetProperty("workspace").GetString().ShouldBe("next-door");
    }

    [Fact]
    public async Task Roles_bound_what_a_key_may_do()
    {
        var integrator = await gateway.KeyAsync("integrator");
        var moderator = await gateway.KeyAsync("moderator");
        var manager = await gateway.KeyAsync("manager");
        foreach (var (method, path, key) in new[]
        {
            (HttpMethod.Post, $"/api/mentions/{Guid.CreateVersion7()}/claim", integrator),
            (HttpMethod.Post, "/api/sources", moderator),
            (HttpMethod.Post, "/api/brands", moderator),
            (HttpMethod.Post, "/api/ingest", moderator),
            (HttpMethod.Post, "/api/ingest", manager),
            (HttpMethod.Get, "/api/keys", moderator),
            (HttpMethod.Post, "/api/keys", manager),
            (HttpMethod.Post, "/api/users", manager),
            (HttpMethod.Post, "/api/webhooks", moderator),
            (HttpMethod.Get, "/api/users", integrator),
            (HttpMethod.Get, "/api/channels", integrator),
            (HttpMethod.Get, "/api/on-call", integrator),
            (HttpMethod.Get, "/api/erasures", manager),
            (HttpMethod.Post, "/api/erasures", manager),
            (HttpMethod.Put, "/api/settings/retention", manager),
        })
        {
            using var answer = await gateway.SendAsync(method, path, method == HttpMethod.Get ? null : new { }, key);
            var problem = await GatewayFixture.ShouldRefuseAsync(answer, HttpStatusCode.Forbidden, "role_too_low");
            problem.GetProperty("needed").EnumerateArray().ShouldNotBeEmpty(path);
        }

        using var read = await gateway.GetAsync("/api/sources", integrator);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Headers_that_only_the_gateway_may_send_are_ignored_from_outside()
    {
        var other = await gateway.KeyAsync("moderator", "elsewhere");
        var found = MentionsFixture.AFound(new BrandRef(Guid.CreateVersion7(), "Acme"), $"spoof-{Guid.CreateVersion7()}");
        await gateway.PublishAsync(MentionsFixture.AScored(found));
        await Eventually.AsyncTrue(
            async _ =>
            {
                using var mine = await gateway.GetAsync($"/api/mentions/{found.MentionId}");
                return mine.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(30),
            () => "The mention was not stored.",
            Token);

        (string, string)[] spoofed = [("X-Serm-Internal", Stack.InternalKey), ("X-Serm-Workspace", "main"), ("X-Serm-Role", "admin"), ("X-Serm-User", "root")];
        using var theirs = await gateway.GetAsync($"/api/mentions/{found.MentionId}", other, spoofed);
        await GatewayFixture.ShouldRefuseAsync(theirs, HttpStatusCode.NotFound, "not_found");
        using var nobody = await gateway.GetAsync("/api/mentions", "", spoofed);
        await GatewayFixture.ShouldRefuseAsync(nobody, HttpStatusCode.Unauthorized, "not_signed_in");
        using var raised = await gateway.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = "http://127.0.0.1/feed" }, other, spoofed);
        await GatewayFixture.ShouldRefuseAsync(raised, HttpStatusCode.Forbidden, "role_too_low");

        // And a service that is called past the gateway answers nobody.
        using var direct = await gateway.Stack.Mentions.Http.GetAsync("/api/mentions", Token);
        await GatewayFixture.ShouldRefuseAsync(direct, HttpStatusCode.Unauthorized, "not_through_gateway");
        foreach (var guess in new[] { "", "guessed", Stack.InternalKey[..^1], $"{Stack.InternalKey}1" })
        {
            using var forged = Stack.Request(HttpMethod.Get, "/api/mentions");
            forged.Headers.Remove(Caller.InternalHeader);
            forged.Headers.TryAddWithoutValidation(Caller.InternalHeader, guess);
            using var refused = await gateway.Stack.Mentions.Http.SendAsync(forged, Token);
            await GatewayFixture.ShouldRefuseAsync(refused, HttpStatusCode.Unauthorized, "not_through_gateway");
        }
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_as_a_page()
    {
        using var nowhere = await gateway.GetAsync("/nowhere");
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        nowhere.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        (await nowhere.Content.ReadAsStringAsync(Token)).ShouldContain("There is nothing here");
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_what_is_wrong()
    {
        using var field = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "x", role = "admin", colour = "red" });
        (await GatewayFixture.ShouldRefuseAsync(field, HttpStatusCode.BadRequest, "request_malformed")).GetProperty("detail").GetString()!.ShouldContain("colour");
        using var behind = await gateway.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = "http://127.0.0.1/feed", colour = "red" });
        (await GatewayFixture.ShouldRefuseAsync(behind, HttpStatusCode.BadRequest, "request_malformed")).GetProperty("detail").GetString()!.ShouldContain("colour");
        using var role = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "x", role = "emperor" });
        await GatewayFixture.ShouldRefuseAsync(role, HttpStatusCode.BadRequest, "request_malformed");
        foreach (var address in new[] { "/api/keys", "/api/users" })
        {
            using var without = await gateway.SendAsync(HttpMethod.Post, address, new { name = "x" });
            var missing = await GatewayFixture.ShouldRefuseAsync(without, HttpStatusCode.BadRequest, "role_missing");
            missing.GetProperty("field").GetString().ShouldBe("role");
            missing.GetProperty("detail").GetString()!.ShouldContain("integrator, moderator, manager, admin");
        }

        using var path = await gateway.GetAsync("/api/nowhere");
        await GatewayFixture.ShouldRefuseAsync(path, HttpStatusCode.NotFound, "not_found");
        using var method = await gateway.SendAsync(HttpMethod.Delete, "/api/mentions");
        await GatewayFixture.ShouldRefuseAsync(method, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        using var read = await gateway.GetAsync("/api/ingest");
        await GatewayFixture.ShouldRefuseAsync(read, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        read.Content.Headers.Allow.ShouldBe(["POST"]);
        using var noJson = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new StringContent("name=x"));
        await GatewayFixture.ShouldRefuseAsync(noJson, HttpStatusCode.UnsupportedMediaType, "not_json");
        using var packed = new ByteArrayContent([0x1F, 0x8B, 8]);
        packed.Headers.ContentType = new("application/json");
        packed.Headers.ContentEncoding.Add("gzip");
        using var zipped = await gateway.SendAsync(HttpMethod.Post, "/api/ingest", packed);
        await GatewayFixture.ShouldRefuseAsync(zipped, HttpStatusCode.UnsupportedMediaType, "body_encoded");
        using var down = await gateway.GetAsync("/api/rules");
        (await GatewayFixture.ShouldRefuseAsync(down, HttpStatusCode.ServiceUnavailable, "service_unavailable")).GetProperty("service").GetString().ShouldBe("alerts");
        down.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_service_that_dies_over_a_change_does_not_promise_that_nothing_was_changed()
    {
        // In the place of alerts: takes the call and breaks off, as a process that is killed does.
        using var dying = new System.Net.Sockets.TcpListener(IPAddress.Loopback, gateway.Stack.Alerts.Port);
        dying.Start();
        var taken = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var call = await dying.AcceptTcpClientAsync(Token);
                    _ = await call.GetStream().ReadAsync(new byte[1], Token);
                }
            },
            Token);
        using var change = await gateway.SendAsync(HttpMethod.Post, "/api/rules", new { name = "x" });
        (await GatewayFixture.ShouldRefuseAsync(change, HttpStatusCode.BadGateway, "outcome_unknown")).GetProperty("service").GetString().ShouldBe("alerts");
        change.Headers.RetryAfter.ShouldBeNull();
        using var look = await gateway.GetAsync("/api/rules");
        await GatewayFixture.ShouldRefuseAsync(look, HttpStatusCode.ServiceUnavailable, "service_unavailable");
        dying.Stop();
        await Should.ThrowAsync<Exception>(() => taken);
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_holds_a_circuit()
    {
        foreach (var path in new[] { "/_blazor/negotiate?negotiateVersion=1", "/_blazor?id=made-up" })
        {
            using var nobody = await gateway.SendAsync(HttpMethod.Post, path, null, "", ("X-Requested-With", "XMLHttpRequest"));
            nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        // A page that closes after its session has ended still gives its circuit back.
        using var closing = await gateway.SendAsync(HttpMethod.Post, "/_blazor/disconnect", null, "", ("X-Requested-With", "XMLHttpRequest"));
        closing.StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized);

        using var somebody = await gateway.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        somebody.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_are_not_on_the_port_that_the_world_reaches()
    {
        (await gateway.Stack.Gateway.Http.GetStringAsync(gateway.Stack.Gateway.Metrics, Token)).ShouldContain("# TYPE");
        using var outside = await gateway.GetAsync("/metrics", "");
        (await outside.Content.ReadAsStringAsync(Token)).ShouldNotContain("# TYPE");
    }

    [Theory]
    [InlineData("/api/keys", 1)]
    [InlineData("/api/sources", 1)]
    [InlineData("/api/ingest", 10)]
    public async Task A_body_beyond_the_limit_is_refused(string path, int megabytes)
    {
        using var body = new StringContent($"{{\"name\":\"{new string('x', (megabytes * 1024 * 1024) + 1)}\"}}", Encoding.UTF8, "application/json");
        using var answer = await gateway.SendAsync(HttpMethod.Post, path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge, await answer.Content.ReadAsStringAsync(Token));
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Each_key_has_its_own_bucket_and_is_told_when_to_come_back()
    {
        var hasty = await gateway.KeyAsync("integrator");
        var calm = await gateway.KeyAsync("integrator");

        // All at once: one after the other could take as long as the bucket takes to fill.
        var statuses = await Task.WhenAll(Enumerable.Range(0, GatewayFixture.IngestBurst + 5).Select(_ => gateway.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = Array.Empty<object>() }, hasty)));

        var refused = statuses.Where(s => s.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        refused.Count.ShouldBeInRange(1, 5);
        refused[0].Headers.RetryAfter!.Delta.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 60);
        (await GatewayFixture.ShouldRefuseAsync(refused[0], HttpStatusCode.TooManyRequests, "rate_limited")).GetProperty("detail").GetString()!.ShouldContain($"up to {Serm.Ingest.Posts.PushedPosts.MaxPosts} posts a call");
        using var other = await gateway.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = Array.Empty<object>() }, calm);
        other.StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
        Array.ForEach(statuses, s => s.Dispose());
    }

    private static string AlmostRight(string key) => key[..^1] + (key[^1] == '0' ? '1' : '0');
}
