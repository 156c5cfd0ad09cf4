using System.Text.Json;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>What receivers can do wrong, and that nobody else notices.</summary>
public sealed class BadReceivers(WebhooksFixture fixture) : IClassFixture<WebhooksFixture>
{
    [Fact]
    public async Task Receivers_that_are_slow_hang_or_are_dead_hold_up_nobody_else()
    {
        const string workspace = "bad";
        await using var target = await Receiver.StartAsync();
        await using var healthy = await Receiver.StartAsync();
        await using var bad = await Receiver.StartBadAsync(target.Address + "/secret");
        await using var huge = HugeReceiver.Start();
        var ids = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var kind in new[] { "slow", "hangs", "redirects", "closes", "500", "429", "410" })
        {
            ids[kind] = (await fixture.AddAsync(workspace, $"{bad.Address}/{kind}", new { types = new[] { "alert.raised" } })).Id;
        }

        ids["huge"] = (await fixture.AddAsync(workspace, huge.Address, new { types = new[] { "alert.raised" } })).Id;
        ids["dead"] = (await fixture.AddAsync(workspace, $"http://127.0.0.1:{ServiceProcess.FreePort()}/", new { types = new[] { "alert.raised" } })).Id;
        var (good, _) = await fixture.AddAsync(workspace, healthy.Address + "/ok");

        await fixture.RaiseAsync(workspace, Enumerable.Range(0, 60).Select(i => $"m{i}"));

        // All sixty, while the one that hangs has not even failed once.
        await Eventually.AsyncTrue(_ => Task.FromResult(Alerts(healthy).Count == 60), WebhooksFixture.Soon, () => $"{Alerts(healthy).Count} of 60\n{fixture.Stack.Alerts.LogTail()}", TestContext.Current.CancellationToken);
        (await fixture.GetAsync(workspace, $"/api/webhooks/{ids["hangs"]}/deliveries?limit=200")).GetProperty("items").EnumerateArray().ShouldAllBe(d => d.GetProperty("attempts").GetInt32() == 0);

        (await Last("slow", "delivered")).GetProperty("lastCode").GetInt32().ShouldBe(200);
        (await Last("huge", "delivered")).GetProperty("lastCode").GetInt32().ShouldBe(200);
        huge.Sent.ShouldBeLessThan(60L * 8 * 1024 * 1024, "the answer of a gigabyte was read on");
        (await Failed("redirects")).GetProperty("lastError").GetString().ShouldBe("redirect");
        target.All.ShouldBeEmpty();
        (await Failed("closes")).GetProperty("lastError").GetString().ShouldBe("connection_closed");
        (await Failed("dead")).GetProperty("lastError").GetString().ShouldBe("connection_refused");
        (await Failed("hangs")).GetProperty("lastError").GetString().ShouldBe("timeout");
        var held = await Failed("429");
        (held.GetProperty("nextAttemptAt").GetDateTimeOffset() - held.GetProperty("lastAttemptAt").GetDateTimeOffset()).TotalSeconds.ShouldBeInRange(119, 180);
        var broken = await Failed("500");
        (broken.GetProperty("nextAttemptAt").GetDateTimeOffset() - broken.GetProperty("lastAttemptAt").GetDateTimeOffset()).TotalSeconds.ShouldBeInRange(3.9, 700);
        var detail = await fixture.GetAsync(workspace, $"/api/webhooks/{ids["500"]}/deliveries/{broken.GetProperty("eventId").GetGuid()}");
        detail.GetProperty("attempts")[0].GetProperty("bodyHead").GetString().ShouldBe("it broke\ufffdhere");
        detail.GetProperty("body").GetString()!.ShouldContain("The parcel never came.");

        async Task<JsonElement> Last(string kind, string status) => await fixture.DeliveryAsync(workspace, ids[kind], d => d.GetProperty("status").GetString() == status);
        async Task<JsonElement> Failed(string kind)
        {
            // The breaker lets few through: any that was tried will do.
            var page = await Eventually.Async(
                _ => fixture.GetAsync(workspace, $"/api/webhooks/{ids[kind]}/deliveries?limit=200"),
                p => p.GetProperty("items").EnumerateArray().Any(d => d.GetProperty("attempts").GetInt32() > 0),
                WebhooksFixture.Soon,
                TestContext.Current.CancellationToken);
            return page.GetProperty("items").EnumerateArray().First(d => d.GetProperty("attempts").GetInt32() > 0);
        }

