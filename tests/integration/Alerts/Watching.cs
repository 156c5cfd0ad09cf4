using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

/// <summary>The watches looking every second.</summary>
public sealed class WatchingFixture : AlertsFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Alerts__WatchSeconds"] = "1" };
}

/// <summary>What watches find in counts, terms and gaps, from the row to the incident and to its end.</summary>
public sealed class Watching(WatchingFixture fixture) : IClassFixture<WatchingFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("negativeSpike", 2)]
    [InlineData("volumeSpike", 5)]
    public async Task A_burst_is_an_incident_that_ends_with_it(string kind, double expected)
    {
        var brand = Guid.CreateVersion7();
        await LivedAsync(brand, Guid.CreateVersion7());
        await BurstAsync(brand);
        await RuleAsync(new { kind, name = "Burst", brandId = brand });

        var burst = (await IncidentsAsync($"kind={kind}&brand={brand}&status=open", 1))[0].GetProperty("measured");
        burst.GetProperty("observed").GetDouble().ShouldBe(60);
        burst.GetProperty("expected").GetDouble().ShouldBeInRange(expected - 1, expected + 1);

        await ExecuteAsync("delete from alerts.counts_minute where brand_id = $1", brand);
        (await IncidentsAsync($"kind={kind}&brand={brand}&status=resolved", 1))[0].GetProperty("resolvedBy").GetString().ShouldBe("serm");
    }

    [Fact]
    public async Task A_burst_of_some_sources_shows_mentions_of_these()
    {
        var (brand, mine, other, said) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await LivedAsync(brand, mine);
        await BurstAsync(brand);
        foreach (var (source, mention, negative) in new[] { (mine, said, 0.9), (other, Guid.CreateVersion7(), 0.99) })
        {
            await ExecuteAsync(
                $"insert into alerts.judged (workspace, mention_id, brand_id, source_id, at, negative, label, language, story, tokens, backfill) values ('main', $1, $2, $3, date_trunc('minute', now()), {negative.ToString(System.Globalization.CultureInfo.InvariantCulture)}, 0, 'en', '', ''::bytea, false)",
                mention,
                brand,
                source);
        }

        await RuleAsync(new { kind = "negativeSpike", name = "Burst", brandId = brand, filter = new { sources = new[] { mine } } });

        var burst = (await IncidentsAsync($"kind=negativeSpike&brand={brand}&status=open", 1))[0];
        (await fixture.GetAsync($"/api/incidents/{burst.GetProperty("id").GetGuid()}")).GetProperty("mentions").EnumerateArray().Select(m => m.GetGuid()).ShouldBe([said]);
    }

    [Fact]
    public async Task On_the_past_a_source_that_was_paused_is_not_told_nor_one_that_was_blind_before()
    {
        const string workspace = "blind-once";
        await ExecuteAsync(
            $"""
            insert into alerts.gaps select '{workspace}', gen_random_uuid(), gen_random_uuid(), t.name, t.reason, now() - t.ago, now() - t.until
            from (values ('Paused', 'paused', interval '3 days', interval '2 days'), ('Blind', 'timeout', interval '3 days', interval '2 days'), ('Before', 'timeout', interval '20 days', null)) as t(name, reason, ago, until)
            """);

        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/rules/backtest", new { rule = new { kind = "sourceSilence", name = "Silence", afterMinutes = 30 }, weeks = 1 }, workspace: workspace);
        var found = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        found.GetProperty("examples").EnumerateArray().Select(e => e.GetProperty("subject").GetString()).ShouldBe(["Blind"]);
    }

    [Fact]
    public async Task Where_a_rule_looks_no_more_its_incidents_end()
    {
        const string workspace = "narrowed";
        Guid[] brands = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        foreach (var brand in brands)
        {
            await LivedAsync(brand, Guid.CreateVersion7(), workspace);
            await BurstAsync(brand, workspace);
        }

        var rule = await RuleAsync(new { kind = "negativeSpike", name = "Burst" }, workspace);
        await IncidentsAsync("status=open", 2, workspace);
        using var narrowed = await fixture.SendAsync(HttpMethod.Put, $"/api/rules/{rule}", new { kind = "negativeSpike", name = "Burst", brandId = brands[0] }, "\"1\"", workspace);
        narrowed.StatusCode.ShouldBe(HttpStatusCode.OK, await narrowed.Content.ReadAsStringAsync(Cancel));

        (await IncidentsAsync("status=resolved", 1, workspace))[0].GetProperty("brand").GetProperty("id").GetGuid().ShouldBe(brands[1]);
        (await IncidentsAsync("status=open", 1, workspace))[0].GetProperty("brand").GetProperty("id").GetGuid().ShouldBe(brands[0]);
    }

    [Fact]
    public async Task What_ran_out_of_time_long_ago_is_no_incident_that_never_ends()
    {
        const string workspace = "overdue";
        var brand = Guid.CreateVersion7();
        await ExecuteAsync($"insert into alerts.overdue select '{workspace}', gen_random_uuid(), 'firstAnswer', $1, 'Acme', true, now() - interval '1 hour', now() - interval '1 hour' from generate_series(1, 3)", brand);
        await RuleAsync(new { kind = "slaBreach", name = "Too late" }, workspace);
        (await IncidentsAsync("status=open", 1, workspace))[0].GetProperty("measured").GetProperty("observed").GetDouble().ShouldBe(3);

        await ExecuteAsync("update alerts.overdue set at = now() - interval '8 days' where brand_id = $1", brand);
        (await IncidentsAsync("status=resolved", 1, workspace))[0].GetProperty("resolvedBy").GetString().ShouldBe("serm");
    }

    [Fact]
    public async Task A_term_that_rises_is_an_incident()
    {
        var brand = Guid.CreateVersion7();
        await LivedAsync(brand, Guid.CreateVersion7());
        await ExecuteAsync(
            """
            insert into alerts.terms select 'main', $1, date_trunc('hour', now()) - t.ago, t.term, t.n, array[gen_random_uuid()]
            from (values (interval '30 hours', '', 2000), (interval '30 hours', 'delivery', 400), (interval '0', '', 100), (interval '0', 'delivery', 20), (interval '0', 'battery', 15)) as t(ago, term, n)
            """,
            brand);
        await RuleAsync(new { kind = "risingTopic", name = "Topics", brandId = brand });

        (await IncidentsAsync($"kind=risingTopic&brand={brand}", 1))[0].GetProperty("measured").GetProperty("terms").EnumerateArray().Select(t => t.GetString()).ShouldBe(["battery"]);
    }

    [Fact]
    public async Task A_blind_source_is_told_once_as_blind_and_not_as_quiet_and_a_quiet_one_as_quiet()
    {
        var (blind, quiet, gap) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await LivedAsync(Guid.CreateVersion7(), blind);
        await LivedAsync(Guid.CreateVersion7(), quiet);
        var since = TimeProvider.System.GetUtcNow().AddHours(-2);
        await fixture.PublishAsync([new SourceGapChanged(Guid.CreateVersion7(), "main", blind, "Blind", gap, since, null, "timeout")]);
        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync($"select count(*) from alerts.gaps where id = '{gap}'") == 1, Patience, () => fixture.Stack.Alerts.LogTail(), Cancel);
        await RuleAsync(new { kind = "sourceSilence", name = "Silence", afterMinutes = 30, filter = new { sources = new[] { blind, quiet } } });

        var told = await IncidentsAsync("kind=sourceSilence", 2);
        var ofBlind = told.Single(i => i.GetProperty("subject").GetString() == "Blind").GetProperty("measured");
        ofBlind.GetProperty("expected").GetDouble().ShouldBe(0, "a gap counts nothing");
        told.Single(i => i.GetProperty("subject").GetString() != "Blind").GetProperty("measured").GetProperty("expected").GetDouble().ShouldBeGreaterThan(30);

        await fixture.PublishAsync([new SourceGapChanged(Guid.CreateVersion7(), "main", blind, "Blind", gap, since, TimeProvider.System.GetUtcNow(), "timeout")]);
        var over = await IncidentsAsync("kind=sourceSilence&status=resolved", 1);
        (over[0].GetProperty("subject").GetString(), over[0].GetProperty("resolvedBy").GetString()).ShouldBe(("Blind", "serm"));
        (await IncidentsAsync("kind=sourceSilence&status=open", 1))[0].GetProperty("subject").GetString().ShouldBe("Forum", "what was missing in the gap is explained by it");
    }

    [Fact]
    public async Task Credentials_that_end_soon_are_an_incident_without_a_rule_until_there_are_new_ones_whatever_order_that_is_told_in()
    {
        var source = Guid.CreateVersion7();
        var now = TimeProvider.System.GetUtcNow();
        var ending = new SourceCredentialsEnding(Guid.CreateVersion7(), "main", source, "Wall", now.AddDays(5), now);
        await fixture.PublishAsync([ending]);
        var told = (await IncidentsAsync("kind=credentialsEnd&status=open", 1))[0];
        (told.GetProperty("subject").GetString(), told.GetProperty("sourceId").GetGuid(), told.GetProperty("severity").GetString()).ShouldBe(("Wall", source, "warning"));
        told.GetProperty("measured").GetProperty("to").GetDateTimeOffset().ShouldBe(now.AddDays(5), TimeSpan.FromMilliseconds(1));

        await fixture.PublishAsync([new SourceCredentialsEnding(Guid.CreateVersion7(), "main", source, "Wall", null, now.AddMinutes(1))]);
        (await IncidentsAsync("kind=credentialsEnd&status=resolved", 1))[0].GetProperty("resolvedBy").GetString().ShouldBe("serm");
        await fixture.PublishAsync([ending]);
        await fixture.PublishAsync([new SourceCredentialsEnding(Guid.CreateVersion7(), "main", Guid.CreateVersion7(), "Other", now.AddDays(1), now)]);
        (await IncidentsAsync("kind=credentialsEnd&status=open", 1))[0].GetProperty("subject").GetString().ShouldBe("Other", "what was told before its end, and comes again, opens nothing");
    }

    [Fact]
    public async Task What_a_person_ended_and_still_lasts_begins_anew_after_the_cool_down_and_what_was_merged_goes_on_in_the_other()
    {
        const string workspace = "anew";
        var (blind, other, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await BlindAsync(workspace, blind, "Blind");
        await BlindAsync(workspace, Guid.CreateVersion7(), "Paused by somebody", "paused");
        await RuleAsync(new { kind = "sourceSilence", name = "Silence", afterMinutes = 30 }, workspace);
        var first = (await IncidentsAsync("status=open", 1, workspace))[0];
        await DoAsync(first, "resolve", workspace);
        await ExecuteAsync(
            "update alerts.incidents set resolved_at = resolved_at - interval '8 days', state = jsonb_set(state, '{resolvedAt}', to_jsonb(resolved_at - interval '8 days')) where id = $1", first.GetProperty("id").GetGuid());

        var again = (await IncidentsAsync("status=open", 1, workspace))[0];
        again.GetProperty("subject").GetString().ShouldBe("Blind");
        again.GetProperty("id").GetGuid().ShouldNotBe(first.GetProperty("id").GetGuid());

        await BlindAsync(workspace, other, "Other");
        var into = (await IncidentsAsync("status=open", 2, workspace)).Single(i => i.GetProperty("subject").GetString() == "Other");
        await DoAsync(again, "merge", workspace, new { into = into.GetProperty("id").GetGuid() });
        await BlindAsync(workspace, third, "Third");
        (await IncidentsAsync("status=open", 2, workspace)).Select(i => i.GetProperty("subject").GetString()).ShouldBe(["Other", "Third"], ignoreOrder: true);
        await IncidentsAsync("status=open&status=resolved&status=merged", 4, workspace);
    }

    [Fact]
    public async Task A_workspace_that_cannot_be_looked_at_does_not_blind_those_after_it()
    {
        const string workspace = "whole";
        await ExecuteAsync("insert into alerts.rules values ('0-broken', gen_random_uuid(), true, '[]')");
        await BlindAsync(workspace, Guid.CreateVersion7(), "Blind");
        await RuleAsync(new { kind = "sourceSilence", name = "Silence", afterMinutes = 30 }, workspace);

        await IncidentsAsync("status=open", 1, workspace);
    }

    [Fact]
    public async Task A_rule_that_cannot_look_does_not_blind_those_after_it()
    {
        const string workspace = "one-rule";
        await BlindAsync(workspace, Guid.CreateVersion7(), "Blind");
        var broken = await RuleAsync(new { kind = "slaBreach", name = "A" }, workspace);
        await ExecuteAsync($"insert into alerts.incidents values ('{workspace}', gen_random_uuid(), $1, gen_random_uuid(), 'slaBreach', 0, 0, null, null, 0, now(), now(), null, '[]')", broken);
        await RuleAsync(new { kind = "sourceSilence", name = "B", afterMinutes = 30 }, workspace);

        await Eventually.AsyncTrue(
            async _ => await fixture.ScalarAsync($"select count(*) from alerts.incidents where workspace = '{workspace}' and kind = 'sourceSilence'") == 1, Patience, () => fixture.Stack.Alerts.LogTail(), Cancel);
    }

    [Fact]
    public async Task A_source_that_was_removed_is_not_missed()
    {
        const string workspace = "removed";
        var (gone, stays) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await LivedAsync(Guid.CreateVersion7(), gone, workspace);
        await LivedAsync(Guid.CreateVersion7(), stays, workspace);
        await RuleAsync(new { kind = "sourceSilence", name = "Silence", afterMinutes = 30 }, workspace);
        (await IncidentsAsync("status=open", 2, workspace)).ShouldAllBe(i => i.GetProperty("subject").GetString() == "Forum");

        await fixture.PublishAsync([new SourceGone(Guid.CreateVersion7(), workspace, gone, TimeProvider.System.GetUtcNow())]);
        (await IncidentsAsync("status=resolved", 1, workspace))[0].GetProperty("sourceId").GetGuid().ShouldBe(gone);
        (await IncidentsAsync("status=open", 1, workspace))[0].GetProperty("sourceId").GetGuid().ShouldBe(stays);
    }

    private async Task BlindAsync(string workspace, Guid source, string name, string reason = "timeout")
    {
        var gap = Guid.CreateVersion7();
        await fixture.PublishAsync([new SourceGapChanged(Guid.CreateVersion7(), workspace, source, name, gap, TimeProvider.System.GetUtcNow().AddHours(-2), null, reason)]);
        await Eventually.AsyncTrue(async _ => await fixture.ScalarAsync($"select count(*) from alerts.gaps where id = '{gap}'") == 1, Patience, () => fixture.Stack.Alerts.LogTail(), Cancel);
    }

    private async Task DoAsync(JsonElement incident, string verb, string workspace, object? body = null)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, $"/api/incidents/{incident.GetProperty("id").GetGuid()}/{verb}", body, $"\"{incident.GetProperty("version").GetInt32()}\"", workspace);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
    }

    // Three weeks of 30 mentions an hour, 12 of them negative, and nothing by minute.
    private async Task LivedAsync(Guid brand, Guid source, string workspace = "main")
    {
        await ExecuteAsync($"insert into alerts.names values ('{workspace}', 'brand', $1, 'Acme'), ('{workspace}', 'source', $2, 'Forum')", brand, source);
        await ExecuteAsync(
            $"insert into alerts.counts_hour select '{workspace}', $1, $2, h, 30, 12 from generate_series(date_trunc('hour', now()) - interval '21 days', date_trunc('hour', now()), interval '1 hour') h", brand, source);
    }

    // Ten minutes of six negative mentions, up to now.
    private Task BurstAsync(Guid brand, string workspace = "main") => ExecuteAsync(
        $"""
        insert into alerts.counts_minute select '{workspace}', $1, source_id, m, 6, 6
        from (select distinct source_id from alerts.counts_hour where brand_id = $1) s, generate_series(date_trunc('minute', now()) - interval '9 minutes', date_trunc('minute', now()), interval '1 minute') m
        """,
        brand);

    private async Task<Guid> RuleAsync(object rule, string workspace = "main")
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/rules", rule, workspace: workspace);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetGuid();
    }

    private async Task<List<JsonElement>> IncidentsAsync(string query, int count, string workspace = "main") => await Eventually.Async(
        async _ => (await fixture.GetAsync($"/api/incidents?{query}", workspace)).GetProperty("items").EnumerateArray().ToList(), items => items.Count == count, Patience, Cancel);

    private async Task ExecuteAsync(string sql, params Guid[] ids)
    {
        await using var command = fixture.Database.CreateCommand(sql);
        Array.ForEach(ids, id => command.Parameters.AddWithValue(id));
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
