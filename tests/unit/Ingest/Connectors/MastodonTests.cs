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

    [Fact]
    public async Task A_search_is_read_down_to_what_is_known_also_after_a_long_time()
    {
        var host = Of(new() { Terms = ["acme"] });
        World.Publish("acme first");
        await host.ReadAllAsync();
        clock.Advance(TimeSpan.FromDays(3));
        var posts = Enumerable.Range(0, 130).Select(i => World.Publish($"acme {i}")).ToList();
        await host.ReadAllAsync();

        host.Now.Count.ShouldBe(131);
        host.Published.Count.ShouldBe(131);
        host.Missed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_state_of_before_is_gone_on_with()
    {
        var old = World.Publish("acme old");
        clock.Advance(TimeSpan.FromDays(9));
        var missed = Enumerable.Range(0, 60).Select(i => World.Publish($"acme missed {i}")).ToList();
        clock.Advance(TimeSpan.FromDays(9));
        var host = Of(new() { Hashtags = ["acme"] }, $"{{\"lanes\":{{\"#acme\":{{\"mark\":{Serm.Simulator.Networks.Mastodon.Id(old)},\"above\":0,\"below\":0,\"top\":0}}}},\"at\":0}}");
        await host.ReadAllAsync();
        host.Now.Values.Select(p => p.Text).ShouldBe([old.Text, .. missed.Select(m => m.Text)], ignoreOrder: true);
    }

    [Fact]
    public async Task Ids_that_are_no_numbers_are_read_in_their_order()
    {
        // Pleroma: 18 letters and figures, in the order of arrival.
        var asked = new List<string>();
        var ids = Enumerable.Range(0, 90).Select(i => $"9vrZbnpDOKzPnVG{"0AZaz"[i / 18]}{"0123456789ABCXYZaz"[i % 18]}z").ToList();
        var now = clock.GetUtcNow();
        await using var web = await OneServer.StartAsync(context =>
        {
            asked.Add(context.Request.QueryString.Value!);
            var (above, under) = (context.Request.Query["min_id"].FirstOrDefault(), context.Request.Query["max_id"].FirstOrDefault());
            var between = ids.Where(i => (above is null || string.CompareOrdinal(i, above) > 0) && (under is null || string.CompareOrdinal(i, under) < 0)).ToList();
            var page = above is null ? between.TakeLast(40) : between.Take(40);
            return page.Reverse().Select(i => new { id = i, content = $"<p>acme {i}</p>", created_at = now, visibility = "public", account = new { acct = "a" } });
        });
        var host = new Host(Books.All["mastodon"], new MastodonOptions { Server = web.Address, Hashtags = ["acme"] }, clock);
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(90);
        asked.ShouldNotContain(a => a.Contains("min_id", StringComparison.Ordinal), "before the first pass nothing is known of the server's ids");

        var newer = Enumerable.Range(0, 50).Select(i => $"9vrZbnpDOKzPnVHa{"0Az"[i / 20]}{"0123456789ABCDabcdez"[i % 20]}").ToList();
        ids.AddRange(newer);
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(140);
        asked.Count(a => a.Contains("min_id", StringComparison.Ordinal)).ShouldBe(2);
    }

    private Host Of(MastodonOptions options, string? state = null)
    {
        (options.Server, options.AccessToken) = (simulation.Url("mastodon"), simulation["mastodon"].Token);
        return new(Books.All["mastodon"], options, clock, state: state);
    }
}
