using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

/// <summary>Who is told of incidents, when, and how often.</summary>
public sealed class TellingPeople(ChannelsFixture fixture) : IClassFixture<ChannelsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_service_killed_while_it_tells_loses_no_notice_and_invents_none()
    {
        await using var chat = await ChatSink.StartAsync();
        chat.Delay = TimeSpan.FromMilliseconds(150);
        await AddAsync(new { kind = "slack", name = "chat", url = chat.Url });
        await fixture.PublishAsync(Enumerable.Range(0, 10).Select(i => Story($"m{i}", i)));
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Count >= 2), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        await fixture.Stack.Alerts.KillAsync();
        chat.Delay = TimeSpan.Zero;
        await fixture.Stack.Alerts.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.Async(_ => CountAsync("delivered"), n => n == 10, Soon, TestContext.Current.CancellationToken);
        chat.Got.Select(g => g.Key).Distinct().Count().ShouldBe(10);
        (await fixture.ScalarAsync($"select count(*) from alerts.incidents where workspace = '{workspace}'")).ShouldBe(10);
    }

    [Fact]
    public async Task Mail_is_plain_and_html_and_a_hostile_author_stays_text()
    {
        await using var mail = new MailSink();
        await AddAsync(new { kind = "email", name = "mail", to = new[] { "ann@example.org" }, from = "serm@example.org", host = "127.0.0.1", port = mail.Port, tls = "none", language = "sv" });
        var scored = Story("evil", 3);
        scored = scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { Author = new("1", "<script>alert(1)</script>\r\nBcc: x@example.org") } } };
        await fixture.PublishAsync([scored]);

        await Eventually.AsyncTrue(_ => Task.FromResult(!mail.Got.IsEmpty), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        var text = mail.Got.Single();
        text.ShouldContain("multipart/alternative");
        text.ShouldContain("Auto-Submitted: auto-generated");
        text.ShouldNotContain("\nBcc:");
        text[text.IndexOf("text/html", StringComparison.Ordinal)..].ShouldNotContain("<script>", Case.Insensitive, "in plain text it is text, in HTML it would run");
    }

    [Fact]
    public async Task A_time_without_a_zone_is_UTC_wherever_the_service_runs()
    {
        var until = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(3).AddHours(12);
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/silences", new { brandId = brand.Id, why = "known", until = $"{until:s}" }, workspace: workspace);
        added.StatusCode.ShouldBe(HttpStatusCode.Created, await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await added.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("until").GetDateTimeOffset().ShouldBe(new(until, TimeSpan.Zero));
        using var none = await fixture.SendAsync(HttpMethod.Post, "/api/silences", new { brandId = brand.Id, why = "known", until = "tomorrow" }, workspace: workspace);
        (await none.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("field").GetString().ShouldBe("until");
    }

    [Fact]
    public async Task A_channel_that_fails_is_told_by_another_one_and_secrets_never_come_back()
    {
        await using var good = await ChatSink.StartAsync();
        await using var bad = await ChatSink.StartAsync();
        bad.Status = 404;
        await AddAsync(new { kind = "teams", name = "broken", url = bad.Url });
        await AddAsync(new { kind = "slack", name = "works", url = good.Url });
        await fixture.PublishAsync([Story("fail", 4)]);

        await Eventually.AsyncTrue(_ => Task.FromResult(good.Got.Any(g => g.Body.GetProperty("text").GetString()!.Contains("broken", StringComparison.Ordinal))), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        var channels = await fixture.GetAsync("/api/channels", workspace);
        channels.EnumerateArray().Single(c => c.GetProperty("name").GetString() == "broken").GetProperty("state").GetString().ShouldBe("failing");
        channels.GetRawText().ShouldNotContain("/hook");

        // A test that is taken says as well that it delivers.
        bad.Status = 200;
        var broken = channels.EnumerateArray().Single(c => c.GetProperty("name").GetString() == "broken").GetProperty("id").GetGuid();
        using var test = await fixture.SendAsync(HttpMethod.Post, $"/api/channels/{broken}/test", workspace: workspace);
        (await test.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("delivered").GetBoolean().ShouldBeTrue();
        await FailingAsync("resolved");

        // And what was given up meanwhile is told now, under its own key.
        await Eventually.Async(_ => CountAsync("failed"), n => n == 0, Soon, TestContext.Current.CancellationToken);
        await Eventually.AsyncTrue(_ => Task.FromResult(bad.Got.GroupBy(g => g.Key).Any(g => g.Count() == 2)), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        bad.Status = 404;
        await fixture.PublishAsync([Story("fail-again", 6)]);
        await FailingAsync("open");
        using var removed = await fixture.SendAsync(HttpMethod.Delete, $"/api/channels/{broken}", version: "\"1\"", workspace: workspace);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await FailingAsync("resolved");
        (await fixture.ScalarAsync($"select count(*) from alerts.channels where workspace = '{workspace}' and (state::text like '%/hook%' or encode(secret, 'escape') like '%/hook%')")).ShouldBe(0);

        Task<int> FailingAsync(string status) => Eventually.Async(
            async _ => (await fixture.GetAsync($"/api/incidents?kind=channelFailing&status={status}", workspace)).GetProperty("items").GetArrayLength(), n => n == 1, Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_channel_is_told_two_at_a_time_and_one_that_asks_to_wait_is_not_called_failing()
    {
        await using var chat = await ChatSink.StartAsync();
        (chat.Status, chat.RetryAfter, chat.Delay) = (429, "1", TimeSpan.FromMilliseconds(200));
        var id = await AddAsync(new { kind = "slack", name = "busy", url = chat.Url });
        await fixture.PublishAsync(Enumerable.Range(0, 10).Select(i => Story($"busy{i}", i)));
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Count >= 8), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        chat.MostAtOnce.ShouldBe(2);
        (await fixture.ScalarAsync($"select failures from alerts.channels where id = '{id}'")).ShouldBe(0);
        chat.Status = 200;
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 10, Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync($"select count(*) from alerts.incidents where workspace = '{workspace}' and kind = 'channelFailing'")).ShouldBe(0);
    }

    [Fact]
    public async Task Tries_that_fail_together_are_one_failure_and_the_fourth_leaves_the_channel_alone()
    {
        await using var chat = await ChatSink.StartAsync();
        var id = await AddAsync(new { kind = "slack", name = "down", url = chat.Url });
        var table = new ChannelTable(fixture.Database, new(new ConfigurationBuilder().AddInMemoryCollection([new("Serm:InternalKey", "any")]).Build()), TimeProvider.System);
        var failed = new Outcome("The receiver answered 500");
        var began = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 16; i++)
        {
            (await NoteAsync(failed, began)).ShouldBe(1);
        }

        (await NoteAsync(new("The receiver answered 429", After: TimeSpan.FromSeconds(20), Busy: true), Later())).ShouldBe(1);
        (await HeldAsync()).ShouldBeInRange(6, 20);
        (await NoteAsync(failed, Later())).ShouldBe(2);
        (await NoteAsync(failed, Later())).ShouldBe(3);
        (await NoteAsync(failed, Later())).ShouldBe(4);
        (await HeldAsync()).ShouldBeInRange(21, 30);
        (await NoteAsync(Outcome.Delivered, began)).ShouldBe(0);
        (await HeldAsync()).ShouldBe(0);

        Task<int> NoteAsync(Outcome outcome, DateTimeOffset from) => table.NoteAsync(workspace, id, outcome, from, TestContext.Current.CancellationToken);
        Task<long> HeldAsync() => fixture.ScalarAsync($"select coalesce(extract(epoch from open_until - now()), 0)::bigint from alerts.channels where id = '{id}'");
        static DateTimeOffset Later() => TimeProvider.System.GetUtcNow().AddSeconds(1);
    }

    [Fact]
    public async Task A_channel_whose_secret_no_key_opens_says_so_and_takes_a_new_one()
    {
        await using var chat = await ChatSink.StartAsync();
        await using var good = await ChatSink.StartAsync();
        var id = await AddAsync(new { kind = "slack", name = "sealed", url = chat.Url });
        await AddAsync(new { kind = "slack", name = "works", url = good.Url });
        await fixture.ScalarAsync($"with lost as (update alerts.channels set secret = decode('01' || repeat('00', 80), 'hex') where id = '{id}' returning 1) select count(*) from lost");

        var shown = (await fixture.GetAsync("/api/channels", workspace)).EnumerateArray().Single(c => c.GetProperty("id").GetGuid() == id);
        shown.GetProperty("host").ValueKind.ShouldBe(JsonValueKind.Null);
        await fixture.PublishAsync([Story("sealed", 3)]);
        await Eventually.AsyncTrue(_ => Task.FromResult(good.Got.Any(g => g.Body.GetProperty("text").GetString()!.Contains("sealed", StringComparison.Ordinal))), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        (await fixture.GetAsync($"/api/channels/{id}", workspace)).GetProperty("lastError").GetString()!.ShouldContain("data key");

        using var without = await fixture.SendAsync(HttpMethod.Put, $"/api/channels/{id}", new { kind = "slack", name = "sealed" }, "\"1\"", workspace);
        without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await without.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("field").GetString().ShouldBe("url");
        using var anew = await fixture.SendAsync(HttpMethod.Put, $"/api/channels/{id}", new { kind = "slack", name = "sealed", url = chat.Url }, "\"1\"", workspace);
        anew.StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture.PublishAsync([Story("opened", 5)]);

        // What was given up meanwhile is told as well.
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.DistinctBy(g => g.Key).Count() == 2), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nobody_is_told_again_after_an_acknowledgement()
    {
        await using var chat = await ChatSink.StartAsync();
        var channel = await AddAsync(new { kind = "slack", name = "chat", url = chat.Url });
        using var order = await fixture.SendAsync(HttpMethod.Put, "/api/on-call", new { steps = new[] { new { channelId = channel, afterMinutes = 60 } }, minSeverity = "info" }, workspace: workspace);
        order.StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture.PublishAsync([Story("told", 6)]);
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 1, Soon, TestContext.Current.CancellationToken);
        await fixture.ActAsync("acknowledge", workspace);

        (await CountAsync("obsolete")).ShouldBe(1);
        (await CountAsync("due")).ShouldBe(0);
        await LedgerIsWholeAsync();
        await fixture.PublishAsync([Story("told-again", 6)]);
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from alerts.alerts where workspace = '{workspace}'"), n => n == 2, Soon, TestContext.Current.CancellationToken);
        chat.Got.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_the_on_call_order_the_next_is_told_when_the_time_has_passed_and_nobody_after_somebody_has_acknowledged()
    {
        await using var first = await ChatSink.StartAsync();
        await using var second = await ChatSink.StartAsync();
        await using var third = await ChatSink.StartAsync();
        var steps = new List<object>();
        foreach (var (sink, minutes) in new[] { (first, 0), (second, 15), (third, 30) })
        {
            // Each by itself is told of critical incidents only: what comes, comes by the order.
            steps.Add(new { channelId = await AddAsync(new { kind = "slack", name = $"after {minutes}", url = sink.Url, minSeverity = "critical" }), afterMinutes = minutes });
        }

        using var order = await fixture.SendAsync(HttpMethod.Put, "/api/on-call", new { steps, minSeverity = "info" }, workspace: workspace);
        order.StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture.PublishAsync([Story("on-call", 8)]);
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 1, Soon, TestContext.Current.CancellationToken);
        (first.Got.Count, second.Got.Count, third.Got.Count).ShouldBe((1, 0, 0));

        await QuarterPassesAsync();
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 2, Soon, TestContext.Current.CancellationToken);
        (first.Got.Count, second.Got.Count, third.Got.Count).ShouldBe((1, 1, 0));

        await fixture.ActAsync("acknowledge", workspace);
        (await CountAsync("obsolete")).ShouldBe(1);
        await QuarterPassesAsync();
        (await CountAsync("due")).ShouldBe(0);
        third.Got.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_of_the_on_call_order_whose_channel_is_gone_says_so_and_the_next_or_everybody_is_told_in_its_place()
    {
        await using var gone = await ChatSink.StartAsync();
        await using var next = await ChatSink.StartAsync();
        await using var all = await ChatSink.StartAsync();
        Guid[] ids = [await CriticalAsync("first", gone), await CriticalAsync("next", next), await CriticalAsync("last", gone)];
        using var order = await fixture.SendAsync(HttpMethod.Put, "/api/on-call", new { steps = ids.Select((id, i) => new { channelId = id, afterMinutes = 15 * i }), minSeverity = "info" }, workspace: workspace);
        order.StatusCode.ShouldBe(HttpStatusCode.OK);
        await AddAsync(new { kind = "slack", name = "all", url = all.Url });
        await RemoveAsync(ids[0]);
        await fixture.PublishAsync([Story("missed", 9)]);

        // Removed before: the next is told at once, and not again when its own time comes.
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 2, Soon, TestContext.Current.CancellationToken);
        (next.Got.Count, all.Got.Count, await CountAsync("failed"), await CountAsync("due")).ShouldBe((1, 1, 1, 1));

        // Removed after it was planned, and the last: everybody is told.
        await RemoveAsync(ids[2]);
        await QuarterPassesAsync();
        await QuarterPassesAsync();
        await Eventually.Async(_ => CountAsync("delivered"), n => n == 3, Soon, TestContext.Current.CancellationToken);
        (gone.Got.Count, next.Got.Count, all.Got.Count, await CountAsync("failed"), await CountAsync("due")).ShouldBe((0, 1, 2, 2, 0));
        var incident = (await fixture.GetAsync("/api/incidents", workspace)).GetProperty("items")[0].GetProperty("id").GetGuid();
        (await fixture.GetAsync($"/api/incidents/{incident}/timeline", workspace)).EnumerateArray().Where(t => t.GetProperty("text").ValueKind == JsonValueKind.String).Select(t => t.GetProperty("text").GetString())
            .ShouldBe(["The channel was removed. The next step is told in its place.", "The channel was removed. All channels are told in its place."]);

        Task<Guid> CriticalAsync(string name, ChatSink sink) => AddAsync(new { kind = "slack", name, url = sink.Url, minSeverity = "critical" });
        async Task RemoveAsync(Guid id)
        {
            using var removed = await fixture.SendAsync(HttpMethod.Delete, $"/api/channels/{id}", version: "\"1\"", workspace: workspace);
            removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private Task<long> QuarterPassesAsync() => fixture.ScalarAsync(
        $"with moved as (update alerts.notices set due_at = due_at - interval '15 minutes' where workspace = '{workspace}' and state = 'due' returning 1) select count(*) from moved");

    // From published to raised to told to acknowledged, by brand and by source.
    private async Task LedgerIsWholeAsync()
    {
        var rows = (await fixture.GetAsync("/api/latency/alerts", workspace)).GetProperty("rows").EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("by").GetString()).ShouldBe(["brand", "source"]);
        foreach (var name in new[] { "raisedP50", "raisedP95", "toldP50", "toldP95", "acknowledgedP50", "acknowledgedP95" })
        {
            rows.ShouldAllBe(r => r.GetProperty(name).GetDouble() > 0, name);
        }
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://[::ffff:10.0.0.1]/x")]
    [InlineData("https://10.1.2.3/x")]
    public async Task An_address_inside_is_refused(string url)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/channels", new { kind = "slack", name = "inside", url }, workspace: workspace);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString().ShouldBe("address_refused");
    }

    private async Task<Guid> AddAsync(object channel)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/channels", channel, workspace: workspace);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
    }

    private Task<long> CountAsync(string state) => fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = '{state}'");

    private MentionScored Story(string nativeId, int n)
    {
        var scored = AlertsFixture.AScored(brand, nativeId, workspace: workspace);
        return scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { SimHash = unchecked((long)((ulong)(n + 1) * 0x9E3779B97F4A7C15)) } } };
    }
}
