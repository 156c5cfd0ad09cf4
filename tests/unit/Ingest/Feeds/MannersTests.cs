using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

/// <summary>What a host may ask of us, and gets.</summary>
public sealed class MannersTests
{
    [Theory]
    [InlineData("User-agent: *\nDisallow: /", "/feed", false)]
    [InlineData("User-agent: *\nDisallow:", "/feed", true)]
    [InlineData("User-agent: other\nDisallow: /", "/feed", true)]
    [InlineData("User-agent: Serm\nAllow: /\n\nUser-agent: *\nDisallow: /", "/feed", true)]
    [InlineData("User-agent: *\nAllow: /\n\nUser-agent: serm/1.0\nDisallow: /", "/feed", false)]
    [InlineData("User-agent: a\nUser-agent: serm\nDisallow: /feed", "/feed/1", false)]
    [InlineData("User-agent: *\nDisallow: /feed\nAllow: /feed/public", "/feed/public/1", true)]
    [InlineData("User-agent: *\nDisallow: /feed\nAllow: /feed", "/feed", true)]
    [InlineData("User-agent: *\nAllow: /feed\nDisallow: /feed", "/feed", true)]
    [InlineData("User-agent: serm\nDisallow: /feed\n\nUser-agent: other\nDisallow: /", "/blog", true)]
    [InlineData("User-agent: *\nDisallow: /*.xml$", "/a/b.xml", false)]
    [InlineData("User-agent: *\nDisallow: /*.xml$", "/a/b.xml?x", true)]
    [InlineData("User-agent: *\nDisallow: /?feed", "/?feed=rss", false)]
    [InlineData("User-agent: *\nDisallow: /?feed", "/xfeed", true)]
    [InlineData("Disallow: /\n<html>nonsense: yes", "/feed", true)]
    [InlineData("\uFEFFUser-Agent : *  # all\r\nDISALLOW : /private # here\r\n", "/private/a", false)]
    public void Robots_txt_is_read_as_the_standard_says(string file, string path, bool allowed) =>
        RobotsTxt.Parse(Encoding.UTF8.GetBytes(file)).Allows(path).ShouldBe(allowed);

    [Fact]
    public async Task Robots_txt_is_asked_for_once_a_day_and_sooner_from_a_host_in_trouble()
    {
        var clock = new FakeTimeProvider();
        var manners = new HostManners(clock, TimeSpan.Zero, respectRobots: true);
        var asked = 0;
        (byte[]?, HttpStatusCode?) answer = (null, HttpStatusCode.ServiceUnavailable);
        Task<bool> Allows() => manners.AllowsAsync(new("http://example.org/feed"), (_, _) => { asked++; return Task.FromResult(answer); }, TestContext.Current.CancellationToken);

        (await Allows()).ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(16));
        answer = ("User-agent: *\nDisallow: /feed"u8.ToArray(), HttpStatusCode.OK);
        (await Allows()).ShouldBeFalse();
        clock.Advance(TimeSpan.FromHours(23));
        (await Allows()).ShouldBeFalse();
        asked.ShouldBe(2);
        clock.Advance(TimeSpan.FromHours(2));
        answer = (null, HttpStatusCode.BadGateway);
        (await Allows()).ShouldBeFalse("what is known of a host in trouble stays");
        clock.Advance(TimeSpan.FromMinutes(16));
        answer = (null, HttpStatusCode.NotFound);
        (await Allows()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_is_asked_one_thing_at_a_time_with_a_pause()
    {
        var clock = new FakeTimeProvider();
        var manners = new HostManners(clock, TimeSpan.FromSeconds(1), respectRobots: true);
        var stop = TestContext.Current.CancellationToken;
        var first = await manners.EnterAsync(new("http://example.org/a"), stop);
        var second = manners.EnterAsync(new("http://EXAMPLE.org/b"), stop);
        (await manners.EnterAsync(new("http://example.net/"), stop)).ShouldNotBeNull();
        second.IsCompleted.ShouldBeFalse();

        first!.Dispose();
        second.IsCompleted.ShouldBeFalse();

        // It may begin to count only now.
        for (var i = 0; i < 200 && !second.IsCompleted; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(second, Task.Delay(20, stop));
        }

        (await second.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_no_host_wait()
    {
        var running = new FakeTimeProvider();
        var clock = new ClockOfDay(running);
        var manners = new HostManners(clock, TimeSpan.FromSeconds(1), respectRobots: true);
        var stop = TestContext.Current.CancellationToken;
        (await manners.EnterAsync(new("http://example.org/a"), stop))!.Dispose();
        clock.Back = TimeSpan.FromHours(1);
        running.Advance(TimeSpan.FromSeconds(1));

        manners.EnterAsync(new("http://example.org/b"), stop).IsCompletedSuccessfully.ShouldBeTrue();
    }
}
