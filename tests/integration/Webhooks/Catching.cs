using System.Net;
using System.Text.Json;
using Serm.Tests.Integration.Faults;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>That nothing is lost: the feed while many write, and deliveries while everything dies.</summary>
public sealed class Catching(WebhooksFixture fixture) : IClassFixture<WebhooksFixture>
{
    [Fact]
    public async Task Whoever_reads_the_feed_while_many_write_misses_nothing()
    {
        const string workspace = "feed";
        const int each = 60;
        var reader = ReadAsync(workspace, 6 * each);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(w => fixture.RaiseAsync(workspace, Enumerable.Range(0, each).Select(i => $"{w}-{i}"))));

        var read = await reader;

        read.ShouldBe(Enumerable.Range(1, read.Count).Select(i => (long)i));
        (await fixture.ScalarAsync<long>("select count(distinct id) from alerts.public_events where workspace = $1 and type = 'alert.raised'", workspace)).ShouldBe(6 * each);

        // A filter passes over places, and still says how far it has read.
        var none = await fixture.GetAsync(workspace, "/api/events?types=endpoint.disabled");
        none.GetProperty("items").GetArrayLength().ShouldBe(0);
        none.GetProperty("next").GetInt64().ShouldBeGreaterThanOrEqualTo(read.Count);

