using FsCheck.Xunit;
using Serm.Ingest.Posts;

namespace Serm.Tests.Unit.Ingest.Posts;

public sealed class CanonicalUrls
{
    [Theory]
    [InlineData("https://example.org/a?utm_source=x&utm_medium=y&fbclid=1", "https://example.org/a")]
    [InlineData("http://www.Example.org:80/a/", "https://example.org/a")]
    [InlineData("https://example.org:8443/a", "https://example.org:8443/a")]
    [InlineData("https://m.example.org/a", "https://example.org/a")]
    [InlineData("https://en.m.wikipedia.org/wiki/Kettle", "https://en.wikipedia.org/wiki/Kettle")]
    [InlineData("https://amp.example.org/a", "https://example.org/a")]
    [InlineData("https://example.org/a/amp/", "https://example.org/a")]
    [InlineData("https://example.org/amp/2026/a", "https://example.org/2026/a")]
    [InlineData("https://example.org/a.amp.html?amp=1", "https://example.org/a.html")]
    [InlineData("https://www.google.com/amp/s/news.example.org/a", "https://news.example.org/a")]
    [InlineData("https://news-example-org.cdn.ampproject.org/c/s/news.example.org/a?usqp=mq331", "https://news.example.org/a")]
    [InlineData("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2")]
    [InlineData("https://example.org/forum?topic=5&utm_campaign=z", "https://example.org/forum?topic=5")]
    [InlineData("https://example.org/a#section-two", "https://example.org/a")]
    [InlineData("https://example.org/a#:~:text=kettle%20broke", "https://example.org/a")]
    [InlineData("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", "https://youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("https://mobile.twitter.com/ana/status/1?s=20", "https://x.com/ana/status/1?s=20")]
    [InlineData("https://user:secret@example.org/a", "https://example.org/a")]
    [InlineData("https://example.org/a?&?", "https://example.org/a??")]
    [InlineData("https://example.org/a??", "https://example.org/a??")]
    public void Ways_to_link_a_page_are_one_address(string url, string canonical) => CanonicalUrl.Of(url).ShouldBe(canonical);

    [Theory]
    [InlineData("https://example.org/thread#comment-12", "https://example.org/thread#comment-13")]
    [InlineData("https://example.org/thread#p12", "https://example.org/thread")]
    [InlineData("https://example.org/thread?page=2", "https://example.org/thread")]
    [InlineData("https://ana.example.org/a", "https://bo.example.org/a")]
    [InlineData("https://example.org/A", "https://example.org/a")]
    [InlineData("https://m.com/a", "https://amp.com/a")]
    public void What_differs_stays_apart(string one, string other) => CanonicalUrl.Of(one).ShouldNotBe(CanonicalUrl.Of(other));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/relative")]
    [InlineData("https://example.org")]
    [InlineData("https://www.example.org/?utm_source=feed")]
    public void What_names_no_page_has_none(string? url) => CanonicalUrl.Of(url).ShouldBeNull();

    [Property(MaxTest = 500)]
    public void Doing_it_twice_is_doing_it_once(string path, string query)
    {
        var once = CanonicalUrl.Of($"https://m.example.org/{path}?{query}");

        (once is null ? null : CanonicalUrl.Of(once)).ShouldBe(once);
    }
}
