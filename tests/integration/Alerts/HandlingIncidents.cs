using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

public sealed class HandlingIncidents(AlertsFixture fixture) : IClassFixture<AlertsFixture>
{
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task Copies_of_one_story_are_one_incident_told_as_often_as_you_like()
    {
        var copies = Enumerable.Range(0, 12).Select(i => Story($"copy-{i}", 77)).ToList();
        await fixture.PublishAsync(copies.Concat(copies));
        await fixture.PublishAsync([Story("other", unchecked((long)0xABCDEF0123456789))]);
        await fixture.DrainedAsync();

        var incidents = await IncidentsAsync();
        incidents.Select(i => i.GetProperty("alerts").GetInt64()).Order().ShouldBe([1, 12]);
        var big = incidents.Single(i => i.GetProperty("alerts").GetInt64() == 12);
        (await fixture.GetAsync($"/api/incidents/{Id(big)}/alerts")).GetArrayLength().ShouldBe(12);
        fixture.HeardOf(brand.Id).Select(h => h.Alert.IncidentId).Distinct().Count().ShouldBe(2);

        // What there is not, and a place in another list, are refused.
        var place = (await fixture.GetAsync($"/api/alerts?brand={brand.Id}&limit=1")).GetProperty("nextCursor").GetString();
        (await fixture.GetAsync($"/api/alerts?brand={brand.Id}&limit=1&cursor={place}")).GetProperty("items").GetArrayLength().ShouldBe(1);
        await RefusedAsync("kind=bogus", "kind");
        await RefusedAsync($"cursor={place}", "cursor");
        await RefusedAsync("owner=%00", null);
        using var order = await fixture.SendAsync(HttpMethod.Put, "/api/on-call", new { steps = new object?[] { null } });
        order.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        async Task RefusedAsync(string query, string? field)
        {
            using var refused = await fixture.SendAsync(HttpMethod.Get, $"/api/incidents?{query}");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            var said = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            (said.TryGetProperty("field", out var named) ? named.GetString() : null).ShouldBe(field);
        }
    }

