using System.Net;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Webhooks;

public sealed class Delivering(WebhooksFixture fixture) : IClassFixture<WebhooksFixture>
{
    [Fact]
    public async Task The_reference_libraries_verify_what_is_delivered_and_refuse_what_is_not_so()
    {
        const string workspace = "verified";
        await using var receiver = await Receiver.StartAsync();
        var (id, secret) = await fixture.AddAsync(workspace, receiver.Address + "/", new { asymmetric = true, types = new[] { "alert.raised" } });
        await fixture.RaiseAsync(workspace, ["м1 😀"]);
        var first = await NextAsync(receiver, 1);
        var now = TimeProvider.System.GetUtcNow();

        await AllSay(secret, [first], "alert.raised");
        await AllRefuse(secret, [first with { Body = first.Body.Replace("parcel", "Parcel", StringComparison.Ordinal) }, first with { Id = Guid.Empty.ToString() }, first with { Timestamp = (long.Parse(first.Timestamp, System.Globalization.CultureInfo.InvariantCulture) - 5).ToString(System.Globalization.CultureInfo.InvariantCulture) }]);
        await AllRefuse("whsec_" + Convert.ToBase64String(new byte[32]), [first]);
        await AllRefuse(secret, [first], now.AddMinutes(6));
        await AllRefuse(secret, [first], now.AddMinutes(-6));

        // While they overlap, what is sent is taken by who has the old secret and by who has the new one; afterwards by the new one alone.
        var rotated = await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/rotate", new { overlapHours = 1 });
        var fresh = rotated.GetProperty("secret").GetString()!;
        await fixture.RaiseAsync(workspace, ["m2"]);
        var during = await NextAsync(receiver, 2);
        await AllSay(secret, [during], "alert.raised");
        await AllSay(fresh, [during], "alert.raised");
        var last = (await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/rotate", new { overlapHours = 0 })).GetProperty("secret").GetString()!;
        await fixture.RaiseAsync(workspace, ["m3"]);
        var after = await NextAsync(receiver, 3);
        await AllSay(last, [after], "alert.raised");
        await AllRefuse(fresh, [after]);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_lies_nowhere_in_the_clear()
    {
        const string workspace = "secrets";
        await using var receiver = await Receiver.StartAsync();
        var mine = "whsec_" + Convert.ToBase64String(Enumerable.Range(1, 24).Select(i => (byte)i).ToArray());
        var (id, secret) = await fixture.AddAsync(workspace, receiver.Address + "/", new { secret = mine, headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = "Bearer a-very-own-token" } });
        secret.ShouldBe(mine);

        var shown = (await fixture.GetAsync(workspace, $"/api/webhooks/{id}")).GetRawText() + (await fixture.GetAsync(workspace, "/api/webhooks")).GetRawText();
        shown.ShouldNotContain(mine["whsec_".Length..]);
        shown.ShouldNotContain("a-very-own-token");
        foreach (var column in new[] { "select string_agg(coalesce(convert_from(bdata, 'UTF8'), data::text), ' ') from alerts.mt_events", "select string_agg(state::text, ' ') from alerts.webhooks", "select string_agg(encode(sealed, 'escape'), ' ') from alerts.webhook_secrets" })
        {
            var stored = await fixture.ScalarAsync<string>(column);
            stored.ShouldNotContain(mine["whsec_".Length..]);
            stored.ShouldNotContain("a-very-own-token");
        }

        (await fixture.SendAsync("somebody else", HttpMethod.Get, $"/api/webhooks/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(workspace, HttpMethod.Get, "/api/webhooks", role: Role.Moderator)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.SendAsync(workspace, HttpMethod.Post, "/api/webhooks", new { url = receiver.Address, types = new[] { "alert.rased" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Filters_tests_pauses_and_limits_do_what_they_say()
    {
        const string workspace = "filters";
        await using var receiver = await Receiver.StartAsync();
        var (acme, other) = (new BrandRef(Guid.CreateVersion7(), "Acme"), new BrandRef(Guid.CreateVersion7(), "Other"));
        var (all, _) = await fixture.AddAsync(workspace, receiver.Address + "/all", new { types = new[] { "alert.raised" } });
        await fixture.AddAsync(workspace, receiver.Address + "/acme", new { types = new[] { "alert.raised" }, brands = new[] { acme.Id } });
        await fixture.AddAsync(workspace, receiver.Address + "/tests", new { types = new[] { "test" } });
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{all}/pause");
        (await fixture.SendAsync(workspace, HttpMethod.Post, $"/api/webhooks/{all}/test")).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await fixture.RaiseAsync(workspace, ["a1", "a2"], acme);
        await fixture.RaiseAsync(workspace, ["o1"], other);
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.At("/acme").Count == 2), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{all}"), w => w.GetProperty("health").GetProperty("pending").GetInt64() == 3, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        receiver.At("/all").ShouldBeEmpty();

        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{all}/resume");
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{all}/test");
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.At("/all").Count == 4), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        receiver.At("/all").Count(r => r.Body.Contains("\"type\":\"test\"", StringComparison.Ordinal) && r.Body.Contains("\"sequence\":null", StringComparison.Ordinal)).ShouldBe(1);
        receiver.At("/tests").ShouldBeEmpty();
        receiver.At("/acme").Count.ShouldBe(2);
        (await fixture.GetAsync(workspace, "/api/events?types=alert.raised")).GetProperty("items").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task A_replay_sends_the_same_ids_and_bytes_again_and_says_how_far_it_is()
    {
        const string workspace = "replayed";
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "alert.raised" } });
        await fixture.RaiseAsync(workspace, Enumerable.Range(0, 25).Select(i => $"m{i}"));
        await NextAsync(receiver, 25);

        var replay = await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/replay", new { from = "2026-01-01T00:00:00Z" });
        replay.GetProperty("total").GetInt64().ShouldBe(25);
        var done = await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}/replays/{replay.GetProperty("id").GetGuid()}"), r => r.GetProperty("delivered").GetInt64() == 25, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        done.GetProperty("pending").GetInt64().ShouldBe(0);

