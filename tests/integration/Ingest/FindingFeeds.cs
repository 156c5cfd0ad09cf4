using System.Net;
using System.Text.Json;

namespace Serm.Tests.Integration.Ingest;

public sealed class FindingFeeds(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private const string Feed = """<rss version="2.0"><channel><title>{0}</title><item><guid>1</guid><title>One</title><pubDate>Tue, 03 Mar 2026 08:15:00 GMT</pubDate></item></channel></rss>""";

    [Fact]
    public async Task A_page_tells_its_feeds_and_one_that_tells_none_has_them_looked_for_at_the_usual_places()
    {
        fixture.Publish("/linked/a.xml", Feed.Replace("{0}", "Articles", StringComparison.Ordinal));
        fixture.Publish("/linked/c.xml", Feed.Replace("{0}", "Comments", StringComparison.Ordinal));
        fixture.Publish("/linked/", """<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="a.xml"><link rel="alternate" type="application/atom+xml" href="/linked/c.xml"><link rel="alternate" type="application/rss+xml" href="gone.xml"></head><body><p>Hello</p></body></html>""");
        var linked = await FindAsync("linked/");
        linked.Select(f => (f.GetProperty("url").GetString(), f.GetProperty("title").GetString(), f.GetProperty("posts").GetInt32(), f.GetProperty("found").GetString()))
            .ShouldBe([($"{fixture.Web}linked/a.xml", "Articles", 1, "linked"), ($"{fixture.Web}linked/c.xml", "Comments", 1, "linked")]);
        (await FindAsync("linked/a.xml")).ShouldHaveSingleItem().GetProperty("found").GetString().ShouldBe("given");

        fixture.Publish("/silent", "<!DOCTYPE html><html><head><title>No word of a feed</title></head><body><p>Hello</p></body></html>");
        (await FindAsync("silent")).ShouldBeEmpty();
        fixture.Publish("/feed.php", Feed.Replace("{0}", "Forum", StringComparison.Ordinal));
        (await FindAsync("silent")).ShouldHaveSingleItem().GetProperty("url").GetString().ShouldBe($"{fixture.Web}feed.php");
    }

    [Fact]
    public async Task Of_many_who_add_the_same_at_once_one_does_and_the_others_hear_of_it()
    {
        var workspace = $"w{Guid.CreateVersion7():N}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = $"{fixture.Web}once" }, workspace)));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.Created).ShouldAllBe(a => a.Body.GetProperty("code").GetString() == "source_exists");
    }

    private async Task<List<JsonElement>> FindAsync(string path)
    {
        var (status, body) = await fixture.SendAsync(HttpMethod.Post, "/api/sources/discover", new { url = $"{fixture.Web}{path}" });
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return [.. body.GetProperty("feeds").EnumerateArray()];
    }
}
