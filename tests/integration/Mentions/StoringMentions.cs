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
            """)).ShouldBe(1);

        (await fixture.GetAsync<JsonElement>($"/api/mentions/{found.MentionId}/history")).GetRawText().ShouldBe(history.GetRawText());
        await fixture.PublishAsync([new EngagementChanged("main", found.MentionId, new(found.SeenAt.AddMinutes(1), Likes: 7))]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].TryGetProperty("engagement", out var e) && e.GetProperty("likes").GetInt64() == 7);
    }

    [Fact]
    public async Task Events_are_not_looked_up_in_their_streams_and_the_tables_say_which_version_made_them()
    {
        (await fixture.ScalarAsync("select count(*) from pg_constraint where contype = 'f' and conrelid = 'mentions.mt_events'::regclass")).ShouldBe(0);
        (await fixture.ScalarAsync("select count(*) where obj_description('mentions.mt_events'::regclass, 'pg_class') like 'Marten %'")).ShouldBe(1);
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

        // One that was found long before its verdict came, as on a machine that stands still for a moment, has that in an event of its own.
        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events e join mentions.inbox i on i.id = e.stream_id where i.brand_id = '{brand.Id}' and e.type = 'mention_found'")).ShouldBe(300);
        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events e join mentions.inbox i on i.id = e.stream_id where i.brand_id = '{brand.Id}' and (e.type = 'mention_scored' or e.type = 'mention_found' and convert_from(e.bdata, 'UTF8')::jsonb ? 'verdict')")).ShouldBe(300);
        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events e join mentions.inbox i on i.id = e.stream_id where i.brand_id = '{brand.Id}' and e.type not in ('mention_found', 'mention_scored')")).ShouldBe(0);
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
        await fixture.PostAsync("/api/mentions/bulk", new { action = "tag", tag = "seen", items = mentions.Take(20).Select(m => new { id = m.MentionId, version = 3 }) });
        await fixture.PostAsync("/api/mentions/bulk", new { action = "snooze", until = TimeProvider.System.GetUtcNow().AddDays(1), items = mentions.Take(5).Select(m => new { id = m.MentionId, version = 4 }) });
        const string Desk = "select coalesce(md5(string_agg(d::text || coalesce(u.at::text, ''), '|' order by d.mention_id)), '') from mentions.desk d join mentions.inbox i on i.id = d.mention_id left join mentions.due u on u.mention_id = d.mention_id where i.brand_id = '{0}'";
        (await fixture.ScalarAsync($"select count(*) from mentions.desk d join mentions.inbox i on i.id = d.mention_id where i.brand_id = '{brand.Id}'")).ShouldBe(20);
        const string Rows = "select coalesce(md5(string_agg(i::text, '|' order by id)), '') from mentions.inbox i where brand_id = '{0}'";
        const string Counts = "select md5(string_agg(d::text, '|' order by hour, label)) from mentions.dynamics d where brand_id = '{0}' and mentions <> 0";
        const string Totals = "select md5(string_agg(t::text, '|' order by status, label)) from mentions.totals t where brand_id = '{0}' and mentions <> 0";
        var desk = await fixture.TextAsync(Desk, brand.Id);
        var before = (await fixture.TextAsync(Rows, brand.Id), await fixture.TextAsync(Counts, brand.Id), await fixture.TextAsync(Totals, brand.Id));

        await fixture.Stack.Mentions.RunAsync("rebuild");

        (await fixture.TextAsync(Rows, brand.Id), await fixture.TextAsync(Counts, brand.Id), await fixture.TextAsync(Totals, brand.Id)).ShouldBe(before);
        (await fixture.TextAsync(Desk, brand.Id)).ShouldBe(desk);
    }

    [Fact]
    public async Task A_reach_that_cannot_be_hinders_neither_what_comes_after_it_nor_the_charts()
    {
        var at = TimeProvider.System.GetUtcNow().AddHours(-1);
        MentionFound Claiming(string id, long reach)
        {
            var found = MentionsFixture.AFound(brand, id, at: at);
            return found with { Post = found.Post with { Reach = reach, SimHash = 0x1234 } };
        }

        MentionFound[] both = [Claiming("claimed-1", long.MaxValue), Claiming("claimed-2", long.MaxValue)];
        await fixture.PublishAsync(both.Select(m => MentionsFixture.AScored(m)));
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 2);
        await fixture.PublishAsync([MentionsFixture.AScored(Claiming("claimed-3", 5))]);

        var page = await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 3);
        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("reach").GetInt64()).Order().ShouldBe([5, 20_000_000_000, 20_000_000_000]);
        (await ReachAsync()).ShouldBe(40_000_000_005);
        (await fixture.GetAsync<JsonElement>($"/api/stories/{both[0].MentionId}")).GetProperty("reach").GetInt64().ShouldBeGreaterThan(0);
        (await fixture.GetAsync<JsonElement>($"/api/authors?brand={brand.Id}")).GetProperty("items")[0].GetProperty("reach").GetInt64().ShouldBe(40_000_000_005);

        // As versions before stored it: the next start mends it.
        await fixture.ScalarAsync($"update mentions.inbox set reach = case when id = '{both[0].MentionId}' then {long.MaxValue} else 0 end, urgency = 'NaN' where brand_id = '{brand.Id}' returning 1");
        await fixture.ScalarAsync($"update mentions.dynamics set reach = {long.MaxValue} where brand_id = '{brand.Id}' and mentions > 0 returning 1");
        await fixture.ScalarAsync("comment on column mentions.content.removed is null; comment on table mentions.content is null; select 1");
        await fixture.Stack.Mentions.KillAsync();
        await fixture.Stack.Mentions.StartAsync(TestContext.Current.CancellationToken);
        (await ReachAsync()).ShouldBe(20_000_000_000);

        // Without what its story adds, if that had come by then.
        var urgency = page.GetProperty("items").EnumerateArray().First(i => i.Id() == both[0].MentionId).GetProperty("urgency").GetDouble();
        (await fixture.GetAsync<JsonElement>($"/api/mentions?id={both[0].MentionId}")).GetProperty("items")[0].GetProperty("urgency").GetDouble().ShouldBeInRange(urgency - 4, urgency + 0.5);

        async Task<long> ReachAsync() => (await fixture.GetAsync<JsonElement>($"/api/brands/{brand.Id}/dynamics")).GetProperty("points").EnumerateArray().Sum(p => p.GetProperty("reach").GetInt64());
    }

    [Fact]
    public async Task A_post_that_is_gone_keeps_none_of_its_words_nor_its_authors_name_nor_its_address()
    {
        var (found, word) = (MentionsFixture.AFound(brand, "gone", text: "The quokkanaut never came."), "quokkanaut");
        found = found with { Names = [new(PostPart.Text, 4, 10)], Post = found.Post with { CanonicalUrl = found.Post.Url } };
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        await PageAsync($"brand={brand.Id}&q={word}", p => p.GetProperty("items").GetArrayLength() == 1);

        await fixture.PublishAsync([new PostRemoved("main", found.MentionId, 2, found.SeenAt.AddMinutes(1), "deleted")]);

        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].GetProperty("removed").GetBoolean());
        (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&q={word}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&q=somebody")).GetProperty("items").GetArrayLength().ShouldBe(0);

        // Another form of the text, and an edit, come late.
        var late = found with { Post = found.Post with { Text = $"The {word} came late.", ContentHash = "f" + found.Post.ContentHash } };
        await fixture.PublishAsync([MentionsFixture.AScored(late), MentionsFixture.AScored(late with { Post = late.Post with { Revision = 2 } })]);
        await PageAsync($"brand={brand.Id}", p => p.GetProperty("items")[0].GetProperty("revision").GetInt32() == 2);
        (await KeptAsync()).ShouldBe(0);

        // As versions before left it: the next start mends it.
        await fixture.ScalarAsync($"update mentions.content set search = to_tsvector('simple', '{word}'), names = '[]', url = '{found.Post.Url}' where mention_id = '{found.MentionId}' returning 1");
        await fixture.ScalarAsync($"update mentions.inbox set url_key = 7 where id = '{found.MentionId}' returning 1");
        await fixture.ScalarAsync("comment on column mentions.content.removed is null; comment on column mentions.content.url is null; comment on table mentions.content is null; select 1");
        await fixture.Stack.Mentions.KillAsync();
        await fixture.Stack.Mentions.StartAsync(TestContext.Current.CancellationToken);
        (await KeptAsync()).ShouldBe(0);

        // Edited back into being, it can be found again.
        await fixture.PublishAsync([MentionsFixture.AScored(late with { Post = late.Post with { Revision = 3 } })]);
        await PageAsync($"brand={brand.Id}&q={word}", p => p.GetProperty("items").GetArrayLength() == 1);

        Task<long> KeptAsync() => fixture.ScalarAsync(
            $"select count(*) from mentions.content where mention_id = '{found.MentionId}' and (not removed or url is not null or text <> '' or title is not null or author is not null or search is not null or names is not null)"
            + $" or exists (select from mentions.inbox where id = '{found.MentionId}' and url_key is not null)");
    }

    [Theory]
    [InlineData("iade")]
    [InlineData("İADE")]
    [InlineData("IADE")]
    [InlineData("(İade) | !kargo:* & '")]
    public async Task However_its_i_is_written_a_word_is_found_and_no_sign_is_an_error(string typed)
    {
        string[] texts = ["iade bekliyorum", "İADE BEKLİYORUM", "IADE BEKLIYORUM", "İade bekliyorum, kargo yok"];
        await fixture.PublishAsync(texts.Select((t, i) => MentionsFixture.AScored(MentionsFixture.AFound(brand, $"i-{i}", text: t))));
        var all = await PageAsync($"brand={brand.Id}", p => p.GetProperty("items").GetArrayLength() == 4);

        // As versions before stored it.
        var capitals = all.GetProperty("items").EnumerateArray().Single(i => i.GetProperty("text").GetString() == texts[1]).Id();
        await fixture.ScalarAsync($"update mentions.content set search = '''İade'' ''beklİyorum''' where mention_id = '{capitals}' returning 1");

        var found = await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&q={Uri.EscapeDataString(typed)}");
        found.GetProperty("items").GetArrayLength().ShouldBe(typed.Contains("kargo", StringComparison.Ordinal) ? 1 : 4);
    }

    private Task<JsonElement> PageAsync(string query, Func<JsonElement, bool> until) =>
        Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions?{query}"), until, Soon, TestContext.Current.CancellationToken);
}
