using System.Text.Json;
using Serm.Ingest.Connectors;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What only VKontakte has: comments under things that are no posts, and discussions.</summary>
public sealed class VkTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_comment_on_a_photo_that_cannot_be_asked_for_is_not_taken_for_a_deleted_one()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var host = new Host(Books.All["vk"], NetworkCase.Of("vk walls").Options(simulation), clock);
        var post = simulation["vk"].World.Publish("acme is late");
        await host.ReadAllAsync();
        host.Call(Called("photo_comment_new", new { id = 7, from_id = 5, date = Now.ToUnixTimeSeconds(), text = "acme lost it", photo_id = 9, photo_owner_id = -1 })).ShouldBeOfType<HookAnswer.Taken>();
        host.Published.Select(p => p.NativeId).ShouldBe([$"-1_{post.Id}", "-1_photo9_7"]);

        simulation["vk"].World.Delete(post);
        await host.RecheckAsync();

        host.Removed.ShouldBe([$"-1_{post.Id}"]);
    }

    [Fact]
    public async Task A_service_token_that_may_ask_for_no_comment_still_asks_for_posts_and_takes_no_comment_for_a_deleted_one()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var (stage, host) = (simulation["vk"], new Host(Books.All["vk"], NetworkCase.Of("vk walls").Options(simulation), clock));
        var post = stage.World.Publish("acme is late");
        stage.World.Publish("mine too", parent: post);
        stage.World.Publish("and mine", parent: post);
        await host.ReadAllAsync();
        stage.Closed = "wall.getComment";
        stage.World.Edit(post, "acme was late");
        var before = host.Requests;
        await host.RecheckAsync();

        host.Now[$"-1_{post.Id}"].Text.ShouldBe("acme was late");
        host.Removed.ShouldBeEmpty();
        (host.Requests - before).ShouldBe(2, "one for the posts, and one that says that no comment may be asked for");
    }

    [Fact]
    public async Task Who_refuses_to_say_what_has_become_of_posts_refuses_no_reading()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var (stage, host) = (simulation["vk"], new Host(Books.All["vk"], NetworkCase.Of("vk walls").Options(simulation), clock));
        stage.World.Publish("acme is late");
        await host.ReadAllAsync();
        stage.Closed = "wall.getById";
        await host.RecheckAsync();

        host.NotAsked.ShouldHaveSingleItem().Code.ShouldBe(NetworkFailure.NotAllowed);
        host.Removed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_comment_of_a_discussion_that_moved_forward_by_deletions_is_read()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var world = simulation["vk"].World;
        var host = new Host(Books.All["vk"], NetworkCase.Of("vk discussions").Options(simulation), clock);
        var topic = world.Publish("acme is late");
        var comments = Enumerable.Range(0, 20).Select(i => world.Publish($"acme comment {i}", parent: topic)).ToList();
        await host.ReadAllAsync();

        clock.Advance(TimeSpan.FromMinutes(5));
        comments.Take(10).ToList().ForEach(c => world.Delete(c));
        var newer = Enumerable.Range(0, 5).Select(i => world.Publish($"acme again {i}", parent: topic)).ToList();
        await host.ReadAllAsync();

        host.Published.Select(p => p.Text).Distinct().ShouldBe([topic.Text, .. comments.Select(c => c.Text), .. newer.Select(c => c.Text)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_community_that_is_named_without_its_sign_is_the_same_community()
    {
        await using var simulation = await Simulation.StartAsync(new SimClock(Now));
        var host = new Host(Books.All["vk"], NetworkCase.Of("vk walls").Options(simulation), new SimClock(Now));
        host.Call(Called("photo_comment_new", new { id = 7, from_id = 5, date = Now.ToUnixTimeSeconds(), text = "acme lost it", photo_id = 9, photo_owner_id = -1 }));
        host.Call(Called("photo_comment_delete", new { id = 7, owner_id = 1, user_id = 5, deleter_id = 5, photo_id = 9 }));
        host.Removed.ShouldBe(host.Published.Select(p => p.NativeId));
    }

    private static HookCall Called(string type, object happened) => new(
        "POST", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), JsonSerializer.SerializeToUtf8Bytes(new { type, group_id = 1, secret = "hook-secret", event_id = "e1", @object = happened }));
}
