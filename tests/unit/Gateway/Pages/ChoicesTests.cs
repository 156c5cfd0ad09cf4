using Bunit;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>Pages whose numbers are of what was chosen: of another choice they show nothing, refused or late.</summary>
public sealed class ChoicesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task Service_levels_of_the_choice_before_are_not_shown() => OnlyTheLastIsShownAsync<ServiceLevels>(
        "/sla?days=7",
        "/sla?days=90",
        "GET /api/sla/report",
        "[data-testid=sla-breached]",
        Report,
        stage =>
        {
            stage.Answer("GET /api/sla/policies", new SlaPoliciesItem(1, [new("p", 60, null, [], [], [], 80, true, true, "UTC", [], [])]));
            stage.Answer("GET /api/sla/forecast", new SlaForecastView(Noon, true, 0, 0, 0, 0, 0, [], []));
        });

    [Fact]
    public Task Authors_of_the_choice_before_are_not_shown() =>
        OnlyTheLastIsShownAsync<Authors>("/authors?days=7", "/authors?days=90", "GET /api/authors", "[data-testid=author-row] td", n => new AuthorsData(Noon, Noon, [Author(n)]));

    [Fact]
    public Task Coverage_of_the_choice_before_is_not_shown() => OnlyTheLastIsShownAsync<Coverage>(
        "/coverage?weeks=13",
        "/coverage?weeks=26",
        "GET /api/coverage",
        "[data-testid=coverage-source] button",
        n => new CoverageView(Noon, Noon, [new(Guid.Empty, "rss", $"{n}", SourceState.Healthy, [], [])]));

    [Fact]
    public Task Incidents_of_the_choice_before_are_not_shown() => OnlyTheLastIsShownAsync<Incidents>(
        "/incidents?status=all",
        "/incidents?status=open",
        "GET /api/incidents",
        "[data-testid=incident] span.muted",
        n => new IncidentItems([OneIncidentTests.Item(1) with { Owner = $"{n}" }], null));

    [Fact]
    public Task Brands_that_were_compared_over_the_time_before_are_not_shown() => OnlyTheLastIsShownAsync<Compare>(
        "/compare?days=14",
        "/compare?days=30",
        "GET /api/dynamics/compare",
        "[data-testid=compare-mentions]",
        n => CompareTests.Data() with { Brands = [.. CompareTests.Data().Brands.Select(b => b with { Now = b.Now with { Mentions = n } })] },
        stage => stage.Answer("GET /api/brands", CompareTests.Data().Brands.Select(b => CompareTests.Brand(b.BrandId, "Acme")).ToList()));

    // What is shown tells a number.
    private static async Task OnlyTheLastIsShownAsync<TPage>(string first, string second, string asks, string shown, Func<int, object> answer, Action<PageStage>? before = null)
        where TPage : IComponent
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        before?.Invoke(stage);
        stage.Answer(asks, answer(7));
        stage.Go(first);
        var page = stage.Render<TPage>();
        page.WaitForElement(shown).TextContent.ShouldBe("7");

        stage.Refuse(asks);
        stage.Go(second);
        page.WaitForElement("[data-testid=problem]");
        page.FindAll(shown).ShouldBeEmpty("what was told is of the other choice");

        var late = new TaskCompletionSource<object?>();
        stage.Answer(asks, _ => late.Task);
        stage.Go(first);
        page.WaitForState(() => stage.Asked.Count(a => a.StartsWith($"{asks}?", StringComparison.Ordinal)) == 3);
        stage.Answer(asks, answer(3));
        stage.Go(second);
        page.WaitForElement(shown);
        late.SetResult(answer(7));
        await PageStage.SettleAsync();
        page.Find(shown).TextContent.ShouldBe("3");
    }

    private static SlaReportItem Report(int breached)
    {
        var figures = new SlaFiguresItem(9, 9, 9 - breached, breached, 0.5, 1, 1);
        return new(Noon, Noon, 1, true, new("all", "", figures, figures, breached), []);
    }

    private static AuthorData Author(int negative) => new(Guid.Empty, "Ana", null, null, "rss", 9, negative, 0, 0, 0, 0, 0, 0, Noon, Noon, null, null);
}
