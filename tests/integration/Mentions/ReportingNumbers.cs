using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

/// <summary>What a report is made of beside the counts.</summary>
public sealed class ReportingNumbers(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef _brand = new(Guid.CreateVersion7(), "Acme");
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task What_most_people_can_have_seen_comes_first_and_pages_go_on_in_that_order()
    {
        long?[] reach = [5, 900, null, 900, 70_000, 30];
        await fixture.PublishAsync(reach.Select((r, i) => MentionsFixture.AScored(Reaching(MentionsFixture.AFound(_brand, $"reach-{i}", at: _now.AddMinutes(-i)), r))));
        await StoredAsync(6);
        var told = await PagesAsync("sort=reach");
        told.Select(m => m.GetProperty("reach").ValueKind == JsonValueKind.Null ? 0 : m.GetProperty("reach").GetInt64()).ShouldBe([70_000, 900, 900, 30, 5, 0]);
        told.Select(m => m.GetProperty("id").GetGuid()).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task What_was_told_most_often_comes_first_and_what_was_told_once_is_left_out()
    {
        var mentions = Enumerable.Range(0, 9).Select(i => MentionsFixture.AFound(_brand, $"told-{i}", at: _now.AddMinutes(-i))).ToList();
        await fixture.PublishAsync(mentions.Select(m => MentionsFixture.AScored(m)));
        await StoredAsync(9);

        // The first is told by three more, the second by one, the last by nobody.
        await fixture.ScalarAsync($"""
            with led as (
                update mentions.inbox set story_id = case when id in ('{mentions[1].MentionId}', '{mentions[2].MentionId}', '{mentions[3].MentionId}') then '{mentions[0].MentionId}'::uuid else '{mentions[5].MentionId}'::uuid end
                where id in ('{mentions[1].MentionId}', '{mentions[2].MentionId}', '{mentions[3].MentionId}', '{mentions[6].MentionId}') returning 1)
            select count(*) from led
            """);
        await fixture.ScalarAsync($"""
            with desks as (
                insert into mentions.desk (workspace, mention_id, tags, severity, flagged, sightings, per_hour, version)
                select 'main', id, array[]::text[], 1, false, n, 0, 1 from (values ('{mentions[0].MentionId}'::uuid, 4), ('{mentions[5].MentionId}'::uuid, 2)) as t(id, n)
                on conflict (workspace, mention_id) do update set sightings = excluded.sightings returning 1)
            select count(*) from desks
            """);
        (await PagesAsync("sort=sightings")).Select(m => (m.GetProperty("id").GetGuid(), m.GetProperty("sightings").GetInt32())).ShouldBe([(mentions[0].MentionId, 4), (mentions[5].MentionId, 2)]);
    }

    [Fact]
    public async Task The_sources_and_models_of_a_time_add_up_to_its_mentions()
    {
        await fixture.PublishAsync([
            .. Enumerable.Range(0, 5).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(_brand, $"part-{i}", at: _now.AddMinutes(-i - 1)), negative: i < 2 ? 0.9f : 0.1f)),
            MentionsFixture.AScored(At(MentionsFixture.AFound(_brand, "elsewhere", at: _now.AddMinutes(-9)), "forum"), model: "test-2"),
            MentionsFixture.AScored(MentionsFixture.AFound(_brand, "before", at: _now.AddDays(-3))),
            MentionsFixture.AScored(MentionsFixture.AFound(_brand, "theirs", at: _now.AddMinutes(-9)) with { Workspace = "other" }),
        ]);
        await StoredAsync(8);
        var parts = await fixture.GetAsync<JsonElement>($"/api/brands/{_brand.Id}/composition?from={Iso(_now.AddDays(-1))}&to={Iso(_now)}");
        parts.GetProperty("sources").EnumerateArray().Select(s => (s.GetProperty("sourceName").GetString(), s.GetProperty("mentions").GetInt64(), s.GetProperty("negative").GetInt64(), s.GetProperty("reach").GetInt64()))
            .ShouldBe([("tests", 5, 2, 500), ("forum", 1, 1, 100)]);
        parts.GetProperty("models").EnumerateArray().Select(m => (m.GetProperty("version").GetString(), m.GetProperty("mentions").GetInt64())).ShouldBe([("test-1", 5), ("test-2", 1)]);

        using var request = Stack.Request(HttpMethod.Get, $"/api/brands/{_brand.Id}/composition?from={Iso(_now)}&to={Iso(_now.AddDays(-1))}");
        using var refused = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static MentionFound Reaching(MentionFound found, long? reach) => found with { Post = found.Post with { Reach = reach } };

    private static MentionFound At(MentionFound found, string source) => found with { Post = found.Post with { SourceId = Guid.CreateVersion7(), SourceName = source } };

    private Task<long> StoredAsync(int mentions) => Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{_brand.Id}'"), n => n == mentions, Soon, TestContext.Current.CancellationToken);

    private async Task<List<JsonElement>> PagesAsync(string query)
    {
        var (all, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await fixture.GetAsync<JsonElement>($"/api/mentions?brand={_brand.Id}&{query}&limit=2&cursor={cursor}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return all;
    }

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
