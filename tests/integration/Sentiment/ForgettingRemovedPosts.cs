using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Shadow;

namespace Serm.Tests.Integration.Sentiments;

/// <summary>What a removed post said is gone from what models are shown on and learn from; that people and model agreed stays.</summary>
public sealed class ForgettingRemovedPosts(SentimentFixture fixture) : IClassFixture<SentimentFixture>
{
    private const string Secret = "A secret of somebody.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_removed_post_is_neither_shown_nor_learnt_from_whichever_message_comes_first()
    {
        var (told, late, stays) = (AFound(Secret), AFound(Secret), AFound("It stays."));
        await fixture.PublishAsync([told, stays]);
        await UntilAsync("select count(*) from sentiment.recent where", 2);
        await fixture.PublishAsync([Corrected(told), Corrected(stays)]);
        await UntilAsync("select count(*) from sentiment.corrections where text <> '' and", 2);

        await fixture.PublishAsync([Removed(told), Removed(late)]);
        await UntilAsync("select count(*) from sentiment.recent where", 1);
        await UntilAsync("select count(*) from sentiment.corrections where text <> '' and", 1);

        var after = AFound("It came after.");
        await fixture.PublishAsync([late, after]);
        await fixture.PublishAsync([Corrected(late), Corrected(after)]);
        await UntilAsync("select count(*) from sentiment.recent where", 2);
        await UntilAsync("select count(*) from sentiment.corrections where", 4);
        (await fixture.ScalarAsync($"select count(*) from sentiment.recent where workspace = '{workspace}' and text = '{Secret}'")).ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from sentiment.corrections where workspace = '{workspace}' and (text = '{Secret}' or title is not null or names is not null)")).ShouldBe(0);

        using var answer = await fixture.GetAsync("/api/models", workspace);
        var models = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        models.GetProperty("corrections").GetInt32().ShouldBe(2);
        models.GetProperty("agreement")[0].GetProperty("checked").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task In_every_order_of_messages_the_same_is_known_in_the_end()
    {
        var orders = Orders([0, 1, 2, 3, 4]).ToList();
        var mentions = orders.ConvertAll(_ => AFound(Secret));
        foreach (var (order, first) in orders.Zip(mentions))
        {
            var back = first with { Post = first.Post with { Revision = 2, Text = "It is back." } };
            foreach (var step in order)
            {
                await (step switch
                {
                    0 => SampleAsync(first),
                    1 => CorrectionRows.KeepAsync(fixture.Database, [Corrected(first)], Cancel),
                    2 => RemovedRows.ForgetAsync(fixture.Database, [Row(first)], Cancel),
                    3 => SampleAsync(back),
                    _ => CorrectionRows.KeepAsync(fixture.Database, [Corrected(back, version: 5)], Cancel),
                });
            }
        }

        foreach (var table in new[] { "recent", "corrections" })
        {
            (await fixture.ScalarAsync($"select count(*) from sentiment.{table} where workspace = '{workspace}' and revision = 2 and text = 'It is back.'")).ShouldBe(120, table);
        }

        await RemovedRows.ForgetAsync(fixture.Database, [.. mentions.SelectMany(m => new[] { Row(m), Row(m with { Post = m.Post with { Revision = 2 } }) })], Cancel);
        await RemovedRows.ForgetAsync(fixture.Database, [Row(mentions[0])], Cancel);
        await SampleAsync(mentions[0] with { Post = mentions[0].Post with { Revision = 2 } });
        (await fixture.ScalarAsync($"select count(*) from sentiment.recent where workspace = '{workspace}'")).ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from sentiment.corrections where workspace = '{workspace}' and text = '' and label = 0")).ShouldBe(120);
    }

    [Fact]
    public async Task What_a_person_had_forgotten_is_not_sampled_again_when_it_is_edited()
    {
        var found = AFound(Secret);
        await SampleAsync(found);

        (await CorrectionRows.EraseAsync(fixture.Database, workspace, found.MentionId, Cancel)).ShouldBeTrue();
        await SampleAsync(found with { Post = found.Post with { Revision = 2 } });
        await CorrectionRows.KeepAsync(fixture.Database, [Corrected(found)], Cancel);

        (await fixture.ScalarAsync($"select count(*) from sentiment.recent where workspace = '{workspace}'")).ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from sentiment.corrections where workspace = '{workspace}' and text <> ''")).ShouldBe(0);
        (await CorrectionRows.EraseAsync(fixture.Database, workspace, Guid.CreateVersion7(), Cancel)).ShouldBeFalse();
    }

    private static IEnumerable<int[]> Orders(int[] steps) =>
        steps.Length == 0 ? [[]] : steps.SelectMany(s => Orders([.. steps.Where(o => o != s)]).Select(rest => (int[])[s, .. rest]));

    private Task SampleAsync(MentionFound found) => RecentMentions.KeepAsync(fixture.Database, [found], 500, Cancel);

    private Task<long> UntilAsync(string count, long expected) =>
        Eventually.Async(_ => fixture.ScalarAsync($"{count} workspace = '{workspace}'"), n => n == expected, Patience, Cancel);

    private MentionFound AFound(string text, int revision = 1) => SentimentFixture.AFound(text, revision: revision) with { Workspace = workspace };

    private RemovedRow Row(MentionFound found) => new(workspace, found.MentionId, found.Post.Revision);

    private PostRemoved Removed(MentionFound found) => new(workspace, found.MentionId, found.Post.Revision, found.SeenAt, "deleted");

    private static MentionCorrected Corrected(MentionFound found, int version = 3) => new(
        Guid.CreateVersion7(), found.Workspace, found.MentionId, found.Brand, found.Post.Revision, version, Sentiment.Negative, Sentiment.Neutral, "test", null, found.Post.Text, found.Post.Language, found.SeenAt);
}
