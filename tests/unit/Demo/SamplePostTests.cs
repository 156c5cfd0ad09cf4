using Serm.Demo.Feeds;
using Serm.Demo.Posts;
using Serm.Demo.Provisioning;

namespace Serm.Tests.Unit.Demo;

public sealed class SamplePostTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 34, 56, TimeSpan.Zero);
    private static readonly IReadOnlyList<SamplePost> History = SamplePosts.History();
    private static readonly IReadOnlyList<SamplePost> Later = SamplePosts.Trickle();

    [Theory]
    [InlineData("en")]
    [InlineData("ru")]
    [InlineData("tr")]
    [InlineData("sv")]
    [InlineData("vi")]
    public void Each_language_has_fifty_posts_and_more(string language) =>
        History.Count(p => LanguageOf(p) == language).ShouldBeGreaterThanOrEqualTo(50);

    [Fact]
    public void There_are_four_hundred_posts_and_sixty_to_come()
    {
        History.Count.ShouldBeGreaterThanOrEqualTo(400);
        Later.Count.ShouldBeGreaterThanOrEqualTo(60);
        Later.Select(LanguageOf).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void Ids_are_unique() => History.Concat(Later).Select(p => p.Id).ShouldBeUnique();

    [Fact]
    public void No_text_is_written_twice() => History.Concat(Later).Select(p => p.Text).ShouldBeUnique();

    [Fact]
    public void Every_post_belongs_to_a_feed() => History.Concat(Later).ShouldAllBe(p => SampleFeed.All.Any(f => f.Name == p.Feed));

    [Fact]
    public void Every_feed_has_posts_and_more_to_come()
    {
        foreach (var feed in SampleFeed.All)
        {
            History.Count(p => p.Feed == feed.Name).ShouldBeGreaterThan(15, feed.Name);
            Later.ShouldContain(p => p.Feed == feed.Name, feed.Name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(23)]
    public void History_lies_in_the_two_weeks_before_the_start(int hour)
    {
        var start = Start.AddHours(hour - Start.Hour);
        foreach (var post in History)
        {
            post.PublishedAt(start).ShouldBeInRange(start.AddDays(-14), start, post.Id);
        }
    }

    [Fact]
    public void People_write_by_day()
    {
        History.Count(p => p.At.Hour is >= 2 and < 22).ShouldBe(History.Count);
        History.Count(p => p.At.Hour is >= 6 and < 21).ShouldBeGreaterThan(History.Count * 8 / 10);
    }

    [Fact]
    public void An_outage_stands_out_in_all_languages()
    {
        var outage = History.Where(p => p.DaysAgo == 5 && p.At >= new TimeOnly(8, 0) && p.At < new TimeOnly(14, 0)).ToList();
        outage.Count.ShouldBeGreaterThanOrEqualTo(65);
        outage.Count(p => p.Tone == Tone.Negative).ShouldBeGreaterThan(outage.Count * 9 / 10);
        outage.GroupBy(LanguageOf).ShouldAllBe(g => g.Count() >= 10);
        var usual = History.Where(p => p.DaysAgo is > 0 and not 5).GroupBy(p => p.DaysAgo).Max(day => day.Count(p => p.Tone == Tone.Negative));
        outage.Count.ShouldBeGreaterThan(usual * 4);
    }

    [Fact]
    public void A_third_of_what_comes_later_is_negative() =>
        ((double)Later.Count(p => p.Tone == Tone.Negative) / Later.Count).ShouldBeInRange(0.3, 0.4);

    [Fact]
    public void Nearly_all_posts_speak_of_a_brand_and_some_do_not()
    {
        History.Count(DemoBrand.Ours.Finds).ShouldBeGreaterThan(History.Count * 8 / 10);
        History.Count(DemoBrand.Competitor.Finds).ShouldBeGreaterThan(40);
        History.ShouldContain(p => !DemoBrand.Ours.Finds(p) && !DemoBrand.Competitor.Finds(p));
        Later.ShouldAllBe(p => DemoBrand.Ours.Finds(p) || DemoBrand.Competitor.Finds(p));
    }

    private static string LanguageOf(SamplePost post) => SampleFeed.All.Single(f => f.Name == post.Feed).Language;
}
