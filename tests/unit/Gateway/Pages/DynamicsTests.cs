using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class DynamicsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_bar_leads_to_the_mentions_that_it_counts_which_are_each_telling_that_is_not_dismissed()
    {
        await using var stage = new PageStage();
        var brand = new Guid(1, 0, 0, new byte[8]);
        stage.Answer("GET /api/brands", new[] { new BrandItem(brand, "Acme", "acme", null, null, 1, Noon) });
        stage.Answer($"GET /api/brands/{brand}/dynamics", new DynamicsData(brand, Noon.AddHours(-1), Noon, "hour", [Noon.AddHours(-1)], [new(Noon.AddHours(-1), 2, 0, 0, 0, 0)], []));
        var page = stage.Render<Dynamics>();
        page.WaitForElement("[data-testid=chart] a").GetAttribute("href")
            .ShouldBe($"/?brand={brand}&sentiment=negative&status=kept&from=2026-11-01T11%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all");
    }

    [Fact]
    public async Task A_figure_and_a_number_of_the_table_lead_to_their_mentions()
    {
        await using var stage = new PageStage();
        var brand = new Guid(1, 0, 0, new byte[8]);
        stage.Answer("GET /api/brands", new[] { Brand(brand) });
        stage.Answer($"GET /api/brands/{brand}/dynamics", Data(brand, 2));
        var page = stage.Render<Dynamics>();
        const string Hour = "status=kept&from=2026-11-01T11%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all";
        page.WaitForElement("[data-testid=dynamics-total] a").GetAttribute("href").ShouldBe($"/?brand={brand}&{Hour}");
        page.Find("[data-testid=dynamics-share] a").GetAttribute("href").ShouldBe($"/?brand={brand}&sentiment=negative&{Hour}");
        page.FindAll(".table-card td a").Select(a => (a.TextContent, a.GetAttribute("href"))).ShouldBe([("2", $"/?brand={brand}&sentiment=negative&{Hour}")]);
    }

    [Fact]
    public async Task Days_are_compared_with_those_before_up_to_the_same_hour()
    {
        await using var stage = new PageStage();
        var brand = new Guid(1, 0, 0, new byte[8]);
        stage.Answer("GET /api/brands", new[] { Brand(brand) });
        stage.Answer($"GET /api/brands/{brand}/dynamics", Data(brand, 2));
        stage.Go($"/dynamics?brand={brand}&days=90&bucket=day");
        stage.Render<Dynamics>().WaitForElement("[data-testid=dynamics-total]");
        stage.Asked.Where(a => a.Contains("/dynamics", StringComparison.Ordinal)).Select(a => a.Contains("bucket=day", StringComparison.Ordinal) ? "day" : a.Contains("bucket=hour", StringComparison.Ordinal) ? "hour" : a)
            .ShouldBe(["day", "hour", "hour"], "the bars, the days before, and the hours of the week");
    }

    [Fact]
    public async Task Numbers_of_one_brand_are_not_shown_as_those_of_the_next()
    {
        await using var stage = new PageStage();
        var (first, second) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        stage.Answer("GET /api/brands", new[] { Brand(first), Brand(second) });
        stage.Answer($"GET /api/brands/{first}/dynamics", Data(first, 7));
        stage.Go($"/dynamics?brand={first}");
        var page = stage.Render<Dynamics>();
        page.WaitForElement("[data-testid=dynamics-total]").TextContent.ShouldBe("7");

        stage.Go($"/dynamics?brand={second}");
        page.WaitForElement("[data-testid=problem]");
        page.FindAll("[data-testid=dynamics-total]").ShouldBeEmpty("what was told is the other's");

        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/brands/{first}/dynamics", _ => late.Task);
        stage.Answer($"GET /api/brands/{second}/dynamics", Data(second, 3));
        stage.Go($"/dynamics?brand={first}");
        stage.Go($"/dynamics?brand={second}");
        page.WaitForElement("[data-testid=dynamics-total]");
        late.SetResult(Data(first, 7));
        await PageStage.SettleAsync();
        page.Find("[data-testid=dynamics-total]").TextContent.ShouldBe("3");
    }

    private static BrandItem Brand(Guid id) => new(id, $"Acme {id}", "acme", null, null, 1, Noon);

    private static DynamicsData Data(Guid brand, int negative) =>
        new(brand, Noon.AddHours(-1), Noon, "hour", [Noon.AddHours(-1)], [new(Noon.AddHours(-1), negative, 0, 0, 0, 0)], []);
}
