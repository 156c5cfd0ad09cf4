using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

public sealed class StoringMentions(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task A_judged_mention_is_shown_with_its_evidence_and_its_life()
    {
        var found = MentionsFixture.AFound(brand, "life");
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);

        var page = await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 1);
        var mention = page.GetProperty("items")[0];
        mention.GetProperty("sentiment").GetString().ShouldBe("negative");
        mention.GetProperty("text").GetString().ShouldBe("The parcel never came.");
        mention.GetProperty("evidence")[0].GetProperty("part").GetString().ShouldBe("text");

        var history = await fixture.GetAsync<JsonElement>($"/api/mentions/{found.MentionId}/history");
        history.EnumerateArray().Select(e => e.GetProperty("type").GetString()).ShouldBe(["mention_found", "mention_scored"]);
    }

    [Fact]
    public async Task Events_stored_as_bytes_and_as_jsonb_tell_the_same_life()
    {
        var found = MentionsFixture.AFound(brand, "bytes");
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 1);
        var history = await fixture.GetAsync<JsonElement>($"/api/mentions/{found.MentionId}/history");

        // As versions before wrote them.
        (await fixture.ScalarAsync($"""
            with told as (
                update mentions.mt_events set data = convert_from(bdata, 'UTF8')::jsonb, bdata = null where stream_id = '{found.MentionId}' and bdata is not null returning 1)
            select count(*) from told
            """)).ShouldBe(2);

        (await fixture.GetAsync<JsonElement>($"/api/mentions/{found.MentionId}/history")).GetRawText().ShouldBe(history.GetRawText());
        await fixture.PublishAsync([new EngagementChanged("main", found.MentionId, new(found.SeenAt.AddMinutes(1), Likes: 7))]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].TryGetProperty("engagement", out var e) && e.GetProperty("likes").GetInt64() == 7);
    }

    [Fact]
    public async Task Every_message_twice_and_in_any_order_stores_each_mention_once()
    {
        var mentions = Enumerable.Range(0, 300).Select(i => MentionsFixture.AFound(brand, $"twice-{i}")).ToList();
        var scored = mentions.ConvertAll(m => MentionsFixture.AScored(m));
        var random = new Random(7);
        object[] all = [.. mentions, .. scored, .. mentions, .. scored];
        random.Shuffle(all);

        await fixture.PublishAsync(all.OfType<MentionScored>());
        await fixture.PublishAsync(all.OfType<MentionFound>());
        await fixture.PublishAsync(all.OfType<MentionScored>());

        await PageAsync($"brand={brand.Id}&limit=200", p => p.GetProperty("items").GetArrayLength() == 200);
        await Eventually.Async(
            _ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}' and label = 0"), n => n == 300, Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync($"select sum(mentions) from mentions.dynamics where brand_id = '{brand.Id}'")).ShouldBe(300);
        (await fixture.ScalarAsync($"select sum(mentions) from mentions.dynamics where brand_id = '{brand.Id}' and label = 0")).ShouldBe(300);
        (await fixture.ScalarAsync($"select sum(mentions) from mentions.totals where brand_id = '{brand.Id}' and label = 0 and status = 0")).ShouldBe(300);
        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events e join mentions.inbox i on i.id = e.stream_id where i.brand_id = '{brand.Id}'")).ShouldBe(600);
    }

    [Fact]
    public async Task Reactions_that_are_told_later_are_shown_and_the_same_ones_again_are_no_event()
    {
        var found = MentionsFixture.AFound(brand, "reacted");
        var at = found.SeenAt;
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 1);
        await fixture.PublishAsync([new EngagementChanged("main", found.MentionId, new(at.AddMinutes(1), Likes: 7))]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].TryGetProperty("engagement", out var e) && e.GetProperty("likes").GetInt64() == 7);
        await fixture.PublishAsync([new EngagementChanged("main", found.MentionId, new(at.AddMinutes(2), Likes: 7)), new EngagementChanged("main", found.MentionId, new(at.AddMinutes(3), Likes: 9, Replies: 2))]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].GetProperty("engagement").GetProperty("likes").GetInt64() == 9);

        var history = await fixture.GetAsync<JsonElement>($"/api/mentions/{found.MentionId}/history");
        history.EnumerateArray().Select(e => e.GetProperty("type").GetString()).ShouldBe(["mention_found", "mention_scored", "mention_reacted", "mention_reacted"]);
    }

    [Fact]
    public async Task A_mention_that_nobody_judges_is_shown_all_the_same()
    {
        await fixture.PublishAsync([MentionsFixture.AFound(brand, "late")]);

        var page = await PageAsync($"brand={brand.Id}&sentiment=unscored", p => p.GetProperty("items").GetArrayLength() == 1);

        page.GetProperty("items")[0].GetProperty("sentiment").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_hole_or_a_repeat()
    {
        var at = TimeProvider.System.GetUtcNow().AddHours(-1);
        await fixture.PublishAsync(Enumerable.Range(0, 95).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(brand, $"page-{i}", at: at.AddSeconds(i / 3)))));
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}'"), n => n == 95, Soon, TestContext.Current.CancellationToken);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&limit=20&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.Count.ShouldBe(95);
        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(95);
    }

    [Fact]
    public async Task Rebuilding_from_the_events_gives_the_same_rows_and_counts()
    {
        var mentions = Enumerable.Range(0, 120).Select(i => MentionsFixture.AFound(brand, $"rebuilt-{i}")).ToList();
        await fixture.PublishAsync(mentions.Select(m => MentionsFixture.AScored(m)));
        await fixture.PublishAsync(mentions.Take(40).Select(m => MentionsFixture.AScored(MentionsFixture.AFound(brand, m.Post.NativeId, revision: 2, text: "Solved, thanks!"), negative: 0.1f)));
        await Eventually.Async(
            _ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}' and label = 2"), n => n == 40, Soon, TestContext.Current.CancellationToken);
        await fixture.PostAsync("/api/mentions/bulk", new { action = "tag", tag = "seen", items = mentions.Take(20).Select(m => new { id = m.MentionId, version = 4 }) });
        await fixture.PostAsync("/api/mentions/bulk", new { action = "snooze", until = TimeProvider.System.GetUtcNow().AddDays(1), items = mentions.Take(5).Select(m => new { id = m.MentionId, version = 5 }) });
        const string Desk = "select coalesce(md5(string_agg(d::text || coalesce(u.at::text, ''), '|' order by d.mention_id)), '') from mentions.desk d join mentions.inbox i on i.id = d.mention_id left join mentions.due u on u.mention_id = d.mention_id where brand_id = '{0}'";
        (await fixture.ScalarAsync($"select count(*) from mentions.desk d join mentions.inbox i on i.id = d.mention_id where brand_id = '{brand.Id}'")).ShouldBe(20);
        const string Rows = "select coalesce(md5(string_agg(i::text, '|' order by id)), '') from mentions.inbox i where brand_id = '{0}'";
        const string Counts = "select md5(string_agg(d::text, '|' order by hour, label)) from mentions.dynamics d where brand_id = '{0}' and mentions <> 0";
        const string Totals = "select md5(string_agg(t::text, '|' order by status, label)) from mentions.totals t where brand_id = '{0}' and mentions <> 0";
        var desk = await fixture.TextAsync(Desk, brand.Id);
        var before = (await fixture.TextAsync(Rows, brand.Id), await fixture.TextAsync(Counts, brand.Id), await fixture.TextAsync(Totals, brand.Id));

        await fixture.Stack.Mentions.RunAsync("rebuild");

        (await fixture.TextAsync(Rows, brand.Id), await fixture.TextAsync(Counts, brand.Id), await fixture.TextAsync(Totals, brand.Id)).ShouldBe(before);
        (await fixture.TextAsync(Desk, brand.Id)).ShouldBe(desk);
    }

    private Task<JsonElement> PageAsync(string query, Func<JsonElement, bool> until) =>
        Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions?{query}"), until, Soon, TestContext.Current.CancellationToken);
}
