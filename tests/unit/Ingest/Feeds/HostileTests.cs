using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class HostileTests
{
    private const string Valid = """
        <?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><link>https://e.example/</link>
        <item><guid>urn:x:1</guid><title>One &amp; only</title><description><![CDATA[<p>first</p>]]></description></item>
        <item><guid>urn:x:2</guid><title>Two</title><content:encoded>&lt;p&gt;second&lt;/p&gt;</content:encoded></item>
        <item><guid>urn:x:3</guid><title>Three</title><description>third</description></item></channel></rss>
        """;

    [Fact]
    public void An_html_page_is_refused_with_the_feeds_it_names()
    {
        var refused = FeedSamples.Refused("<!doctype html><html><head><title>x</title><link rel=alternate type='application/rss+xml' href='/rss?a=1&amp;b=2'><link rel='alternate stylesheet' href=x.css></head><body><p>hi</body></html>");
        refused.Code.ShouldBe("not_a_feed");
        refused.FeedLinks.ShouldBe(["https://blog.example.com/rss?a=1&b=2"]);
        refused.Message.ShouldContain("https://blog.example.com/rss?a=1&b=2");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n\t", "empty")]
    [InlineData("hello", "not_a_feed")]
    [InlineData("{\"a\":1}", "not_a_feed")]
    [InlineData("[1,2]", "not_a_feed")]
    [InlineData("{", "not_a_feed")]
    [InlineData("<?xml version='1.0'?><note><to>x</to></note>", "not_a_feed")]
    public void What_is_no_feed_is_refused_with_a_code(string body, string code) => FeedSamples.Refused(body).Code.ShouldBe(code);

    [Fact]
    public void Fifty_megabytes_are_refused_without_being_read() => FeedSamples.Reading(new byte[50 * 1024 * 1024]).ShouldBeOfType<FeedReading.Refused>().Code.ShouldBe("too_large");

    [Fact]
    public void Entities_built_of_entities_do_not_expand()
    {
        var bomb = new StringBuilder("<!DOCTYPE rss [<!ENTITY lol \"lol\">");
        for (var i = 1; i < 20; i++)
        {
            bomb.Append("<!ENTITY lol").Append(i).Append(" \"").Append(string.Concat(Enumerable.Repeat($"&lol{(i == 1 ? "" : i - 1)};", 10))).Append("\">");
        }

        bomb.Append("]><rss><channel><item><title>&lol19;</title><description>&lol;</description></item></channel></rss>");
        var item = FeedSamples.Read(bomb.ToString()).Items.ShouldHaveSingleItem();
        item.Title.ShouldBe("&lol19;");
        item.Text.ShouldBe("lol");
    }

    [Fact]
    public void Repeating_one_large_entity_stays_bounded()
    {
        var body = $"<!DOCTYPE rss [<!ENTITY a \"{new string('a', 1000)}\">]><rss><channel><item><description>{string.Concat(Enumerable.Repeat("&a;", 100_000))}</description></item></channel></rss>";
        FeedSamples.Read(body).Items.ShouldHaveSingleItem().Text.Length.ShouldBeLessThanOrEqualTo(100_000);
    }

    [Fact]
    public void External_entities_stay_unread()
    {
        var item = FeedSamples.Read("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/hostname\"><!ENTITY % p SYSTEM \"http://127.0.0.1/\">%p;]><rss><channel><item><title>a&x;b</title></item></channel></rss>").Items.ShouldHaveSingleItem();
        item.Title.ShouldBe("a&x;b");
    }

    [Fact]
    public void Declared_plain_entities_are_read() =>
        FeedSamples.Read("<!DOCTYPE rss [<!ENTITY firm \"Kettle &#x2013; Co\">]><rss><channel><item><title>&firm;</title></item></channel></rss>").Items[0].Title.ShouldBe("Kettle – Co");

    [Fact]
    public void More_items_than_are_read_are_reported()
    {
        var body = "<rss><channel>" + string.Concat(Enumerable.Range(0, 10_500).Select(i => $"<item><guid>urn:x:{i}</guid></item>")) + "</channel></rss>";
        var feed = FeedSamples.Read(body);
        feed.Items.Count.ShouldBe(10_000);
        feed.Warnings.ShouldContain("items_capped");
    }

    [Fact]
    public void Of_an_item_of_too_many_elements_what_comes_first_is_read_and_the_next_is_whole_again()
    {
        var items = FeedSamples.Read($"<rss><channel><item><title>One</title>{string.Concat(Enumerable.Repeat("<x/>", 25_000))}<author>late@example.org</author></item><item><title>Two</title><author>two@example.org</author></item></channel></rss>").Items;
        items.Select(i => (i.Title, i.Author is null)).ShouldBe([("One", true), ("Two", false)]);
    }

    public static TheoryData<string, string> Repeated => new()
    {
        { "<a>", "deep elements" },
        { "<a href=\"", "open quotes" },
        { "<!--", "open comments" },
        { "<![CDATA[", "open sections" },
        { "<![CDATA[x</title>", "sections closed by tags" },
        { "<!DOCTYPE [", "open declarations" },
        { "<item>", "items in items" },
        { "<title>", "titles in titles" },
        { "<description><b><i>", "open formatting" },
        { "</item>", "stray end tags" },
        { "&lt;", "references" },
        { "&", "ampersands" },
        { "<", "brackets" },
        { "<script>", "scripts" },
        { "a\u0301\u0323", "marks" },
        { "]]>", "section ends" },
        { "<x y=z ", "endless attributes" },
        { "<?", "instructions" },
        { "&lt;p&gt;&lt;td&gt; ", "escaped blocks" },
    };

    [Theory]
    [MemberData(nameof(Repeated))]
    public void Broken_input_of_two_million_characters_is_read_to_its_end(string piece, string what)
    {
        what.ShouldNotBeEmpty();
        var filler = string.Concat(Enumerable.Repeat(piece, 2_000_000 / piece.Length));
        foreach (var (before, after) in (ReadOnlySpan<(string, string)>)[("<rss><channel><item><title>", ""), ("<rss><channel><item><description>", "]]></description></item></channel></rss>"), ("<rss><channel>", "-->"), ("", "")])
        {
            var reading = FeedSamples.Reading(Encoding.UTF8.GetBytes(before + filler + after));
            reading.ShouldNotBeNull();
        }
    }

    [Fact]
    public void What_declared_entities_add_is_bounded_each_and_together()
    {
        var entities = new DeclaredEntities();
        entities.Declare($"<!DOCTYPE rss [<!ENTITY big \"{new string('x', 1_000)}\"><!ENTITY bigger \"{new string('y', 1_001)}\">]>");

        entities.Expand("bigger").ShouldBeNull();
        Enumerable.Range(0, 1_000).Count(_ => entities.Expand("big") is not null).ShouldBe(100);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll<byte[]>(bytes => FeedReader.Read(bytes, new(FeedSamples.Now)) is not null));

    [Fact]
    public void Any_damage_to_a_feed_leaves_it_readable_or_refused()
    {
        var damage = Gen.ArrayOf(Gen.Choose(0, Valid.Length - 1).SelectMany(at => Gen.Elements('<', '>', '&', '"', '/', '!', '[', ']', '\0', 'x', 'é').Select(c => (at, c)))).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(damage, edits =>
        {
            var text = Valid.ToCharArray();
            foreach (var (at, c) in edits)
            {
                text[at] = c;
            }

            return FeedSamples.Reading(Encoding.UTF8.GetBytes(new string(text))) is not null;
        }));
    }

    [Fact]
    public void Every_beginning_of_a_feed_gives_a_beginning_of_its_items()
    {
        var whole = FeedSamples.Read(Valid).Items;
        whole.Count.ShouldBe(3);
        for (var length = 0; length < Valid.Length; length++)
        {
            if (FeedSamples.Reading(Encoding.UTF8.GetBytes(Valid[..length])) is not FeedReading.Read { Document: var part })
            {
                continue;
            }

            part.Items.Count.ShouldBeLessThanOrEqualTo(whole.Count);
            for (var i = 0; i < part.Items.Count - 1; i++)
            {
                part.Items[i].ShouldBeEquivalentTo(whole[i]);
            }
        }
    }

    [Fact]
    public void An_id_that_is_cut_off_is_not_taken_for_another_id()
    {
        var cut = Valid[..(Valid.IndexOf("urn:x:3", StringComparison.Ordinal) + 5)];
        FeedSamples.Read(cut).Items.ShouldAllBe(i => i.NativeId != "urn:x");
    }
}
