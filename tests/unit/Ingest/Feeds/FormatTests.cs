using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class FormatTests
{
    [Fact]
    public void Rss_2_is_read_with_all_that_a_post_needs()
    {
        var feed = FeedSamples.Read("""
            <?xml version="1.0" encoding="UTF-8"?>
            <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
            <channel><title>Kitchen notes</title><link>https://blog.example.com/</link><language>en-GB</language><ttl>30</ttl>
              <atom:link href="https://blog.example.com/feeds/all.xml" rel="self" type="application/rss+xml"/>
              <atom:link rel="hub" href="https://hub.example.net/"/>
              <image><title>logo</title><url>https://blog.example.com/l.png</url><link>https://other.example.com/</link></image>
              <item><title>Kettle &amp; co</title><link>https://blog.example.com/kettle</link><guid isPermaLink="false">post-17</guid>
                <dc:creator><![CDATA[Mia Holm]]></dc:creator><pubDate>Tue, 03 Mar 2026 08:15:00 +0300</pubDate><category>tea</category><category><![CDATA[steam]]></category>
                <comments>https://blog.example.com/kettle#comments</comments>
                <description>Short.</description><content:encoded><![CDATA[<p>It <b>leaks</b>.</p><p>Twice.</p>]]></content:encoded></item>
            </channel></rss>
            """);

        feed.Format.ShouldBe(FeedFormat.Rss);
        feed.Version.ShouldBe("2.0");
        feed.Title.ShouldBe("Kitchen notes");
        feed.Home.ShouldBe("https://blog.example.com/");
        feed.Self.ShouldBe("https://blog.example.com/feeds/all.xml");
        feed.Language.ShouldBe("en");
        feed.MinInterval.ShouldBe(TimeSpan.FromMinutes(30));
        feed.Hubs.ShouldBe(["https://hub.example.net/"]);
        feed.Warnings.ShouldBeEmpty();
        var item = feed.Items.ShouldHaveSingleItem();
        item.NativeId.ShouldBe("blog.example.com/feeds/all.xml#post-17");
        item.Url.ShouldBe("https://blog.example.com/kettle");
        item.Title.ShouldBe("Kettle & co");
        item.Text.ShouldBe("It leaks.\n\nTwice.");
        item.Author.ShouldBe(new FeedAuthor("Mia Holm", null));
        item.Published.ShouldBe(new DateTimeOffset(2026, 3, 3, 5, 15, 0, TimeSpan.Zero));
        item.FutureDated.ShouldBeFalse();
        item.Categories.ShouldBe(["tea", "steam"]);
        item.Comments.ShouldBe("https://blog.example.com/kettle#comments");
    }

    [Fact]
    public void Rss_1_items_beside_the_channel_are_read()
    {
        var feed = FeedSamples.Read("""
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
              <channel rdf:about="https://r.example.org/"><title>R</title><link>https://r.example.org/</link><dc:language>sv</dc:language><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
                <items><rdf:Seq><rdf:li rdf:resource="https://r.example.org/1"/></rdf:Seq></items></channel>
              <item rdf:about="https://r.example.org/1"><title>Ett</title><link>https://r.example.org/1</link><dc:date>2026-02-01T10:00:00+01:00</dc:date><dc:creator>Bo</dc:creator><dc:subject>x</dc:subject></item>
            </rdf:RDF>
            """);

        feed.Format.ShouldBe(FeedFormat.Rdf);
        feed.Language.ShouldBe("sv");
        feed.MinInterval.ShouldBe(TimeSpan.FromHours(6));
        var item = feed.Items.ShouldHaveSingleItem();
        item.NativeId.ShouldBe("https://r.example.org/1");
        item.Published.ShouldBe(new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero));
        item.Author!.Name.ShouldBe("Bo");
    }

    [Theory]
    [InlineData("<rss version='0.91'><channel><title>a</title><item><title>x</title><link>http://e.example/1</link></item></channel></rss>")]
    [InlineData("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>a</title></channel><item><title>x</title><link>http://e.example/1</link></item></rdf:RDF>")]
    [InlineData("<RSS VERSION='2.0'><CHANNEL><TITLE>a</TITLE><ITEM><TITLE>x</TITLE><LINK>http://e.example/1</LINK></ITEM></CHANNEL></RSS>")]
    [InlineData("<rss><channel><title>a</title></channel><item><title>x</title><link>http://e.example/1</link></item></rss>")]
    [InlineData("<r:rss xmlns:r='http://backend.userland.com/rss2'><r:channel><r:title>a</r:title><r:item><r:title>x</r:title><r:link>http://e.example/1</r:link></r:item></r:channel></r:rss>")]
    [InlineData("<channel><title>a</title><item><title>x</title><link>http://e.example/1</link></item></channel>")]
    [InlineData("\uFEFF\n\n  Warning: something broke on line 3\n<?xml version='1.0'?><rss><channel><title>a</title><item><title>x</title><link>http://e.example/1</link></item></channel></rss>")]
    [InlineData("<br />\n<b>Notice</b>: undefined index <br /><rss><channel><title>a</title><item><title>x</title><link>http://e.example/1</link></item></channel></rss>")]
    [InlineData("<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>a</title><entry><title>x</title><link rel='alternate' href='http://e.example/1'/></entry></feed>")]
    [InlineData("<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'><atom:title>a</atom:title><atom:entry><atom:title>x</atom:title><atom:link href='http://e.example/1'/></atom:entry></atom:feed>")]
    [InlineData("{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"a\",\"items\":[{\"id\":\"http://e.example/1\",\"title\":\"x\",\"url\":\"http://e.example/1\"},]}")]
    public void Old_odd_and_upper_case_feeds_are_read(string body)
    {
        var feed = FeedSamples.Read(body);
        feed.Title.ShouldBe("a");
        var item = feed.Items.ShouldHaveSingleItem();
        item.Title.ShouldBe("x");
        item.Url.ShouldBe("http://e.example/1");
    }

    [Fact]
    public void Atom_1_is_read_with_bases_languages_and_replies()
    {
        var feed = FeedSamples.Read("""
            <feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:base="https://a.example.org/blog/" xml:lang="tr">
              <title type="html">Demli &amp;amp; &lt;b>sıcak&lt;/b></title><link href="./"/><link rel="self" href="feed.atom"/><author><name>Genel</name></author>
              <entry xml:base="2026/"><id>tag:a.example.org,2026:1</id><title>Çay</title><link rel="alternate" type="text/html" href="cay"/><link rel="enclosure" href="x.mp3"/>
                <updated>2026-03-02T10:00:00Z</updated><published>2026-03-01T10:00:00.5+03:00</published>
                <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Bir &lt;iki&gt;</p><p>üç</p></div></content></entry>
              <entry xml:lang="en"><id>urn:uuid:2</id><title>Re: Çay</title><thr:in-reply-to ref="tag:a.example.org,2026:1"/><author><name>Jo</name><uri>/jo</uri></author><summary>ok</summary></entry>
            </feed>
            """);

        feed.Title.ShouldBe("Demli & sıcak");
        feed.Home.ShouldBe("https://a.example.org/blog/");
        feed.Language.ShouldBe("tr");
        var first = feed.Items[0];
        first.Url.ShouldBe("https://a.example.org/blog/2026/cay");
        first.Text.ShouldBe("Bir <iki>\n\nüç");
        first.Published.ShouldBe(new DateTimeOffset(2026, 3, 1, 7, 0, 0, 500, TimeSpan.Zero));
        first.Updated.ShouldBe(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
        first.Author!.Name.ShouldBe("Genel");
        first.Language.ShouldBeNull();
        var second = feed.Items[1];
        second.Language.ShouldBe("en");
        second.ParentNativeId.ShouldBe(first.NativeId);
        second.Author.ShouldBe(new FeedAuthor("Jo", "https://a.example.org/jo"));
    }

    [Fact]
    public void Json_feed_1_1_is_read()
    {
        var feed = FeedSamples.Read("""
            { "version": "https://jsonfeed.org/version/1.1", "title": "J", "home_page_url": "https://j.example.org/", "language": "vi-VN",
              "authors": [{"name": "Nhóm"}], "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
              "items": [ {"id": 42, "url": "/a", "title": "Một", "content_html": "<p>xin <em>chào</em></p>", "date_published": "2026-03-01T00:00:00Z", "tags": ["x", "y"]},
                         {"id": "https://j.example.org/b", "content_text": "hai\nba", "authors": [{"name": "An", "url": "https://an.example.org"}]} ] }
            """);

        feed.Format.ShouldBe(FeedFormat.Json);
        feed.Version.ShouldBe("1.1");
        feed.Language.ShouldBe("vi");
        feed.Hubs.ShouldBe(["https://hub.example.org/"]);
        feed.Items[0].NativeId.ShouldBe("blog.example.com/feeds/all.xml#42");
        feed.Items[0].Url.ShouldBe("https://blog.example.com/a");
        feed.Items[0].Text.ShouldBe("xin chào");
        feed.Items[0].Author!.Name.ShouldBe("Nhóm");
        feed.Items[1].Text.ShouldBe("hai\nba");
        feed.Items[1].Url.ShouldBeNull();
        feed.Items[1].Author.ShouldBe(new FeedAuthor("An", "https://an.example.org/"));
    }

    [Fact]
    public void A_json_feed_that_breaks_off_gives_the_items_before()
    {
        var feed = FeedSamples.Read("""{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"http://e.example/1"},{"id":"http://e.exa""");
        feed.Items.ShouldHaveSingleItem().NativeId.ShouldBe("http://e.example/1");
        feed.Warnings.ShouldContain("truncated");
    }
}
