using Serm.Ingest.Connectors;
using Serm.Simulator;
using SimReddit = Serm.Simulator.Networks.Reddit;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What only Reddit has: listings that end at the newest 1,000, whatever there is.</summary>
public sealed class RedditTests : ConnectorKit
{
    [Theory]
    [InlineData(SimReddit.MostListed - 200, false)]
    [InlineData(SimReddit.MostListed + 100, true)]
    public async Task What_lies_below_the_end_of_a_listing_is_told_as_missed(int newer, bool missed)
    {
        var (_, stage, host) = Set("reddit");
        var known = stage.World.Publish("acme, known");
        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromHours(2));
        var posts = new List<SimPost>();
        for (var i = 0; i < newer; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(3));
            posts.Add(stage.World.Publish($"acme, news {i}"));
        }

        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(1 + Math.Min(newer, SimReddit.MostListed));
        host.Missed.ShouldBe(missed ? [new MissedTime(known.At, posts[^SimReddit.MostListed].At, "too_many_results")] : []);
        host.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_short_listing_that_lacks_what_is_known_has_missed_nothing()
    {
        var (_, stage, host) = Set("reddit");
        var known = stage.World.Publish("acme, known");
        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromHours(2));
        stage.World.Delete(known);
        stage.World.Publish("acme again");
        await host.ReadAllAsync();
        host.Missed.ShouldBeEmpty();
    }
}
