using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Serm.Demo;
using Serm.Demo.Feeds;

namespace Serm.Tests.Unit.Demo;

public sealed class SitesHttpTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new(2026, 3, 10, 12, 20, 0, TimeSpan.Zero));
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication server = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(new SampleSites(null, clock.GetUtcNow()));
        server = builder.Build();
        server.MapSites(new(new("http://127.0.0.1:8080"), 8089, 8088, null, 1, null));
        await server.StartAsync();
        http.BaseAddress = new(server.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        foreach (var feed in SampleFeed.All)
        {
            using var first = await GetAsync(feed.Path);
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
            first.Content.Headers.ContentType!.CharSet.ShouldBe(feed.Charset);

            using var tagged = await GetAsync(feed.Path, r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
            tagged.StatusCode.ShouldBe(HttpStatusCode.NotModified);

            using var dated = await GetAsync(feed.Path, r => r.Headers.IfModifiedSince = first.Content.Headers.LastModified);
            dated.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        }
    }

    [Fact]
    public async Task A_new_post_changes_the_feed_that_carries_it_only()
    {
        var tags = new Dictionary<string, System.Net.Http.Headers.EntityTagHeaderValue>(StringComparer.Ordinal);
        foreach (var feed in SampleFeed.All)
        {
            using var answer = await GetAsync(feed.Path);
            tags[feed.Name] = answer.Headers.ETag!;
        }

        clock.Advance(TimeSpan.FromSeconds(20));
        var entry = server.Services.GetRequiredService<SampleSites>().Publish(clock.GetUtcNow());
        foreach (var feed in SampleFeed.All)
        {
            using var answer = await GetAsync(feed.Path, r => r.Headers.IfNoneMatch.Add(tags[feed.Name]));
            answer.StatusCode.ShouldBe(feed.Name == entry.Feed ? HttpStatusCode.OK : HttpStatusCode.NotModified);
        }

        using var page = await GetAsync($"posts/{entry.Id}");
        (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(Html.Escape(entry.Text));
    }

    [Fact]
    public async Task The_flaky_feed_fails_and_comes_back()
    {
        var path = SampleFeed.All.Single(f => f.Name == SampleFeed.Flaky).Path;
        clock.SetUtcNow(new(2026, 3, 10, 12, 42, 10, TimeSpan.Zero));
        using var down = await GetAsync(path);
        down.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        clock.SetUtcNow(new(2026, 3, 10, 12, 44, 0, TimeSpan.Zero));
        using var up = await GetAsync(path);
        up.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("feeds/nothing.xml")]
    [InlineData("feeds/golos.xml")]
    [InlineData("sites/nothing")]
    [InlineData("posts/en-999")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var answer = await GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_page_can_be_reached_from_the_first()
    {
        (await http.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("/sites/golos");
        (await http.GetStringAsync(new Uri("/sites/golos", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("/posts/ru-003");
        var page = await http.GetStringAsync(new Uri("/posts/ru-003", UriKind.Relative), TestContext.Current.CancellationToken);
        page.ShouldContain("lang=\"ru\"");
        page.ShouldContain("This is a sample page");
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        with?.Invoke(request);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
