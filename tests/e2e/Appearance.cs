using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Every page for every reader: no accessibility violation, no sideways scrolling, in light and dark, wide and narrow.</summary>
public sealed class Appearance(Product product) : IClassFixture<Product>
{
    public static TheoryData<string, ColorScheme, int> Pages
    {
        get
        {
            var pages = new TheoryData<string, ColorScheme, int>();
            foreach (var path in new[] { "/", "/dynamics", "/brands", "/sources" })
            {
                pages.Add(path, ColorScheme.Light, 1280);
                pages.Add(path, ColorScheme.Dark, 1280);
                pages.Add(path, ColorScheme.Light, 390);
            }

            return pages;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_accessible_and_fits(string path, ColorScheme scheme, int width)
    {
        await FillAsync();
        await using var screen = await product.OpenAsync(path, options: new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 }, ReducedMotion = ReducedMotion.Reduce });
        await Expect(screen.Page.Locator("main")).ToBeVisibleAsync();
        await screen.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect(screen.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);

        var folder = Environment.GetEnvironmentVariable("SERM_TEST_SCREENS");
        if (folder is not null)
        {
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{(path.Length == 1 ? "inbox" : path[1..])}-{scheme}-{width}.png") });
        }

        var wider = await screen.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        wider.ShouldBeLessThanOrEqualTo(0, "The page scrolls sideways.");
        var found = await screen.Page.RunAxe();
        found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}").ShouldBeEmpty();
        screen.Errors.ShouldBeEmpty();
    }

    private static readonly SemaphoreSlim Once = new(1);
    private static bool filled;

    private async Task FillAsync()
    {
        await Once.WaitAsync(Product.Cancel);
        try
        {
            if (!filled)
            {
                filled = true;
                var brand = await product.AddBrandAsync("Lookout", "lookout");
                await product.PushAsync(brand, [.. Enumerable.Range(0, 12).Select(i => (object)new
                {
                    id = $"look-{i}",
                    title = $"Lookout, day {i}",
                    text = i % 3 == 0 ? "Lookout lost my parcel, awful service, never again!" : "Lookout delivered on time, thank you, great work.",
                    url = $"https://blog.example/{i}",
                    author = new { name = $"reader{i}", handle = $"reader{i}", followers = i * 100 },
                    publishedAt = TimeProvider.System.GetUtcNow().AddHours(-i * 7),
                })]);
            }
        }
        finally
        {
            Once.Release();
        }
    }
}
