namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class ItemTests
{
    [Theory]
    [InlineData("<author>mia@example.com (Mia Holm)</author>", "Mia Holm")]
    [InlineData("<author>Mia Holm &lt;mia@example.com&gt;</author>", "Mia Holm")]
    [InlineData("<author>Mia Holm</author>", "Mia Holm")]
    [InlineData("<author>mia@example.com</author>", "mia@example.com")]
    [InlineData("<author>mia@example.com</author><dc:creator>Mia Holm</dc:creator>", "Mia Holm")]
    [InlineData("<itunes:author>Mia Holm</itunes:author>", "Mia Holm")]
    [InlineData("<dc:creator>A</dc:creator><dc:creator>B</dc:creator>", "A, B")]
    [InlineData("<atom:author><atom:name>Mia Holm</atom:name></atom:author>", "Mia Holm")]
    [InlineData("<author><name>Mia Holm</name><email>m@example.com</email></author>", "Mia Holm")]
    [InlineData("<lj:poster user='mia_h'/>", "mia_h")]
    public void Authors_are_found_wherever_they_are_written(string written, string name) => FeedSamples.Item($"<title>t</title>{written}").Author!.Name.ShouldBe(name);

    [Theory]
    [InlineData("<author><name><a href='https://m.example.com/'>Mia</a></name></author>")]
    [InlineData("<author><name>&lt;a href=\"https://m.example.com/\"&gt;Mia&lt;/a&gt;</name></author>")]
    [InlineData("<author><name>Mia</name><uri>https://m.example.com/</uri></author>")]
    public void A_link_around_a_name_is_the_profile(string written)
    {
        var author = FeedSamples.Entry(written).Author!;
        author.Name.ShouldBe("Mia");
        author.Url.ShouldBe("https://m.example.com/");
    }

    [Fact]
    public void Ids_come_from_guid_else_link_else_content()
    {
        FeedSamples.Item("<guid>https://e.example/1</guid><link>https://e.example/2</link>").NativeId.ShouldBe("https://e.example/1");
        FeedSamples.Item("<guid>17</guid><link>https://e.example/2</link>").NativeId.ShouldBe("blog.example.com/feeds/all.xml#17");
        FeedSamples.Item("<link>https://e.example/2</link>").NativeId.ShouldBe("https://e.example/2");
        var hashed = FeedSamples.Item("<title>a</title><description>b</description>").NativeId;
        hashed.ShouldStartWith("blog.example.com/feeds/all.xml#sha256:");
        FeedSamples.Item("<title>a</title><description>b</description>").NativeId.ShouldBe(hashed);
        FeedSamples.Item("<title>a</title><description>c</description>").NativeId.ShouldNotBe(hashed);
    }

    [Fact]
    public void An_id_of_any_length_fits_and_stays_distinct()
    {
        var one = FeedSamples.Item($"<guid>urn:x:{new string('a', 900)}1</guid>").NativeId;
        var two = FeedSamples.Item($"<guid>urn:x:{new string('a', 900)}2</guid>").NativeId;
        one.Length.ShouldBeLessThanOrEqualTo(512);
        one.ShouldNotBe(two);
    }

    [Fact]
    public void Different_posts_under_one_id_are_told_apart()
    {
        var feed = FeedSamples.Read("<rss><channel><item><guid>1</guid><link>https://e.example/a</link></item><item><guid>1</guid><link>https://e.example/b</link></item></channel></rss>");
        feed.Items.Select(i => i.NativeId).Distinct().Count().ShouldBe(2);
        feed.Warnings.ShouldContain("duplicate_ids");
    }

    [Theory]
    [InlineData("<link>/kettle</link>", "https://blog.example.com/kettle")]
    [InlineData("<link>  https://e.example/a\n</link>", "https://e.example/a")]
    [InlineData("<guid>https://e.example/a</guid>", "https://e.example/a")]
    [InlineData("<guid isPermaLink='false'>https://e.example/a</guid>", null)]
    [InlineData("<link>javascript:alert(1)</link>", null)]
    [InlineData("<link>data:text/html,x</link>", null)]
    [InlineData("<link>https://e.example/?a=1&b=2&copy=3</link>", "https://e.example/?a=1&b=2&copy=3")]
    [InlineData("<link>https://proxy.example/x</link><feedburner:origLink>https://e.example/a</feedburner:origLink>", "https://e.example/a")]
    [InlineData("<enclosure url='https://e.example/a.mp3' type='audio/mpeg'/>", "https://e.example/a.mp3")]
    [InlineData("<link/><atom:link href='https://e.example/a'/>", "https://e.example/a")]
    public void Addresses_are_absolute_and_of_the_web(string written, string? url) => FeedSamples.Item($"<title>t</title>{written}").Url.ShouldBe(url);

    [Theory]
    [InlineData("<title>a &amp;lt; b</title>", "a < b")]
    [InlineData("<title>Fish &amp;amp; chips</title>", "Fish & chips")]
    [InlineData("<title><![CDATA[Fish & chips]]></title>", "Fish & chips")]
    [InlineData("<title>&lt;b&gt;Bold&lt;/b&gt; move</title>", "Bold move")]
    [InlineData("<title>The <b>bold</b> move</title>", "The bold move")]
    [InlineData("<title>Why &lt;canvas&gt; wins</title>", "Why <canvas> wins")]
    [InlineData("<title>3 < 4 and 5 > 4</title>", "3 < 4 and 5 > 4")]
    [InlineData("<title>caf&eacute;&nbsp;&mdash; &#8220;so&#8221; &#146;tis</title>", "café — “so” ’tis")]
    [InlineData("<title>&unknown; stays</title>", "&unknown; stays")]
    [InlineData("<title>\n  two\n  lines </title>", "two lines")]
    [InlineData("<title>&lt;script&gt;alert(1)&lt;/script&gt;Safe</title>", "Safe")]
    [InlineData("<title><script>alert(1)</script>Safe</title>", "Safe")]
    [InlineData("<title>e\u0301te\u0301\u200B\u00AD</title>", "été")]
    [InlineData("<title><![CDATA[open</title><description>x</description>", "open")]
    [InlineData("<title>&lt;![CDATA[escaped]]&gt;</title>", "escaped")]
    [InlineData("<media:title>m</media:title>", "m")]
    [InlineData("<title></title><link>https://e.example/</link>", null)]
    public void Titles_become_plain_text(string written, string? title) => FeedSamples.Item(written).Title.ShouldBe(title);

    [Theory]
    [InlineData("<title type='text'>a &lt;b&gt; c</title>", "a <b> c")]
    [InlineData("<title type='html'>a &lt;b&gt;c&lt;/b&gt;</title>", "a c")]
    [InlineData("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <em>b</em></div></title>", "a b")]
    [InlineData("<title type='text/html' mode='base64'>PGI+aGk8L2I+</title>", "hi")]
    public void Atom_titles_are_read_as_their_type_says(string written, string title) => FeedSamples.Entry(written).Title.ShouldBe(title);

    [Theory]
    [InlineData("<description>one\ntwo</description>", "one\ntwo")]
    [InlineData("<description>&lt;p&gt;one&lt;br&gt;two&lt;/p&gt;&lt;ul&gt;&lt;li&gt;three&lt;li&gt;four&lt;/ul&gt;</description>", "one\ntwo\n\nthree\nfour")]
    [InlineData("<description><p>one</p><p>two</description>", "one\n\ntwo")]
    [InlineData("<description>&amp;lt;p&amp;gt;twice&amp;lt;/p&amp;gt;</description>", "twice")]
    [InlineData("<description>short</description><content:encoded>&lt;p&gt;the whole&lt;/p&gt;</content:encoded>", "the whole")]
    [InlineData("<description>kept</description><content:encoded> </content:encoded>", "kept")]
    [InlineData("<description>&lt;style&gt;p{}&lt;/style&gt;&lt;script&gt;if(a&lt;b)x()&lt;/script&gt;seen&lt;!-- no --&gt;</description>", "seen")]
    [InlineData("<description>&lt;pre&gt;a\n  b&lt;/pre&gt;</description>", "a\nb")]
    [InlineData("<description>&lt;img class=\"emoji\" alt=\"😡\" src=\"x\"&gt; again &lt;img alt=\"A photo\" src=\"y\"&gt;</description>", "😡 again")]
    [InlineData("<media:group><media:description>video</media:description></media:group>", "video")]
    [InlineData("<xhtml:body xmlns:xhtml='http://www.w3.org/1999/xhtml'><xhtml:p>a &lt;i&gt;</xhtml:p></xhtml:body>", "a <i>")]
    [InlineData("<description><![CDATA[<p>one]]> two</p></description>", "one two")]
    [InlineData("<description><![CDATA[a <![CDATA[b]]> c]]></description>", "a b c")]
    public void Bodies_become_plain_text(string written, string text) => FeedSamples.Item(written).Text.ShouldBe(text);

    [Theory]
    [InlineData("<language>ru_RU</language>", "ru")]
    [InlineData("<dc:language>ENG</dc:language>", "en")]
    [InlineData("<description xml:lang='sv'>hej</description>", "sv")]
    [InlineData("<language>Svenska språket</language>", null)]
    [InlineData("<title>x</title>", null)]
    public void Languages_of_posts_are_codes(string written, string? language) => FeedSamples.Item(written).Language.ShouldBe(language);

    [Fact]
    public void A_date_far_ahead_is_flagged_and_an_absurd_one_dropped()
    {
        var ahead = FeedSamples.Item("<pubDate>Fri, 01 Jan 2027 00:00:00 GMT</pubDate>");
        ahead.FutureDated.ShouldBeTrue();
        FeedSamples.Item("<pubDate>Tue, 10 Mar 2026 18:00:00 GMT</pubDate>").FutureDated.ShouldBeFalse();
        FeedSamples.Item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>").Published.ShouldBeNull();
        FeedSamples.Item("<pubDate>soon</pubDate><dc:date>2026-03-01</dc:date>").Published.ShouldBe(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
