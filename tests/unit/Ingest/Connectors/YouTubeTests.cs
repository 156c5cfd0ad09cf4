using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.YouTube;
using Serm.Simulator;
using SimYouTube = Serm.Simulator.Networks.YouTube;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What only YouTube's search has: few searches a day, listings that end, and texts that are cut.</summary>
public sealed class YouTubeTests : IAsyncLifetime
{
    private readonly SimClock clock = new(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
    private Simulation simulation = null!;

    private Stage Stage => simulation["youtube"];

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task A_days_searches_are_not_exceeded_and_what_is_left_is_found_the_next_day()
    {
        Stage.Allowed = 3;
        Stage.PageSize = 10;
        var videos = Script.Threads(Stage, 44, replies: false);
        var host = Search(searchesPerDay: 3);
        await host.ReadAllAsync();
        host.Now.Keys.ShouldBe(videos.Select(Id), ignoreOrder: true);
        host.Failures.ShouldBeEmpty();
        Stage.Violations.ShouldBeEmpty();
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(new(2026, 3, 11, 7, 0, 0, TimeSpan.Zero), "midnight in California");
    }

    [Fact]
    public async Task More_videos_than_youtube_lists_of_one_search_are_found_by_going_on_below_the_oldest()
    {
        Stage.Allowed = 1_000;
        var videos = Script.Threads(Stage, SimYouTube.MostListed + 30, replies: false);
        var host = Search(searchesPerDay: 1_000);
        await host.ReadAllAsync();
        host.Now.Keys.ShouldBe(videos.Select(Id), ignoreOrder: true);
        host.Published.Count.ShouldBe(videos.Count);

        clock.Advance(TimeSpan.FromMinutes(30));
        var newer = Stage.World.Publish("acme again");
        var before = host.Requests;
        await host.ReadAllAsync();
        host.Now.ContainsKey(Id(newer)).ShouldBeTrue();
        (host.Requests - before).ShouldBeLessThanOrEqualTo(4, "searches from ten minutes before the newest known video on, and what they find");
    }

    [Fact]
    public async Task A_video_that_is_asked_for_again_is_no_edit_although_the_search_cuts_its_description()
    {
        var video = Stage.World.Publish("acme: a description that is longer than the piece of it that a search tells\n<b>with</b> & lines", title: "Acme & <friends>");
        var host = Search(searchesPerDay: 100);
        await host.ReadAllAsync();
        await host.RecheckAsync();
        var post = host.Published.ShouldHaveSingleItem();
        (post.Title, post.Text, post.Engagement!.Views).ShouldBe((video.Title, video.Text, 12));
    }

    [Fact]
    public async Task Comments_are_read_while_the_days_searches_are_spent()
    {
        Stage.Allowed = 1;
        var first = Stage.World.Publish("acme is late");
        var host = new Host(Books.All["youtube"], new YouTubeOptions { ApiUrl = simulation.Url("youtube"), ApiKey = Stage.Token, Channels = ["UCacme"], Terms = ["acme"], SearchesPerDay = 1 }, clock);
        await host.ReadAllAsync();
        clock.Advance(TimeSpan.FromMinutes(20));
        var second = Stage.World.Publish("acme has come");
        var told = await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500));

        (told.Code, told.Permanent).ShouldBe((NetworkFailure.BudgetSpent, true));
        host.Now.Keys.ShouldBe([SimYouTube.Id(first), Id(first), SimYouTube.Id(second)], ignoreOrder: true);
        clock.GetUtcNow().ShouldBeLessThan(new(2026, 3, 10, 13, 0, 0, TimeSpan.Zero));
        Stage.Violations.ShouldBeEmpty();

        clock.Advance(TimeSpan.FromDays(1));
        await host.ReadAllAsync();
        host.Now.ShouldContainKey(Id(second));
        host.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replies_that_were_refused_for_a_time_are_read_although_their_thread_is_listed_no_more()
    {
        var thread = Stage.World.Publish("acme is late");
        var replies = Enumerable.Range(0, 9).Select(i => Stage.World.Publish($"mine too {i}", parent: thread)).ToList();
        Stage.Closed = "parentId=";
        var host = new Host(Books.All["youtube"], new YouTubeOptions { ApiUrl = simulation.Url("youtube"), ApiKey = Stage.Token, Channels = ["UCacme"] }, clock);
        (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500))).Permanent.ShouldBeFalse();
        host.Now.Count.ShouldBeLessThan(10);

        clock.Advance(TimeSpan.FromMinutes(30));
        Stage.World.Publish("acme has come");
        clock.Advance(TimeSpan.FromMinutes(30));
        Stage.World.Publish("acme has gone");
        (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 500))).Permanent.ShouldBeFalse();
        clock.Advance(TimeSpan.FromHours(1));

        // The first page of the next pass ends above the thread, and below what is known.
        Enumerable.Range(0, 98).ToList().ForEach(i => Stage.World.Publish($"acme is there {i}"));
        Stage.Closed = null;
        await host.ReadAllAsync();
        host.Failures.ShouldBeEmpty();
        replies.ShouldAllBe(r => host.Now.ContainsKey(SimYouTube.Id(r)));
    }

    private static string Id(SimPost post) => $"video:{SimYouTube.VideoId(post)}";

    private Host Search(int searchesPerDay) => new(Books.All["youtube"], new YouTubeOptions { ApiUrl = simulation.Url("youtube"), ApiKey = Stage.Token, Terms = ["acme"], SearchesPerDay = searchesPerDay }, clock);
}
