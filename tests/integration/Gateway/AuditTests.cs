using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Tests.Integration.Gateway;

/// <summary>Who changed what, of all services as they run.</summary>
public sealed class AuditTests(AuditFixture serm) : IClassFixture<AuditFixture>
{
    private const string Secret = "hunter2-is-a-secret";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_change_is_read_back_with_who_did_it_and_what_was_before()
    {
        var key = await serm.KeyAsync("admin", "every", "boss");

        // ingest
        var brand = await AddAsync(key, "/api/brands", new { name = "Acme", query = "acme" });
        await serm.DoAsync(HttpMethod.Put, $"/api/brands/{brand}", key, new { name = "Acme", query = "acme OR akme" });
        await serm.DoAsync(HttpMethod.Delete, $"/api/brands/{brand}", key);
        var source = await AddAsync(key, "/api/sources", new { kind = "lemmy", name = "Lemmy", options = new { server = "http://127.0.0.1:9", communities = new[] { "acme" } } });
        await serm.DoAsync(HttpMethod.Put, $"/api/sources/{source}", key, new { name = "Lemmy 2", paused = true });
        await serm.DoAsync(HttpMethod.Put, $"/api/sources/{source}", key, new { paused = false });
        await serm.DoAsync(HttpMethod.Delete, $"/api/sources/{source}", key);
        using (var file = new StringContent("id,text,publishedAt\n1,Acme is slow,2026-01-01T00:00:00Z\n", Encoding.UTF8, "text/csv"))
        {
            await serm.DoAsync(HttpMethod.Post, "/api/imports?source=old+posts", key, file);
        }

        // alerts
        object Rule(double threshold) => new { kind = "negativeMention", name = "Bad", threshold, unknownReach = "alert", enabled = true };
        var (rule, ruleVersion) = await MadeAsync(key, "/api/rules", Rule(0.8));
        var (_, ruleNow) = await serm.DoAsync(HttpMethod.Put, $"/api/rules/{rule}", key, Rule(0.9), ruleVersion);
        await serm.DoAsync(HttpMethod.Delete, $"/api/rules/{rule}", key, version: ruleNow);
        var silence = await AddAsync(key, "/api/silences", new { until = TimeProvider.System.GetUtcNow().AddHours(1), why = "maintenance" });
        await serm.DoAsync(HttpMethod.Delete, $"/api/silences/{silence}", key);
        object Channel(string password, string severity) => new { kind = "email", name = "Desk", to = new[] { "a@example.org" }, from = "serm@example.org", host = "127.0.0.1", user = "serm", password, minSeverity = severity };
        var (channel, channelVersion) = await MadeAsync(key, "/api/channels", Channel(Secret, "warning"));
        var (_, channelNow) = await serm.DoAsync(HttpMethod.Put, $"/api/channels/{channel}", key, Channel(Secret + "2", "critical"), channelVersion);
        await serm.DoAsync(HttpMethod.Put, "/api/on-call", key, new { steps = new[] { new { channelId = channel, afterMinutes = 5 } } });
        await serm.DoAsync(HttpMethod.Put, "/api/quiet-hours", key, new { hours = new { from = "22:00:00", to = "07:00:00" }, timeZone = "UTC" }, "\"0\"");
        await serm.DoAsync(HttpMethod.Delete, $"/api/channels/{channel}", key, version: channelNow);
        var hook = (await serm.DoAsync(HttpMethod.Post, "/api/webhooks", key, new { url = $"http://127.0.0.1:9/hook?token={Secret}", types = new[] { "alert.raised" } })).Body.GetProperty("webhook").GetProperty("id").GetGuid();
        foreach (var verb in new[] { "rotate", "pause", "resume", "recover" })
        {
            await serm.DoAsync(HttpMethod.Post, $"/api/webhooks/{hook}/{verb}", key, verb is "rotate" or "recover" ? new { } : null);
        }

        var (now, hookVersion) = await serm.DoAsync(HttpMethod.Get, $"/api/webhooks/{hook}", key);
        now.GetProperty("id").GetGuid().ShouldBe(hook);
        var (_, changedHook) = await serm.DoAsync(HttpMethod.Put, $"/api/webhooks/{hook}", key, new { url = "http://127.0.0.1:9/other", types = new[] { "alert.raised" } }, hookVersion);
        await serm.DoAsync(HttpMethod.Delete, $"/api/webhooks/{hook}", key, version: changedHook);

        // mentions
        await serm.DoAsync(HttpMethod.Put, "/api/sla/policies", key, new { policies = new[] { new { name = "Gold", firstAnswerMinutes = 30 } } }, "\"0\"");
        object House(string tag) => new { name = "Raffles", conditions = new { words = new[] { "raffle" } }, actions = new { tags = new[] { tag } } };
        var (house, houseVersion) = await MadeAsync(key, "/api/automation/rules", House("raffle"));
        var (_, houseNow) = await serm.DoAsync(HttpMethod.Put, $"/api/automation/rules/{house}", key, House("win"), houseVersion);
        await serm.DoAsync(HttpMethod.Delete, $"/api/automation/rules/{house}", key, version: houseNow);
        object View(bool shared) => new { name = "Urgent", query = new { sort = new[] { "urgent" } }, shared };
        var (view, viewVersion) = await MadeAsync(key, "/api/views", View(true));
        var (_, viewNow) = await serm.DoAsync(HttpMethod.Put, $"/api/views/{view}", key, new { name = "Most urgent", query = new { sort = new[] { "urgent" } }, shared = true }, viewVersion);
        await serm.DoAsync(HttpMethod.Delete, $"/api/views/{view}", key, version: viewNow);
        await MadeAsync(key, "/api/views", View(false));
        await serm.DoAsync(HttpMethod.Put, "/api/settings/retention", key, new { days = 365 }, "\"0\"");
        await serm.DoAsync(HttpMethod.Post, "/api/rescore", key, new { perSecond = 10 });

        // sentiment
        await serm.DoAsync(HttpMethod.Put, "/api/settings/sentiment", key, new { sensitivity = 0.3 }, "\"0\"");

        // gateway
        var user = (await serm.DoAsync(HttpMethod.Post, "/api/users", key, new { name = "every-ben", role = "moderator", password = Secret })).Body.GetProperty("user").GetProperty("id").GetGuid();
        await serm.DoAsync(HttpMethod.Put, $"/api/users/{user}/role", key, new { role = "manager" });
        await serm.DoAsync(HttpMethod.Post, $"/api/users/{user}/password", key, new { password = Secret + "3" });
        await serm.DoAsync(HttpMethod.Post, $"/api/users/{user}/sign-out", key);
        using (var signedIn = await serm.Stack.Gateway.Http.PostAsJsonAsync("/api/session", new { name = "every-ben", password = Secret + "3" }, Token))
        {
            signedIn.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using (var refused = await serm.Stack.Gateway.Http.PostAsJsonAsync("/api/session", new { name = "every-ben", password = Secret + "4" }, Token))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await serm.DoAsync(HttpMethod.Delete, $"/api/users/{user}", key);
        var made = await serm.DoAsync(HttpMethod.Post, "/api/keys", key, new { name = "robot", role = "integrator" });
        await serm.DoAsync(HttpMethod.Delete, $"/api/keys/{made.Body.GetProperty("key").GetProperty("id").GetGuid()}", key);

        var all = await serm.AuditAsync(key, "limit=200");
        all.GetProperty("missing").GetArrayLength().ShouldBe(0);
        all.GetRawText().ShouldNotContain(Secret);
        all.GetRawText().ShouldNotContain(made.Body.GetProperty("secret").GetString()!);
        var items = all.GetProperty("items").EnumerateArray().ToList();
        items.Select(At).ShouldBe(items.Select(At).OrderDescending());
        string[] kinds =
        [
            "brand.added", "brand.changed", "brand.removed", "source.added", "source.changed", "source.paused", "source.resumed", "source.removed", "posts.imported",
            "rule.added", "rule.changed", "rule.removed", "silence.added", "silence.ended", "channel.added", "channel.changed", "channel.removed", "on_call.changed", "quiet_hours.changed",
            "webhook.added", "webhook.changed", "webhook.secret_rotated", "webhook.paused", "webhook.resumed", "webhook.sent_again", "webhook.removed",
            "sla.changed", "house_rule.added", "house_rule.changed", "house_rule.removed", "view.added", "view.changed", "view.removed", "retention.changed", "rescoring.asked", "sentiment_settings.changed",
            "user.added", "user.role_changed", "user.password_changed", "user.sessions_ended", "user.signed_in", "user.sign_in_refused", "user.removed", "key.added", "key.revoked",
        ];
        kinds.Except(items.Select(Kind), StringComparer.Ordinal).ShouldBeEmpty();
        items.Count(i => Kind(i) == "view.added").ShouldBe(1, "a view that only its owner sees is nobody's to read");
        foreach (var item in items.Where(i => Kind(i) is not ("user.signed_in" or "user.sign_in_refused") && i.GetProperty("about").ValueKind != JsonValueKind.Null && By(i) is not ("serm" or "command line")))
        {
            By(item).ShouldBe("key:boss", item.GetRawText());
        }

        Changes(items, "brand.changed").ShouldBe([("query", "acme", "acme OR akme", false)]);
        Changes(items, "rule.changed").ShouldBe([("threshold", "0.8", "0.9", false)]);
        Changes(items, "channel.changed").ShouldBe([("minSeverity", "warning", "critical", false), ("password", null, null, true)]);
        Changes(items, "house_rule.changed").ShouldBe([("actions.tags", "raffle", "win", false)]);
        Changes(items, "on_call.changed").ShouldBe([("steps", null, "channel: Desk, afterMinutes: 5", false)]);
        Changes(items, "user.role_changed").ShouldBe([("role", "moderator", "manager", false)]);
        Changes(items, "retention.changed").ShouldBe([("days", null, "365", false)]);
        Changes(items, "sla.changed").ShouldContain(("policies.Gold.firstAnswerMinutes", null, "30", false));
        Changes(items, "sentiment_settings.changed").ShouldBe([("sensitivity", "0", "0.3", false)]);
    }

    [Fact]
    public async Task Page_after_page_nothing_is_lost_or_told_twice_and_filters_hold_over_all_services()
    {
        var key = await serm.KeyAsync("admin", "pages", "boss");
        var other = await serm.KeyAsync("manager", "pages", "deputy");
        for (var i = 0; i < 7; i++)
        {
            await AddAsync(key, "/api/brands", new { name = $"Brand {i}", query = "acme" });
            await AddAsync(other, "/api/silences", new { until = TimeProvider.System.GetUtcNow().AddHours(1), why = $"why {i}" });
            await MadeAsync(key, "/api/views", new { name = $"View {i}", query = new { sort = new[] { "urgent" } }, shared = true });
        }

        var whole = (await serm.AuditAsync(key, "limit=200")).GetProperty("items").EnumerateArray().Select(Id).ToList();
        whole.Count.ShouldBeGreaterThanOrEqualTo(21);
        var read = new List<Guid>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await serm.AuditAsync(key, $"limit=4&cursor={cursor}");
            read.AddRange(page.GetProperty("items").EnumerateArray().Select(Id));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        read.ShouldBe(whole);
        (await KindsAsync(key, "by=KEY:deputy")).Distinct(StringComparer.Ordinal).ShouldBe(["silence.added"]);
        (await KindsAsync(key, "kind=brand&kind=view.added&limit=200")).ToHashSet(StringComparer.Ordinal).ShouldBe(["brand.added", "view.added"], ignoreOrder: true);
        (await KindsAsync(key, "about=brand+3")).ShouldBe(["brand.added"]);
        var third = (await serm.AuditAsync(key, "about=Brand+3")).GetProperty("items")[0];
        (await KindsAsync(key, $"about={third.GetProperty("about").GetProperty("id").GetString()}")).ShouldBe(["brand.added"]);
        var at = At(third);
        (await serm.AuditAsync(key, $"from={at.UtcDateTime:O}&to={at.AddTicks(10).UtcDateTime:O}")).GetProperty("items").EnumerateArray().Select(Id).ShouldContain(Id(third));
        (await serm.AuditAsync(key, $"limit=200&to={at.UtcDateTime:O}")).GetProperty("items").EnumerateArray().Select(Id).ShouldNotContain(Id(third));
        using var table = await serm.SendAsync(HttpMethod.Get, "/api/audit?format=csv&kind=brand", key);
        table.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        (await table.Content.ReadAsStringAsync(Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Count(l => l.Contains("brand.added", StringComparison.Ordinal) && l.Contains(",name,", StringComparison.Ordinal)).ShouldBe(7);
    }

    [Fact]
    public async Task A_workspace_reads_of_itself_alone_and_each_role_of_what_it_may_see()
    {
        var admin = await serm.KeyAsync("admin", "ours", "boss");
        var manager = await serm.KeyAsync("manager", "ours", "deputy");
        var stranger = await serm.KeyAsync("admin", "theirs", "boss");
        await AddAsync(admin, "/api/brands", new { name = "Ours", query = "acme" });
        await serm.DoAsync(HttpMethod.Post, "/api/users", admin, new { name = "ours-cara", role = "moderator" });

        (await KindsAsync(admin)).ShouldSatisfyAllConditions(k => k.ShouldContain("brand.added"), k => k.ShouldContain("user.added"), k => k.ShouldContain("key.added"));
        (await KindsAsync(manager)).ShouldSatisfyAllConditions(k => k.ShouldContain("brand.added"), k => k.ShouldNotContain("user.added"), k => k.ShouldNotContain("key.added"));
        (await KindsAsync(manager, "kind=user")).ShouldBeEmpty();
        (await KindsAsync(stranger)).ShouldAllBe(k => k == "key.added" || k == "rule.added");
        foreach (var role in new[] { "moderator", "integrator" })
        {
            using var refused = await serm.SendAsync(HttpMethod.Get, "/api/audit", await serm.KeyAsync(role, "ours", role));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        // What services tell the gateway is for nobody else.
        using var inside = await serm.SendAsync(HttpMethod.Get, ChangeRows.Path + "?limit=10", admin);
        inside.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var straight = await serm.Stack.Ingest.Http.GetAsync(ChangeRows.Path + "?limit=10", Token);
        straight.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("kind=nonsense", "kind")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("format=xlsx", "format")]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    public async Task What_cannot_be_taken_is_refused_with_the_field(string query, string field)
    {
        using var answer = await serm.SendAsync(HttpMethod.Get, $"/api/audit?{query}", await serm.KeyAsync("admin", "asking", "boss"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_no_trace_and_a_new_key_of_the_command_line_does()
    {
        var key = await serm.KeyAsync("admin", "refused", "boss");
        using var taken = await serm.SendAsync(HttpMethod.Put, "/api/sla/policies", key, new { policies = Array.Empty<object>() }, "\"7\"");
        taken.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var stale = await serm.SendAsync(HttpMethod.Put, "/api/settings/sentiment", key, new { sensitivity = 0.1 }, "\"7\"");
        stale.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        var all = (await serm.AuditAsync(key)).GetProperty("items").EnumerateArray().ToList();
        all.Select(Kind).ShouldNotContain("sla.changed");
        all.Select(Kind).ShouldNotContain("sentiment_settings.changed");
        By(all.Single(i => Kind(i) == "key.added")).ShouldBe("command line");
    }

    private async Task<Guid> AddAsync(string key, string path, object body) => (await MadeAsync(key, path, body)).Id;

    private async Task<(Guid Id, string? Version)> MadeAsync(string key, string path, object body)
    {
        var (made, version) = await serm.DoAsync(HttpMethod.Post, path, key, body);
        return (made.GetProperty("id").GetGuid(), version ?? "\"1\"");
    }

    private async Task<List<string>> KindsAsync(string key, string query = "") => [.. (await serm.AuditAsync(key, query)).GetProperty("items").EnumerateArray().Select(Kind)];

    private static IEnumerable<(string Field, string? Before, string? After, bool Secret)> Changes(List<JsonElement> items, string kind) =>
        items.First(i => Kind(i) == kind).GetProperty("changes").EnumerateArray().Select(c => (c.GetProperty("field").GetString()!, c.GetProperty("before").GetString(), c.GetProperty("after").GetString(), c.GetProperty("secret").GetBoolean()));

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    private static string Kind(JsonElement item) => item.GetProperty("kind").GetString()!;

    private static string By(JsonElement item) => item.GetProperty("by").GetString()!;

    private static DateTimeOffset At(JsonElement item) => item.GetProperty("at").GetDateTimeOffset();
}
