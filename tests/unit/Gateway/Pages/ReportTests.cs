using Bunit;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Stockholm = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");
    private static readonly Guid Brand = new(1, 0, 0, new byte[8]);

    [Theory]
    [InlineData(null, null, null, "2026-10-26", "2026-11-01")]
    [InlineData("30d", null, null, "2026-10-03", "2026-11-01")]
    [InlineData("month", null, null, "2026-10-01", "2026-10-31")]
    [InlineData("nonsense", "soon", "", "2026-10-26", "2026-11-01")]
    [InlineData("month", "2026-03-01", "2026-03-31", "2026-03-01", "2026-03-31")]
    [InlineData(null, "2026-03-31", "2026-03-01", "2026-03-01", "2026-03-31")]
    [InlineData(null, "2026-10-30", null, "2026-10-30", "2026-11-01")]
    [InlineData(null, null, "2026-10-10", "2026-10-04", "2026-10-10")]
    [InlineData(null, "2020-01-01", "2031-01-01", "2025-11-01", "2026-11-01")]
    [InlineData(null, "0001-01-01", "0001-01-01", "2000-01-01", "2000-01-01")]
    public void The_address_says_which_days(string? time, string? from, string? to, string first, string last) =>
        ReportTime.Of(time, from, to, Noon, Stockholm).ShouldBe(new ReportTime(DateOnly.Parse(first, System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(last, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_time_that_goes_on_is_compared_up_to_the_same_time_of_day_and_one_that_is_over_whole()
    {
        var week = ReportTime.Of("7d", null, null, Noon, Stockholm);
        week.Span(Noon, Stockholm).ShouldBe((At("2026-10-25T23:00Z"), Noon));

        // A week earlier clocks were still those of summer.
        week.Before(Noon, Stockholm).ShouldBe((At("2026-10-18T22:00Z"), At("2026-10-25T12:00Z")));

        var month = ReportTime.Of("month", null, null, Noon, Stockholm);
        month.Span(Noon, Stockholm).ShouldBe((At("2026-09-30T22:00Z"), At("2026-10-31T23:00Z")));
        month.Before(Noon, Stockholm).ShouldBe((At("2026-08-30T22:00Z"), At("2026-09-30T22:00Z")));
    }

    [Property]
    public void The_time_before_ends_no_later_than_the_time_begins(int first, byte days, int seconds)
    {
        var now = Noon.AddSeconds(seconds % 100_000_000);
        var last = ReportTime.Today(now, Stockholm).AddDays(-(Math.Abs(first % 400)));
        var time = ReportTime.Of(null, last.AddDays(-days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), last.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), now, Stockholm);
        var (span, before) = (time.Span(now, Stockholm), time.Before(now, Stockholm));
        span.From.ShouldBeLessThanOrEqualTo(span.To);
        before.To.ShouldBeLessThanOrEqualTo(span.From.AddHours(1), "but for the hour by which clocks move");
        (span.To - span.From - (before.To - before.From)).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(2));
    }

    [Fact]
    public void Two_sources_that_are_blind_at_once_are_one_time_in_which_not_all_was_seen()
    {
        BlindTime[] gaps = [Gap(1, 3), Gap(2, 4), Gap(6, 7), Gap(-5, 0.5), Gap(9, null), Gap(2, 3)];
        ReportTime.Blind(gaps, Noon, Noon.AddHours(10)).ShouldBe(TimeSpan.FromHours(0.5 + 3 + 1 + 1));
        ReportTime.Blind([], Noon, Noon.AddHours(10)).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task It_tells_all_parts_and_leads_to_what_they_count()
    {
        await using var stage = Stage();
        stage.Go($"/report?brand={Brand}&time=month");
        var page = stage.Render<Report>();
        page.WaitForElement("[data-testid=report-total] a").GetAttribute("href").ShouldBe($"/?brand={Brand}&status=kept&from=2026-10-01T00%3A00%3A00Z&to=2026-10-01T01%3A00%3A00Z&stories=all");
        page.Find("[data-testid=report-total]").TextContent.ShouldBe("4");
        page.Find("[data-testid=report-blind]").TextContent.ShouldBe("0.5 h of 1 h");
        page.Find("[data-testid=report-time]").TextContent.ShouldBe("1 Oct 2026 to 31 Oct 2026");
        page.Find(".report-head").TextContent.ShouldContain("model-7 (3), not judged yet (1)");
        page.Find("[data-testid=report-loudest]").TextContent.ShouldContain("<b>Awful</b>");
        page.FindAll("[data-testid=report-mention] a.source").ShouldBeEmpty("an address that is none of a page is no link");
        page.Find("[data-testid=report-authors]").TextContent.ShouldContain("Ann");
        page.Find("[data-testid=report-sources]").TextContent.ShouldContain("75%");
        page.Find("[data-testid=report-gaps]").TextContent.ShouldContain("feed: blind for 0.5 h of 1 h");

        // Nothing is there, in one line each.
        page.Find("[data-testid=report-stories] p").TextContent.ShouldBe("No story was told more than once.");
        page.Find("[data-testid=report-incidents] p").TextContent.ShouldBe("No incident began in this time.");
        stage.Asked.Where(a => a.StartsWith("GET /api/mentions?", StringComparison.Ordinal)).ShouldAllBe(a => a.Contains("stories=one", StringComparison.Ordinal) && a.Contains("from=2026-10-01", StringComparison.Ordinal));
        stage.Asked.Single(a => a.Contains("sort=reach", StringComparison.Ordinal)).ShouldContain("sentiment=negative");
    }

    [Fact]
    public async Task A_part_that_cannot_be_read_says_so_and_the_others_are_there()
    {
        await using var stage = Stage();
        stage.Refuse("GET /api/incidents");
        stage.Refuse("GET /api/authors");
        stage.Go($"/report?brand={Brand}");
        var page = stage.Render<Report>();
        page.WaitForElement("[data-testid=report-incidents] [role=alert]").TextContent.ShouldStartWith("This part could not be read.");
        page.Find("[data-testid=report-authors] [role=alert]");
        page.FindAll("[role=alert]").Count.ShouldBe(2);
        page.Find("[data-testid=report-sources] table");

        // Without the counts there is no report.
        stage.Refuse($"GET /api/brands/{Brand}/dynamics");
        await page.Find("[data-testid=report-time-30d]").ClickAsync(new());
        page.WaitForElement("[data-testid=problem]");
        page.FindAll(".report-part").ShouldBeEmpty();
    }

    [Fact]
    public async Task Days_that_are_chosen_come_into_the_address()
    {
        await using var stage = Stage();
        stage.Go($"/report?brand={Brand}");
        var page = stage.Render<Report>();
        page.WaitForElement("[data-testid=report-total]");
        await page.Find("[data-testid=report-from]").ChangeAsync(new() { Value = "2026-10-05" });
        page.WaitForState(() => stage.Address.EndsWith($"/report?brand={Brand}&from=2026-10-05&to=2026-11-01", StringComparison.Ordinal));
        await page.Find("[data-testid=report-time-month]").ClickAsync(new());
        page.WaitForState(() => stage.Address.EndsWith($"/report?brand={Brand}&time=month", StringComparison.Ordinal));
        page.Find("[data-testid=report-time-month]").GetAttribute("aria-pressed").ShouldBe("true");
    }

    private static PageStage Stage()
    {
        var stage = new PageStage();
        var at = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
        var loud = MentionListTests.Item(1) with { Text = "<b>Awful</b>", Url = "javascript:alert(1)", Reach = 5_000 };
        stage.Answer("GET /api/brands", new[] { new BrandItem(Brand, "Acme", "acme", null, null, 1, Noon) });
        stage.Answer($"GET /api/brands/{Brand}/dynamics", new DynamicsData(Brand, at, at.AddHours(1), "day", [at], [new(at, 3, 0, 0, 1, 5_000)], [new(Guid.Empty, "feed", at, at.AddHours(0.5), "timeout")]));
        stage.Answer($"GET /api/brands/{Brand}/composition", new CompositionData(Brand, at, at.AddHours(1), [new(Brand, "feed", "feed", 3, 3, 5_000), new(Guid.Empty, "push", "push", 1, 0, 0)], [new("model-7", 3), new(null, 1)]));
        stage.Answer("GET /api/mentions", query => Task.FromResult<object?>(new MentionPage(query.Contains("sort=reach", StringComparison.Ordinal) ? [loud] : [], null)));
        stage.Answer("GET /api/authors", new AuthorsData(at, Noon, [new(Brand, "Ann", null, null, "feed", 3, 3, 5_000, 1, 0, 4, 0, 3, at, at, null, null)]));
        stage.Answer("GET /api/sla/report", new SlaReportItem(at, Noon, 1, true, new("all", "", Nothing, Nothing, 0), []));
        stage.Answer("GET /api/incidents", new IncidentItems([], null));
        return stage;
    }

    private static readonly SlaFiguresItem Nothing = new(0, 0, 0, 0, null, null, null);

    private static BlindTime Gap(double from, double? to) => new(Guid.Empty, "feed", Noon.AddHours(from), to is { } t ? Noon.AddHours(t) : null, "timeout");

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
