using Serm.Alerts;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>First attempts, whose deliveries are written with what they come to.</summary>
public sealed class FirstAttempts(WebhooksFixture fixture) : IClassFixture<WebhooksFixture>
{
    private const string Begun = "select count(*) from alerts.first_attempts where workspace = $1 and $2 = any(webhooks)";

    [Fact]
    public async Task One_that_runs_is_in_the_log_and_one_that_is_asked_for_again_meanwhile_is_sent_again()
    {
        const string workspace = "running";
        var gate = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, got) => Mentions(got, "held") ? gate.Task : Task.CompletedTask);
        var id = await KnownAsync(workspace, receiver);

        await fixture.RaiseAsync(workspace, ["held"]);
        var running = await fixture.DeliveryAsync(workspace, id, d => d.GetProperty("status").GetString() == "pending");
        running.GetProperty("attempts").GetInt32().ShouldBe(0);
        (await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries where webhook_id = $1 and status = 0", id)).ShouldBe(0, "its row was written before its result");
        (await fixture.GetAsync(workspace, $"/api/webhooks/{id}")).GetProperty("health").GetProperty("pending").GetInt64().ShouldBe(1);
        var path = $"/api/webhooks/{id}/deliveries/{running.GetProperty("eventId").GetGuid()}";
        (await fixture.GetAsync(workspace, path)).GetProperty("attempts").GetArrayLength().ShouldBe(0);

        await fixture.JsonAsync(workspace, HttpMethod.Post, path + "/resend");
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count(r => Mentions(r, "held")) == 2), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        gate.SetResult();

        var detail = await Eventually.Async(_ => fixture.GetAsync(workspace, path), d => d.GetProperty("attempts").GetArrayLength() == 2, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        detail.GetProperty("delivery").GetProperty("attempts").GetInt32().ShouldBe(2);
        detail.GetProperty("delivery").GetProperty("status").GetString().ShouldBe("delivered");
        receiver.All.Where(r => Mentions(r, "held")).Select(r => (r.Id, r.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task What_a_dead_process_had_begun_comes_due_once_its_time_is_over_and_what_it_had_written_down_does_not()
    {
        const string workspace = "orphans";
        await using var receiver = await Receiver.StartAsync();
        var id = await KnownAsync(workspace, receiver);
        await fixture.RaiseAsync(workspace, ["lost", "kept"]);
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}/deliveries?status=delivered"), p => p.GetProperty("items").GetArrayLength() == 3, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        var lost = Guid.Parse(receiver.All.Single(r => Mentions(r, "lost")).Id);

        // As if the process had died between the answer and the note.
        await fixture.ExecuteAsync("delete from alerts.deliveries where webhook_id = $1 and event_id = $2", id, lost);
        (await fixture.ScalarAsync<long>(Begun, workspace, id)).ShouldBeGreaterThanOrEqualTo(2);
        await fixture.ExecuteAsync("update alerts.first_attempts set until = now() where workspace = $1", workspace);

        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count(r => Mentions(r, "lost")) == 2), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}/deliveries?status=delivered"), p => p.GetProperty("items").GetArrayLength() == 3, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync<long>(Begun, workspace, id)).ShouldBe(0);
        receiver.All.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Each_attempt_of_a_delivery_is_told_newest_first_and_counted()
    {
        const string workspace = "again";
        var answers = 0;
        await using var receiver = await Receiver.StartAsync((context, got) =>
        {
            context.Response.StatusCode = Mentions(got, "hard") && Interlocked.Increment(ref answers) == 1 ? 500 : 200;
            return Task.CompletedTask;
        });
        var id = await KnownAsync(workspace, receiver);

        await fixture.RaiseAsync(workspace, ["hard"]);

        var delivered = await fixture.DeliveryAsync(workspace, id, d => d.GetProperty("attempts").GetInt32() == 2);
        var attempts = (await fixture.GetAsync(workspace, $"/api/webhooks/{id}/deliveries/{delivered.GetProperty("eventId").GetGuid()}")).GetProperty("attempts").EnumerateArray().ToList();
        attempts.ConvertAll(a => a.GetProperty("code").GetInt32()).ShouldBe([200, 500]);
        attempts[0].GetProperty("at").GetDateTimeOffset().ShouldBeGreaterThan(attempts[1].GetProperty("at").GetDateTimeOffset());
        var hours = (await fixture.GetAsync(workspace, $"/api/webhooks/{id}/stats")).EnumerateArray().ToList();
        (hours.Sum(h => h.GetProperty("delivered").GetInt64()), hours.Sum(h => h.GetProperty("failed").GetInt64())).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_result_that_comes_after_its_webhook_is_removed_leaves_nothing_behind()
    {
        const string workspace = "removed";
        var gate = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (context, got) =>
        {
            await (Mentions(got, "held") ? gate.Task : Task.CompletedTask);
            context.Response.StatusCode = Mentions(got, "held") ? 500 : 200;
        });
        var id = await KnownAsync(workspace, receiver);
        await fixture.RaiseAsync(workspace, ["held"]);
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Any(r => Mentions(r, "held"))), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        var version = (await fixture.GetAsync(workspace, $"/api/webhooks/{id}")).GetProperty("version").GetInt64();
        await fixture.JsonAsync(workspace, HttpMethod.Delete, $"/api/webhooks/{id}", version: version);
        gate.SetResult();
        await fixture.ExecuteAsync("update alerts.first_attempts set until = now() where workspace = $1", workspace);

        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync<long>(Begun, workspace, id) == 0, WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries where webhook_id = $1 and status = 0", id)).ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_is_told_to_stop_ends_what_runs_and_leaves_the_rest_due_at_once_and_nothing_is_sent_twice()
    {
        const string workspace = "stopping";
        var atOnce = new WebhookOptions().PerWebhook;
        var alerts = atOnce + 6;
        var gate = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, got) => Mentions(got, "first") ? Task.CompletedTask : gate.Task);
        var id = await KnownAsync(workspace, receiver);
        await fixture.RaiseAsync(workspace, Enumerable.Range(0, alerts).Select(i => $"m{i}"));
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}"), w => w.GetProperty("health").GetProperty("pending").GetInt64() == alerts, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count == atOnce + 1), WebhooksFixture.Soon, () => $"{receiver.All.Count} begun", TestContext.Current.CancellationToken);

        await fixture.Stack.Alerts.TerminateAsync(TestContext.Current.CancellationToken);
        await Eventually.AsyncTrue(
            async _ => await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries where webhook_id = $1 and status = 0 and due_at <= now()", id) == alerts - atOnce,
            WebhooksFixture.Soon,
            () => fixture.Stack.Alerts.LogTail(),
            TestContext.Current.CancellationToken);
        gate.SetResult();
        await fixture.Stack.Alerts.StoppedAsync(WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries where webhook_id = $1 and status = 1", id)).ShouldBe(atOnce + 1);

        await fixture.Stack.Alerts.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Async(_ => fixture.GetAsync(workspace, $"/api/webhooks/{id}"), w => w.GetProperty("health").GetProperty("delivered24h").GetInt64() == alerts + 1, WebhooksFixture.Soon, TestContext.Current.CancellationToken);
        receiver.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(alerts + 1);
        receiver.All.Count.ShouldBe(alerts + 1);
    }

    private static bool Mentions(Received got, string nativeId) => got.Body.Contains($"/{nativeId}\"", StringComparison.Ordinal);

    // A webhook that the process that delivers has read: before, nothing is begun without a claim.
    private async Task<Guid> KnownAsync(string workspace, Receiver receiver)
    {
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "alert.raised" } });
        await fixture.RaiseAsync(workspace, ["first"]);
        await fixture.DeliveryAsync(workspace, id, d => d.GetProperty("status").GetString() == "delivered");
        return id;
    }
}
