using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

public sealed class AlertsBeforeMentions(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");

    [Fact]
    public async Task An_alert_that_overtook_its_mention_is_stored_with_it()
    {
        // On a machine that stands still for a moment judging seems to: then the alert rightly waits no longer.
        string?[] life = [];
        for (var attempt = 0; attempt < 5 && life is not ["mention_found", ..]; attempt++)
        {
            var found = MentionsFixture.AFound(brand, $"overtaken-{attempt}", at: TimeProvider.System.GetUtcNow());
            await PassAsync($"{attempt}-before");
            await fixture.PublishAsync([Raised(found), Raised(found)]);
            for (var i = 0; i < 4; i++)
            {
                await PassAsync($"{attempt}-{i}");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            await fixture.PublishAsync([MentionsFixture.AScored(found)]);
            life = await LifeAsync(found, 2);
        }

        life.ShouldBe(["mention_found", "mention_alerted"]);
    }

    [Fact]
    public async Task An_alert_whose_mention_does_not_come_waits_for_it_in_its_life()
    {
        var found = MentionsFixture.AFound(brand, "absent", at: TimeProvider.System.GetUtcNow());
        await PassAsync("passing");
        await fixture.PublishAsync([Raised(found)]);

        (await LifeAsync(found, 1)).ShouldBe(["mention_alerted"]);
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        (await LifeAsync(found, 2)).ShouldBe(["mention_alerted", "mention_found"]);
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where id = '{found.MentionId}' and alerted_at is not null"), n => n == 1, Soon, TestContext.Current.CancellationToken);
    }

    // While verdicts come in the next one may be the mention's.
    private Task PassAsync(string id) => fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(brand, id))]);

    private static AlertRaised Raised(MentionFound found) =>
        new(Guid.CreateVersion7(), "main", found.Brand.Id, found.Brand.Id, "Negative", found.MentionId, found.Brand, 0.9f, null, found.SeenAt, found.MatchedAt.AddSeconds(1));

    private async Task<string?[]> LifeAsync(MentionFound found, int events)
    {
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.mt_events where stream_id = '{found.MentionId}'"), n => n >= events, Soon, TestContext.Current.CancellationToken);
        await using var command = fixture.Database.CreateCommand($"select array_agg(type order by version) from mentions.mt_events where stream_id = '{found.MentionId}'");
        return (string[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
