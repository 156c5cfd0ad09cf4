using System.Globalization;
using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ExportMenuTests
{
    private static readonly Guid Brand = new(1, 0, 0, new byte[8]);

    [Fact]
    public async Task Its_links_take_out_what_the_list_shows_and_it_says_how_many_that_is()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/mentions/export/count", new ExportCount(1_234, false, 100_000));
        var filter = new InboxFilter { Brands = [Brand], Sentiments = ["negative"], Q = "late & \"angry\"", Range = "7d" };
        var menu = stage.Render<ExportMenu>(p => p.Add(m => m.Filter, filter));
        stage.Asked.ShouldBeEmpty("nobody has opened it");

        await menu.Find("details").TriggerEventAsync("ontoggle", EventArgs.Empty);
        menu.WaitForElement("[data-testid=export-count]").TextContent.ShouldBe("Mentions that these filters show: 1,234. A file has 100,000 at most.");
        var query = filter.ToApi(stage.Clock.GetUtcNow());
        query.ShouldContain("from=2026-10-25T12");
        stage.Asked.ShouldBe([$"GET /api/mentions/export/count?{query}"]);
        menu.FindAll("a").Select(a => a.GetAttribute("href")).ShouldBe(new[] { "xlsx", "csv", "jsonl" }.Select(f => $"/api/mentions/export?format={f}&{query}&zone=UTC"));
        menu.FindAll("a").ShouldAllBe(a => a.HasAttribute("download"));
    }

    [Fact]
    public async Task Who_shows_more_than_a_file_takes_is_told_what_it_will_have()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/mentions/export/count", new ExportCount(100_000, true, 100_000));
        var menu = await OpenAsync(stage);
        menu.WaitForElement("[data-testid=export-count]").TextContent.ShouldStartWith("These filters show more than 100,000.");
    }

    [Fact]
    public async Task Where_nothing_is_shown_there_is_nothing_to_take_out_and_what_cannot_be_counted_can_be_taken_out_all_the_same()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/mentions/export/count", new ExportCount(0, false, 100_000));
        var menu = await OpenAsync(stage);
        menu.WaitForElement("[data-testid=export-count]");
        menu.FindAll("a").ShouldBeEmpty();

        // Other filters, and a service that is away.
        stage.Refuse("GET /api/mentions/export/count");
        menu.Render(p => p.Add(m => m.Filter, new InboxFilter { Status = "resolved" }));
        menu.WaitForElement("[role=alert]");
        menu.FindAll("a").Count.ShouldBe(3);
        menu.Find("a").GetAttribute("href")!.ShouldContain("status=resolved");
    }

    [Fact]
    public async Task Numbers_are_downloaded_as_they_are_shown()
    {
        var noon = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", new[] { new BrandItem(Brand, "Acme", "acme", null, null, 1, noon) });
        stage.Answer($"GET /api/brands/{Brand}/dynamics", new DynamicsData(Brand, noon.AddHours(-1), noon, "hour", [noon.AddHours(-1)], [new(noon.AddHours(-1), 2, 0, 0, 0, 0)], []));
        var link = stage.Render<Dynamics>().WaitForElement("[data-testid=dynamics-csv]");
        link.HasAttribute("download").ShouldBeTrue();
        link.GetAttribute("href").ShouldBe(string.Create(CultureInfo.InvariantCulture, $"/api/brands/{Brand}/dynamics?from=2026-11-01T11%3A00%3A00.0000000%2B00%3A00&to=2026-11-01T12%3A00%3A00.0000000%2B00%3A00&bucket=hour&zone=UTC&format=csv"));
    }

    private static async Task<IRenderedComponent<ExportMenu>> OpenAsync(PageStage stage)
    {
        var menu = stage.Render<ExportMenu>(p => p.Add(m => m.Filter, new InboxFilter()));
        await menu.Find("details").TriggerEventAsync("ontoggle", EventArgs.Empty);
        return menu;
    }
}
