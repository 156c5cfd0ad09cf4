using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Integration.Mentions;

public sealed class TriagingMentions(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_who_claim_at_once_exactly_one_wins_and_the_others_hear_who()
    {
        var mention = await StoredAsync("claimed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => fixture.PostAsync($"/api/mentions/{mention.Id()}/claim", version: mention.Tag(), user: $"moderator-{i}")));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(199);
        var winner = (await JsonAsync(answers.Single(a => a.StatusCode == HttpStatusCode.OK))).GetProperty("owner").GetString();
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
        {
            (await JsonAsync(loser)).GetProperty("owner").GetString().ShouldBe(winner);
        }

        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events where stream_id = '{mention.Id()}' and type = 'mention_claimed'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_mention_is_drafted_answered_and_comes_back_when_its_author_says_more()
    {
        var mention = await StoredAsync("turns");
        var at = $"/api/mentions/{mention.Id()}";
        mention = await DoAsync($"{at}/draft", new { text = "We are sorry." }, mention);
        (await fixture.GetAsync<JsonElement>(at)).GetProperty("draft").GetString().ShouldBe("We are sorry.");
        mention = await DoAsync($"{at}/replied", new { url = "https://example.org/turns#c2", then = "waiting" }, mention);
        mention.GetProperty("status").GetString().ShouldBe("waiting");
        mention.GetProperty("owner").GetString().ShouldBe("tester");

        await fixture.PublishAsync([MentionsFixture.AScored(By("turns", MentionsFixture.AFound(brand, "turns-2", text: "Thank you!", at: TimeProvider.System.GetUtcNow().AddSeconds(1))), 0.1f)]);

        mention = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => m.GetProperty("status").GetString() == "claimed", Soon, Cancel);
        mention.GetProperty("owner").GetString().ShouldBe("tester");
        var recovery = await fixture.GetAsync<JsonElement>($"/api/brands/{brand.Id}/recovery");
        recovery.GetProperty("all").GetProperty("rate").GetDouble().ShouldBe(1);
        recovery.GetProperty("all").GetProperty("byAuthor").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_put_off_while_its_author_has_the_turn_comes_back_when_they_say_more()
    {
        var mention = await StoredAsync("asleep");
        var at = $"/api/mentions/{mention.Id()}";
        mention = await DoAsync($"{at}/wait", null, mention);
        mention = await DoAsync($"{at}/snooze", new { until = TimeProvider.System.GetUtcNow().AddDays(1) }, mention);

        await fixture.PublishAsync([MentionsFixture.AScored(By("asleep", MentionsFixture.AFound(brand, "asleep-2", text: "Hello?", at: TimeProvider.System.GetUtcNow().AddSeconds(1))), 0.9f)]);

        mention = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => m.GetProperty("status").GetString() == "claimed", Soon, Cancel);
        mention.GetProperty("owner").GetString().ShouldBe("tester");
    }

    [Fact]
    public async Task What_was_said_in_one_thread_stands_together_at_whatever_depth()
    {
        var now = TimeProvider.System.GetUtcNow();
        MentionFound In(string id, string? parent, string? root, int minutes)
        {
            var found = MentionsFixture.AFound(brand, id, text: $"said in {id}", at: now.AddMinutes(minutes));
            return found with { MentionId = Keys.OfMention("main", brand.Id, "push", id), Post = found.Post with { ParentNativeId = parent, RootNativeId = root } };
        }

        MentionFound[] thread = [In("root-1", null, null, -9), In("answer-1", "root-1", "root-1", -8), In("answer-2", "answer-1", "root-1", -7)];
        await fixture.PublishAsync([.. thread.Append(In("root-2", null, null, -6)).Reverse().Select(f => MentionsFixture.AScored(f))]);
        await PageAsync("", p => p.GetProperty("items").GetArrayLength() == 4);

        foreach (var mention in thread)
        {
            var items = (await fixture.GetAsync<JsonElement>($"/api/mentions/{mention.MentionId}/thread")).GetProperty("items").EnumerateArray().ToList();
            items.Select(i => i.GetProperty("text").GetString()).ShouldBe(["said in root-1", "said in answer-1", "said in answer-2"]);
            items.Select(i => i.GetProperty("isRoot").GetBoolean()).ShouldBe([true, false, false]);
        }
    }

    [Fact]
    public async Task A_snooze_ends_by_itself()
    {
        var mention = await StoredAsync("snoozed");
        mention = await DoAsync($"/api/mentions/{mention.Id()}/snooze", new { until = TimeProvider.System.GetUtcNow().AddHours(1) }, mention);
        mention.GetProperty("status").GetString().ShouldBe("snoozed");
        (await PageAsync("sort=urgent", _ => true)).GetProperty("items").GetArrayLength().ShouldBe(0);

        // For long at first, so that a busy machine sees it put off.
        await DoAsync($"/api/mentions/{mention.Id()}/snooze", new { until = TimeProvider.System.GetUtcNow().AddSeconds(4) }, mention);
        await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 1);
        var history = await fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}/history");
        history.EnumerateArray().Last().GetProperty("type").GetString().ShouldBe("mention_woke");
    }

    [Fact]
    public async Task Many_are_done_at_once_each_judged_for_itself_and_taken_back_where_nothing_happened_since()
    {
        var mentions = new List<JsonElement> { await StoredAsync("bulk-1"), await StoredAsync("bulk-2"), await StoredAsync("bulk-3") };
        await DoAsync($"/api/mentions/{mentions[2].Id()}/claim", null, mentions[2], "bo");

        var done = await JsonAsync(await fixture.PostAsync("/api/mentions/bulk", new { action = "dismiss", reason = "spam", items = mentions.Select(m => new { id = m.Id(), version = m.GetProperty("version").GetInt32() }) }));

        done.GetProperty("done").GetInt32().ShouldBe(2);
        var refused = done.GetProperty("results")[2];
        refused.GetProperty("code").GetString().ShouldBe("version_conflict");
        refused.GetProperty("owner").GetString().ShouldBe("bo");
        var counts = await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}");
        (counts.GetProperty("openNegative").GetInt64(), counts.GetProperty("bySentiment").GetProperty("negative").GetInt64(), counts.GetProperty("byStatus").GetProperty("dismissed").GetInt64()).ShouldBe((1, 1, 2), "what is claimed is open");
        (await fixture.GetAsync<JsonElement>($"/api/mentions/counts?brand={brand.Id}", "another")).GetProperty("byStatus").EnumerateObject().Sum(s => s.Value.GetInt64()).ShouldBe(0);

        var first = done.GetProperty("results")[0];
        await fixture.PostAsync($"/api/mentions/{first.Id()}/note", new { text = "Indeed." }, $"\"{first.GetProperty("version").GetInt32()}\"");
        var undone = await JsonAsync(await fixture.PostAsync($"/api/mentions/bulk/{done.GetProperty("id").GetGuid()}/undo"));

        undone.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("done").GetBoolean()).ShouldBe([false, true]);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{mentions[1].Id()}")).GetProperty("status").GetString().ShouldBe("new");
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{mentions[0].Id()}")).GetProperty("status").GetString().ShouldBe("dismissed");
    }

    [Fact]
    public async Task A_step_over_many_passes_over_what_was_edited_since_it_was_seen_and_goes_on()
    {
        var seen = new List<JsonElement> { await StoredAsync("edited-1"), await StoredAsync("edited-2") };
        await fixture.PublishAsync([MentionsFixture.AScored(By("edited-1", MentionsFixture.AFound(brand, "edited-1", revision: 2, text: "They called. All is well!")), negative: 0.1f)]);
        await Eventually.Async(async _ => await fixture.GetAsync<JsonElement>($"/api/mentions/{seen[0].Id()}"), m => m.GetProperty("revision").GetInt32() == 2, TimeSpan.FromSeconds(30), Cancel);
        var items = seen.Select(m => new { id = m.Id(), version = m.GetProperty("version").GetInt32() }).ToArray();

        var done = await JsonAsync(await fixture.PostAsync("/api/mentions/bulk", new { action = "tag", tag = "angry", items }));
        var claimed = await JsonAsync(await fixture.PostAsync("/api/mentions/bulk", new { action = "claim", items = items.Take(1) }));

        done.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("code").GetString()).ShouldBe(["edited_since", null]);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{seen[0].Id()}")).GetProperty("tags").GetArrayLength().ShouldBe(0);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{seen[1].Id()}")).GetProperty("tags").GetArrayLength().ShouldBe(1);
        claimed.GetProperty("done").GetInt32().ShouldBe(1, "whoever takes it up reads it");
    }

    [Fact]
    public async Task Who_reads_it_is_known_to_the_others_for_a_while()
    {
        var mention = await StoredAsync("read");

        (await JsonAsync(await fixture.PostAsync($"/api/mentions/{mention.Id()}/presence", user: "ana"))).GetProperty("readBy").GetArrayLength().ShouldBe(0);
        (await JsonAsync(await fixture.PostAsync($"/api/mentions/{mention.Id()}/presence", user: "bo"))).GetProperty("readBy")[0].GetString().ShouldBe("ana");
        await fixture.PostAsync($"/api/mentions/{mention.Id()}/presence", new { reading = false }, user: "ana");
        (await JsonAsync(await fixture.PostAsync($"/api/mentions/{mention.Id()}/presence", user: "bo"))).GetProperty("readBy").GetArrayLength().ShouldBe(0);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}")).GetProperty("version").GetInt32().ShouldBe(mention.GetProperty("version").GetInt32(), "a hint is no event");
    }

    [Fact]
    public async Task Copies_are_one_item_with_its_sightings_whose_spread_and_authors_can_be_seen()
    {
        const long Hash = 0x0123_4567_89AB_CDEF;
        await fixture.PublishAsync(Enumerable.Range(0, 5).Select(i => MentionsFixture.AScored(Copy(i, i == 4 ? Hash ^ unchecked((long)0xF0F0_F0F0_F0F0_F0F0) : Hash ^ (1L << i)))));

        var page = await PageAsync("sort=urgent", p => p.GetProperty("items").GetArrayLength() == 2 && p.GetProperty("items").EnumerateArray().Any(m => m.GetProperty("sightings").GetInt32() == 4 && m.GetProperty("urgencyParts").GetProperty("velocity").GetDouble() > 0));
        var lead = page.GetProperty("items").EnumerateArray().Single(m => m.GetProperty("sightings").GetInt32() == 4);
        (await PageAsync($"story={lead.Id()}", _ => true)).GetProperty("items").GetArrayLength().ShouldBe(4);
        var story = await fixture.GetAsync<JsonElement>($"/api/stories/{lead.Id()}");
        story.GetProperty("sightings").GetInt32().ShouldBe(4);
        story.GetProperty("authors").GetInt32().ShouldBe(4);
        var authors = await fixture.GetAsync<JsonElement>($"/api/authors?brand={brand.Id}&sort=started");
        authors.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBe(lead.GetProperty("authorId").GetGuid());
        authors.GetProperty("items")[0].GetProperty("spreadOfThem").GetInt64().ShouldBe(4);

        // One that comes when the story is known tells it from its first moment, and its history says so as do those that joined later.
        await fixture.PublishAsync([MentionsFixture.AScored(Copy(5, Hash))]);
        var copies = (await PageAsync($"story={lead.Id()}", p => p.GetProperty("items").GetArrayLength() == 5)).GetProperty("items").EnumerateArray().Select(m => m.Id()).Where(id => id != lead.Id()).ToList();
        foreach (var copy in copies)
        {
            var joined = (await fixture.GetAsync<JsonElement>($"/api/mentions/{copy}/history")).EnumerateArray().Where(h => h.GetProperty("type").GetString() == "mention_joined_story").ToList().ShouldHaveSingleItem();
            joined.GetProperty("data").GetProperty("storyId").GetGuid().ShouldBe(lead.Id());
            joined.GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
        }

        MentionFound Copy(int i, long hash)
        {
            var found = MentionsFixture.AFound(brand, $"copy-{i}", at: TimeProvider.System.GetUtcNow().AddMinutes(-10 + i));
            return found with { Post = found.Post with { Author = new($"author-{brand.Id}-{i}", $"author {i}"), SimHash = hash } };
        }
    }

    [Fact]
    public async Task Of_a_story_that_is_bigger_than_what_is_read_of_it_the_first_and_the_latest_are_seen()
    {
        var lead = await StoredAsync("big");
        await fixture.ScalarAsync($"""
            insert into mentions.inbox (workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, status, urgency, published_at, seen_at, matched_at, stored_at, revision, version, backfill, story_id)
            select workspace, gen_random_uuid(), brand_id, brand_name, source_kind, source_id, source_name, language, label, status, urgency, published_at + n * interval '1 second', seen_at, matched_at, stored_at, 1, 1, false, id
            from mentions.inbox, generate_series(1, 20001) n where id = '{lead.Id()}';
            select 1
            """);

        var story = await fixture.GetAsync<JsonElement>($"/api/stories/{lead.Id()}");

        (story.GetProperty("complete").GetBoolean(), story.GetProperty("sightings").GetInt32()).ShouldBe((false, 20_000));
        var first = lead.GetProperty("publishedAt").GetDateTimeOffset();
        (story.GetProperty("firstAt").GetDateTimeOffset(), story.GetProperty("lastAt").GetDateTimeOffset()).ShouldBe((first, first.AddSeconds(20_001)));
        story.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("publishedAt").GetDateTimeOffset()).ShouldBe([first, .. Enumerable.Range(0, 499).Select(i => first.AddSeconds(20_001 - 498 + i))]);
    }

    [Fact]
    public async Task A_view_keeps_filters_and_refuses_what_the_inbox_does_not_know()
    {
        var saved = await JsonAsync(await fixture.PostAsync("/api/views", new { name = "Mine", query = new { owner = new[] { "me" }, sort = new[] { "urgent" } }, shared = false }, user: "ana"));

        (await fixture.PostAsync("/api/views", new { name = "x", query = new { colour = new[] { "red" } } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var request = Stack.Request(HttpMethod.Delete, $"/api/views/{saved.Id()}", user: "bo", role: Role.Moderator);
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        (await fixture.Stack.Mentions.Http.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound, "it is not shared");
    }

    private MentionFound By(string author, MentionFound found) => found with { Post = found.Post with { Author = new($"author-{brand.Id}-{author}", author) } };

    private async Task<JsonElement> StoredAsync(string nativeId)
    {
        var found = By(nativeId, MentionsFixture.AFound(brand, nativeId));
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        return await Eventually.Async(
            async ct =>
            {
                using var request = Stack.Request(HttpMethod.Get, $"/api/mentions/{found.MentionId}");
                using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, ct);
                return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(MentionsFixture.Json, ct) : default;
            },
            m => m.ValueKind == JsonValueKind.Object,
            Soon,
            Cancel);
    }

    private async Task<JsonElement> DoAsync(string path, object? body, JsonElement mention, string user = "tester")
    {
        var answer = await fixture.PostAsync(path, body, mention.Tag(), user);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return await JsonAsync(answer);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(MentionsFixture.Json, Cancel);

    private Task<JsonElement> PageAsync(string query, Func<JsonElement, bool> until) =>
        Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&{query}"), until, Soon, Cancel);
}

internal static class MentionJson
{
    public static Guid Id(this JsonElement mention) => mention.GetProperty("id").GetGuid();

    public static string Tag(this JsonElement mention) => $"\"{mention.GetProperty("version").GetInt32()}\"";
}
