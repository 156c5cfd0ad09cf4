using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Lemmy;
using Serm.Ingest.Connectors.Reddit;
using Serm.Ingest.Connectors.StackExchange;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>A network that refuses a part of what a source asks for keeps the rest from nobody.</summary>
public sealed class RefusalTests : ConnectorKit
{
    [Theory]
    [InlineData("facebook", false)]
    [InlineData("instagram", false)]
    [InlineData("odnoklassniki", false)]
    [InlineData("youtube", false)]
    [InlineData("vk walls", true)]
    [InlineData("vk discussions", true)]
    public async Task A_post_that_goes_before_its_comments_are_read_keeps_no_other_waiting(string name, bool said)
    {
        var (network, stage, host) = Set(name);
        var goes = stage.World.Publish("acme, a post that goes");
        var stays = stage.World.Publish("acme, a post that stays");
        Enumerable.Range(0, 4).ToList().ForEach(i => stage.World.Publish($"acme, under the one that goes {i}", parent: goes));
        var comments = Enumerable.Range(0, 4).Select(i => stage.World.Publish($"acme, under the one that stays {i}", parent: stays)).ToList();
        (await host.TurnAsync(most: 1)).ShouldBeTrue("the posts are listed, their comments still to be read");
        stage.World.Delete(goes);
        await host.ReadAllAsync();
        Clock.Advance(TimeSpan.FromMinutes(20));
        var later = stage.World.Publish("acme, later");
        await host.ReadAllAsync();

        comments.Append(later).ShouldAllBe(p => host.Now.ContainsKey(network.Id(Simulation, p)));
        host.Failures.Count.ShouldBe(said ? 1 : 0);
        host.Failures.ShouldAllBe(f => f.Code == NetworkFailure.NotAllowed && !f.Permanent, "that may be one post, and the next ones can be read");
    }

