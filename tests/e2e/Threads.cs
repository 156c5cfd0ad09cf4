using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>The thread that a mention stands in.</summary>
public sealed class Threads(Product product)
{
    [Fact]
    public async Task A_thread_stands_beside_each_of_its_mentions_and_leads_to_the_others_by_keys()
    {
        var brand = await product.AddBrandAsync("Threadly", "threadly");
        var day = TimeProvider.System.GetUtcNow().AddHours(-3);
        var mentions = await product.PushAsync(
            brand,
            new { id = "th1", text = "Threadly lost my parcel, what now?", author = new { name = "Åsa", handle = "asa" }, publishedAt = day },
            new { id = "th2", parentId = "th1", text = "Threadly lost mine too, awful <b>liars</b>", author = new { name = "Ümit", handle = "umit" }, publishedAt = day.AddMinutes(1) },
            new { id = "th3", parentId = "th2", text = "Threadly found mine, thank you", author = new { name = "Linh", handle = "linh" }, publishedAt = day.AddMinutes(2) },
            new { id = "th4", text = "Threadly, another matter", publishedAt = day.AddMinutes(3) });
        Guid Of(string text) => mentions.Single(m => m.GetRawText().Contains(text, StringComparison.Ordinal)).GetProperty("id").GetGuid();
        await using var screen = await product.OpenAsync($"/mentions/{Of("lost mine too")}", options: new() { ReducedMotion = Microsoft.Playwright.ReducedMotion.Reduce });
        var (panel, items) = (screen.ByTestId("thread"), screen.ByTestId("thread").GetByRole(Microsoft.Playwright.AriaRole.Listitem));
        await Expect(items).ToHaveTextAsync([new Regex("lost my parcel.*Åsa · began the thread"), new Regex("<b>liars</b>.*Ümit"), new Regex("found mine.*Linh")]);
        await Expect(panel.Locator("b")).ToHaveTextAsync(["Threadly lost mine too, awful <b>liars</b>"]);
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        await panel.GetByRole(Microsoft.Playwright.AriaRole.Link).First.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page).ToHaveURLAsync(new Regex($"/mentions/{Of("lost my parcel")}$"));
        await Expect(panel.Locator("b")).ToHaveTextAsync(["Threadly lost my parcel, what now?"]);
        await Expect(items).ToHaveCountAsync(3);

        await screen.Page.GotoAsync($"/mentions/{Of("another matter")}");
        await Expect(screen.ByTestId("mention-detail")).ToContainTextAsync("another matter");
        await screen.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
        await Expect(panel).ToHaveCountAsync(0);
        screen.Errors.ShouldBeEmpty();
    }
}