        // A feed that was put back to an earlier backup says so, and so does a type that nobody is ever told of.
        using var ahead = await fixture.SendAsync(workspace, HttpMethod.Get, "/api/events?after=1000000");
        ahead.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var said = JsonSerializer.Deserialize<JsonElement>(await ahead.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (said.GetProperty("code").GetString(), said.GetProperty("field").GetString()).ShouldBe(("events_ahead", "after"));
        said.GetProperty("last").GetInt64().ShouldBeGreaterThanOrEqualTo(none.GetProperty("last").GetInt64());
        using var mistyped = await fixture.SendAsync(workspace, HttpMethod.Get, "/api/events?types=alert.rasied");
        mistyped.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await fixture.AddAsync(workspace, receiver.Address + "/");
        using var log = await fixture.SendAsync(workspace, HttpMethod.Get, $"/api/webhooks/{webhook}/deliveries?type=alert.rasied");
        log.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer.Deserialize<JsonElement>(await log.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("field").GetString().ShouldBe("type");

        // What is forgotten is said, never skipped; something later stays, since many at once may have any order in time.
        await fixture.RaiseAsync(workspace, ["later"]);
        await Eventually.AsyncTrue(
            async _ => await fixture.ScalarAsync<long>("select count(distinct id) from alerts.public_events where workspace = $1 and type = 'alert.raised'", workspace) == (6 * each) + 1,
            WebhooksFixture.Soon,
            () => fixture.Stack.Alerts.LogTail(),
            TestContext.Current.CancellationToken);
        await Serm.Alerts.Retention.TrimAsync(fixture.Database, new DateTimeOffset(await fixture.ScalarAsync<DateTime>("select at + interval '1 microsecond' from alerts.public_events where workspace = $1 and seq = 100", workspace)), TestContext.Current.CancellationToken);
        using var gone = await fixture.SendAsync(workspace, HttpMethod.Get, "/api/events?after=5");
        gone.StatusCode.ShouldBe(HttpStatusCode.Gone);
        var problem = JsonSerializer.Deserialize<JsonElement>(await gone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        problem.GetProperty("code").GetString().ShouldBe("events_trimmed");
        var oldest = problem.GetProperty("oldestAfter").GetInt64();
        oldest.ShouldBeGreaterThanOrEqualTo(100);
        (await fixture.GetAsync(workspace, $"/api/events?after={oldest}&limit=1")).GetProperty("items")[0].GetProperty("sequence").GetInt64().ShouldBe(oldest + 1);
    }

    [Fact]
    public async Task A_replay_goes_on_past_events_that_are_forgotten_meanwhile()
    {
        const string workspace = "forgotten";
        await using var receiver = await Receiver.StartAsync();
        await fixture.RaiseAsync(workspace, Enumerable.Range(0, 40).Select(i => $"m{i}"));
        await Eventually.AsyncTrue(
            async _ => await fixture.ScalarAsync<long>("select count(*) from alerts.public_events where workspace = $1 and type = 'alert.raised'", workspace) == 40, WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "alert.raised" } });
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/pause");
        var replay = await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/replay", new { from = "2026-01-01T00:00:00Z" });
        replay.GetProperty("total").GetInt64().ShouldBe(40);
        (await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries d join alerts.public_events e on e.id = d.event_id where d.webhook_id = $1 and d.created_at = e.at", id)).ShouldBe(40, "they are forgotten with their events");

        await fixture.ExecuteAsync(
            """
            with gone as (delete from alerts.public_events where workspace = $1 and id in (select id from alerts.public_events where workspace = $1 and type = 'alert.raised' order by seq limit 37) returning id)
            update alerts.deliveries set due_at = due_at - interval '1 second' where webhook_id = $2 and event_id in (select id from gone)
            """,
            workspace,
            id);
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/resume");
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count == 3), WebhooksFixture.Soon, () => $"{receiver.All.Count} of 3", TestContext.Current.CancellationToken);
    }

    // Attempts are noted in the order of the ids, whatever the order of the events.
    [Fact]
    public async Task A_replay_and_the_noting_of_attempts_do_not_wait_for_each_other()
    {
        const string workspace = "entangled";
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "alert.raised" } });
        await fixture.RaiseAsync(workspace, Enumerable.Range(0, 20).Select(i => $"m{i}"));
        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync<long>("select count(*) from alerts.delivery_log where webhook_id = $1 and status = 1", id) == 20, WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        await fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/replay", new { from = "2026-01-01T00:00:00Z" });
        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync<long>("select count(*) from alerts.deliveries where webhook_id = $1 and status = 1", id) == 20, WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        await fixture.ExecuteAsync(
            "update alerts.public_events e set at = m.at, seq = m.seq + 1 from (select max(at) as at, max(seq) as seq from alerts.public_events where workspace = $1) m where workspace = $1 and id = (select event_id from alerts.deliveries where webhook_id = $2 order by event_id limit 1)",
            workspace,
            id);

        await using var connection = await fixture.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var noting = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await LockAsync("event_id = (select event_id from alerts.deliveries where webhook_id = $1 order by event_id limit 1)");
        var replay = fixture.JsonAsync(workspace, HttpMethod.Post, $"/api/webhooks/{id}/replay", new { from = "2026-01-01T00:00:00Z" });
        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync<long>("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%with again as%' and pid <> pg_backend_pid()") > 0, WebhooksFixture.Soon, () => "The replay does not wait.", TestContext.Current.CancellationToken);
        await LockAsync("true");
        await noting.CommitAsync(TestContext.Current.CancellationToken);

        (await replay).GetProperty("total").GetInt64().ShouldBe(20);

        async Task LockAsync(string which)
        {
            await using var command = new Npgsql.NpgsqlCommand($"select from alerts.deliveries where webhook_id = $1 and {which} order by event_id for update", connection, noting);
            command.Parameters.Add(new() { Value = id });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("alerts")]
    [InlineData("rabbitmq")]
    [InlineData("postgres")]
    public async Task What_is_killed_while_it_delivers_loses_nothing(string victim)
    {
        var workspace = "killed-" + victim;
        await using var receiver = await Receiver.StartAsync(async (c, _) => await Task.Delay(20, c.RequestAborted));
        await fixture.AddAsync(workspace, receiver.Address + "/", new { types = new[] { "alert.raised" } });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var raised = 0;
        var load = Task.Run(
            async () =>
            {
                for (; raised < 400 && !stop.IsCancellationRequested; raised += 10)
                {
                    var from = raised;
                    await fixture.RaiseAsync(workspace, Enumerable.Range(from, 10).Select(i => $"m{i}"));
                }
            },
            TestContext.Current.CancellationToken);
        await Eventually.AsyncTrue(_ => Task.FromResult(receiver.All.Count > 30), WebhooksFixture.Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        await KillAndStartAsync(victim);
        await load;

        var expected = 400L;
        await Eventually.AsyncTrue(
            async _ => await CountAsync(workspace) == expected && receiver.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count() == expected,
            TimeSpan.FromSeconds(180),
            () => $"{receiver.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count()} of {expected} delivered\n{fixture.Stack.Alerts.LogTail()}",
            TestContext.Current.CancellationToken);
        var bodies = receiver.All.GroupBy(r => r.Id, StringComparer.Ordinal).ToList();
        bodies.ShouldAllBe(g => g.Select(r => r.Body).Distinct(StringComparer.Ordinal).Count() == 1);

        // Incidents have places in between.
        bodies.Select(g => JsonDocument.Parse(g.First().Body).RootElement.GetProperty("sequence").GetInt64()).Distinct().Count().ShouldBe(400);
    }

    private async Task KillAndStartAsync(string victim)
    {
        var ct = TestContext.Current.CancellationToken;
        if (victim == "alerts")
        {
            await fixture.Stack.Alerts.KillAsync();
            await fixture.Stack.Alerts.StartAsync(ct);
        }
        else
        {
            await ServerControl.KillAsync(victim, ct);
            await ServerControl.StartAsync(ct);
        }
    }

    private async Task<long> CountAsync(string workspace)
    {
        try
        {
            return await fixture.ScalarAsync<long>("select count(*) from alerts.alerts where workspace = $1", workspace);
        }
        catch (Npgsql.NpgsqlException)
        {
            return -1;
        }
    }

    private async Task<List<long>> ReadAsync(string workspace, int until)
    {
        var read = new List<long>();
        var (next, alerts) = (0L, 0);
        await Eventually.AsyncTrue(
            async _ =>
            {
                var page = await fixture.GetAsync(workspace, $"/api/events?after={next}&limit=7");
                read.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()));
                alerts += page.GetProperty("items").EnumerateArray().Count(e => e.GetProperty("type").GetString() == "alert.raised");
                next = page.GetProperty("next").GetInt64();
                return alerts >= until;
            },
            TimeSpan.FromSeconds(180),
            () => $"{alerts} of {until} read, up to {next}",
            TestContext.Current.CancellationToken);
        return read;
    }
}
