using System.Globalization;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>What all pages share: the reader's time zone, and coming back when the server does.</summary>
public sealed class Frame(Product product)
{
    [Fact]
    public async Task Times_that_are_filled_in_are_those_of_the_reader()
    {
        var webhook = (await product.PostAsync("/api/webhooks", new { url = "http://127.0.0.1:9/nobody", description = "Far away" })).GetProperty("webhook").GetProperty("id").GetGuid();
        await using var screen = await product.OpenAsync($"/webhooks/{webhook}", options: new() { TimezoneId = "Asia/Tokyo" });
        await IsTokyoAsync(screen);

        // The second time the browser's cookie tells it before the page is drawn.
        (await screen.Page.Context.CookiesAsync()).Where(c => c.Name == "serm-zone").Select(c => Uri.UnescapeDataString(c.Value)).ShouldBe(["Asia/Tokyo"]);
        await screen.Page.ReloadAsync();
        await IsTokyoAsync(screen);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_without_a_server_does_not_stop_trying()
    {
        await using var screen = await product.OpenAsync("/brands");
        var tries = await screen.Page.EvaluateAsync<int>(
            """
            () => new Promise(resolve => {
              let tries = 0;
              Blazor.reconnect = async () => {
                if (++tries < 2) {
                  throw new Error('Nobody answers.');
                }
                resolve(tries);
                return true;
              };
              setTimeout(() => resolve(tries), 20000);
              document.getElementById('components-reconnect-modal').dispatchEvent(new CustomEvent('components-reconnect-state-changed', { detail: { state: 'failed' } }));
            })
            """);
        tries.ShouldBe(2);
        screen.Errors.ShouldBeEmpty();
    }

    private static async Task IsTokyoAsync(Screen screen)
    {
        var field = screen.Page.Locator("#replay-to");
        await Expect(field).ToBeVisibleAsync();
        await Eventually.AsyncTrue(
            async _ => await field.CountAsync() == 1 && (DateTime.Parse(await field.InputValueAsync(), CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(9)).Duration() < TimeSpan.FromMinutes(10),
            Product.Patience,
            () => "The times are not those of Tokyo.",
            Product.Cancel);
    }
}
