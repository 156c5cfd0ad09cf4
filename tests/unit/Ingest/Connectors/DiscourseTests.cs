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
