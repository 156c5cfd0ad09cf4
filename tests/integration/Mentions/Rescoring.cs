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

    [Fact]
    public async Task A_verdict_that_comes_twice_is_counted_once_and_again_in_the_next_rescoring()
    {
        const string workspace = "twice";
        var verdict = MentionsFixture.AScored(MentionsFixture.AFound(brand, "twice")).Verdict;
        Guid[] jobs = [Guid.CreateVersion7(), Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddMinutes(1))];
        foreach (var job in jobs)
        {
            await fixture.ScalarAsync($"insert into mentions.rescores (workspace, id, status, to_at, per_second, total, sent, asked_by, asked_at, changed_at) values ('{workspace}', '{job}', 2, now(), 200, 2, 2, 'tests', now(), now()) returning 1");
        }

        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        async Task TellAsync(Guid job, params Guid[] mentions)
        {
            var changed = await fixture.ScalarAsync($"select extract(epoch from changed_at) * 1000000 from mentions.rescores where id = '{job}'");
            await fixture.PublishAsync(mentions.Select(m => new MentionRescored(workspace, job, m, 1, verdict)));
            await Eventually.Async(_ => fixture.ScalarAsync($"select extract(epoch from changed_at) * 1000000 from mentions.rescores where id = '{job}'"), c => c != changed, Soon, TestContext.Current.CancellationToken);
        }

        await TellAsync(jobs[0], one, one);
        await TellAsync(jobs[0], one, other);
        (await fixture.ScalarAsync($"select judged from mentions.rescores where id = '{jobs[0]}'")).ShouldBe(2);

        await TellAsync(jobs[1], one);
        await TellAsync(jobs[0], one);
        await TellAsync(jobs[1], one);
        (await fixture.ScalarAsync($"select judged from mentions.rescores where id = '{jobs[1]}'")).ShouldBe(1, "what comes late of an earlier one makes nothing count again");
        (await fixture.ScalarAsync($"select judged from mentions.rescores where id = '{jobs[0]}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_workspace_without_mentions_is_not_rescored_by_a_slip()
    {
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, "known"))]);
        await CountAsync("label = 0", 1);
        var output = new StringWriter();

        (await Serm.Mentions.RescoreCommand.RunAsync(["rescore", "--workspace", "mian"], fixture.Database, TimeProvider.System, output, TestContext.Current.CancellationToken)).ShouldBe(1);

        output.ToString().ShouldContain("\"mian\"");
        output.ToString().ShouldContain("There are mentions in main");
        (await fixture.ScalarAsync("select count(*) from mentions.rescores where workspace = 'mian'")).ShouldBe(0);
    }

    private Task<long> CountAsync(string where, long count) =>
        Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{brand.Id}' and {where}"), n => n == count, Soon, TestContext.Current.CancellationToken);
}
