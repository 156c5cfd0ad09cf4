using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

/// <summary>Forums that are read by their feeds, in the shape that each of them gives its own.</summary>
public sealed class ForumTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 10, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_feed_of_phpBB_names_author_forum_and_post() => Read("""
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru">
          <link rel="self" type="application/atom+xml" href="https://forum.example/feed.php?mode=posts" />
          <title>Форум</title><link href="https://forum.example/index.php" /><updated>2026-03-10T12:30:00+03:00</updated><id>https://forum.example/feed.php</id>
          <entry><author><name><![CDATA[Åsa Ünal]]></name></author><updated>2026-03-10T12:30:00+03:00</updated><published>2026-03-10T12:30:00+03:00</published>
            <id>https://forum.example/viewtopic.php?p=77#p77</id><link href="https://forum.example/viewtopic.php?p=77#p77"/>
            <title type="html"><![CDATA[Доставка • Re: acme & посылка]]></title><category term="Доставка" scheme="https://forum.example/viewforum.php?f=2" label="Доставка"/>
            <content type="html" xml:base="https://forum.example/viewtopic.php?p=77#p77"><![CDATA[
        Не приехала 😡<br><script>alert(1)</script>Второй раз<p>Statistics: Posted by <a href="https://forum.example/memberlist.php?mode=viewprofile&amp;u=3">Åsa Ünal</a></p><hr />
        ]]></content></entry>
        </feed>
        """).ShouldBe(("https://forum.example/viewtopic.php?p=77#p77", "Доставка • Re: acme & посылка", "Åsa Ünal", At, "Не приехала 😡\nВторой раз"));

    [Fact]
    public void A_feed_of_XenForo_names_the_author_without_the_mail_address_that_it_invents() => Read("""
        <?xml version="1.0" encoding="utf-8"?>
        <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
        <channel><title>Forum</title><link>https://xf.example/</link><generator>Forum software</generator><atom:link rel="self" type="application/rss+xml" href="https://xf.example/forums/-/index.rss"/>
          <item><title>acme &amp; parcel</title><pubDate>Tue, 10 Mar 2026 09:30:00 +0000</pubDate><link>https://xf.example/threads/acme-parcel.12/</link><guid>https://xf.example/threads/acme-parcel.12/</guid>
            <author>invalid@example.com (Åsa Ünal)</author><category domain="https://xf.example/forums/post.2/"><![CDATA[Post]]></category><dc:creator>Åsa Ünal</dc:creator>
            <content:encoded><![CDATA[<div class="bbWrapper">Не приехала 😡<br />Второй раз</div>]]></content:encoded><slash:comments>4</slash:comments></item>
        </channel></rss>
        """).ShouldBe(("https://xf.example/threads/acme-parcel.12/", "acme & parcel", "Åsa Ünal", At, "Не приехала 😡\nВторой раз"));

    [Fact]
    public void A_feed_of_vBulletin_in_a_charset_of_its_own_is_read_whole()
    {
        const string Feed = """
            <?xml version="1.0" encoding="windows-1251"?>
            <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
            <channel><title>Форум</title><link>https://vb.example/</link><language>ru</language><ttl>60</ttl>
              <item><title>acme и посылка</title><link>https://vb.example/showthread.php?t=12&amp;goto=newpost</link><pubDate>Tue, 10 Mar 2026 09:30:00 GMT</pubDate>
                <description>Не приехала...</description><content:encoded><![CDATA[<div>Не приехала<br />Второй раз</div>]]></content:encoded>
                <category domain="https://vb.example/forumdisplay.php?f=2">Доставка</category><dc:creator>Анна</dc:creator><guid isPermaLink="true">https://vb.example/showthread.php?t=12</guid></item>
            </channel></rss>
            """;
        Of(FeedSamples.Read(FeedSamples.In("windows-1251", Feed), "text/xml")).ShouldBe(("https://vb.example/showthread.php?t=12", "acme и посылка", "Анна", At, "Не приехала\nВторой раз"));
    }

    private static (string Id, string? Title, string? Author, DateTimeOffset? At, string Text) Read(string feed) => Of(FeedSamples.Read(feed));

    private static (string Id, string? Title, string? Author, DateTimeOffset? At, string Text) Of(FeedDocument feed)
    {
        var item = feed.Items.ShouldHaveSingleItem();
        return (item.Id ?? "", item.Title, item.Author?.Name, item.Published, item.Text.Split("\n\nStatistics", StringSplitOptions.TrimEntries)[0]);
    }
}
