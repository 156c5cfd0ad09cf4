using Serm.Ingest.Connectors;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What a key changes at a Discourse forum: a refusal may mean the key.</summary>
public sealed class DiscourseTests
{
    [Theory]
    [InlineData("discourse with a key", false)]
    [InlineData("discourse", true)]
    public async Task A_post_that_is_refused_is_gone_to_the_public_and_unknown_to_who_reads_with_a_key(string name, bool gone)
    {
        var clock = new SimClock(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        await using var simulation = await Simulation.StartAsync(clock);
        var stage = simulation["discourse"];
        var network = NetworkCase.Of(name);
        var host = new Host(Books.All["discourse"], network.Options(simulation), clock);
        var post = stage.World.Publish("acme is late");
        await host.ReadAllAsync();
        stage.Break(Trouble.Expired);
        await host.RecheckAsync();
        host.Removed.ShouldBe(gone ? [network.Id(simulation, post)] : []);
    }

    [Fact]
    public async Task A_forum_that_lists_the_same_posts_whatever_is_asked_for_is_read_to_an_end_and_what_is_below_is_missed()
    {
        var clock = new SimClock(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        var newest = 10L;
        await using var forum = await OneServer.StartAsync(_ => new
        {
            latest_posts = Enumerable.Range(0, 5).Select(i => new { id = newest - i, topic_id = 1, post_number = newest - i, cooked = $"acme {newest - i}", created_at = clock.GetUtcNow().AddMinutes(-i), username = "a" }),
        });
        var host = new Host(Books.All["discourse"], new Serm.Ingest.Connectors.Discourse.DiscourseOptions { Url = forum.Address }, clock);
        await host.ReadAllAsync();
        host.Missed.ShouldBeEmpty("nobody asked for what was before");

        clock.Advance(TimeSpan.FromHours(1));
        newest = 100;
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(10);
        host.Missed.ShouldBe([new MissedTime(clock.GetUtcNow().AddHours(-1), clock.GetUtcNow().AddMinutes(-4), "too_many_results")]);
        var before = host.Requests;
        await host.ReadAllAsync();
        (host.Requests - before).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_of_another_user_is_told_as_refused()
    {
        var clock = new SimClock(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        await using var simulation = await Simulation.StartAsync(clock);
        var options = (Serm.Ingest.Connectors.Discourse.DiscourseOptions)NetworkCase.Of("discourse with a key").Options(simulation);
        options.ApiUsername = "somebody";
        var host = new Host(Books.All["discourse"], options, clock);
        (await Should.ThrowAsync<NetworkFailure>(() => host.TurnAsync(most: 1))).Code.ShouldBe(NetworkFailure.TokenRefused);
    }
}
