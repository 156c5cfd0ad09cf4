using Serm.Contracts;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;
using Serm.Simulator;
using Serm.Tests.Unit.Ingest.Connectors;

namespace Serm.Tests.Unit.Ingest.Queries;

/// <summary>Conditions on reactions, over posts as connectors bring them.</summary>
public sealed class EngagementTests
{
    [Theory]
    [InlineData("acme engagement>=6", 1L, 2L, 3L, true)]
    [InlineData("acme engagement>6", 1L, 2L, 3L, false)]
    [InlineData("acme engagement=6", 1L, 2L, 3L, true)]
    [InlineData("acme engagement<6", 1L, 2L, 3L, false)]
    [InlineData("acme engagement>=1k", 1_000L, null, null, true)]
    [InlineData("acme engagement<1", 0L, null, null, true)]
    [InlineData("acme engagement<1", null, null, null, false)]
    [InlineData("acme -engagement>5", 1L, 2L, 3L, false)]
    [InlineData("acme -engagement>5", null, null, null, true)]
    [InlineData("globex engagement>=6", 1L, 2L, 3L, false)]
    public void Likes_shares_and_replies_count_together_and_what_nobody_tells_meets_no_condition(string query, long? likes, long? shares, long? replies, bool expected) =>
        Matches(query, Post(new(DateTimeOffset.UnixEpoch, likes, shares, replies, Views: 1_000_000))).ShouldBe(expected);

    [Fact]
    public void A_network_without_reactions_meets_no_condition_on_them() => Matches("acme engagement<10", Post(null)).ShouldBeFalse();

    [Theory]
    [InlineData("x search")]
    [InlineData("x stream")]
    [InlineData("mastodon tag")]
    [InlineData("bluesky search")]
    [InlineData("youtube")]
    public async Task Posts_of_a_network_are_found_by_the_reactions_that_came_with_them(string name)
    {
        var network = NetworkCase.Of(name);
        var clock = new SimClock(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        await using var simulation = await Simulation.StartAsync(clock);
        simulation[network.Network].World.Publish("acme is late");
        var host = new Host(Books.All[network.Kind], network.Options(simulation), clock);
        await host.ReadAllAsync();
        var post = host.Now.Values.ShouldHaveSingleItem();
        var sum = (post.Engagement!.Likes ?? 0) + (post.Engagement.Shares ?? 0) + (post.Engagement.Replies ?? 0);
        (Matches($"acme engagement={sum}", post), Matches($"acme engagement>{sum}", post), Matches($"acme engagement>={sum}", post)).ShouldBe((true, false, true));
    }

    private static bool Matches(string query, Post post)
    {
        var matched = new List<int>();
        QueryIndex.Build([new IndexedQuery(QueryParser.Parse(query).Root!, [])]).Match(PostText.Of(post), matched);
        return matched.Count == 1;
    }

    private static Post Post(Engagement? engagement) => new(
        "x", Guid.Empty, "X", "1", null, null, "acme is late", null, DateTimeOffset.UnixEpoch, "en", 1, null, null, 1, "", Engagement: engagement);
}
