using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

/// <summary>What is held back and summed up, so that people are not woken for everything.</summary>
public sealed class SparingPeople(ChannelsFixture fixture) : IClassFixture<ChannelsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task Quiet_hours_hold_back_what_is_told_when_they_end_but_not_from_a_channel_that_keeps_none()
    {
        await using var asleep = await ChatSink.StartAsync();
        await using var awake = await ChatSink.StartAsync();
        await QuietAsync();
        await AddAsync(new { kind = "slack", name = "asleep", url = asleep.Url });
        await AddAsync(new { kind = "slack", name = "awake", url = awake.Url, keepsQuiet = false });

        await fixture.PublishAsync([AlertsFixture.AScored(brand, "night", workspace: workspace)]);
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'", 1);
        (asleep.Got.Count, awake.Got.Count).ShouldBe((0, 1));
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'due' and due_at > now() + interval '50 minutes'")).ShouldBe(1);

        await fixture.ScalarAsync($"with moved as (update alerts.notices set due_at = now() where workspace = '{workspace}' and state = 'due' returning 1) select count(*) from moved");
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'", 2);
        asleep.Got.Count.ShouldBe(1);

        using var stale = await fixture.SendAsync(HttpMethod.Put, "/api/quiet-hours", new { hours = (object?)null }, "\"0\"", workspace);
        stale.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed, "somebody has changed them since");
    }

    [Fact]
    public async Task What_began_under_a_silence_is_told_once_when_no_silence_covers_it_any_more_unless_somebody_has_seen_it()
    {
        await using var chat = await ChatSink.StartAsync();
        await AddAsync(new { kind = "slack", name = "chat", url = chat.Url });
        var first = await SilenceAsync(new { brandId = brand.Id, why = "known", until = TimeProvider.System.GetUtcNow().AddHours(1) });
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "seen", workspace: workspace)]);
        await CountedAsync($"select count(*) from alerts.incidents where workspace = '{workspace}'", 1);
        await fixture.ActAsync("acknowledge", workspace);
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "open", revision: 2, workspace: workspace, text: "It burns.")]);
        await CountedAsync($"select count(*) from alerts.incidents where workspace = '{workspace}' and state ->> 'silence' = '{first}'", 2);

        // As when somebody prolongs it: another one covers the same.
        var second = await SilenceAsync(new { words = new[] { "burns" }, why = "still", until = TimeProvider.System.GetUtcNow().AddHours(2) });
        await EndAsync(first);
        await CountedAsync($"select count(*) from alerts.incidents where workspace = '{workspace}' and status = 0 and state ->> 'silence' = '{second}'", 1);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}'")).ShouldBe(0);

        // It ends by itself.
        await fixture.ScalarAsync($"with ended as (update alerts.silences set ends_at = now(), state = state || jsonb_build_object('until', now()) where workspace = '{workspace}' and id = '{second}' returning 1) select count(*) from ended");
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'opened' and state = 'delivered'", 1);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        chat.Got.ShouldHaveSingleItem().Body.GetRawText().ShouldContain("It burns.");

        var told = (await fixture.GetAsync("/api/incidents?status=open", workspace)).GetProperty("items")[0];
        told.GetProperty("silence").ValueKind.ShouldBe(JsonValueKind.Null);
        (await fixture.GetAsync($"/api/incidents/{told.GetProperty("id").GetGuid()}/timeline", workspace)).EnumerateArray().Count(t => t.GetProperty("change").GetString() == "incident_silence_ended").ShouldBe(2);

        // Of the first end nobody need know.
        await CountedAsync($"select count(*) from alerts.public_events where workspace = '{workspace}' and type = 'incident.silence_ended'", 1);
    }

    [Fact]
    public async Task What_a_silence_by_words_covers_meanwhile_is_told_when_that_ends_and_not_when_quiet_hours_do()
    {
        await using var chat = await ChatSink.StartAsync();
        await QuietAsync();
        await AddAsync(new { kind = "slack", name = "chat", url = chat.Url });
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "known", workspace: workspace), AlertsFixture.AScored(brand, "unknown", revision: 2, workspace: workspace, text: "It burns.")]);
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'due'", 2);
        var silence = await SilenceAsync(new { words = new[] { "parcel" }, why = "known", until = TimeProvider.System.GetUtcNow().AddHours(1) });
        using var none = await fixture.SendAsync(HttpMethod.Put, "/api/quiet-hours", new { hours = (object?)null }, "\"1\"", workspace);
        none.StatusCode.ShouldBe(HttpStatusCode.OK);

        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await fixture.ScalarAsync($"with moved as (update alerts.notices set due_at = now() where workspace = '{workspace}' and state = 'due' returning 1) select count(*) from moved");
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'due' and attempts = 0 and due_at > now() + interval '30 seconds'", 1);
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'", 1);
        chat.Got.ShouldHaveSingleItem().Body.GetRawText().ShouldContain("It burns.");

        await EndAsync(silence);
        await fixture.ScalarAsync($"with moved as (update alerts.notices set due_at = now() where workspace = '{workspace}' and state = 'due' returning 1) select count(*) from moved");
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'", 2);
        chat.Got.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_digest_sums_up_in_the_readers_language_in_place_of_single_notices()
    {
        await using var chat = await ChatSink.StartAsync();
        await AddAsync(new { kind = "slack", name = "summary", url = chat.Url, digest = "hour", language = "ru" });
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "one", workspace: workspace), AlertsFixture.AScored(brand, "two", negative: 0.1f, workspace: workspace)]);
        await CountedAsync($"select coalesce(sum(total), 0) from alerts.counts_hour where workspace = '{workspace}'", 2);
        await CountedAsync($"select count(*) from alerts.incidents where workspace = '{workspace}'", 1);
        chat.Got.ShouldBeEmpty();

        // The end of the hour, as far as the channel knows.
        await fixture.ScalarAsync($"with moved as (update alerts.channels set next_digest_at = now() where workspace = '{workspace}' returning 1) select count(*) from moved");
        await Eventually.AsyncTrue(_ => Task.FromResult(!chat.Got.IsEmpty), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);

        var told = chat.Got.ShouldHaveSingleItem().Body.GetRawText();
        JsonDocument.Parse(told).RootElement.GetProperty("text").GetString()!.ShouldContain("час", Case.Insensitive);
        told.ShouldContain("Acme");

        // Turned off, it sums up a last time what came since then.
        var channel = (await fixture.GetAsync("/api/channels", workspace))[0];
        using var off = await fixture.SendAsync(HttpMethod.Put, $"/api/channels/{channel.GetProperty("id").GetGuid()}", new { kind = "slack", name = "summary", digest = "never" }, "\"1\"", workspace);
        off.StatusCode.ShouldBe(HttpStatusCode.OK, await off.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Count == 2), Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices a join alerts.notices b on b.workspace = a.workspace and b.since = a.until where a.workspace = '{workspace}' and a.kind = 'digest' and b.kind = 'digest'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_digest_that_quiet_hours_hold_back_comes_once_at_their_end()
    {
        await using var chat = await ChatSink.StartAsync();
        await QuietAsync();
        var channel = await AddAsync(new { kind = "slack", name = "summary", url = chat.Url, digest = "hour" });
        await fixture.ScalarAsync($"with moved as (update alerts.channels set next_digest_at = now() where workspace = '{workspace}' returning 1) select count(*) from moved");

        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'digest'", 1);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'due' and due_at > now() + interval '50 minutes' and since < now()")).ShouldBe(1);
        (await fixture.ScalarAsync($"select count(*) from alerts.channels c join alerts.notices n on n.channel_id = c.id where c.workspace = '{workspace}' and c.next_digest_at > n.due_at")).ShouldBe(1);

        // Saved meanwhile, and the hour passes.
        await SaveAsync("hour", 1);
        await fixture.ScalarAsync($"with moved as (update alerts.channels set next_digest_at = now() - interval '1 minute' where workspace = '{workspace}' returning 1) select count(*) from moved");
        await CountedAsync($"select count(*) from alerts.channels c join alerts.notices n on n.channel_id = c.id where c.workspace = '{workspace}' and c.next_digest_at > n.due_at", 1);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'digest'")).ShouldBe(1);
        chat.Got.ShouldBeEmpty();

        // What came since the last one is summed up when it is turned off; what happens then is not for the first digest after that.
        await SaveAsync("never", 2);
        (await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'digest'")).ShouldBe(1, "the one that is held back ends later");
        await SaveAsync("hour", 3);
        await fixture.ScalarAsync($"with moved as (update alerts.channels set next_digest_at = date_trunc('hour', now()) where workspace = '{workspace}' returning 1) select count(*) from moved");
        await CountedAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'digest' and since = date_trunc('hour', created_at) - interval '1 hour'", 1);

        async Task SaveAsync(string digest, int version)
        {
            using var saved = await fixture.SendAsync(HttpMethod.Put, $"/api/channels/{channel}", new { kind = "slack", name = "summary", digest }, $"\"{version}\"", workspace);
            saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_end_is_told_once_and_only_where_the_beginning_was_told_and_a_rule_that_is_gone_tells_nobody_else()
    {
        await using var asleep = await ChatSink.StartAsync();
        await using var awake = await ChatSink.StartAsync();
        await using var other = await ChatSink.StartAsync();
        await QuietAsync();
        Guid[] chosen = [await AddAsync(new { kind = "slack", name = "asleep", url = asleep.Url }), await AddAsync(new { kind = "slack", name = "awake", url = awake.Url, keepsQuiet = false })];
        await AddAsync(new { kind = "slack", name = "other", url = other.Url, keepsQuiet = false });
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { kind = "mention", name = "Parcels", brandId = brand.Id, filter = new { words = new[] { "parcel" } }, channels = chosen }, workspace: workspace);
        added.StatusCode.ShouldBe(HttpStatusCode.Created, await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var rule = (await added.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "late", negative: 0.1f, workspace: workspace)]);
        await ToldAsync(1);

        await fixture.ActAsync("resolve", workspace);
        await ToldAsync(2);
        (await EndsAsync()).ShouldBe(1);
        using var removed = await fixture.SendAsync(HttpMethod.Delete, $"/api/rules/{rule}", version: "\"1\"", workspace: workspace);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await fixture.ActAsync("reopen", workspace);
        await ToldAsync(3);
        await fixture.ActAsync("acknowledge", workspace);
        await fixture.ActAsync("resolve", workspace);
        await ToldAsync(4);
        (await EndsAsync()).ShouldBe(2);

        // Somebody has it: that it goes on is told to nobody, so neither is its end.
        await fixture.ActAsync("reopen", workspace);
        await fixture.ActAsync("resolve", workspace);
        (await EndsAsync()).ShouldBe(2);
        (asleep.Got.Count, other.Got.Count).ShouldBe((0, 0));

        Task ToldAsync(int count) => Eventually.AsyncTrue(
            async _ => awake.Got.Count == count && await fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'") == count, Soon, () => fixture.Stack.Alerts.LogTail(), TestContext.Current.CancellationToken);
        Task<long> EndsAsync() => fixture.ScalarAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and kind = 'resolved'");
    }

    private async Task QuietAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var quiet = await fixture.SendAsync(
            HttpMethod.Put, "/api/quiet-hours", new { hours = new { from = $"{now.AddHours(-1):HH:mm:ss}", to = $"{now.AddHours(1):HH:mm:ss}", criticalPasses = true }, timeZone = "UTC" }, "\"0\"", workspace);
        quiet.StatusCode.ShouldBe(HttpStatusCode.OK, await quiet.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<Guid> SilenceAsync(object silence)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/silences", silence, workspace: workspace);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
    }

    private async Task EndAsync(Guid silence)
    {
        using var ended = await fixture.SendAsync(HttpMethod.Delete, $"/api/silences/{silence}", workspace: workspace);
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<long> CountedAsync(string sql, long expected) => Eventually.Async(_ => fixture.ScalarAsync(sql), n => n == expected, Soon, TestContext.Current.CancellationToken);

    private async Task<Guid> AddAsync(object channel)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/channels", channel, workspace: workspace);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
    }
}