    [Fact]
    public async Task Of_many_who_acknowledge_at_once_exactly_one_does()
    {
        await fixture.PublishAsync([Story("one", 1)]);
        await fixture.DrainedAsync();
        var incident = (await IncidentsAsync())[0];
        var version = $"\"{incident.GetProperty("version").GetInt32()}\"";

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.SendAsync(HttpMethod.Post, $"/api/incidents/{Id(incident)}/acknowledge", version: version, role: Serm.Defaults.Role.Moderator)));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(7);
        var refusal = await answers.First(a => a.StatusCode != HttpStatusCode.OK).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        refusal.GetProperty("owner").GetString().ShouldBe("tester");
        var timeline = (await fixture.GetAsync($"/api/incidents/{Id(incident)}/timeline")).EnumerateArray().Select(t => t.GetProperty("change").GetString()).ToList();
        timeline.Count(c => c == "incident_acknowledged").ShouldBe(1);
    }

    [Fact]
    public async Task An_incident_is_noted_resolved_reopened_and_merged()
    {
        await fixture.PublishAsync([Story("first", 5), Story("second", unchecked((long)0xFFFF0000FFFF0000))]);
        await fixture.DrainedAsync();
        var (a, b) = await IncidentsAsync() is [var x, var y] ? (x, y) : throw new InvalidOperationException();

        await DoAsync(a, "notes", new { text = "asked the depot" });
        var merged = await DoAsync(b, "merge", new { into = Id(a) });
        merged.GetProperty("id").GetGuid().ShouldBe(Id(a));
        merged.GetProperty("alerts").GetInt64().ShouldBe(2);
        (await fixture.GetAsync($"/api/incidents/{Id(b)}")).GetProperty("status").GetString().ShouldBe("merged");
        (await fixture.GetAsync($"/api/incidents/{Id(a)}/alerts")).GetArrayLength().ShouldBe(2);

        // A copy of what was merged goes on there, and tells nobody anew.
        await fixture.PublishAsync([Story("second-copy", unchecked((long)0xFFFF0000FFFF0001)), Story("first-copy", 5)]);
        await fixture.DrainedAsync();
        (await IncidentsAsync()).Select(i => Id(i)).Except([Id(a), Id(b)]).ShouldBeEmpty();
        (await fixture.GetAsync($"/api/incidents/{Id(a)}/alerts")).GetArrayLength().ShouldBe(4);
        (await fixture.GetAsync($"/api/incidents/{Id(a)}")).GetProperty("alerts").GetInt64().ShouldBe(4);
        merged = await fixture.GetAsync($"/api/incidents/{Id(a)}");

        var over = await DoAsync(merged, "resolve");
        over.GetProperty("status").GetString().ShouldBe("resolved");
        (await DoAsync(over, "reopen")).GetProperty("status").GetString().ShouldBe("open");
        using var blind = await fixture.SendAsync(HttpMethod.Post, $"/api/incidents/{Id(a)}/resolve");
        ((int)blind.StatusCode).ShouldBe(428);
        (await fixture.GetAsync($"/api/incidents/{Id(a)}/timeline")).EnumerateArray().Single(t => t.GetProperty("change").GetString() == "incident_noted").GetProperty("text").GetString().ShouldBe("asked the depot");
        (await fixture.GetAsync("/api/incidents", "another")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Copies_of_several_stories_that_were_merged_come_at_once_and_each_goes_on_where_it_was_put()
    {
        // Each differs from each other in half of its bits.
        long[] prints = [0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF, 0x3333333333333333];
        for (var i = 0; i < prints.Length; i++)
        {
            await fixture.PublishAsync([Story($"told-{i}", prints[i])]);
            await fixture.DrainedAsync();
        }

        var told = (await IncidentsAsync()).OrderBy(i => i.GetProperty("openedAt").GetDateTimeOffset()).ToList();
        told.Count.ShouldBe(5);
        foreach (var (from, into) in new[] { (1, 0), (2, 0), (4, 3) })
        {
            await DoAsync(told[from], "merge", new { into = Id(told[into]) });
        }

        await fixture.PublishAsync(prints.Select((print, i) => Story($"again-{i}", print)));
        await fixture.DrainedAsync();

        (await IncidentsAsync()).Select(i => (Id(i), i.GetProperty("alerts").GetInt64())).ShouldBe([(Id(told[0]), 6), (Id(told[3]), 4)], ignoreOrder: true);
        (await fixture.ScalarAsync($"select count(*) from alerts.incidents where brand_id = '{brand.Id}'")).ShouldBe(5);
    }

    [Fact]
    public async Task A_flood_ends_by_the_stories_that_come_and_not_by_how_often_one_of_them_is_told()
    {
        var random = new Random(5);
        var prints = Enumerable.Range(0, 13).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToList();
        await fixture.PublishAsync(prints.Take(10).Select((print, i) => Story($"flood-{i}", print)));
        await fixture.DrainedAsync();
        await fixture.PublishAsync([Story("too-many", prints[10]), .. Enumerable.Range(0, 60).Select(i => Story($"on-and-on-{i}", prints[11]))]);
        await fixture.DrainedAsync();
        var many = (await IncidentsAsync()).Single(i => i.GetProperty("many").GetBoolean());
        many.GetProperty("alerts").GetInt64().ShouldBe(61);

        // The hour of the first ten is over; what came too much is of two stories.
        await fixture.ScalarAsync($$"""
            with aged as (
                update alerts.incidents set state = jsonb_set(state, '{openedAt}', to_jsonb(to_char((now() - interval '2 hours') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
                where brand_id = '{{brand.Id}}' and id <> '{{Id(many)}}' returning 1)
            select count(*) from aged
            """);
        await fixture.PublishAsync([Story("new", prints[12])]);
        await fixture.DrainedAsync();
        (await IncidentsAsync()).Count.ShouldBe(12);
        (await fixture.GetAsync($"/api/incidents/{Id(many)}")).GetProperty("alerts").GetInt64().ShouldBe(61);
    }

    [Fact]
    public async Task A_silence_covers_what_begins_while_it_holds_and_says_so()
    {
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/silences", new { brandId = brand.Id, why = "a known outage", until = TimeProvider.System.GetUtcNow().AddHours(1) });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var silence = (await added.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
        await fixture.PublishAsync([Story("quiet", 9)]);
        await fixture.DrainedAsync();
        (await IncidentsAsync())[0].GetProperty("silence").GetGuid().ShouldBe(silence);

        using var ended = await fixture.SendAsync(HttpMethod.Delete, $"/api/silences/{silence}");
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.GetAsync("/api/silences")).EnumerateArray().Single(s => s.GetProperty("id").GetGuid() == silence).GetProperty("endedBy").GetString().ShouldBe("tester");
        using var refused = await fixture.SendAsync(HttpMethod.Post, "/api/silences", new { why = "", until = TimeProvider.System.GetUtcNow().AddHours(1) });
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_backtest_says_what_a_rule_would_have_raised_and_warns_of_one_that_matches_everything()
    {
        await fixture.PublishAsync(Enumerable.Range(0, 60).Select(i => AlertsFixture.AScored(brand, $"past-{i}", negative: i < 3 ? 0.7f : 0.1f, backfill: true)));
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from alerts.judged where brand_id = '{brand.Id}'"), n => n == 60, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        var some = await BacktestAsync(new { name = "draft", threshold = 0.6, brandId = brand.Id });
        some.GetProperty("alerts").GetInt64().ShouldBe(3);
        some.GetProperty("mentions").GetInt64().ShouldBe(60);
        var all = await BacktestAsync(new { name = "draft", kind = "mention", brandId = brand.Id });
        all.GetProperty("alerts").GetInt64().ShouldBe(60);
        all.GetProperty("incidents").GetInt32().ShouldBeLessThan(12);
        all.GetProperty("warning").GetProperty("code").GetString().ShouldBe("matches_everything");
        (await BacktestAsync(new { name = "draft", kind = "negativeSpike", brandId = brand.Id })).GetProperty("incidents").GetInt32().ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from alerts.incidents where brand_id = '{brand.Id}'")).ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from alerts.rules where state ->> 'name' = 'draft'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_rule_that_asks_for_urgent_goes_by_what_verdicts_say_of_themselves_now_and_in_the_past()
    {
        MentionScored Said(string id, float negative, bool? urgent)
        {
            var scored = AlertsFixture.AScored(brand, id, negative);
            return scored with { Verdict = scored.Verdict with { Urgent = urgent } };
        }

        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { name = "By its own word", urgent = true, brandId = brand.Id });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var rule = (await added.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
        var (says, silent) = (Said("says", 0.3f, true), Said("silent", 0.85f, null));
        await fixture.PublishAsync([says, Said("denies", 0.95f, false), silent, Said("silent-mild", 0.7f, null)]);
        await fixture.DrainedAsync();

        // The workspace's first rule goes by 0.8, whatever verdicts say.
        var heard = fixture.HeardOf(brand.Id).ConvertAll(h => h.Alert).Where(a => a.RuleId == rule);
        heard.Select(a => a.MentionId).ShouldBe([says.Mention.MentionId, silent.Mention.MentionId], ignoreOrder: true);
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from alerts.judged where brand_id = '{brand.Id}'"), n => n == 4, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        (await BacktestAsync(new { name = "draft", urgent = true, brandId = brand.Id })).GetProperty("alerts").GetInt64().ShouldBe(2);
        (await BacktestAsync(new { name = "draft", kind = "mention", urgent = true, brandId = brand.Id, filter = new { languages = new[] { "sv" } } })).GetProperty("alerts").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_mention_that_several_rules_fit_is_one_incident_and_the_alert_of_each_is_kept()
    {
        foreach (var rule in new object[]
        {
            new { name = "Parcels", kind = "mention", brandId = brand.Id, severity = "critical", filter = new { words = new[] { "parcel" } } },
            new { name = "For finance", threshold = 0.8, brandId = brand.Id, labels = new[] { "finance" } },
        })
        {
            using var added = await fixture.SendAsync(HttpMethod.Post, "/api/rules", rule);
            added.StatusCode.ShouldBe(HttpStatusCode.Created, await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await fixture.PublishAsync([AlertsFixture.AScored(brand, "fits-all")]);
        await fixture.DrainedAsync();

        // The workspace's first rule would tell nobody else; a receiver that filters by the label would miss the third.
        var incidents = await IncidentsAsync();
        incidents.Select(i => (i.GetProperty("ruleName").GetString(), i.GetProperty("alerts").GetInt64())).ShouldBe([("Parcels", 2), ("For finance", 1)], ignoreOrder: true);
        var shared = incidents.Single(i => i.GetProperty("ruleName").GetString() == "Parcels");
        (await fixture.GetAsync($"/api/incidents/{Id(shared)}/alerts")).EnumerateArray().Select(a => a.GetProperty("ruleName").GetString()).ShouldBe(["Parcels", "Strongly negative"], ignoreOrder: true);
        fixture.HeardOf(brand.Id).Select(h => h.Alert.IncidentId).Distinct().Count().ShouldBe(2);
    }

    private async Task<JsonElement> BacktestAsync(object rule)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/rules/backtest", new { rule, weeks = 1 });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> DoAsync(JsonElement incident, string verb, object? body = null)
    {
        var now = await fixture.GetAsync($"/api/incidents/{Id(incident)}");
        using var answer = await fixture.SendAsync(HttpMethod.Post, $"/api/incidents/{Id(incident)}/{verb}", body, $"\"{now.GetProperty("version").GetInt32()}\"");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<List<JsonElement>> IncidentsAsync() => [.. (await fixture.GetAsync($"/api/incidents?brand={brand.Id}")).GetProperty("items").EnumerateArray()];

    private MentionScored Story(string nativeId, long print)
    {
        var scored = AlertsFixture.AScored(brand, nativeId);
        return scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { SimHash = print } } };
    }

    private static Guid Id(JsonElement incident) => incident.GetProperty("id").GetGuid();
}
