using System.Text;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

/// <summary>What people see who compare the reader with another: addresses, ids and authors as they are written.</summary>
public sealed class ReadFeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("<link>http://item.TEST/%7ebob</link>", "http://item.TEST/%7ebob", "http://item.test/~bob")]
    [InlineData("<link>/relative</link>", "/relative", null)]
    [InlineData("<guid>http://EXAMPLE.org/1</guid>", "http://EXAMPLE.org/1", "http://example.org/1")]
    [InlineData("<guid isPermaLink='false'>http://example.org/1</guid>", null, null)]
    public void A_link_is_shown_as_written_and_opened_only_when_it_is_absolute(string xml, string? written, string? url)
    {
        var item = Item($"<rss><channel><item><title>t</title>{xml}</item></channel></rss>");
        item.Link.ShouldBe(written);
        item.Url.ShouldBe(url);
    }

    [Theory]
    [InlineData("<author>writer@example.com (Writer)</author>", "Writer", "writer@example.com (Writer)")]
    [InlineData("<author><name>Anna</name><email>a@example.com</email></author>", "Anna", "Anna (a@example.com)")]
    [InlineData("<dc:creator>Anna</dc:creator>", "Anna", null)]
    public void The_mail_address_stands_beside_the_name_and_not_in_it(string xml, string name, string? written)
    {
        var author = Item($"<rss><channel><item><title>t</title>{xml}</item></channel></rss>").Author.ShouldNotBeNull();
        author.Name.ShouldBe(name);
        author.Written.ShouldBe(written);
    }

    [Fact]
    public void A_relative_id_is_resolved_for_the_reader_and_kept_as_the_identity()
    {
        var item = Item("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://example.org/a/'><entry><id>b</id><title>t</title></entry></feed>");
        item.Id.ShouldBe("http://example.org/a/b");
        item.NativeId.ShouldBe("b");
    }

    [Fact]
    public void Of_several_dates_the_last_counts_and_a_Dublin_Core_date_is_both()
    {
        var item = Item("<rss><channel><item><title>t</title><pubDate>2010-12-01T10:14:55Z</pubDate><pubDate>2011-12-01T10:14:55Z</pubDate></item></channel></rss>");
        item.Published.ShouldBe(new DateTimeOffset(2011, 12, 1, 10, 14, 55, TimeSpan.Zero));
        var dated = Item("<rss><channel><item><title>t</title><dc:date>2010-12-01T10:14:55Z</dc:date></item></channel></rss>");
        dated.Updated.ShouldBe(dated.Published);
        dated.Updated.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("&#226;&#128;&#166;", "…")]
    [InlineData("donâ€™t", "don’t")]
    [InlineData("Ã©tÃ© ñ", "Ã©tÃ© ñ")]
    [InlineData("élan", "élan")]
    [InlineData("before &lt;img alt=\"cat&lt;br /&gt;dog\" src='x'/&gt; after", "before after")]
    [InlineData("&lt;iframe src='x'&gt;kept&lt;/iframe&gt; &lt;math&gt;&lt;mi&gt;a&lt;/mi&gt;&lt;/math&gt;", "kept a")]
    [InlineData("&lt;!' &lt;b&gt;text&lt;/b&gt;", "<!' text")]
    public void Bodies_are_read_as_they_were_meant(string body, string text) =>
        Item($"<rss><channel><item><description>{body}</description></item></channel></rss>").Text.ShouldBe(text);

    [Fact]
    public void A_title_of_an_odd_type_is_text_unless_it_decodes()
    {
        Item("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='application/x-custom'>test</title></entry></feed>").Title.ShouldBe("test");
        Item("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='application/octet-stream'>RXhhbXBsZQ==</title></entry></feed>").Title.ShouldBe("Example");
    }

    [Fact]
    public async Task Several_files_are_printed_one_line_each()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(path, "<rss><channel><title>T</title><description>D</description><link>http://example.org</link><item><guid>1</guid><description>text</description></item></channel></rss>", TestContext.Current.CancellationToken);
        try
        {
            using var output = new StringWriter();
            (await ReadFeedCommand.RunAsync(["read-feed", path, path], output, TextWriter.Null, TestContext.Current.CancellationToken)).ShouldBe(0);
            var lines = output.ToString().Trim().Split('\n');
            lines.Length.ShouldBe(2);
            lines[0].ShouldContain("\"description\":\"D\"");
            lines[0].ShouldContain("\"entries\":[{\"id\":\"1\",\"body\":\"text\"");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static FeedItem Item(string xml) =>
        FeedReader.Read(Encoding.UTF8.GetBytes(xml), new(Now)).ShouldBeOfType<FeedReading.Read>().Document.Items.ShouldHaveSingleItem();
}
