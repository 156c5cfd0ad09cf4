using System.Security.Cryptography;
using System.Text;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;
using Serm.Ingest.WebSub;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

public sealed class WebSubTests
{
    private const string Secret = "the secret of this source";
    private const string Feed = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><id>tag:blog,1</id><title>New</title><content>acme is late</content><updated>2026-03-10T11:00:00Z</updated></entry></feed>""";
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Source Blog = new(Guid.Empty) { Kind = Source.FeedKind, Name = "Blog", Url = "https://blog.example/feed", CreatedAt = Now.AddDays(-1), Version = 1 };

    [Fact]
    public void A_hub_that_asks_back_is_understood_and_one_that_refuses_too()
    {
        HubWish.Of(Asked("subscribe", ("hub.challenge", "abc"), ("hub.lease_seconds", "86400")), Secret).ShouldBe(new HubWish.Verify("https://blog.example/feed", "abc", TimeSpan.FromDays(1)));
        HubWish.Of(Asked("denied", ("hub.reason", "no")), Secret).ShouldBe(new HubWish.Denied("https://blog.example/feed"));
        HubWish.Of(Asked("unsubscribe", ("hub.challenge", "abc")), Secret).ShouldBeOfType<HubWish.None>().Status.ShouldBe(404);
        HubWish.Of(Asked("subscribe"), Secret).ShouldBeOfType<HubWish.None>();
    }

    [Fact]
    public void A_delivery_counts_only_with_the_sources_own_signature()
    {
        var body = Encoding.UTF8.GetBytes(Feed);
        var key = Encoding.UTF8.GetBytes(Secret);
#pragma warning disable CA5350
        HubWish.Of(Delivery(body, $"sha1={Convert.ToHexStringLower(HMACSHA1.HashData(key, body))}"), Secret).ShouldBeOfType<HubWish.Deliver>();
#pragma warning restore CA5350
        HubWish.Of(Delivery(body, $"sha256={Convert.ToHexString(HMACSHA256.HashData(key, body))}"), Secret).ShouldBeOfType<HubWish.Deliver>();
        HubWish.Of(Delivery(body, $"sha512={Convert.ToHexStringLower(HMACSHA512.HashData(key, body))}"), Secret).ShouldBeOfType<HubWish.Deliver>();
        string?[] forged = [null, "", "sha256", "sha256=", "md5=00", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("guess"u8, body))}", $"none={Secret}"];
        forged.ShouldAllBe(f => HubWish.Of(Delivery(body, f), Secret) == new HubWish.None(403, "bad_signature"));
    }

    [Fact]
    public void A_feeds_delivery_brings_its_posts_and_one_without_any_has_the_feed_read()
    {
        var feed = (IPushed)Books.All[Source.FeedKind];
        var full = feed.Delivered(Blog, Delivery(Encoding.UTF8.GetBytes(Feed), null), Now);
        (full.Posts.ShouldHaveSingleItem().Text, full.More).ShouldBe(("acme is late", false));
        foreach (var empty in new[] { "", "<html>", "<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", "{" })
        {
            var thin = feed.Delivered(Blog, Delivery(Encoding.UTF8.GetBytes(empty), null), Now);
            (thin.Posts.Count, thin.More).ShouldBe((0, true));
        }
    }

    [Fact]
    public async Task A_new_video_that_is_pushed_is_asked_for_with_all_that_the_push_leaves_out()
    {
        var clock = new SimClock(Now);
        await using var simulation = await Simulation.StartAsync(clock);
        var host = new Host(Books.All["youtube"], NetworkCase.Of("youtube").Options(simulation), clock);
        await host.ReadAllAsync();
        host.Topics.ShouldBe([new HubTopic(new("https://pubsubhubbub.appspot.com/subscribe"), new("https://www.youtube.com/xml/feeds/videos.xml?channel_id=UCacme"))]);

        host.Push(Delivery(Encoding.UTF8.GetBytes(Serm.Simulator.Networks.YouTube.Push("dQw4", "Acme & friends")), null));
        host.Push(Delivery(Encoding.UTF8.GetBytes(Serm.Simulator.Networks.YouTube.Push("gone", "Acme")), null));
        host.Push(Delivery(Encoding.UTF8.GetBytes("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><feed>&b;</feed>"), null)).More.ShouldBeTrue();
        await host.RecheckAsync();
        var video = host.Now.Values.ShouldHaveSingleItem();
        (video.NativeId, video.Title, video.Text, video.Engagement!.Views).ShouldBe(("video:dQw4", "Acme & friends", "How acme is made", 12));
        host.Removed.ShouldBe(["video:gone"]);
    }

    private static HookCall Asked(string mode, params (string Name, string Value)[] further) =>
        new("GET", further.Append(("hub.mode", mode)).Append(("hub.topic", "https://blog.example/feed")).ToDictionary(f => f.Item1, f => f.Item2, StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal), default);

    private static HookCall Delivery(byte[] body, string? signature)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["content-type"] = "application/atom+xml" };
        if (signature is not null)
        {
            headers["x-hub-signature"] = signature;
        }

        return new("POST", new Dictionary<string, string>(StringComparer.Ordinal), headers, body);
    }
}
