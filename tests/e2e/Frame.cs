using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>What all pages share: the reader's time zone, and coming back when the server does.</summary>
public sealed partial class Frame(Product product)
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
    public async Task Pages_speak_the_language_of_the_browser_until_another_is_chosen()
    {
        var brand = await product.AddBrandAsync("Tongue", "tonguely");
        await using (var context = await product.Browser.NewContextAsync(new() { BaseURL = product.Stack.Gateway.Address.ToString(), Locale = "ru-RU" }))
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync("/sign-in");
            await Expect(page.Locator("form button[type=submit]")).ToHaveTextAsync("Войти");
            await page.Locator("[data-language=en]").ClickAsync();
            await Expect(page.Locator("form button[type=submit]")).ToHaveTextAsync("Sign in");
        }

        await using var screen = await product.OpenAsync($"/?brand={brand}", options: new() { Locale = "ru-RU" });
        await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "ru");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");

        // What comes by itself, and what is written again when time goes by, as well.
        var mention = (await product.PushAsync(brand, new { id = "tongue-1", text = "Tonguely is awful, terrible, they lied to me.", reach = 12_500 }))[0].GetProperty("id").GetGuid();
        await Expect(screen.Row(mention).GetByTestId("sentiment-chip")).ToContainTextAsync(Cyrillic());
        await Expect(screen.Row(mention).Locator(".reach")).ToHaveTextAsync("12 тыс.");

        // Keys of a Russian keyboard are those in the places of the Latin letters: J, then C.
        await PressAsync(screen, "о", "KeyJ");
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();
        await PressAsync(screen, "с", "KeyC");
        await Expect(screen.ByTestId("release").First).ToBeVisibleAsync();

        await screen.ByTestId("user-menu").ClickAsync();
        await screen.Page.Locator("[data-language=en]").ClickAsync();
        await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(screen.Row(mention).GetByTestId("sentiment-chip")).ToContainTextAsync("egative");
        await Expect(screen.Row(mention).Locator(".reach")).ToHaveTextAsync("12k");
        await screen.Page.GotoAsync("/dynamics");
        await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        screen.Errors.ShouldBeEmpty();
    }

    // The keyboard of the browser that is driven has Latin letters only.
    private static async Task PressAsync(Screen screen, string key, string code) =>
        await screen.Page.EvaluateAsync("([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))", new[] { key, code });

    [GeneratedRegex("[а-я]{4}")]
    private static partial Regex Cyrillic();

    [Fact]
    public async Task A_page_without_a_server_does_not_stop_trying()
    {
        await using var screen = await product.OpenAsync("/brands");

        // Blazor writes its own when it has started.
        await screen.Page.WaitForFunctionAsync("() => window.Blazor?.reconnect");
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
              setTimeout(() => resolve(tries), 60000);
              document.getElementById('components-reconnect-modal').dispatchEvent(new CustomEvent('components-reconnect-state-changed', { detail: { state: 'failed' } }));
            })
            """);
        tries.ShouldBe(2);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_without_a_server_is_not_left_for_what_cannot_be_fetched()
    {
        var brand = await product.AddBrandAsync("Cutly", "cutly");
        var mention = (await product.PushAsync(brand, new { id = "cut-1", text = "Cutly is late again." }))[0].GetProperty("id").GetGuid();
        await using var screen = await product.OpenAsync($"/?brand={brand}&m={mention}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();
        await screen.ByTestId("note").FillAsync("Half of it.");
        await screen.Page.EvaluateAsync("() => document.getElementById('components-reconnect-modal').classList.add('components-reconnect-show')");
        var address = screen.Page.Url;
        await screen.Page.EvaluateAsync("() => document.getElementById('note').form.requestSubmit()");
        await screen.Page.Locator("a[href='/brands']").First.ClickAsync();
        await Expect(screen.ByTestId("note")).ToHaveValueAsync("Half of it.");
        screen.Page.Url.ShouldBe(address);

        await screen.Page.EvaluateAsync("() => document.getElementById('components-reconnect-modal').classList.remove('components-reconnect-show')");
        await screen.ByTestId("add-note").ClickAsync();
        await Expect(screen.ByTestId("note")).ToHaveValueAsync("");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_being_typed_outlives_a_server_that_forgot_the_page()
    {
        var brand = await product.AddBrandAsync("Typely", "typely");
        var mention = (await product.PushAsync(brand, new { id = "type-1", text = "Typely is late again." }))[0].GetProperty("id").GetGuid();
        await product.PostAsync("/api/users", new { name = "typist", password = Product.Password, role = "manager" });
        await using var screen = await product.OpenAsync($"/mentions/{mention}", "typist");
        var (note, draft) = (screen.ByTestId("note"), screen.ByTestId("draft"));
        await Expect(screen.ByTestId("mention-page")).ToHaveAttributeAsync("data-ready", "true");
        await note.FillAsync("Ask the shop.");
        await screen.Page.Keyboard.PressAsync("Escape");
        await screen.Page.Keyboard.PressAsync("d");
        await draft.FillAsync("We are sorry.");
        await ForgetAsync(screen);
        await Expect(screen.ByTestId("mention-page")).ToHaveAttributeAsync("data-ready", "true");
        await Expect(note).ToHaveValueAsync("Ask the shop.");
        await Expect(draft).ToHaveValueAsync("We are sorry.");

        // What was sent does not come back, what was not does.
        await screen.ByTestId("add-note").ClickAsync();
        await Expect(note).ToHaveValueAsync("");
        await Expect(screen.ByTestId("mention-detail")).ToContainTextAsync("Ask the shop.");
        await ForgetAsync(screen);
        await Expect(draft).ToHaveValueAsync("We are sorry.");
        await Expect(note).ToHaveValueAsync("");

        // The query of a brand goes with its page, until the person thinks better of it or it is saved.
        await screen.Page.GotoAsync($"/brands/{brand}");
        var query = screen.ByTestId("brand-query");
        await Expect(query).ToHaveAttributeAsync("data-keep", "typely");
        await query.FillAsync("typely OR tipely");
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new Regex("/brands$"));
        await screen.Page.GotoAsync($"/brands/{brand}");
        await Expect(query).ToHaveAttributeAsync("data-keep", "typely");
        await Expect(query).ToHaveValueAsync("typely");
        await query.FillAsync("typely OR typly");
        await ForgetAsync(screen);
        await Expect(query).ToHaveValueAsync("typely OR typly");
        await screen.ByTestId("save-brand").ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new Regex("/brands$"));
        await screen.Page.WaitForFunctionAsync("() => !Object.keys(sessionStorage).some(k => k.includes('brand-query'))");

        await screen.ByTestId("user-menu").ClickAsync();
        await screen.ByTestId("sign-out").ClickAsync();
        await Expect(screen.ByTestId("sign-in")).ToBeVisibleAsync();
        (await screen.Page.EvaluateAsync<int>("() => Object.keys(sessionStorage).filter(k => k.startsWith('serm-typed')).length")).ShouldBe(0);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_signed_out_or_was_removed_is_out_of_all_open_windows()
    {
        const string path = "/brands";
        var user = (await product.PostAsync("/api/users", new { name = "leaver", password = Product.Password, role = "manager" })).GetProperty("user").GetProperty("id").GetGuid();
        await using var screen = await product.OpenAsync(path, "leaver");
        var other = await screen.Page.Context.NewPageAsync();
        await other.GotoAsync(path);
        await Expect(other.GetByTestId("user-menu")).ToBeVisibleAsync();
        await screen.ByTestId("user-menu").ClickAsync();
        await screen.ByTestId("sign-out").ClickAsync();
        await Expect(other.GetByTestId("sign-in")).ToBeVisibleAsync();

        await using var removed = await product.OpenAsync(path, "leaver");
        using var answer = await product.Api.DeleteAsync(new Uri($"/api/users/{user}", UriKind.Relative), Product.Cancel);
        answer.EnsureSuccessStatusCode();
        await Expect(removed.ByTestId("sign-in")).ToBeVisibleAsync(new() { Timeout = 10_000 });
    }

    private static async Task ForgetAsync(Screen screen)
    {
        await screen.Page.EvaluateAsync(
            """
            () => {
              window.before = true;
              setTimeout(() => document.getElementById('components-reconnect-modal').dispatchEvent(new CustomEvent('components-reconnect-state-changed', { detail: { state: 'rejected' } })));
            }
            """);
        await screen.Page.WaitForFunctionAsync("() => !window.before");
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