        receiver.All.Count.ShouldBe(50);
        receiver.All.GroupBy(r => r.Id, StringComparer.Ordinal).ShouldAllBe(g => g.Count() == 2 && g.Select(r => r.Body).Distinct(StringComparer.Ordinal).Count() == 1);

        // Nothing is missing, so nothing is recovered; one can still be sent again by hand.
        (await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/recover", new { })).GetProperty("total").GetInt64().ShouldBe(0);
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/deliveries/{receiver.All.First().Id}/resend");
        await NextAsync(receiver, 51);
    }

    [Fact]
    public async Task Recovering_sends_what_was_missed_and_nothing_that_was_never_wanted()
    {
        const string workspace = "recovered";
        var gone = true;
        await using var receiver = await Receiver.StartAsync((c, _) =>
        {
            c.Response.StatusCode = gone ? 410 : 204;
            return Task.CompletedTask;
        });
        using var rule = await fixture.SendAsync(workspace, HttpMethod.Post, "/api/rules", new { name = "Crisis", threshold = 0.8, labels = new[] { "Crisis" } }, role: Role.Manager);
        rule.StatusCode.ShouldBe(HttpStatusCode.Created);
        var types = new[] { "alert.raised", "endpoint.disabled" };
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { types, labels = new[] { "other" } });
        await fixture.RaiseAsync(workspace, ["unwanted"]);
        await FedAsync(2);
        await fixture.JsonAsync(workspace, HttpMethod.Put, $"/api/webhooks/{id}", new { url = receiver.Address + "/", types, labels = new[] { "crisis" } }, version: 1);
        await fixture.RaiseAsync(workspace, ["refused"]);
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}"), w => w.GetProperty("state").GetString() == "disabled", WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        await fixture.RaiseAsync(workspace, ["missed"]);
        await FedAsync(6);

        // Not by its next attempt.
        await fixture.ExecuteAsync("update alerts.deliveries set due_at = now() + interval '1 hour' where webhook_id = $1", id);
        gone = false;
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/resume");
        var recovery = await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/recover", new { });

        recovery.GetProperty("total").GetInt64().ShouldBe(2);
        await NextAsync(receiver, 3);
        receiver.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
        receiver.All.ShouldAllBe(r => r.Body.Contains("\"labels\":[\"Crisis\"]", StringComparison.Ordinal));
        (await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/replay", new { from = "2026-01-01T00:00:00Z", types = new[] { "endpoint.disabled" } })).GetProperty("total").GetInt64().ShouldBe(0, "nobody is told of itself");

        Task FedAsync(int alerts) => Eventually.Async(
            _ => fixture.GetAsync(workspace, "/api/events?types=alert.raised"), e => e.GetProperty("items").GetArrayLength() == alerts, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_people_do_with_mentions_is_told_once_however_often_it_comes()
    {
        const string workspace = "triaged";
        await using var receiver = await Receiver.StartAsync();
        await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "mention.resolved" } });
        MentionTriaged Step(string change) => new(Guid.CreateVersion7(), workspace, Guid.CreateVersion7(), Guid.CreateVersion7(), change, "kim", TimeProvider.System.GetUtcNow());
        var (resolved, claimed, unheard) = (Step("resolved"), Step("claimed"), Step("something_new"));

        await fixture.PublishAsync([claimed, unheard, resolved, resolved]);
        await fixture.PublishAsync([resolved]);
        var told = await NextAsync(receiver, 1);

        var data = JsonDocument.Parse(told.Body).RootElement.GetProperty("data");
        data.GetProperty("mentionId").GetGuid().ShouldBe(resolved.MentionId);
        data.GetProperty("by").GetString().ShouldBe("kim");
        await fixture.RaiseAsync(workspace, ["mark"]);
        await Eventually.Async(_ => fixture.GetAsync(workspace, "/api/events?types=alert.raised"), e => e.GetProperty("items").GetArrayLength() == 1, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        (await fixture.GetAsync(workspace, "/api/events?types=mention.resolved,mention.claimed")).GetProperty("items").GetArrayLength().ShouldBe(2);
        receiver.All.Count.ShouldBe(1);
    }

    private static async Task<Received> NextAsync(Receiver receiver, int count)
    {
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count >= count), WebhooksFixture.Soon, () => $"{receiver.All.Count} of {count} received", TestContext.Current.CancellationToken);
        return receiver.All.Last();
    }

    private static async Task AllSay(string secret, Received[] received, string type, DateTimeOffset? now = null) =>
        (await ReferenceLibrary.VerifyAsync(secret, received, now)).ShouldAllBe(l => l.Value.All(v => v == type));

    private static async Task AllRefuse(string secret, Received[] received, DateTimeOffset? now = null) =>
        (await ReferenceLibrary.VerifyAsync(secret, received, now)).ShouldAllBe(l => l.Value.All(v => v.StartsWith("refused", StringComparison.Ordinal)));
}
