using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

public sealed class Rescoring(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task What_is_gone_is_not_judged_again_and_a_workspace_whose_model_is_behind_holds_up_no_other()
    {
        var mentions = Enumerable.Range(0, 3).Select(i => MentionsFixture.AFound(brand, $"again-{i}")).ToList();
        await fixture.PublishAsync(mentions.Select(m => MentionsFixture.AScored(m)));
        await CountAsync("label = 0", 3);
        await fixture.PublishAsync([new PostRemoved("main", mentions[0].MentionId, 1, mentions[0].SeenAt, "deleted")]);
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.content where mention_id = '{mentions[0].MentionId}' and removed"), n => n == 1, Soon, TestContext.Current.CancellationToken);

        // Nobody judges here: of this one much is on its way.
        await fixture.ScalarAsync("insert into mentions.rescores (workspace, id, status, to_at, per_second, total, sent, asked_by, asked_at, changed_at) values ('other', gen_random_uuid(), 0, now(), 200, 9000, 5000, 'tests', now(), now() + '1 hour') returning 1");
        var asked = await fixture.PostAsync("/api/rescore", new { brand = brand.Id }, role: Role.Manager);
        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await asked.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("total").GetInt64().ShouldBe(3);

        await Eventually.Async(_ => fixture.ScalarAsync("select sent from mentions.rescores where workspace = 'main'"), n => n > 0, Soon, TestContext.Current.CancellationToken);
        (await fixture.ScalarAsync("select sent from mentions.rescores where workspace = 'main'")).ShouldBe(2);
        (await fixture.ScalarAsync("select sent from mentions.rescores where workspace = 'other'")).ShouldBe(5000);
    }

    private Task<long> CountAsync(string where, long count) =>
        Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}' and {where}"), n => n == count, Soon, TestContext.Current.CancellationToken);
}
