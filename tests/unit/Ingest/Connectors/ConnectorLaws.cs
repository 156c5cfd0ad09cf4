using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Email;
using Serm.Ingest.Connectors.Feed;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What holds of reading, whatever the network.</summary>
public sealed class ConnectorLaws : ConnectorKit
{
    [Fact]
    public void Every_connector_that_reads_or_is_called_is_in_the_kit() => Books.All.All
        .Where(c => c is (IPulled or IStreamed or IWebhook) and not (FeedConnector or EmailConnector))
        .Select(c => c.Card.Kind)
        .Except(NetworkCase.All.Select(c => c.Kind), StringComparer.Ordinal)
        .ShouldBeEmpty("add a line to NetworkCase.All and a file to tests/simulator/Networks");

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public void What_is_read_has_an_address_and_only_what_calls_has_none(string name)
    {
        var network = NetworkCase.Of(name);
        var settings = Settings.Of(System.Text.Json.JsonSerializer.Serialize(network.Options(Simulation), Reading.Json), null);
        (Books.All[network.Kind].Address(settings) is null).ShouldBe(network.Calls, "a source without an address is never due");
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Nothing_is_lost_nothing_is_doubled_and_every_text_is_whole(string name)
    {
        var (network, stage, host) = Set(name);
        var expected = Script.Threads(stage, 130, network.Replies);
        await host.ReadAllAsync();
        for (var burst = 0; burst < 3; burst++)
        {
            Clock.Advance(TimeSpan.FromMinutes(2));
            expected.AddRange(Script.Threads(stage, 48, network.Replies));
            await host.ReadAllAsync();
        }

        Require(network, stage, host, expected);
        RequireOnce(network, stage, host, expected);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Clocks_that_go_wrong_lose_and_double_nothing(string name)
    {
        var (network, stage, host) = Set(name);
        var expected = Script.Threads(stage, 12, network.Replies);
        await host.ReadAllAsync();
        foreach (var seconds in new[] { -45, 30, -20, 0, 45 })
        {
            // Less than clocks stray: some come with a date below the newest that is known.
            Clock.Advance(TimeSpan.FromSeconds(20));
            expected.Add(stage.World.Publish($"acme, by a clock that is {seconds} s off", skew: TimeSpan.FromSeconds(seconds)));
            await host.ReadAllAsync();
        }

        Clock.Advance(TimeSpan.FromMinutes(2));
        expected.Add(stage.World.Publish("acme, on time"));
        await host.ReadAllAsync();

        RequireOnce(network, stage, host, expected);
        host.Published.ShouldAllBe(p => p.PublishedAt <= Clock.GetUtcNow());
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Posts_that_come_and_go_while_pages_are_read_lose_and_double_nothing(string name)
    {
        var (network, stage, host) = Set(name);
        stage.PageSize = 10;
        var expected = Script.Threads(stage, 40, network.Replies);
        var leaves = expected.Where((_, i) => !network.Replies || i % 4 == 2).ToList();
        for (var page = 0; page < 8 && await host.TurnAsync(most: 1); page++)
        {
            // What is below moves: down for what comes, up for what goes.
            Clock.Advance(TimeSpan.FromSeconds(7));
            expected.Add(stage.World.Publish($"acme, while page {page} is read", parent: network.Replies && page % 2 == 0 ? expected[4 * page] : null));
            if (page % 2 == 1 && leaves.Find(p => host.Now.ContainsKey(network.Id(Simulation, p))) is { } read)
            {
                leaves.Remove(read);
                stage.World.Delete(read);
            }
        }

        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromMinutes(2));
        await host.ReadAllAsync();
        RequireOnce(network, stage, host, expected);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Every_answer_knows_what_began_its_thread_also_one_that_comes_much_later(string name)
    {
        var (network, stage, host) = Set(name);
        if (!network.Replies)
        {
            return;
        }

        var expected = Script.Threads(stage, 16);
        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromMinutes(20));
        expected.Add(stage.World.Publish("acme, an answer to what was read before", parent: expected[9]));
        await host.ReadAllAsync();

        var now = host.Now;
        foreach (var post in expected.Where(p => now.ContainsKey(network.Id(Simulation, p))))
        {
            now[network.Id(Simulation, post)].RootNativeId.ShouldBe(network.Root is { } root ? root(Simulation, post) : post.Parent is null ? null : network.Id(Simulation, post.Root), post.Text);
        }

        now.Count.ShouldBe(expected.Count);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task A_kill_at_any_request_loses_and_doubles_nothing(string name)
    {
        // As many requests as an undisturbed reading takes; each of them is died at, before and after.
        var (network, stage, undisturbed) = Set(name);
        stage.PageSize = 10;
        var expected = Script.Threads(stage, 44, network.Replies);
        await undisturbed.ReadAllAsync();
        for (var at = 0; at < Math.Min(undisturbed.Requests, 24); at++)
        {
            foreach (var after in new[] { false, true })
            {
                // Another installation: it does not know what the one before has called just now.
                Clock.Advance(TimeSpan.FromSeconds(6));
                var (_, _, host) = Set(name);
                host.KillAt(at, after);
                await host.ReadAllAsync();
                Require(network, stage, host, expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Asked), MemberType = typeof(NetworkCase))]
    public async Task Whatever_goes_wrong_with_answers_is_waited_out_as_the_network_asks(string name)
    {
        var (network, stage, host) = Set(name);
        stage.PageSize = 20;
        var expected = Script.Threads(stage, 60, network.Replies);
        stage.Break(Trouble.ServerError, 2);
        stage.Break(Trouble.TooMany, 1, TimeSpan.FromMinutes(7));
        stage.Break(Trouble.Truncated);
        stage.Break(Trouble.Garbage);
        stage.Break(Trouble.TooMany, 1, TimeSpan.FromSeconds(30));
        await host.ReadAllAsync();

        Require(network, stage, host, expected);
        host.Failures.Count(f => f.Code == NetworkFailure.RateLimited).ShouldBe(2);
        host.Failures.ShouldAllBe(f => !f.Permanent);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Asked), MemberType = typeof(NetworkCase))]
    public async Task Expired_credentials_are_told_as_such_and_new_ones_go_on(string name)
    {
        var (network, stage, host) = Set(name);
        await host.ReadAllAsync();
        stage.Break(Trouble.Expired);
        var expected = Script.Threads(stage, 4, network.Replies);
        await host.ReadAllAsync();

        host.Failures.ShouldHaveSingleItem().Code.ShouldBe(network.Expiry);
        host.Failures[0].Permanent.ShouldBe(network.Expiry is NetworkFailure.TokenRefused or NetworkFailure.NotAllowed);
        Require(network, stage, host, expected);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Asked), MemberType = typeof(NetworkCase))]
    public async Task Unknown_members_and_missing_optional_ones_do_no_harm(string name)
    {
        var (network, stage, host) = Set(name);
        stage.Drift = true;
        var expected = Script.Threads(stage, 32, network.Replies);
        await host.ReadAllAsync();

        Require(network, stage, host, expected);
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Edits_and_deletions_are_followed(string name)
    {
        var (network, stage, host) = Set(name);
        var posts = Script.Threads(stage, 24, network.Replies);
        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromMinutes(11));
        var edited = stage.World.Edit(posts[1], "acme: second thoughts 🙂");
        var deleted = stage.World.Delete(posts[7]);
        await host.ReadAllAsync();
        await host.RecheckAsync();

        if (network.Edits)
        {
            var post = host.Now[network.Id(Simulation, edited)];
            (post.Text, post.Revision).ShouldBe((edited.Text, 2));
        }

        if (network.Deletes)
        {
            host.Removed.ShouldBe([network.Id(Simulation, deleted)]);
        }
    }

    [Theory]
    [MemberData(nameof(NetworkCase.Asked), MemberType = typeof(NetworkCase))]
    public async Task An_endless_chain_of_pages_costs_no_memory_and_gives_its_place_away(string name)
    {
        var (network, stage, host) = Set(name);
        Script.Threads(stage, 60, network.Replies);
        stage.Endless = true;
        (await host.TurnAsync(most: 5)).ShouldBe(host.Requests >= 5);
        var early = host.State?.Length ?? 0;
        await host.TurnAsync(most: 60);
        (host.State?.Length ?? 0).ShouldBeLessThan(early + 2_000);
        stage.Violations.ShouldBeEmpty();
    }
}
