using System.Text;
using Serm.Contracts;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Posts;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Sources;

public sealed class FeedPostsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Source Blog = new(Guid.Empty) { Name = "Blog", Url = "https://e.example/feed", Identity = "https://e.example/feed", CreatedAt = Now };

    private static IReadOnlyList<Post> Posts(string inside)
    {
        var reading = FeedReader.Read(Encoding.UTF8.GetBytes($"<rss><channel>{inside}</channel></rss>"), new(Now, new(Blog.Url!), new(Blog.Identity!)));
        return FeedPosts.Of(Blog, reading.ShouldBeOfType<FeedReading.Read>().Document, Now);
    }

    [Fact]
    public void Without_a_usable_date_the_time_of_reading_counts()
    {
        var posts = Posts("<item><guid>1</guid><title>a</title></item><item><guid>2</guid><title>b</title><pubDate>Fri, 01 Jan 2027 00:00:00 GMT</pubDate></item><item><guid>3</guid><title>c</title><pubDate>2026-03-01</pubDate></item>");
        posts.Select(p => p.PublishedAt).ShouldBe([Now, Now, new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)]);
    }

    [Fact]
    public void Items_that_say_nothing_make_no_post() => Posts("<item><guid>1</guid></item><item><guid>2</guid><title>b</title></item>").ShouldHaveSingleItem();

    [Fact]
    public void Of_several_forms_of_a_post_the_newest_is_taken()
    {
        var post = Posts("<item><guid>urn:1</guid><title>a</title><description>old</description><pubDate>2026-03-01</pubDate></item><item><guid>urn:1</guid><title>a</title><description>new</description><pubDate>2026-03-02</pubDate></item>").ShouldHaveSingleItem();
        post.Text.ShouldBe("new");
    }

    [Fact]
    public void Only_the_first_read_brings_old_news()
    {
        var old = Posts("<item><guid>1</guid><title>a</title><pubDate>2026-03-01</pubDate></item>").ShouldHaveSingleItem();
        var fresh = Posts("<item><guid>1</guid><title>a</title><pubDate>2026-03-10T11:30:00Z</pubDate></item>").ShouldHaveSingleItem();
        FeedPosts.IsBackfill(Blog, new(), old).ShouldBeTrue();
        FeedPosts.IsBackfill(Blog, new(), fresh).ShouldBeFalse();
        FeedPosts.IsBackfill(Blog, new(LastGoodAt: Now), old).ShouldBeFalse();
    }

    [Theory]
    [InlineData("sv", "en", "whatever it says", "sv", 1)]
    [InlineData(null, "en", "ok", "en", 1)]
    public void A_declared_language_counts(string? ofItem, string? ofFeed, string text, string code, double confidence)
    {
        var language = FeedPosts.Language(ofItem, ofFeed, text);
        language.Code.ShouldBe(code);
        language.Confidence.ShouldBe(confidence);
    }

    [Fact]
    public void A_template_that_says_english_does_not_make_russian_english() =>
        FeedPosts.Language(null, "en", "Третий день жду ответа службы поддержки, деньги так и не вернули, очень разочарован этим магазином").Code.ShouldBe("ru");

    [Fact]
    public void New_posts_are_revision_1_edits_the_next_and_repeats_nothing()
    {
        var posts = Posts("<item><guid>urn:new</guid><title>n</title></item><item><guid>urn:edited</guid><title>e</title></item><item><guid>urn:same</guid><title>s</title></item>");
        var known = new Dictionary<string, KnownItem>(StringComparer.Ordinal)
        {
            ["urn:edited"] = new("other", 3, Now),
            ["urn:same"] = new(posts[2].ContentHash, 1, Now.AddDays(-2)),
        };
        ItemMemory.Changed(posts, known).Select(p => (p.NativeId, p.Revision)).ShouldBe([("urn:new", 1), ("urn:edited", 4)]);
        ItemMemory.Relisted(posts, known, Now).ShouldBe(["urn:same"]);
    }

    [Fact]
    public void Ids_of_mentions_are_the_same_in_every_process()
    {
        var brand = new Guid("018f0000-0000-7000-8000-000000000001");
        var mention = MentionIds.Mention("acme", brand, "feed", "urn:1");
        MentionIds.Mention("acme", brand, "feed", "urn:1").ShouldBe(mention);
        new[] { MentionIds.Mention("acme2", brand, "feed", "urn:1"), MentionIds.Mention("acme", Guid.Empty, "feed", "urn:1"), MentionIds.Mention("acme", brand, "push", "urn:1"), MentionIds.Mention("acme", brand, "feed", "urn:2") }.ShouldNotContain(mention);
        MentionIds.Message(mention, 1).ShouldNotBe(MentionIds.Message(mention, 2));
    }
}
