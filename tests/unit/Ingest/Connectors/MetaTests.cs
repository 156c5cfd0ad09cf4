using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Meta;
using Serm.Simulator;
using Graph = Serm.Simulator.Networks.Graph;
using SimFacebook = Serm.Simulator.Networks.Facebook;
using SimInstagram = Serm.Simulator.Networks.Instagram;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What is Meta's own beside the laws of the kit.</summary>
public sealed class MetaTests : IAsyncLifetime
{
    private readonly SimClock clock = new(new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
    private Simulation simulation = null!;

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task The_end_of_the_access_is_told_before_it_comes_and_asked_for_once_a_day()
    {
        var host = Facebook();
        await host.ReadAllAsync();
        host.ExpiresAt!.Value.ShouldBe(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero) + Graph.Access, TimeSpan.FromMinutes(1));
        var requests = host.Requests;
        await host.ReadAllAsync();
        (host.Requests - requests).ShouldBe(2, "the feed and the posts that tag the Page");
    }

    [Fact]
    public async Task Calls_are_held_back_before_the_usage_that_is_told_is_full()
    {
        var stage = simulation["facebook"];
        stage.Allowed = 40;
        var posts = Script.Threads(stage, 200);
        var host = Facebook();
        await host.ReadAllAsync();
        host.Now.Count.ShouldBe(posts.Count);
        host.Requests.ShouldBeGreaterThan(40);
        stage.Violations.ShouldBeEmpty();
        host.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_challenge_is_answered_only_to_the_words_that_were_agreed_on()
    {
        var host = Facebook();
        Challenge("words").ShouldBe(new HookAnswer.Challenge("1158201444"));
        Challenge("guess").ShouldBeOfType<HookAnswer.Refused>().Status.ShouldBe(403);
        await host.ReadAllAsync();

        HookAnswer Challenge(string words) =>
            host.Call(new("GET", new Dictionary<string, string>(StringComparer.Ordinal) { ["hub.mode"] = "subscribe", ["hub.challenge"] = "1158201444", ["hub.verify_token"] = words }, new Dictionary<string, string>(StringComparer.Ordinal), default));
    }

    [Fact]
    public async Task Posts_of_others_that_tag_the_page_or_the_account_are_read()
    {
        var page = simulation["facebook"].World.Publish("acme, look", "tagged");
        var media = simulation["instagram"].World.Publish("acme, look", "tagged");
        var (facebook, instagram) = (Facebook(), Instagram());
        await facebook.ReadAllAsync();
        await instagram.ReadAllAsync();
        facebook.Now.Keys.ShouldBe([Serm.Simulator.Networks.Facebook.Id(page)]);
        instagram.Now.Keys.ShouldBe([$"media:{SimInstagram.Raw(media)}"]);
    }

    [Fact]
    public async Task Instagrams_calls_bring_comments_at_once_and_mentions_with_the_next_read()
    {
        var (world, host) = (simulation["instagram"].World, Instagram());
        var comment = world.Publish("acme, where is my order?", parent: world.Publish("our new shop"));
        host.Call(Hooks.Meta(SimInstagram.CommentCall(comment, clock.GetUtcNow().ToUnixTimeSeconds()))).ShouldBeOfType<HookAnswer.Taken>();
        host.Now.Keys.ShouldBe([SimInstagram.Raw(comment)]);

        var elsewhere = world.Publish("a photo of @acme", "elsewhere");
        var mention = world.Publish("@acme is late again", "elsewhere", elsewhere);
        host.Call(Hooks.Meta(SimInstagram.MentionCall(elsewhere, 2)));
        host.Call(Hooks.Meta(SimInstagram.MentionCall(mention, 3)));
        await host.ReadAllAsync();
        await host.RecheckAsync();
        host.Now[$"mention:media:{SimInstagram.Raw(elsewhere)}"].Text.ShouldBe("a photo of @acme");
        host.Now[$"mention:comment:{SimInstagram.Raw(mention)}"].Text.ShouldBe("@acme is late again");
        host.Published.CountBy(p => p.NativeId).ShouldAllBe(c => c.Value == 1);
        host.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_call_of_Facebook_only_names_is_asked_for_and_what_it_says_is_gone_is_told()
    {
        var (world, host) = (simulation["facebook"].World, Facebook());
        var post = world.Publish("our new shop <b>&</b> more");
        var comment = world.Publish("acme, where is my order? 😡", parent: post);
        var answer = world.Publish("acme, mine too", parent: comment);
        var removed = world.Publish("acme, spam", parent: post);
        world.Delete(removed);
        foreach (var (named, number) in new[] { post, comment, answer, removed }.Select((p, i) => (p, i + 1)))
        {
            host.Call(Hooks.Meta(Serm.Simulator.Networks.Facebook.Change(Change.Published, named, number, named: true))).ShouldBeOfType<HookAnswer.Taken>().Page.Posts.ShouldBeEmpty();
        }

        host.Published.ShouldBeEmpty();
        await host.RecheckAsync();
        host.Now.ToDictionary(p => p.Key, p => p.Value.Text).ShouldBe(new[] { post, comment, answer }.ToDictionary(Serm.Simulator.Networks.Facebook.Id, p => p.Text), ignoreOrder: true);
        host.Now[Serm.Simulator.Networks.Facebook.Id(answer)].ParentNativeId.ShouldBe(Serm.Simulator.Networks.Facebook.Id(comment));
        host.Removed.ShouldBe([Serm.Simulator.Networks.Facebook.Id(removed)]);
        await host.RecheckAsync();
        host.Published.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_hashtag_beyond_the_budget_keeps_no_other_waiting_and_shows_as_blind()
    {
        var (stage, host) = (simulation["instagram"], Instagram("acme", "shop", "third one"));
        var posts = new List<SimPost>();
        for (var half = 0; half < 20; half++)
        {
            posts.Add(stage.World.Publish($"acme, day {half / 2}"));
            await host.ReadAllAsync();
            clock.Advance(TimeSpan.FromHours(12));
        }

        // The first two are asked for beyond their seven days without a break.
        host.Now.Keys.Where(k => k.StartsWith("media:", StringComparison.Ordinal)).ShouldBe(posts.Select(p => $"media:{SimInstagram.Raw(p)}"), ignoreOrder: true);
        stage.Violations.ShouldBeEmpty();
        host.Failures.ShouldBeEmpty();
        host.Missed.ShouldNotBeEmpty();
        host.Missed.ShouldAllBe(m => m.Reason == "hashtag_budget" && m.To > m.From);
    }

    [Fact]
    public async Task A_hashtag_that_nobody_has_used_costs_the_budget_once_and_one_whose_answer_did_not_come_nothing()
    {
        var (stage, host) = (simulation["instagram"], Instagram("nobody", "acme"));
        stage.Faulty = "q=acme";
        for (var hour = 0; hour < 5; hour++)
        {
            (await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 50))).Code.ShouldBe("http_502");
            clock.Advance(TimeSpan.FromHours(1));
        }

        stage.Faulty = null;
        var post = stage.World.Publish("acme is late");
        await host.ReadAllAsync();
        await host.ReadAllAsync();
        host.Now.ShouldContainKey($"media:{SimInstagram.Raw(post)}");
        host.Missed.ShouldBeEmpty("two of two were asked for");
        stage.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hidden_comment_neither_comes_back_nor_comes_as_new()
    {
        var (stage, host) = (simulation["facebook"], Facebook());
        var post = stage.World.Publish("our new shop");
        var hidden = stage.World.Publish("acme, spam", parent: post);
        await host.ReadAllAsync();
        stage.Hidden.Add(hidden.Id);
        var never = stage.World.Publish("acme, more spam", parent: post);
        stage.Hidden.Add(never.Id);
        var edited = stage.World.Edit(hidden, "acme, worse spam");
        await host.ReadAllAsync();
        await host.RecheckAsync();

        host.Removed.ShouldContain(SimFacebook.Id(hidden));
        host.Published.Where(p => p.NativeId == SimFacebook.Id(hidden)).ShouldHaveSingleItem();
        host.Published.ShouldNotContain(p => p.NativeId == SimFacebook.Id(never));

        stage.Hidden.Clear();
        stage.World.Publish("acme, mine too", parent: post);
        await host.ReadAllAsync();
        host.Now[SimFacebook.Id(edited)].Text.ShouldBe("acme, worse spam");
        host.Removed.ShouldBeEmpty();
    }

    private Host Facebook() => new(Books.All["facebook"], NetworkCase.Of("facebook").Options(simulation), clock);

    private Host Instagram(params string[] hashtags)
    {
        var options = (InstagramOptions)NetworkCase.Of("instagram").Options(simulation);
        (options.Hashtags, options.HashtagsPerWeek) = (hashtags, 2);
        return new(Books.All["instagram"], options, clock);
    }
}
