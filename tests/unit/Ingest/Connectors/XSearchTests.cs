using Serm.Ingest.Connectors;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>X's recent search knows seven days: a mark that is older is refused.</summary>
public sealed class XSearchTests : ConnectorKit
{
    private static readonly TimeSpan Known = new(6, 23, 0, 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_search_without_a_hit_for_more_than_seven_days_goes_on_and_has_missed_nothing(bool hit)
    {
        var (network, stage, host) = Set("x search");
        if (hit)
        {
            stage.World.Publish("acme, long ago");
        }

        for (var day = 0; day < 20; day++)
        {
            await host.ReadAllAsync();
            Clock.Advance(TimeSpan.FromDays(1));
        }

        var post = stage.World.Publish("acme again");
        await host.ReadAllAsync();
        await host.ReadAllAsync();
        host.Failures.ShouldBeEmpty();
        host.Now.Keys.ShouldContain(network.Id(Simulation, post));
        host.Missed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_that_was_not_read_for_more_than_seven_days_tells_what_it_missed()
    {
        var (network, stage, host) = Set("x search");
        stage.World.Publish("acme, known");
        await host.ReadAllAsync();
        var read = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        stage.World.Publish("acme, lost");
        Clock.Advance(TimeSpan.FromDays(9));
        var posts = Script.Threads(stage, 24, replies: false);
        var from = Clock.GetUtcNow() - Known;
        await host.ReadAllAsync();
        posts.ShouldAllBe(p => host.Now.ContainsKey(network.Id(Simulation, p)));
        host.Missed.ShouldBe([new MissedTime(read, from, "cursor_too_old")]);
        host.Failures.ShouldBeEmpty();

        Clock.Advance(TimeSpan.FromMinutes(20));
        await host.ReadAllAsync();
        host.Missed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_pass_that_was_broken_off_for_more_than_seven_days_begins_anew()
    {
        var (network, stage, host) = Set("x search");
        Script.Threads(stage, 24, replies: false);
        (await host.TurnAsync(most: 1)).ShouldBeTrue();
        Clock.Advance(TimeSpan.FromDays(9));
        var posts = Script.Threads(stage, 24, replies: false);
        await host.ReadAllAsync();
        posts.ShouldAllBe(p => host.Now.ContainsKey(network.Id(Simulation, p)));
        host.Failures.ShouldBeEmpty();
        host.Missed.Count.ShouldBe(1);
    }
}
