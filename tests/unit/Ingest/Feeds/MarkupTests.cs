namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("<rss><channel><item><title>one<link>https://e.example/1</link></item><item><title>two</title></item></channel></rss>")]
    [InlineData("<rss><channel><item><title>one</title><link>https://e.example/1<guid>urn:1</guid></item><item><title>two</title></item></channel></rss>")]
    [InlineData("<rss><channel><item><title>one</title><item><title>two</title></channel>")]
    [InlineData("<rss><channel><item><title>one</title></channel></item><item><title>two</title></item></rss>")]
    [InlineData("<rss><channel><item><title>one</title><description><b>x</i></b></item><item><title>two</title></item>")]
    [InlineData("<rss><channel><item><title>one</title><author><b>x</author></item></b><item><title>two</title></item>")]
    [InlineData("<rss><channel><item><title>one</TITLE></Item><item><title>two</title></item></channel></rss>")]
    [InlineData("<rss><channel><item><title>one</title><x:y z=1 w></x:y></item><item><title >two</title\n></item></channel></rss>")]
    [InlineData("<rss><channel><!-- <item><title>no</title></item> --><item><title>one</title></item><![CDATA[ <item/> ]]><item><title>two</title></item></channel></rss>")]
    [InlineData("<rss><channel><item><title>one</title><enclosure url=\"https://e.example/a\" length=1 type='audio/mpeg'/></item><item><title><![cdata[two]]></title></item></channel></rss>")]
    public void Items_survive_broken_nesting(string body) => FeedSamples.Read(body).Items.Select(i => i.Title).ShouldBe(["one", "two"]);

    [Fact]
    public void Prefixes_mean_what_they_are_bound_to()
    {
        var feed = FeedSamples.Read("<x:rss xmlns:x='http://backend.userland.com/rss2' xmlns:who='http://purl.org/dc/elements/1.1/' xmlns:c='http://purl.org/rss/1.0/modules/content/'><x:channel><x:item><who:creator>Mia</who:creator><c:encoded>body</c:encoded></x:item></x:channel></x:rss>");
        var item = feed.Items.ShouldHaveSingleItem();
        item.Author!.Name.ShouldBe("Mia");
        item.Text.ShouldBe("body");
    }

    [Fact]
    public void The_title_of_an_image_or_a_source_is_not_the_title_of_the_post()
    {
        var item = FeedSamples.Entry("<source><title>elsewhere</title><id>urn:s</id></source><title>mine</title><id>urn:1</id>");
        item.Title.ShouldBe("mine");
        item.NativeId.ShouldBe("urn:1");
    }
}
