using System.Text;
using Serm.Demo;
using Serm.Demo.Feeds;
using Serm.Demo.Posts;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Demo;

public sealed class FeedTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 34, 56, TimeSpan.Zero);
    private static readonly Uri Site = new("http://127.0.0.1:8089/");

    public static TheoryData<string> Feeds => [.. SampleFeed.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Feeds))]
    public void Ingest_reads_every_post_as_it_was_written(string name)
    {
        var feed = SampleFeed.All.Single(f => f.Name == name);
        var sites = new SampleSites(null, Start);
        for (var i = 0; i < 120; i++)
        {
            sites.Publish(Start.AddSeconds(20 * i));
        }

        var now = Start.AddHours(2);
        var entries = sites.Entries(feed, now);
        var document = Read(feed, entries, now);

        document.Format.ToString().ShouldBe(feed.Shape.ToString());
        document.Title.ShouldBe(feed.Title);
        document.Language.ShouldBe(feed.DeclaresLanguage ? feed.Language : null);
        document.Warnings.ShouldBeEmpty();
        document.Items.Select(i => i.NativeId).ShouldBeUnique();
        document.Items.Count.ShouldBe(entries.Count);
        foreach (var (item, entry) in document.Items.Zip(entries))
        {
            item.Title.ShouldBe(entry.Title);
            item.Text.ShouldBe(feed.Shape == FeedShape.Json ? entry.Text : entry.Text.Replace("\n", "\n\n", StringComparison.Ordinal));
            item.Author?.Name.ShouldBe(entry.Author);
            item.Published.ShouldBe(Second(entry.Published));
            item.Url.ShouldBe(new Uri(Site, $"posts/{entry.Id}").AbsoluteUri);
        }

        entries.Count.ShouldBeGreaterThan(SamplePosts.History().Count(p => p.Feed == name));
    }

    [Fact]
    public void All_shapes_and_three_charsets_are_served()
    {
        SampleFeed.All.Select(f => f.Shape).Distinct().Count().ShouldBe(4);
        SampleFeed.All.Select(f => f.Charset).Distinct().Order().ShouldBe(["iso-8859-9", "utf-8", "windows-1251"]);
    }

    [Fact]
    public void Cyrillic_is_really_written_in_windows_1251()
    {
        var feed = SampleFeed.All.Single(f => f.Charset == "windows-1251");
        var body = FeedWriter.Write(feed, new SampleSites(null, Start).Entries(feed, Start), Site);
        Encoding.GetEncoding(1251).GetString(body).ShouldContain("Парвельта");
        Encoding.UTF8.GetString(body).ShouldNotContain("Парвельта");
    }

    [Fact]
    public void An_edit_changes_the_text_and_not_the_id()
    {
        var number = Enumerable.Range(0, 60).First(n => Trickle.Make(new(n, Start), Start, Start.AddHours(1)).Edited is not null);
        var before = Trickle.Make(new(number, Start), Start, Start);
        var after = Trickle.Make(new(number, Start), Start, Start.AddHours(1));
        var feed = SampleFeed.All.Single(f => f.Name == before.Feed);
        var read = new[] { before, after }.Select(e => Read(feed, [e], Start.AddHours(1)).Items.ShouldHaveSingleItem()).ToList();
        read[1].NativeId.ShouldBe(read[0].NativeId);
        read[1].Text.ShouldNotBe(read[0].Text);
    }

    [Fact]
    public void A_page_shows_markup_as_text()
    {
        var feed = SampleFeed.All[0];
        var entry = new Entry("x\"><script>", feed.Name, "<b>me</b>", "<script>alert(1)</script>", "a <img src=x onerror=alert(1)> & 'b'\n</p><script>", Start);
        foreach (var page in new[] { Html.Post(feed, entry), Html.Site(feed, [entry]) })
        {
            page.ShouldNotContain("<script");
            page.ShouldNotContain("<img");
            page.ShouldNotContain("<b>");
            page.ShouldContain("lang=\"en\"");
        }

        Html.Post(feed, entry).ShouldContain("This is a sample page");
    }

    private static FeedDocument Read(SampleFeed feed, IReadOnlyList<Entry> entries, DateTimeOffset now)
    {
        var address = new Uri(Site, feed.Path);
        return FeedReader.Read(FeedWriter.Write(feed, entries, Site), new(now, address, address, FeedWriter.ContentType(feed))).ShouldBeOfType<FeedReading.Read>().Document;
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