    [Theory]
    [InlineData("facebook", "/comments")]
    [InlineData("instagram", "/comments")]
    [InlineData("vk walls", "wall.getComments")]
    [InlineData("vk discussions", "board.getComments")]
    public async Task Comments_that_were_refused_for_a_time_are_read_once_they_are_allowed(string name, string closed)
    {
        var (network, stage, host) = Set(name);
        var post = stage.World.Publish("acme, a post");
        var comments = Enumerable.Range(0, 3).Select(i => stage.World.Publish($"acme, a comment {i}", parent: post)).ToList();
        stage.Closed = closed;
        (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500))).Code.ShouldBe(NetworkFailure.NotAllowed);
        var ids = comments.ConvertAll(c => network.Id(Simulation, c));
        host.Now.Keys.Intersect(ids).ShouldBeEmpty();

        stage.Closed = null;
        Clock.Advance(TimeSpan.FromMinutes(20));
        await host.ReadAllAsync();

        ids.ShouldBeSubsetOf(host.Now.Keys);
        host.Published.Select(p => p.NativeId).ShouldBeUnique();
    }

    [Theory]
    [InlineData("reddit", "/r/closed/", "r/closed/new: ")]
    [InlineData("lemmy", "community_name=closed", "posts of closed: ")]
    public async Task A_part_that_is_refused_keeps_no_other_waiting_and_is_told_once_they_are_read(string network, string closed, string told)
    {
        var stage = Simulation[network];
        stage.Closed = closed;
        var host = Source(network, "closed", "acme");
        var read = await OthersAreReadAsync(host, stage, told, (NetworkFailure.NotAllowed, true), (NetworkFailure.NotAllowed, true));

        stage.Closed = null;
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(read);
        host.Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("reddit", "/r/closed/", "r/closed/new: ")]
    [InlineData("lemmy", "community_name=closed", "posts of closed: ")]
    [InlineData("stackexchange", "tagged=closed", "/questions?tagged=closed: ")]
    public async Task A_part_that_fails_keeps_no_other_waiting_and_is_told_once_they_are_read(string network, string faulty, string told)
    {
        var stage = Simulation[network];
        stage.Faulty = faulty;
        var host = Source(network, "closed", "main");
        var read = await OthersAreReadAsync(host, stage, told, ("http_502", false), ("http_502", true), ("http_502", true));

        stage.Faulty = null;
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(read);
        await host.ReadAllAsync();
        await host.TurnAsync(most: 500);
    }

    [Theory]
    [InlineData("youtube", "pageToken=Q10")]
    [InlineData("reddit", "after=")]
    [InlineData("disqus", "cursor=")]
    [InlineData("x search", "next_token=b10")]
    [InlineData("facebook", "after=")]
    public async Task A_page_that_the_network_no_longer_knows_locks_nobody_out(string name, string closed)
    {
        var (network, stage, host) = Set(name);
        var posts = Enumerable.Range(0, 34).Select(i => stage.World.Publish($"acme {i}")).ToList();
        stage.PageSize = 10;
        (await host.TurnAsync(most: 1)).ShouldBeTrue("there is another page");
        stage.Closed = closed;
        (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500))).Permanent.ShouldBeFalse("one that is begun again is not blind");

        // From now on no page is needed.
        stage.PageSize = 100;
        Clock.Advance(TimeSpan.FromMinutes(1));
        if (name == "x search")
        {
            stage.Closed = null;
        }

        await host.ReadAllAsync();
        host.Failures.ShouldBeEmpty();
        posts.ShouldAllBe(p => host.Now.ContainsKey(network.Id(Simulation, p)));
    }

    [Theory]
    [InlineData("reddit", "/r/")]
    [InlineData("lemmy", "community_name=")]
    public async Task Nothing_that_is_read_is_a_failed_read(string network, string closed)
    {
        Simulation[network].Closed = closed;
        var host = Source(network, "one", "another");
        (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500))).Permanent.ShouldBeTrue();
        host.State.ShouldBeNull();
    }

    [Theory]
    [InlineData("instagram", "/v26.0/{0}?")]
    [InlineData("disqus", "post={0}")]
    [InlineData("lemmy communities", "comment?id={0}")]
    [InlineData("facebook", "/v26.0/{0}?")]
    public async Task A_post_that_may_be_seen_no_more_is_not_told_as_gone_and_keeps_no_other_from_being_asked_for(string name, string closed)
    {
        var (network, stage, host) = Set(name);
        var post = stage.World.Publish("acme is late");
        var hidden = stage.World.Publish("acme, mine too", parent: post);
        var edited = stage.World.Publish("acme, and mine", parent: post);
        await host.ReadAllAsync();
        stage.World.Edit(edited, "acme, mine has come");
        stage.Closed = string.Format(System.Globalization.CultureInfo.InvariantCulture, closed, network.Id(Simulation, hidden).Split('/')[^1]);
        await host.RecheckAsync();

        host.Removed.ShouldBeEmpty();
        host.Now[network.Id(Simulation, edited)].Text.ShouldBe("acme, mine has come");
    }

    // How many posts of the other parts were read in turns that each end with a failure, and with which.
    private async Task<int> OthersAreReadAsync(Host host, Stage stage, string told, params (string Code, bool Permanent)[] failures)
    {
        var posts = Script.Threads(stage, 8);
        foreach (var expected in failures)
        {
            var failure = await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500));
            (failure.Code, failure.Permanent).ShouldBe(expected);
            failure.Message.ShouldStartWith(told);
            host.Now.Count.ShouldBe(posts.Count);
            Clock.Advance(TimeSpan.FromMinutes(20));
            posts.AddRange(Script.Threads(stage, 4));
        }

        return posts.Count;
    }

    private Host Source(string network, params string[] places) => new(Books.All[network], network switch
    {
        "reddit" => new RedditOptions { TokenUrl = Simulation.Url("reddit"), ApiUrl = Simulation.Url("reddit"), ClientId = "client", ClientSecret = Simulation["reddit"].Token, Subreddits = places },
        "stackexchange" => new StackExchangeOptions { ApiUrl = Simulation.Url("stackexchange"), Key = Simulation["stackexchange"].Token, Tags = places, RequestsPerDay = 10_000 },
        _ => new LemmyOptions { Server = Simulation.Url("lemmy"), AccessToken = Simulation["lemmy"].Token, Communities = places },
    }, Clock);
}
