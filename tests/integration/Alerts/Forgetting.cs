using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Alerts;

/// <summary>What a removed post said is gone from what alerts keep and tell; that there was an alert stays.</summary>
public sealed class Forgetting(ChannelsFixture fixture) : IClassFixture<ChannelsFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_post_is_no_longer_quoted_whichever_message_comes_first()
    {
        var (told, late) = (AlertsFixture.AScored(brand, "told", workspace: workspace, text: "A secret of somebody."), AlertsFixture.AScored(brand, "late", workspace: workspace, text: "A secret of somebody."));
        late = late with { Mention = late.Mention with { Post = late.Mention.Post with { SimHash = 0x5555 } } };
        await fixture.PublishAsync([told]);
        var before = await AlertsAsync(1);
        TextOf(before[0]).ShouldBe("A secret of somebody.");

        await fixture.PublishAsync<PostRemoved>([Removed(told), Removed(late)]);

        var forgotten = await Eventually.Async(_ => AlertsAsync(1), a => TextOf(a[0]) is null, Patience, Cancel);
        forgotten[0].GetProperty("id").GetGuid().ShouldBe(before[0].GetProperty("id").GetGuid());
        forgotten[0].GetProperty("sequence").GetInt64().ShouldBe(before[0].GetProperty("sequence").GetInt64());
        forgotten[0].GetProperty("data").GetProperty("mention").GetProperty("id").GetGuid().ShouldBe(told.Mention.MentionId);
        await fixture.PublishAsync([late]);
        (await AlertsAsync(2)).ShouldAllBe(a => TextOf(a) == null);
        (await fixture.ScalarAsync($"select count(*) from alerts.mentions where workspace = '{workspace}'")).ShouldBe(0);
        (await fixture.ScalarAsync($"select count(*) from alerts.public_events where workspace = '{workspace}' and data like '%secret%'")).ShouldBe(0);

        // The author put it up again: it is told as it is now.
        var again = late with { Mention = late.Mention with { MentionId = Guid.CreateVersion7(), Post = late.Mention.Post with { NativeId = "again", SimHash = 0x7777777, Revision = 2 } } };
        await fixture.PublishAsync([again]);
        TextOf((await AlertsAsync(3))[2]).ShouldBe("A secret of somebody.");
    }

    private PostRemoved Removed(MentionScored scored) => new(workspace, scored.Mention.MentionId, scored.Mention.Post.Revision, TimeProvider.System.GetUtcNow(), "deleted");

    private static string? TextOf(JsonElement happened) => happened.GetProperty("data").GetProperty("mention").GetProperty("text").GetString();

    private Task<List<JsonElement>> AlertsAsync(int count) => Eventually.Async(
        async _ => (await fixture.GetAsync("/api/events?types=alert.raised", workspace)).GetProperty("items").EnumerateArray().ToList(),
        items => items.Count == count,
        Patience,
        Cancel);
}
