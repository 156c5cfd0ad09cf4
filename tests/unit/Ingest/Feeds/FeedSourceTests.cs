using System.Net;
using System.Text.Json;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Feeds;

/// <summary>A feed as a source: what its options and its host's answers make of it.</summary>
public sealed class FeedSourceTests
{
    private const string Feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Blog</title>{links}<entry><id>tag:blog,1</id><title>New</title><content>acme is late</content></entry></feed>";
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_host_that_asks_not_to_be_read_is_not_read()
    {
        var web = new Web { Robots = "User-agent: *\nDisallow: /" };
        var failure = await Should.ThrowAsync<NetworkFailure>(ReadAsync(web, new FeedOptions { Url = "https://blog.example/feed" }));
        (failure.Code, failure.Permanent).ShouldBe(("robots_disallowed", true));
        web.Asked.ShouldBe(["/robots.txt"]);
    }

    [Fact]
    public async Task A_host_that_sends_everybody_elsewhere_is_asked_there_what_may_be_read()
    {
        var web = new Web { Robots = "User-agent: *\nDisallow: /", Moved = "https://www.blog.example/robots.txt" };
        (await Should.ThrowAsync<NetworkFailure>(ReadAsync(web, new FeedOptions { Url = "http://blog.example/feed" }))).Code.ShouldBe("robots_disallowed");
    }

    [Fact]
    public async Task How_seldom_a_feed_asks_to_be_read_holds_while_it_does_not_change()
    {
        var options = new FeedOptions { Url = "https://blog.example/feed" };
        var page = await ReadAsync(new Web { Links = "<ttl>60</ttl>" }, options);
        page.Hints.MinInterval.ShouldBe(TimeSpan.FromHours(1));
        (await ReadAsync(new Web { Status = HttpStatusCode.NotModified }, options, page.State)).Hints.MinInterval.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_source_whose_owner_lets_us_is_read_whatever_its_robots_txt_says()
    {
        var web = new Web { Robots = "User-agent: *\nDisallow: /" };
        (await ReadAsync(web, new FeedOptions { Url = "https://blog.example/feed", RespectRobots = false })).Posts.ShouldHaveSingleItem().Text.ShouldBe("acme is late");
        web.Asked.ShouldBe(["/feed"]);
    }

    [Theory]
    [InlineData("<link rel='hub' href='https://hub.example/a'/><link rel='self' href='https://blog.example/self'/>", null, "https://hub.example/a", "https://blog.example/self")]
    [InlineData("", "<https://hub.example/b>; rel=hub, </me>; rel=self", "https://hub.example/b", "https://blog.example/me")]
    [InlineData("", "<https://hub.example/b>; rel=\"hub\"", "https://hub.example/b", "https://blog.example/feed")]
    [InlineData("<link rel='hub' href='https://hub.example/a'/>", "<https://hub.example/b>; rel=hub", "https://hub.example/b", "https://blog.example/feed")]
    public async Task A_hub_is_found_in_the_feed_and_in_the_header_which_counts_first(string links, string? header, string hub, string topic)
    {
        var page = await ReadAsync(new Web { Links = links, LinkHeader = header }, new FeedOptions { Url = "https://blog.example/feed" });
        page.Hints.Topics.ShouldBe([new HubTopic(new(hub), new(topic))]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<javascript:alert(1)>; rel=hub")]
    [InlineData("<https://blog.example/next>; rel=next")]
    public async Task Without_a_hub_nothing_is_subscribed_to(string? header) =>
        (await ReadAsync(new Web { LinkHeader = header }, new FeedOptions { Url = "https://blog.example/feed" })).Hints.Topics.ShouldBe([]);

    private static Task<Page> ReadAsync(Web web, FeedOptions options, string? state = null)
    {
        var connector = new FeedConnector(new FeedFetcher(web, TimeProvider.System) { Manners = new(TimeProvider.System, TimeSpan.Zero, respectRobots: true) });
        var source = new Source(Guid.Empty) { Kind = Source.FeedKind, Name = "Blog", Url = options.Url, CreatedAt = Now.AddDays(-1), Version = 1 };
        return connector.ReadAsync(new(source, Settings.Of(JsonSerializer.Serialize(options, Reading.Json), null), state, null!, Now), TestContext.Current.CancellationToken);
    }

    // A host that is not this machine: towards that no manners are kept.
    private sealed class Web : HttpMessageHandler, IHttpClientFactory
    {
        public string Robots { get; init; } = "";

        public string Links { get; init; } = "";

        public string? LinkHeader { get; init; }

        public string? Moved { get; init; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public List<string> Asked { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            Asked.Add(path);
            if (path == "/robots.txt" && Moved is not null && request.RequestUri.AbsoluteUri != Moved)
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.MovedPermanently) { Headers = { Location = new(Moved) } });
            }

            var answer = new HttpResponseMessage(path == "/robots.txt" ? HttpStatusCode.OK : Status) { Content = new StringContent(path == "/robots.txt" ? Robots : Feed.Replace("{links}", Links, StringComparison.Ordinal)) };
            if (LinkHeader is not null && path != "/robots.txt")
            {
                answer.Headers.TryAddWithoutValidation("Link", LinkHeader);
            }

            return Task.FromResult(answer);
        }
    }
}
