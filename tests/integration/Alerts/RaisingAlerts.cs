using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

public sealed class RaisingAlerts(AlertsFixture fixture) : IClassFixture<AlertsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task A_mention_told_three_times_and_judged_again_alerts_once()
    {
        var scored = AlertsFixture.AScored(brand, "once", text: "marker-of-the-text");
        await fixture.PublishAsync([scored, scored, scored]);
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "once", negative: 0.99f, model: "test-2"), AlertsFixture.AScored(brand, "once", revision: 2), scored]);
        await fixture.DrainedAsync();

        var (_, alert) = fixture.HeardOf(brand.Id).ShouldHaveSingleItem();
        alert.MentionId.ShouldBe(scored.Mention.MentionId);
        alert.RuleName.ShouldBe("Strongly negative");
        alert.Reach.ShouldBe(100);
        alert.TraceParent.ShouldBe(scored.Mention.TraceParent);
        (await fixture.ScalarAsync($"select count(*) from alerts.mt_events where stream_id = '{alert.AlertId}'")).ShouldBe(1);
        (await fixture.ScalarAsync("select count(*) from alerts.mt_events where coalesce(convert_from(bdata, 'UTF8'), data::text) like '%marker-of-the-text%'")).ShouldBe(0);

        var shown = await fixture.GetAsync($"/api/alerts/{alert.AlertId}");
        shown.GetProperty("mentionId").GetGuid().ShouldBe(alert.MentionId);
        shown.GetProperty("brand").GetProperty("name").GetString().ShouldBe("Acme");
    }

    [Fact]
    public async Task Of_mentions_that_come_together_those_that_were_there_are_not_counted_again_and_the_others_are()
    {
        var all = Enumerable.Range(0, 12).Select(i => AlertsFixture.AScored(brand, $"half-{i}", negative: i % 3 == 0 ? 0.7f : 0.1f)).ToList();
        await fixture.PublishAsync(all.Take(6));
        await CountedAsync("select count(*) from alerts.judged where brand_id = '{0}'", 6);
        await fixture.PublishAsync(all);
        await CountedAsync("select count(*) from alerts.judged where brand_id = '{0}'", 12);
        await fixture.DrainedAsync();

        await CountedAsync("select sum(total) from alerts.counts_hour where brand_id = '{0}'", 12);
        await CountedAsync("select sum(negative) from alerts.counts_hour where brand_id = '{0}'", 4);
        await CountedAsync("select sum(total) from alerts.counts_minute where brand_id = '{0}'", 12);
        await CountedAsync("select sum(negative) from alerts.counts_minute where brand_id = '{0}'", 4);
        await CountedAsync("select sum(n) from alerts.terms where brand_id = '{0}' and term = ''", 12);

        Task CountedAsync(string sql, long expected) => Eventually.Async(
            _ => fixture.ScalarAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, brand.Id)), n => n == expected, Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Neither_mild_words_nor_old_news_alert()
    {
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "mild", negative: 0.7f), AlertsFixture.AScored(brand, "old", backfill: true)]);
        await fixture.DrainedAsync();

        fixture.HeardOf(brand.Id).ShouldBeEmpty();
        (await fixture.ScalarAsync($"select count(*) from alerts.alerts where brand_id = '{brand.Id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_mention_that_becomes_worse_when_edited_alerts_then()
    {
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "edited", negative: 0.2f)]);
        await fixture.DrainedAsync();
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "edited", negative: 0.95f, revision: 2)]);
        await fixture.DrainedAsync();

        fixture.HeardOf(brand.Id).ShouldHaveSingleItem().Alert.Negative.ShouldBe(0.95f);
    }

    [Fact]
    public async Task A_changed_rule_counts_at_once()
    {
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { name = "Mild", threshold = 0.5, brandId = brand.Id });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "a", negative: 0.6f)]);
        await fixture.DrainedAsync();
        fixture.HeardOf(brand.Id).ShouldHaveSingleItem().Alert.RuleId.ShouldBe(id);

        using var changed = await fixture.SendAsync(HttpMethod.Put, $"/api/rules/{id}", new { name = "Mild", threshold = 0.7, brandId = brand.Id }, added.Headers.ETag!.ToString());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "b", negative: 0.6f)]);
        await fixture.DrainedAsync();
        fixture.HeardOf(brand.Id).Count.ShouldBe(1);

        using var removed = await fixture.SendAsync(HttpMethod.Delete, $"/api/rules/{id}", version: changed.Headers.ETag!.ToString());
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "c", negative: 0.75f)]);
        await fixture.DrainedAsync();
        fixture.HeardOf(brand.Id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_hole_or_a_repeat()
    {
        await fixture.PublishAsync(Enumerable.Range(0, 55).Select(i => AlertsFixture.AScored(brand, $"page-{i}")));
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from alerts.alerts where brand_id = '{brand.Id}'"), n => n == 55, Soon, TestContext.Current.CancellationToken);

        var seen = new List<(DateTimeOffset At, Guid Id)>();
        string? cursor = null;
        do
        {
            var page = await fixture.GetAsync($"/api/alerts?brand={brand.Id}&limit=20&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("raisedAt").GetDateTimeOffset(), i.GetProperty("id").GetGuid())));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(55);
        seen.Select(s => s.At).ShouldBe(seen.Select(s => s.At).OrderDescending());
        (await fixture.GetAsync($"/api/alerts?brand={brand.Id}&to={Uri.EscapeDataString(seen[^1].At.ToString("O"))}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await fixture.GetAsync($"/api/alerts?brand={brand.Id}", "another")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await fixture.SendAsync(HttpMethod.Get, "/api/alerts?cursor=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_service_killed_in_mid_flow_raises_each_alert_exactly_once()
    {
        var all = Enumerable.Range(0, 500).Select(i => AlertsFixture.AScored(brand, $"killed-{i}")).ToList();
        var publishing = PublishSlowlyAsync(all[..400]);
        await Eventually.Async(_ => StoredAsync(), n => n > 40, Soon, TestContext.Current.CancellationToken);

        // What comes while it is dead has to be there in any case; how far it was with the others is chance.
        await fixture.Stack.Alerts.KillAsync();
        var atDeath = await StoredAsync();
        await publishing;
        await PublishSlowlyAsync(all[400..]);
        await fixture.Stack.Alerts.StartAsync(TestContext.Current.CancellationToken);

        atDeath.ShouldBeInRange(41, 499);
        await Eventually.Async(_ => StoredAsync(), n => n == 500, Soon, TestContext.Current.CancellationToken);
        await Eventually.Async(_ => Task.FromResult(fixture.HeardOf(brand.Id).Select(h => h.Alert.AlertId).Distinct().Count()), n => n == 500, Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync($"select count(*) from alerts.mt_events e join alerts.alerts a on a.id = e.stream_id where a.brand_id = '{brand.Id}'")).ShouldBe(500);
        fixture.HeardOf(brand.Id).Select(h => h.Alert.EventId).Distinct().Count().ShouldBe(500);
    }

    private async Task PublishSlowlyAsync(List<MentionScored> all)
    {
        foreach (var chunk in all.Chunk(20))
        {
            await fixture.PublishAsync(chunk);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private Task<long> StoredAsync() => fixture.ScalarAsync($"select count(*) from alerts.alerts where brand_id = '{brand.Id}'");
}
