using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

public sealed class LearningRelevance(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task What_people_dismissed_and_took_up_marks_what_comes_next_and_hides_nothing()
    {
        var off = Enumerable.Range(0, 12).Select(i => ByHans($"off-{i}", $"acme mountain trail number {i}")).ToList();
        var on = Enumerable.Range(0, 12).Select(i => MentionsFixture.AFound(brand, $"on-{i}", text: $"acme app crashed again {i}")).ToList();
        var (like, unlike) = (ByHans("like", "the acme mountain trail in autumn"), MentionsFixture.AFound(brand, "unlike", text: "the acme app crashed in autumn"));
        await fixture.PublishAsync(off.Concat(on).Append(like).Append(unlike).Select(f => MentionsFixture.AScored(f)));
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}'"), n => n == 26, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await BulkAsync("dismiss", off, "notUs");
        await BulkAsync("claim", on, null);

        var marked = await fixture.GetAsync<JsonElement>($"/api/mentions/{like.MentionId}");
        marked.GetProperty("relevance").GetProperty("unlikely").GetBoolean().ShouldBeTrue();
        marked.GetProperty("relevance").GetProperty("signs")[0].GetProperty("dismissed").GetInt32().ShouldBe(12);
        (await fixture.GetAsync<JsonElement>($"/api/mentions/{unlike.MentionId}")).GetProperty("relevance").GetProperty("unlikely").GetBoolean().ShouldBeFalse();
        (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&status=new")).GetProperty("items").GetArrayLength().ShouldBe(2);
        var card = await fixture.GetAsync<JsonElement>($"/api/brands/{brand.Id}/relevance");
        (card.GetProperty("dismissed").GetInt32(), card.GetProperty("takenUp").GetInt32(), card.GetProperty("speaks").GetBoolean()).ShouldBe((12, 12, true));
        var against = card.GetProperty("against").EnumerateArray().Select(s => s.GetProperty("text").GetString()).ToList();
        against.ShouldContain("mountain");
        against.ShouldNotContain("wanderer", "who wrote it is no word of the text");

        MentionFound ByHans(string id, string text)
        {
            var found = MentionsFixture.AFound(brand, id, text: text);
            return found with { Post = found.Post with { Author = new("hans", "Hans Wanderer") } };
        }
    }

    private async Task BulkAsync(string action, List<MentionFound> mentions, string? reason)
    {
        var versions = new Dictionary<Guid, int>();
        await using var command = fixture.Database.CreateCommand("select id, version from mentions.inbox where id = any($1)");
        command.Parameters.AddWithValue(mentions.Select(m => m.MentionId).ToArray());
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                versions[reader.GetGuid(0)] = reader.GetInt32(1);
            }
        }

        using var answer = await fixture.PostAsync("/api/mentions/bulk", new { action, items = mentions.Select(m => new { id = m.MentionId, version = versions[m.MentionId] }), reason });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
