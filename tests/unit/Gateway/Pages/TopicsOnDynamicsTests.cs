using System.Globalization;
using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>What is said, what stands out, and when it is written, on the page of the dynamics.</summary>
public sealed class TopicsOnDynamicsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Brand = new(1, 0, 0, new byte[8]);

    [Fact]
    public async Task A_topic_leads_to_its_mentions_of_the_same_brand_time_and_sentiment()
    {
        await using var stage = Stage(Topics(topics: [Topic("sorting centre", rising: true), Topic("parcel", rising: false)]));
        stage.Go($"/dynamics?brand={Brand}&said=negative");
        var page = stage.Render<Dynamics>();
        page.WaitForElement("[data-testid=topic-link]").GetAttribute("href")
            .ShouldBe($"/?brand={Brand}&sentiment=negative&status=kept&q=sorting%20centre&from=2026-11-01T10%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all");
        page.Find("[data-testid=topic] p").TextContent.ShouldStartWith("8 (40%) now, 1 (0.5%) before; authors: 7, sources: 3.");
        stage.Asked.ShouldContain(a => a.Contains("/topics?", StringComparison.Ordinal) && a.EndsWith("&sentiment=negative", StringComparison.Ordinal));
        page.FindAll(".topics h3").Select(h => h.TextContent).ShouldBe(["Said more than before", "Said often"]);
    }

    [Fact]
    public async Task How_many_were_looked_at_is_told_and_that_the_time_before_was_not_seen_whole()
    {
        await using var stage = Stage(Topics(topics: [Topic("x", true)], now: Time(complete: false, mentions: 41_000, lookedAt: 2_000), blind: true));
        var text = stage.Render<Dynamics>().WaitForElement("[data-testid=topics-sample]").TextContent;
        text.ShouldContain("Looked at 2,000 of 41,000 mentions");
        text.ShouldContain("A source was blind in the time before");
    }

    [Fact]
    public async Task Too_few_mentions_say_so_and_a_failure_says_which_and_offers_to_try_again()
    {
        await using var stage = Stage(Topics(topics: [], now: Time(voices: 4)));
        var page = stage.Render<Dynamics>();
        page.WaitForElement("[data-testid=topics-few]").TextContent.ShouldBe("Too few to tell: 4 different voices, and 10 are needed.");

        stage.Refuse($"GET /api/brands/{Brand}/topics");
        stage.Go($"/dynamics?brand={Brand}&said=negative");
        page.WaitForElement(".topics [data-testid=problem]");
        page.FindAll("[data-testid=dynamics-total]").Count.ShouldBe(1, "the chart can be read without");
    }

    [Fact]
    public async Task A_spike_narrows_the_topics_to_its_time_and_the_whole_time_can_be_had_again()
    {
        await using var stage = Stage(Topics(topics: [], story: new(new Guid(7, 0, 0, new byte[8]), 5, new Guid(8, 0, 0, new byte[8]))), new SpikeItem(Noon.AddHours(-3), Noon.AddHours(-1), true, 60, 4));
        var page = stage.Render<Dynamics>();
        var spike = page.WaitForElement("[data-testid=spike]");
        spike.TextContent.ShouldBe("1 Nov, 09:00 – 11:00: 60 negative mentions, 4 are ordinary. What was said?");
        page.Find("[data-testid=chart-spike]").GetAttribute("href").ShouldBe(spike.GetAttribute("href"));
        spike.GetAttribute("href").ShouldBe("/dynamics?from=2026-11-01T09%3A00%3A00Z&to=2026-11-01T11%3A00%3A00Z&said=negative");

        var asked = stage.Asked.Count(a => a.Contains("/dynamics?", StringComparison.Ordinal));
        stage.Go(spike.GetAttribute("href")!);
        page.WaitForElement("[data-testid=topics-whole]").GetAttribute("href").ShouldBe("/dynamics?said=negative");
        page.Find("[data-testid=spike]").GetAttribute("aria-current").ShouldBe("true");
        page.WaitForElement("[data-testid=topics-story] a").GetAttribute("href")!.ShouldContain("story=00000007");
        stage.Asked.ShouldContain(a => a.Contains("/topics?from=2026-11-01T09%3A00%3A00.0000000%2B00%3A00&to=2026-11-01T11", StringComparison.Ordinal));
        stage.Asked.Count(a => a.Contains("/dynamics?", StringComparison.Ordinal)).ShouldBe(asked, "the chart is the same");
    }

    [Fact]
    public async Task A_part_that_lies_outside_the_time_that_is_shown_asks_about_the_whole_time()
    {
        await using var stage = Stage(Topics(topics: []));
        stage.Go($"/dynamics?brand={Brand}&from=2026-10-01T09:00:00Z&to=2026-10-01T11:00:00Z");
        stage.Render<Dynamics>().WaitForElement("[data-testid=topics-sample]");
        stage.Asked.Where(a => a.Contains("/topics?", StringComparison.Ordinal)).ShouldAllBe(a => a.Contains("/topics?from=2026-10-25", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 1)]
    public async Task Hours_of_the_week_are_told_from_a_week_on(int days, int shown)
    {
        await using var stage = Stage(Topics(topics: []));
        stage.Go($"/dynamics?brand={Brand}&days={days}");
        var page = stage.Render<Dynamics>();
        page.WaitForElement("[data-testid=topics-sample]");
        await PageStage.SettleAsync();
        page.FindAll("[data-testid=heat]").Count.ShouldBe(shown);
    }

    [Fact]
    public async Task An_address_that_was_cut_off_asks_about_the_whole_time()
    {
        await using var stage = Stage(Topics(topics: []));
        stage.Go($"/dynamics?brand={Brand}&from=2026-11-01T09&to=nonsense&said=everything");
        stage.Render<Dynamics>().WaitForElement("[data-testid=topics-sample]");
        stage.Asked.ShouldContain(a => a.Contains("/topics?from=2026-10-25", StringComparison.Ordinal) && !a.Contains("sentiment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_hour_of_the_week_leads_to_its_mentions_and_one_of_several_weeks_to_each_of_its_hours()
    {
        await using var stage = Stage(Topics(topics: []));
        var page = stage.Render<Dynamics>();
        var cell = page.WaitForElement("[data-testid=heat] a.heat-cell");
        cell.GetAttribute("href").ShouldBe($"/?brand={Brand}&status=kept&from=2026-11-01T11%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all");
        cell.GetAttribute("aria-label").ShouldBe("Sunday, 11:00: 4 mentions in hours: 1; negative of the judged ones: 50%.");
        page.FindAll("[data-testid=heat] .heat-cell[tabindex='0']").Count.ShouldBe(1);
        page.FindAll("[data-testid=heat] tbody td").Count.ShouldBe(7 * 24);

        stage.Go("/dynamics?days=14");
        page.WaitForElement("[data-testid=heat] button.heat-cell").Click();
        page.FindAll("[data-testid=heat-hours] a").Select(a => a.TextContent).ShouldBe(["Sun 1 Nov, 11:00: 4", "Sun 25 Oct, 11:00: 2"]);
    }

    [Fact]
    public void Hours_of_the_week_are_those_of_whoever_looks_also_where_clocks_go_back()
    {
        // On the 25th the hour from two to three comes twice in Stockholm.
        var from = new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero);
        var starts = Enumerable.Range(0, 26).Select(i => from.AddHours(i)).ToList();
        var data = new DynamicsData(Brand, from, from.AddHours(26), "hour", starts, [new(from.AddHours(2), 1, 0, 1, 2, 0), new(from.AddHours(3), 2, 0, 0, 0, 0)], []);
        var rows = HeatGrid.Of(data, TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm"), DayOfWeek.Monday);
        rows.Select(r => r[0].Day).ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday]);
        var cell = rows[6][2];
        (cell.Total, cell.Mean, cell.Negative, cell.Hours.Count).ShouldBe((6, 3, 0.75, 2));
        rows[0][0].Hours.Count.ShouldBe(1);
        rows[2][5].Hours.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(0.1, 10, 1)]
    [InlineData(10, 10, 5)]
    [InlineData(5, 10, 3)]
    [InlineData(1, 0, 0)]
    public void A_shade_is_a_fifth_of_the_largest(double value, double largest, int level) => HeatGrid.Level(value, largest).ShouldBe(level);

    private static PageStage Stage(TopicsData topics, params SpikeItem[] spikes)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-GB");
        var stage = new PageStage();
        stage.Answer("GET /api/brands", new[] { new BrandItem(Brand, "Acme", "acme", null, null, 1, Noon) });
        stage.Answer($"GET /api/brands/{Brand}/dynamics", query => Task.FromResult<object?>(Dynamics(query.Contains("from=2026-10-19", StringComparison.Ordinal) ? 14 : 7, spikes)));
        stage.Answer($"GET /api/brands/{Brand}/topics", topics);
        stage.Go("/dynamics");
        return stage;
    }

    private static DynamicsData Dynamics(int days, SpikeItem[] spikes)
    {
        var starts = Enumerable.Range(0, days * 24).Select(i => Noon.AddHours(i - (days * 24))).ToList();
        return new(Brand, starts[0], Noon, "hour", starts, [.. days > 7 ? new[] { new DynamicsPoint(Noon.AddHours(-1).AddDays(-7), 0, 2, 0, 0, 0) } : [], new(Noon.AddHours(-1), 2, 0, 2, 0, 0)], [], spikes);
    }

    private static TopicTime Time(bool complete = true, long mentions = 20, int lookedAt = 20, int voices = 20) => new(Noon.AddHours(-2), Noon, mentions, lookedAt, complete, voices, false);

    private static TopicsData Topics(IReadOnlyList<TopicItem> topics, TopicTime? now = null, bool blind = false, LargestStory? story = null) =>
        new(Brand, null, now ?? Time(), new(Noon.AddDays(-7), Noon.AddHours(-2), 200, 200, true, 180, blind), true, 10, topics, story, null);

    private static TopicItem Topic(string text, bool rising) => new(text, text, "en", rising, 9, 8, 1, 7, 1, 7, 3, 0.75, [], []);
}
