using System.Text.Json;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ReactionCountsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Reactions_grow_from_when_they_were_first_counted()
    {
        var counts = ReactionCounts.Of(new(Noon.AddHours(2), Likes: 40, Views: 900), [Event(1, "mention_found", new(Noon, Likes: 4, Shares: 1, Views: 100)), Event(2, "mention_reacted", new(Noon.AddHours(1), Likes: 12, Views: 500)), Event(3, "mention_reacted", new(Noon.AddHours(2), Likes: 40, Views: 900))]);
        counts.Select(c => (c.Kind, c.Count, c.Grown, c.Counts.Count)).ShouldBe([("likes", 40, 36, 3), ("shares", 1, 0, 1), ("views", 900, 800, 3)]);
        counts[0].Line.ShouldBe("0,15 30,11.9 60,1");
        counts[1].Line.ShouldBeNull();
    }

    [Fact]
    public void What_the_history_does_not_hold_yet_is_taken_from_the_mention()
    {
        ReactionCounts.Of(new(Noon, Replies: 3), null).ShouldHaveSingleItem().Count.ShouldBe(3);
        ReactionCounts.Of(new(Noon.AddHours(1), Replies: 5), [Event(1, "mention_found", new(Noon, Replies: 3))]).ShouldHaveSingleItem().Grown.ShouldBe(2);
    }

    [Fact]
    public void Reactions_that_were_taken_back_are_less_than_nothing()
    {
        var counts = ReactionCounts.Of(null, [Event(1, "mention_found", new(Noon, Likes: 7)), Event(2, "mention_edited", new(Noon.AddHours(1), Likes: 5))]);
        counts.ShouldHaveSingleItem().Grown.ShouldBe(-2);
    }

    [Fact]
    public void A_post_of_which_no_network_tells_anything_has_none()
    {
        ReactionCounts.Of(null, [new(1, "mention_scored", Noon, null, JsonElement.Parse("""{"revision":1}"""), null, null), new(2, "mention_found", Noon, null, JsonElement.Parse("""{"engagement":null}"""), null, null)]).ShouldBeEmpty();
        ReactionCounts.Sum(new(Noon, Views: 10)).ShouldBe(0);
    }

    private static HistoryItem Event(long version, string type, Engagement engagement) => new(version, type, engagement.At, null, JsonSerializer.SerializeToElement(new { engagement }, JsonSerializerOptions.Web), null, null);
}
