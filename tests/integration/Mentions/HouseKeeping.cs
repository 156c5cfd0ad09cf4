using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

/// <summary>What a workspace lays down: promises, rules of the house, lists of authors.</summary>
public sealed class HouseKeeping(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_promise_that_is_not_kept_is_marked_and_changing_it_recomputes_what_is_open()
    {
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, "promised", at: TimeProvider.System.GetUtcNow().AddMinutes(-90)))]);
        await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 1);

        await PutPoliciesAsync(60);
        var breached = (await PageAsync("sla=breached", p => p.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];
        breached.GetProperty("urgencyParts").GetProperty("sla").GetDouble().ShouldBe(4);
        var report = await fixture.GetAsync<JsonElement>($"/api/sla/report?brand={brand.Id}");
        report.GetProperty("all").GetProperty("firstAnswer").GetProperty("breached").GetInt32().ShouldBe(1);

        await PutPoliciesAsync(600);
        await PageAsync("sla=running", p => p.GetProperty("items").GetArrayLength() == 1);
        var history = await fixture.GetAsync<JsonElement>($"/api/mentions/{breached.Id()}/history");
        history.EnumerateArray().Select(e => e.GetProperty("type").GetString()).ShouldContain("mention_sla_marked");
    }

    [Fact]
    public async Task While_a_changed_promise_waits_its_turn_a_snooze_ends_all_the_same()
    {
        // Locks are taken in the order of their keys: who waits for the first has not the second.
        MentionFound[] found = [.. new[] { "one", "other" }.Select(id => MentionsFixture.AFound(brand, id)).OrderBy(f => Key(f.MentionId))];
        await fixture.PublishAsync(found.Select(f => MentionsFixture.AScored(f)));
        await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 2);

        // Whoever writes to a mention waits for its lock: 20 s, then he tries again.
        await using var connection = await fixture.Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = Key(found[0].MentionId) } } };
        await hold.ExecuteNonQueryAsync(Cancel);
        await PutPoliciesAsync(600);
        await Eventually.Async(_ => WaitingAsync(), n => n == 1, Soon, Cancel);

        var other = (await PageAsync($"id={found[1].MentionId}", _ => true)).GetProperty("items")[0];
        (await fixture.PostAsync($"/api/mentions/{other.Id()}/snooze", new { until = TimeProvider.System.GetUtcNow().AddSeconds(4) }, other.Tag())).EnsureSuccessStatusCode();
        await PageAsync("status=snoozed", p => p.GetProperty("items").GetArrayLength() == 0);

        // The promise still waits, or tries again just now.
        await Eventually.Async(_ => WaitingAsync(), n => n == 1, Soon, Cancel);

        static long Key(Guid id) => BitConverter.ToInt64(NameBasedGuid.Create(id, "main").ToByteArray());

        Task<long> WaitingAsync() => fixture.ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())");
    }

    [Fact]
    public async Task What_will_probably_be_late_is_foreseen_from_what_is_open_and_what_was_done()
    {
        // Ten done in six hours: the three that are open have their turns after 36, 72 and 108 minutes.
        var now = TimeProvider.System.GetUtcNow();
        await fixture.PublishAsync(Enumerable.Range(0, 10).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(brand, $"done-{i}", at: now.AddHours(-6)))));
        foreach (var mention in (await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 10)).GetProperty("items").EnumerateArray())
        {
            var path = $"/api/mentions/{mention.Id()}/{(mention.GetProperty("url").GetString()!.EndsWith('0') ? "dismiss" : "replied")}";
            using var answer = await fixture.PostAsync(path, path.EndsWith("dismiss", StringComparison.Ordinal) ? new { reason = "irrelevant" } : new { then = "resolved" }, mention.Tag());
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await fixture.PublishAsync(Enumerable.Range(0, 3).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(brand, $"open-{i}", at: now.AddMinutes(i - 280)))));
        await PageAsync("status=new", p => p.GetProperty("items").GetArrayLength() == 3);
        await PutPoliciesAsync(380);

        // Due in 100 to 102 minutes, and for five more none is due soon: that would change the order.
        var forecast = await Eventually.Async(_ => ForecastAsync($"brand={brand.Id}&hours=4"), f => f.GetProperty("due").GetInt32() == 3, Soon, Cancel);
        var queue = forecast.GetProperty("queues").EnumerateArray().Single();
        (queue.GetProperty("clock").GetString(), queue.GetProperty("done").GetInt32()).ShouldBe(("firstAnswer", 10));
        queue.GetProperty("perHour").GetDouble().ShouldBe(1.67, 0.02);
        forecast.GetProperty("breaches").GetInt32().ShouldBe(1);
        var late = forecast.GetProperty("items").EnumerateArray().Single();
        (await PageAsync($"id={late.GetProperty("mentionId").GetGuid()}", _ => true)).GetProperty("items")[0].GetProperty("url").GetString().ShouldEndWith("open-0");
        (await ForecastAsync($"brand={brand.Id}&hours=1")).GetProperty("due").GetInt32().ShouldBe(0, "they are due later");
        (await ForecastAsync($"brand={Guid.CreateVersion7()}&hours=4")).GetProperty("open").GetInt32().ShouldBe(0);
        using var request = Stack.Request(HttpMethod.Get, "/api/sla/forecast?hours=169", role: Role.Moderator);
        (await fixture.Stack.Mentions.Http.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_rule_is_tried_on_the_past_then_puts_aside_what_can_be_restored()
    {
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, "past", text: "Win a free kettle now, click here."), 0.1f)]);
        await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 1);
        var conditions = new { brands = new[] { brand.Id }, words = new[] { "free kettle" } };
        var tried = await JsonAsync(await fixture.PostAsync("/api/automation/dry-run", new { conditions }, role: Role.Manager));
        (tried.GetProperty("count").GetInt32(), tried.GetProperty("samples").GetArrayLength()).ShouldBe((1, 1));

        (await LabelsAsync("")).ShouldBe(1);
        (await LabelsAsync("&status=new&status=claimed")).ShouldBe(1);
        (await LabelsAsync("&status=resolved")).ShouldBe(0);
        (await LabelsAsync("&status=")).ShouldBe(1);

        var rule = await JsonAsync(await fixture.PostAsync("/api/automation/rules", new { name = "Raffles", conditions, actions = new { dismiss = "spam", tags = new[] { "raffle" } } }, role: Role.Manager));
        (await fixture.PostAsync("/api/automation/rules", new { name = "All", conditions = new { }, actions = new { flag = true } }, role: Role.Manager)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, "next", text: "Get your FREE KETTLE today!"), 0.1f)]);

        var filtered = (await PageAsync("filtered=true", p => p.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];
        filtered.GetProperty("filteredBy").GetProperty("id").GetGuid().ShouldBe(rule.Id());
        filtered.GetProperty("filteredBy").GetProperty("version").GetInt32().ShouldBe(1);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}")).GetProperty("filtered").GetInt64().ShouldBe(1);
        var restored = await JsonAsync(await fixture.PostAsync($"/api/mentions/{filtered.Id()}/restore", version: filtered.Tag()));
        restored.GetProperty("status").GetString().ShouldBe("new");
        restored.GetProperty("tags")[0].GetString().ShouldBe("raffle");
        (await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}")).GetProperty("filtered").GetInt64().ShouldBe(0);

        async Task<long> LabelsAsync(string status) =>
            (await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}{status}")).GetProperty("bySentiment").EnumerateObject().Sum(l => l.Value.GetInt64());
    }

    [Fact]
    public async Task What_a_rule_put_aside_leads_no_story_so_copies_that_it_does_not_take_are_shown()
    {
        var (aside, shown) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        (await fixture.PostAsync("/api/automation/rules", new { name = "Board", conditions = new { brands = new[] { brand.Id }, sources = new[] { aside } }, actions = new { dismiss = "spam" } }, role: Role.Manager)).EnsureSuccessStatusCode();
        MentionScored From(Guid source, string id, int minute)
        {
            var found = MentionsFixture.AFound(brand, id, at: TimeProvider.System.GetUtcNow().AddMinutes(minute - 10));
            return MentionsFixture.AScored(found with { Post = found.Post with { SourceId = source, SimHash = brand.Id.GetHashCode() } });
        }

        await fixture.PublishAsync([From(aside, "first", 0), From(shown, "copy", 1)]);
        var row = (await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];
        row.GetProperty("sourceId").GetGuid().ShouldBe(shown);

        await fixture.PublishAsync([From(shown, "another", 2)]);
        row = (await PageAsync("sort=urgent", p => p.GetProperty("items")[0].GetProperty("sightings").GetInt32() == 2)).GetProperty("items")[0];
        (row.GetProperty("sourceId").GetGuid(), row.GetProperty("storyId").ValueKind).ShouldBe((shown, JsonValueKind.Null));
        (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&filtered=true")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_rules_put_aside_is_counted_up_to_a_bound_and_what_was_put_aside_before_counts_too()
    {
        (await fixture.PostAsync("/api/automation/rules", new { name = "Kettles", conditions = new { brands = new[] { brand.Id }, words = new[] { "free kettle" } }, actions = new { dismiss = "spam" } }, role: Role.Manager)).EnsureSuccessStatusCode();
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, "aside", text: "Win a free kettle."))]);
        await PageAsync("filtered=true", p => p.GetProperty("items").GetArrayLength() == 1);
        (await CountsAsync()).ShouldBe((1, false));

        // As versions before left it: the next start mends it.
        await fixture.ScalarAsync("alter table mentions.desk drop column brand_id; comment on table mentions.content is null; select 1");
        await fixture.Stack.Mentions.KillAsync();
        await fixture.Stack.Mentions.StartAsync(Cancel);
        (await CountsAsync()).ShouldBe((1, false));

        await fixture.ScalarAsync($"""
            insert into mentions.desk (workspace, mention_id, brand_id, tags, severity, flagged, filtered_by, sightings, per_hour, version)
            select 'main', gen_random_uuid(), '{brand.Id}', '{"{}"}', 1, false, '{brand.Id}', 1, 0, 1 from generate_series(1, 10000);
            select 1
            """);
        (await CountsAsync()).ShouldBe((10_000, true));

        async Task<(long, bool)> CountsAsync()
        {
            var counts = await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}");
            return (counts.GetProperty("filtered").GetInt64(), counts.GetProperty("filteredMore").GetBoolean());
        }
    }

    [Fact]
    public async Task Where_a_rule_takes_the_lead_of_a_story_later_another_leads_it_and_is_shown()
    {
        await fixture.PublishAsync(new[] { Found("lead", 0), Found("second", 1), Found("third", 2) }.Select(f => MentionsFixture.AScored(f)));
        var row = (await PageAsync("sort=urgent", p => p.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && first.GetProperty("sightings").GetInt32() == 3)).GetProperty("items")[0];
        row.Id().ShouldBe(Found("lead", 0).MentionId);

        (await fixture.PostAsync("/api/automation/rules", new { name = "Kettles", conditions = new { brands = new[] { brand.Id }, words = new[] { "free kettle" } }, actions = new { dismiss = "spam" } }, role: Role.Manager)).EnsureSuccessStatusCode();
        await fixture.PublishAsync([MentionsFixture.AScored(Found("lead", 0, 2, "Win a free kettle."))]);
        row = (await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 1 && p.GetProperty("items")[0].GetProperty("sightings").GetInt32() == 2)).GetProperty("items")[0];
        row.Id().ShouldBe(Found("second", 1).MentionId);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{row.Id()}/history")).EnumerateArray().ShouldContain(e => e.GetProperty("type").GetString() == "mention_leads_story");

        await fixture.PublishAsync([MentionsFixture.AScored(Found("fourth", 3))]);
        await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 1 && p.GetProperty("items")[0].GetProperty("sightings").GetInt32() == 3);
        (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&filtered=true")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_story_whose_copies_are_too_old_to_be_compared_with_is_led_by_another_too_and_what_is_brought_back_is_seen()
    {
        await fixture.PublishAsync(new[] { Found("lead", 0), Found("second", 1), Found("third", 2) }.Select(f => MentionsFixture.AScored(f)));
        await PageAsync("sort=urgent", p => p.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && first.GetProperty("sightings").GetInt32() == 3);
        await fixture.ScalarAsync($"with aged as (update mentions.inbox set seen_at = seen_at - interval '5 days' where brand_id = '{brand.Id}' returning 1) select count(*) from aged");
        await fixture.Stack.Mentions.KillAsync();
        await fixture.Stack.Mentions.StartAsync(Cancel);

        (await fixture.PostAsync("/api/automation/rules", new { name = "Kettles", conditions = new { brands = new[] { brand.Id }, words = new[] { "free kettle" } }, actions = new { dismiss = "spam" } }, role: Role.Manager)).EnsureSuccessStatusCode();
        await fixture.PublishAsync([MentionsFixture.AScored(Found("third", 2, 2, "Win a free kettle."))]);
        await PageAsync("filtered=true", p => p.GetProperty("items").GetArrayLength() == 1);
        await fixture.PublishAsync([MentionsFixture.AScored(Found("lead", 0, 2, "Win a free kettle."))]);
        var row = (await PageAsync("sort=urgent", p => p.GetProperty("items").EnumerateArray().Any(i => i.Id() == Found("second", 1).MentionId))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("sightings").GetInt32().ShouldBe(1);

        var third = await fixture.GetAsync<JsonElement>($"/api/mentions/{Found("third", 2).MentionId}");
        (await fixture.PostAsync($"/api/mentions/{third.Id()}/restore", version: third.Tag())).EnsureSuccessStatusCode();
        await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 2);
    }

    private MentionFound Found(string id, int minute, int revision = 1, string text = "The parcel never came.")
    {
        var found = MentionsFixture.AFound(brand, id, revision, text, TimeProvider.System.GetUtcNow().AddMinutes(minute - 10));
        return found with { Post = found.Post with { SimHash = brand.Id.GetHashCode() } };
    }

    [Fact]
    public async Task What_an_ignored_author_writes_is_in_the_filtered_view()
    {
        await fixture.PublishAsync([Scored("a")]);
        var first = (await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];
        var author = first.GetProperty("authorId").GetGuid();
        using var request = Stack.Request(HttpMethod.Put, $"/api/authors/{author}/list", role: Role.Manager);
        request.Content = JsonContent.Create(new { list = "ignore", reason = "A bot." });
        var listed = await fixture.Stack.Mentions.Http.SendAsync(request, Cancel);
        (await JsonAsync(listed)).GetProperty("list").GetString().ShouldBe("ignore");
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var again = Stack.Request(HttpMethod.Put, $"/api/authors/{author}/list", role: Role.Manager);
            again.Content = JsonContent.Create(new { list = "ignore", reason = "A bot." });
            using var answer = await fixture.Stack.Mentions.Http.SendAsync(again, Cancel);
            return answer.StatusCode;
        }));
        atOnce.ShouldAllBe(s => s == HttpStatusCode.OK);

        await fixture.PublishAsync([Scored("b")]);

        var filtered = (await PageAsync("filtered=true", p => p.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];
        filtered.GetProperty("filteredBy").GetProperty("name").GetString().ShouldBe("Ignored author");
        filtered.GetProperty("authorList").GetString().ShouldBe("ignore");

        MentionScored Scored(string id)
        {
            var found = MentionsFixture.AFound(brand, id);
            return MentionsFixture.AScored(found with { Post = found.Post with { Author = new($"bot-{brand.Id}", "Bot") } });
        }
    }

    private Task<JsonElement> ForecastAsync(string query) => fixture.GetAsync<JsonElement>($"/api/sla/forecast?{query}");

    private async Task PutPoliciesAsync(int minutes)
    {
        var version = (await fixture.GetAsync<JsonElement>("/api/sla/policies")).GetProperty("version").GetInt32();
        using var request = Stack.Request(HttpMethod.Put, "/api/sla/policies", role: Role.Manager);
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        request.Content = JsonContent.Create(new { policies = new[] { new { name = "negative", brands = new[] { brand.Id }, firstAnswerMinutes = minutes } } });
        (await fixture.Stack.Mentions.Http.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(MentionsFixture.Json, Cancel);

    private Task<JsonElement> PageAsync(string query, Func<JsonElement, bool> until) =>
        Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&{query}"), until, Soon, Cancel);
}
