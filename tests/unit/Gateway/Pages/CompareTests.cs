using Bunit;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class CompareTests
{
    private const string Time = "from=2026-11-01T10%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all";
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Ours = Id(1);
    private static readonly Guid Theirs = Id(2);

    [Fact]
    public async Task Each_number_leads_to_the_mentions_behind_it()
    {
        await using var stage = Stage(Data());
        var page = stage.Render<Compare>();
        var row = page.WaitForElement($"[data-brand-id='{Theirs}']");
        row.QuerySelectorAll("td a").Select(a => (a.TextContent, a.GetAttribute("href"))).ShouldBe([
            ("6", $"/?brand={Theirs}&status=kept&{Time}"),
            ("75%", $"/?brand={Theirs}&status=kept&{Time}"),
            ("60%", $"/?brand={Theirs}&sentiment=negative&status=kept&{Time}"),
            ("2", $"/?brand={Theirs}&sentiment=negative&stories=all"),
            ("1.2k", $"/?brand={Theirs}&status=kept&{Time}")]);
        row.TextContent.ShouldContain("3 of 5", customMessage: "the one that is not judged is in no share");
        row.TextContent.ShouldContain("+20%");
        row.TextContent.ShouldContain("−5.0 points");
        page.FindAll("[data-testid=compare-row]").Select(r => r.GetAttribute("data-brand-id")).ShouldBe([$"{Theirs}", $"{Ours}"]);
        page.FindAll("[data-testid=compare-series] td a").Select(a => (a.TextContent, a.GetAttribute("href"))).ShouldBe([
            ("6", $"/?brand={Theirs}&status=kept&from=2026-11-01T11%3A00%3A00Z&to=2026-11-01T12%3A00%3A00Z&stories=all"),
            ("2", $"/?brand={Ours}&status=kept&from=2026-11-01T10%3A00%3A00Z&to=2026-11-01T11%3A00%3A00Z&stories=all")]);
    }

    [Fact]
    public async Task The_brands_of_the_address_are_asked_for_and_what_it_names_beside_them_is_told()
    {
        await using var stage = Stage(Data(), Brand(Id(3), "Third"));
        stage.Go($"/compare?brand={Ours}&brand={Theirs}&brand={Id(9)}&brand=nonsense&days=14&bucket=day");
        var page = stage.Render<Compare>();
        page.WaitForElement("[data-testid=compare-row]");
        stage.Asked.Last(a => a.Contains("compare", StringComparison.Ordinal)).ShouldStartWith($"GET /api/dynamics/compare?brand={Ours}&brand={Theirs}&from=");
        page.Find("[data-testid=compare-gone]").TextContent.ShouldEndWith(": 1");
        page.FindAll("[data-testid=compare-brand]").Select(b => b.HasAttribute("checked")).ShouldBe([true, true, false]);

        // Its place in the list gives a brand its colour, and not how loud it is.
        page.FindAll("[data-testid=compare-row]").Select(r => r.ClassName).ShouldBe(["series-2", "series-1"]);
        await page.FindAll("[data-testid=compare-brand]")[2].ChangeAsync(new() { Value = true });
        page.WaitForState(() => stage.Asked.Last().Contains($"brand={Id(3)}", StringComparison.Ordinal) && stage.Asked.Last().Contains("bucket=day", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_lines_of_the_negative_ones_are_drawn_from_the_same_numbers()
    {
        await using var stage = Stage(Data());
        var page = stage.Render<Compare>();
        page.WaitForElement("[data-testid=compare-only-negative]").Click();
        page.WaitForState(() => page.Find("[data-testid=compare-only-negative]").GetAttribute("aria-pressed") == "true");
        page.FindAll("[data-testid=compare-series] td a").Select(a => a.TextContent).ShouldBe(["3"]);
        page.Find("[data-testid=compare-series] td a").GetAttribute("href")!.ShouldContain("sentiment=negative");
        stage.Asked.Count(a => a.Contains("compare", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_was_blind_is_told_and_a_line_breaks_off_where_nobody_looked()
    {
        var data = Data() with { Gaps = [new(Guid.Empty, "feed", Noon.AddHours(-1), null, "timeout")], Before = new(Noon.AddDays(-1), Noon.AddDays(-1).AddHours(2), true) };
        await using var stage = Stage(data);
        var page = stage.Render<Compare>();
        page.WaitForElement("[data-testid=compare-blind]");
        page.FindAll("[data-testid=gap]").Count.ShouldBe(1);
        page.Find("[data-testid=compare-blind-before]");

        // Theirs has both hours, ours one: of the other hour nothing is known.
        page.FindAll("[data-testid=voice-line] polyline").Count.ShouldBe(1);
        page.FindAll("[data-testid=voice-line] circle").Count.ShouldBe(1);
        page.FindAll("[data-testid=compare-series] td").Select(d => d.TextContent.Trim()).ShouldBe(["6", "–", "0", "2"]);
    }

    [Fact]
    public async Task One_brand_is_told_how_to_get_a_second_by_who_may_add_it()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", new[] { Brand(Ours, "Acme") });
        var page = stage.Render<Compare>();
        page.WaitForElement("[data-testid=compare-alone] a[href='/brands/new']");
        page.Find("[data-testid=compare-alone]").TextContent.ShouldContain("Acme");
        stage.Become(Role.Moderator);
        stage.Render<Compare>().WaitForElement("[data-testid=compare-alone]").QuerySelector("a").ShouldBeNull();
    }

    [Fact]
    public async Task Of_nothing_no_chart_is_drawn_and_a_refusal_can_be_tried_again()
    {
        await using var stage = Stage(Data() with { Brands = [.. Data().Brands.Select(b => b with { Now = new(0, null, 0, 0, 0, 0, null, 0), Points = [] })] });
        stage.Render<Compare>().WaitForElement("[data-testid=compare-nothing]");
        stage.Refuse("GET /api/dynamics/compare");
        var page = stage.Render<Compare>();
        page.WaitForElement("[data-testid=problem] button");
        stage.Answer("GET /api/dynamics/compare", Data());
        page.Find("[data-testid=problem] button").Click();
        page.WaitForElement("[data-testid=compare-row]");
        page.FindAll("[data-testid=problem]").ShouldBeEmpty();
    }

    [Fact]
    public async Task One_brand_that_is_chosen_is_no_comparison_and_is_not_asked_for()
    {
        await using var stage = Stage(Data());
        stage.Go($"/compare?brand={Ours}");
        stage.Render<Compare>().WaitForElement("[data-testid=compare-few]");
        stage.Asked.ShouldNotContain(a => a.Contains("compare", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_brand_that_came_later_says_so()
    {
        await using var stage = Stage(Data());
        stage.Answer("GET /api/brands", new[] { Brand(Ours, "Acme"), Brand(Theirs, "Globex") with { CreatedAt = Noon.AddHours(-1) } });
        var page = stage.Render<Compare>();
        page.WaitForElement($"[data-brand-id='{Theirs}'] small").TextContent.ShouldContain("1 Nov 2026");
        page.FindAll($"[data-brand-id='{Ours}'] th small").ShouldBeEmpty();
    }

    [Fact]
    public void Of_many_brands_those_that_compete_are_compared_unless_others_are_asked_for()
    {
        BrandItem[] all = [.. Enumerable.Range(1, 14).Select(i => Brand(Id(i), $"B{i:00}") with { CompetitorOf = i is 3 or 5 ? Id(7) : i is 9 ? Id(8) : null })];
        VoiceLines.Chosen(all, []).Select(b => b.Id).ShouldBe([Id(7), Id(3), Id(5)]);
        VoiceLines.Chosen(all[9..], []).Count.ShouldBe(5);
        VoiceLines.Chosen([.. all.Select(b => b with { CompetitorOf = null })], []).Select(b => b.Id).ShouldBe(all.Take(10).Select(b => b.Id));
        VoiceLines.Chosen(all, [Id(4), Id(2), Id(99)]).Select(b => b.Id).ShouldBe([Id(2), Id(4)]);
        VoiceLines.Chosen(all, [.. all.Select(b => b.Id)]).Count.ShouldBe(VoiceLines.Most);
    }

    [Fact]
    public void A_line_has_a_part_for_each_time_that_is_known() =>
        VoiceLines.Parts([null, 1, 2, null, null, 0, null, 3, 0]).ShouldBe([(1, 2), (5, 5), (7, 8)]);

    [Fact]
    public void Names_stand_apart_in_the_order_of_their_lines_and_inside()
    {
        VoiceLines.Spread([50, 20, 90], 10, 100).ShouldBe([50, 20, 90]);
        VoiceLines.Spread([50, 52, 49], 10, 100).ShouldBe([59, 69, 49]);
        VoiceLines.Spread([98, 99, 95, 20], 10, 100).ShouldBe([90, 100, 80, 20]);
        VoiceLines.Spread([], 10, 100).ShouldBeEmpty();
    }

    private static PageStage Stage(ComparisonData data, params BrandItem[] more)
    {
        var stage = new PageStage();
        stage.Answer("GET /api/brands", new[] { Brand(Ours, "Acme"), Brand(Theirs, "Globex") }.Concat(more).ToList());
        stage.Answer("GET /api/dynamics/compare", data);
        return stage;
    }

    private static Guid Id(int n) => new(n, 0, 0, new byte[8]);

    internal static BrandItem Brand(Guid id, string name) => new(id, name, "acme", null, null, 1, Noon.AddYears(-1));

    internal static ComparisonData Data() => new(
        Noon.AddHours(-2),
        Noon,
        "hour",
        new(Noon.AddHours(-26), Noon.AddHours(-24), false),
        [Noon.AddHours(-2), Noon.AddHours(-1)],
        [
            new(Theirs, new(6, 0.75, 3, 2, 0, 1, 0.6, 1234), new(5, 0.8, 1, 0, 0, 0, 0.2, 0), new(0.2, -0.05, 0.4), 2, [new(Noon.AddHours(-1), 3, 2, 0, 1, 0)]),
            new(Ours, new(2, 0.25, 0, 2, 0, 0, 0, 0), new(0, 0, 0, 0, 0, 0, null, 0), new(null, 0.05, null), 0, [new(Noon.AddHours(-2), 0, 2, 0, 0, 0)]),
        ],
        []);
}
