using Serm.Ingest.Connectors.Mastodon;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What only mentions of the own account have: notifications, whose ids say nothing of time.</summary>
public sealed class MastodonTests : IAsyncLifetime
{
    private readonly SimClock clock = new(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
    private Simulation simulation = null!;

    private World World => simulation["mastodon"].World;

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_read_of_mentions_goes_down_to_the_days_of_history_and_the_next_only_up(bool listen)
    {
        for (var i = 0; i < 200; i++)
        {
            World.Publish($"@us old {i}");
        }

        clock.Advance(TimeSpan.FromDays(5));
        var recent = Enumerable.Range(0, 100).Select(i => World.Publish($"@us recent {i}")).ToList();
        var host = new Host(Books.All["mastodon"], new MastodonOptions { Server = simulation.Url("mastodon"), AccessToken = simulation["mastodon"].Token, Mentions = true, Listen = listen, HistoryDays = 1 }, clock);
        if (listen)
        {
            // The simulated stream tells all that ever happened: what reading brings is what comes before it.
            await host.TurnAsync(most: 3);
            host.Requests.ShouldBe(3);
        }
        else
        {
            await host.ReadAllAsync();
            host.Requests.ShouldBe(3);
        }

        host.Now.Values.Select(p => p.Text).ShouldBe([.. recent.Select(p => p.Text), .. Enumerable.Range(180, 20).Select(i => $"@us old {i}")], ignoreOrder: true);
        World.Publish("@us now");
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.TurnAsync(most: 1);
        host.Now.Values.ShouldContain(p => p.Text == "@us now");
        host.Requests.ShouldBe(4);
    }
}
