using System.Text.Json;
using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Telegram;
using Serm.Ingest.Posts;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Reactions that come by themselves, without the post.</summary>
public sealed class ReactionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Brand = new("22222222-2222-5222-8222-222222222222");

    [Fact]
    public async Task Telegram_counts_reactions_of_all_kinds_together_for_the_post_that_they_are_to()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var post = simulation["telegram"].World.Publish("acme is late");
        var host = new Host(Books.All["telegram"], NetworkCase.Of("telegram").Options(simulation), clock);
        host.Call(Called(Serm.Simulator.Networks.Telegram.Counted(post, 7, Now, ("👍", 3), ("😡", 4)))).ShouldBeOfType<HookAnswer.Taken>().EventId.ShouldBe("7");
        host.Reactions.ShouldHaveSingleItem().ShouldBe(new($"-1001234567890/{post.Id}", new Engagement(Now, Likes: 7)));
        host.Published.ShouldBeEmpty();

        host.Call(Called(Serm.Simulator.Networks.Telegram.Counted(post, 8, Now.AddMinutes(1)))).ShouldBeOfType<HookAnswer.Taken>();
        host.Reactions.Values.ShouldHaveSingleItem().ShouldBe(new Engagement(Now.AddMinutes(1), Likes: 0));
    }

    [Fact]
    public async Task Telegram_tells_them_to_who_asks_too()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var world = simulation["telegram"].World;
        var host = new Host(Books.All["telegram"], NetworkCase.Of("telegram").Options(simulation), clock);
        var post = world.Publish("acme is late");
        await host.ReadAllAsync();
        clock.Advance(TimeSpan.FromMinutes(5));
        world.React(post, likes: 9, shares: 0, views: 0);
        await host.ReadAllAsync();
        host.Reactions.ShouldHaveSingleItem().ShouldBe(new($"-1001234567890/{post.Id}", new Engagement(clock.GetUtcNow(), Likes: 9)));
        host.Published.ShouldHaveSingleItem();
    }

    [Fact]
    public void Telegram_is_asked_for_them() => TelegramPosts.Kinds.ShouldContain("message_reaction_count");

    [Fact]
    public void Only_posts_that_some_brand_matched_and_that_are_still_there_are_told_of()
    {
        var reactions = new PostReactions[] { new("known", new(Now, 5)), new("known", new(Now.AddMinutes(-1), 4)), new("unmatched", new(Now, 1)), new("gone", new(Now, 1)), new("new", new(Now, 1)), new("unheard of", new(Now, 1)) };
        var known = new Dictionary<string, KnownItem>(StringComparer.Ordinal)
        {
            ["known"] = new("h", 1, Now, Brands: [Brand]), ["unmatched"] = new("h", 1, Now, Brands: []), ["gone"] = new("h", 1, Now, Removed: true, Brands: [Brand]), ["new"] = new("h", 1, Now, Brands: [Brand]),
        };
        var taken = new TakenPost(new("telegram", Guid.Empty, "t", "new", null, null, "edited", null, Now, "en", 1, null, null, 2, "i"), []);
        var messages = Told(reactions, known, taken);
        messages.ShouldHaveSingleItem().Message.ShouldBe(new EngagementChanged("main", MentionIds.Mention("main", Brand, "telegram", "known"), new(Now, 5), "trace"));
        Told(reactions, known, taken)[0].MessageId.ShouldBe(messages[0].MessageId);
        Told([new("known", new(Now, 6))], known, taken)[0].MessageId.ShouldNotBe(messages[0].MessageId);
    }

    private static List<(Guid MessageId, EngagementChanged Message)> Told(PostReactions[] reactions, Dictionary<string, KnownItem> known, TakenPost taken) =>
        [.. Reactions.Messages(new("main", Guid.Empty, [], Now, _ => false) { SourceKind = "telegram", Reactions = reactions }, known, [taken], "trace")];

    private static HookCall Called(object update) => new(
        "POST", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { ["x-telegram-bot-api-secret-token"] = "hook-secret" }, JsonSerializer.SerializeToUtf8Bytes(update));
}
