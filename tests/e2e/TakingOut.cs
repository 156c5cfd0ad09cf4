using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Taking out what the pages show: as a file, and on paper.</summary>
public sealed class TakingOut(Product product)
{
    [Fact]
    public async Task What_the_inbox_shows_is_downloaded_by_keys()
    {
        var brand = await product.AddBrandAsync("Carry & Co", "carryco");
        await product.PushAsync(
            brand,
            new { id = "co1", text = "=carryco lost my parcel, awful", author = new { name = "@asa" } },
            new { id = "co2", text = "carryco is lovely, thank you so much" });
        await using var screen = await product.OpenAsync($"/?brand={brand}&q=parcel");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("export").Locator("summary").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("export-count")).ToContainTextAsync("show: 1.");
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        await screen.Page.Keyboard.PressAsync("Tab");
        await screen.Page.Keyboard.PressAsync("Tab");
        await Expect(screen.ByTestId("export-csv")).ToBeFocusedAsync();
        var download = await screen.Page.RunAndWaitForDownloadAsync(() => screen.Page.Keyboard.PressAsync("Enter"));
        download.SuggestedFilename.ShouldStartWith("serm-carry-co-");
        download.SuggestedFilename.ShouldEndWith(".csv");
        var rows = CsvReading.Read((await File.ReadAllTextAsync((await download.PathAsync())!, Product.Cancel)).TrimStart('\uFEFF'));
        rows.Count.ShouldBe(2);
        rows[1].ShouldContain("'=carryco lost my parcel, awful");
        rows[1].ShouldContain("'@asa");
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("q=parcel"));
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_stands_on_paper_without_the_frame_around_it()
    {
        var brand = await product.AddBrandAsync("Paperline", "paperline");
        await product.PushAsync(brand, [.. Enumerable.Range(0, 12).Select(i => (object)new { id = $"pp{i}", url = $"https://example.org/pp{i}", text = $"paperline is awful, number {i}", reach = 100 + i })]);
        await using var screen = await product.OpenAsync($"/report?brand={brand}", options: new() { ColorScheme = ColorScheme.Dark });
        await Expect(screen.ByTestId("report-total")).ToHaveTextAsync("12");
        await Expect(screen.ByTestId("report-mention")).ToHaveCountAsync(10);
        await Expect(screen.ByTestId("report-mention").First).ToContainTextAsync("number 11");
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        await screen.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(screen.Page.Locator("header.top")).ToBeHiddenAsync();
        await Expect(screen.ByTestId("report-print")).ToBeHiddenAsync();
        await Expect(screen.ByTestId("report-volume").Locator("svg")).ToBeVisibleAsync();
        (await screen.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).ShouldBe("rgb(255, 255, 255)");
        var paper = System.Text.Encoding.Latin1.GetString(await screen.Page.PdfAsync(new() { PreferCSSPageSize = true }));
        System.Text.RegularExpressions.Regex.Count(paper, @"/Type\s*/Page\b").ShouldBeGreaterThan(1, "what does not fit one page goes on on the next");
        screen.Errors.ShouldBeEmpty();
    }
}