        // The one that is gone was disabled, says why, and the good one was told.
        var gone = await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{ids["410"]}"), w => w.GetProperty("state").GetString() == "disabled", WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        gone.GetProperty("reason").GetString()!.ShouldContain("410");
        await Eventually.AsyncTrue(_ => Task.FromResult(healthy.All.Any(r => r.Body.Contains("\"type\":\"endpoint.disabled\"", StringComparison.Ordinal) && r.Body.Contains(ids["410"].ToString(), StringComparison.Ordinal))), WebhooksFixture.Soon, () => "endpoint.disabled was not told", TestContext.Current.CancellationToken);
        (await fixture.GetAsync(workspace, $"/api/webhooks/{good}")).GetProperty("state").GetString().ShouldBe("active");
    }

    [Fact]
    public async Task An_address_that_is_checked_well_and_resolves_to_the_inside_later_is_not_connected_to()
    {
        const string workspace = "rebinding";
        await using var inside = await Receiver.StartAsync();
        var (id, _) = await fixture.AddAsync(workspace, "http://localhost:1/");

        // What a changed name would do: the address behind the webhook is now one that the guard does not allow.
        var turned = inside.Address.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal);
        await fixture.ExecuteAsync("update alerts.webhooks set state = jsonb_set(state, '{terms,url}', to_jsonb($2::text)) where id = $1", id, turned);
        await fixture.ExecuteAsync("select pg_notify('alerts_deliveries', 'webhooks')");
        await fixture.RaiseAsync(workspace, ["m"]);

        // Whoever delivers may have read the changed row only after the first attempt.
        await fixture.DeliveryAsync(workspace, id, d => d.GetProperty("lastError").GetString() == "address_refused");
        inside.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_fails_for_days_is_disabled_and_catches_up_after_it_is_resumed()
    {
        const string workspace = "failing";
        var well = false;
        await using var receiver = await Receiver.StartAsync((c, _) =>
        {
            c.Response.StatusCode = well ? 204 : 503;
            return Task.CompletedTask;
        });
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { description = "Tickets", types = new[] { "alert.raised" } });
        await fixture.RaiseAsync(workspace, ["first"]);
        await fixture.DeliveryAsync(workspace, id, d => d.GetProperty("attempts").GetInt32() > 0);
        (await fixture.GetAsync(workspace, $"/api/webhooks/{id}")).GetProperty("state").GetString().ShouldBe("failing");

        await fixture.ExecuteAsync("update alerts.webhook_health set failing_since = now() - interval '121 hours' where webhook_id = $1", id);
        await fixture.ExecuteAsync("update alerts.webhooks set state = jsonb_set(state, '{activeSince}', '\"2026-01-01T00:00:00+00:00\"') where id = $1", id);
        await fixture.ExecuteAsync("select pg_notify('alerts_deliveries', 'webhooks')");
        await fixture.RaiseAsync(workspace, ["second"]);
        var disabled = await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}"), w => w.GetProperty("state").GetString() == "disabled", WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        disabled.GetProperty("reason").GetString()!.ShouldContain("No delivery has succeeded since");
        foreach (var waiting in (await fixture.GetAsync(workspace, $"/api/webhooks/{id}/deliveries?status=pending")).GetProperty("items").EnumerateArray())
        {
            waiting.GetProperty("nextAttemptAt").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null, "nothing is tried");
            waiting.GetProperty("held").GetString().ShouldBe("disabled");
        }

        await fixture.RaiseAsync(workspace, ["missed"]);
        await Eventually.Async(_ => fixture.GetAsync(workspace, "/api/events?types=alert.raised"), e => e.GetProperty("items").GetArrayLength() == 3, WebhooksFixture.Soon, TestContext.Current.CancellationToken);

        well = true;
        var resumed = await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/resume");
        resumed.GetProperty("state").GetString().ShouldBe("active");
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/recover", new { });

        var feed = (await fixture.GetAsync(workspace, "/api/events?types=alert.raised")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString()!).ToList();
        await Eventually.AsyncTrue(
            async _ => (await fixture.GetAsync(workspace, $"/api/webhooks/{id}/deliveries?status=delivered")).GetProperty("items").EnumerateArray().Select(d => d.GetProperty("eventId").GetString()!).Intersect(feed, StringComparer.Ordinal).Count() == 3,
            WebhooksFixture.Soon,
            () => fixture.Stack.Alerts.LogTail(),
            TestContext.Current.CancellationToken);
        receiver.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).ShouldBe(feed, ignoreOrder: true);
    }

    private static List<Received> Alerts(Receiver receiver) => [.. receiver.All.Where(r => r.Body.Contains("\"type\":\"alert.raised\"", StringComparison.Ordinal)).DistinctBy(r => r.Id)];
}
