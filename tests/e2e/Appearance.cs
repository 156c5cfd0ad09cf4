using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Serm.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Every page for every reader: no accessibility violation, no sideways scrolling, in light and dark, wide and narrow.</summary>
public sealed class Appearance(Product product)
{
    // Charts and tables may scroll by themselves, pages may not.
    private const string Outside = """
        () => {
          const scrolls = e => e && e.id !== 'main' && e !== document.body && (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
          const wide = [document.documentElement, document.querySelector('main')].filter(e => e.scrollWidth > e.clientWidth).map(e => `${e.tagName} ${e.scrollWidth}`);
          return [...wide, ...[...document.querySelectorAll('body *')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !scrolls(e.parentElement))
            .map(e => `${e.tagName} ${e.className.baseVal ?? e.className} ${e.textContent.slice(0, 40)}`)];
        }
        """;

    private static readonly (ColorScheme Scheme, int Width)[] Looks = [(ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 390), (ColorScheme.Light, 320)];

    [Theory]
    [InlineData("/")]
    [InlineData("/dynamics")]
    [InlineData("/compare?brand={brand}&brand={rival}")]
    [InlineData("/report?brand={brand}&time=30d")]
    [InlineData("/brands")]
    [InlineData("/sources")]
    [InlineData("/sla")]
    [InlineData("/automation")]
    [InlineData("/authors")]
    [InlineData("/incidents")]
    [InlineData("/rules")]
    [InlineData("/channels")]
    [InlineData("/silences")]
    [InlineData("/webhooks")]
    [InlineData("/latency")]
    [InlineData("/coverage")]
    [InlineData("/audit")]
    [InlineData("/model")]
    [InlineData("/people")]
    [InlineData("/parked")]
    [InlineData("/privacy")]
    [InlineData("/password")]
    [InlineData("/brands/new")]
    [InlineData("/mentions/{mention}")]
    [InlineData("/incidents/{incident}")]
    [InlineData("/webhooks/{webhook}")]
    public async Task A_page_is_accessible_and_fits(string path)
    {
        await FillAsync();
        var name = path.Length == 1 ? "inbox" : path[1..].Split('?')[0].Replace("/{", "-", StringComparison.Ordinal).Replace('/', '-').TrimEnd('}');
        path = Kept.Aggregate(path, (p, id) => p.Replace($"{{{id.Key}}}", id.Value.ToString(), StringComparison.Ordinal));
        await using var screen = await product.OpenAsync(path, options: new() { ViewportSize = new() { Width = 1280, Height = 800 }, ReducedMotion = ReducedMotion.Reduce });
        await Expect(screen.Page.Locator("main")).ToBeVisibleAsync();
        await screen.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect(screen.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        foreach (var (scheme, width) in Looks)
        {
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await screen.Page.SetViewportSizeAsync(width, 800);
            await ShotAsync(screen, $"{name}-{scheme}-{width}");
            (await screen.Page.EvaluateAsync<string[]>(Outside)).ShouldBeEmpty($"The page scrolls sideways, {scheme}, {width}.");
            (await screen.ViolationsAsync()).ShouldBeEmpty($"{scheme}, {width}");
        }

        await FitsInRussianAsync(screen, name);

        // Whoever goes by keys sees where they are. The parts of a field of time are the browser's, and so is their focus.
        for (var i = 0; i < 15; i++)
        {
            await screen.Page.Keyboard.PressAsync("Tab");
            (await screen.Page.EvaluateAsync<string?>("() => document.activeElement === document.body || !document.activeElement.matches(':focus-visible') || getComputedStyle(document.activeElement).outlineStyle !== 'none' ? null : document.activeElement.outerHTML.slice(0, 120)")).ShouldBeNull();
        }

        screen.Errors.ShouldBeEmpty();
    }

    // Its words are a third longer.
    private static async Task FitsInRussianAsync(Screen screen, string name)
    {
        await screen.Page.EvaluateAsync("() => document.cookie = 'serm-language=ru; path=/'");
        await screen.Page.ReloadAsync();
        await Expect(screen.Page.Locator("html[lang=ru] main")).ToBeVisibleAsync();
        await screen.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect(screen.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        foreach (var width in Looks.Select(l => l.Width).Distinct())
        {
            await screen.Page.SetViewportSizeAsync(width, 800);
            await ShotAsync(screen, $"{name}-ru-{width}");
            (await screen.Page.EvaluateAsync<string[]>(Outside)).ShouldBeEmpty($"The page scrolls sideways in Russian, {width}.");
        }
    }

    [Theory]
    [InlineData("/sla", "add-policy", "policy-name")]
    [InlineData("/automation", "add-house-rule", "house-name")]
    [InlineData("/rules", "add-rule", "rule-name")]
    [InlineData("/channels", "add-channel", "channel-name")]
    [InlineData("/webhooks", "add-webhook", "webhook-url")]
    [InlineData("/sources", "add-source", "source-kind")]
    [InlineData("/people", "add-user", "user-name")]
    [InlineData("/people", "add-key", "key-name")]
    public async Task A_dialog_is_accessible_and_closes_by_keys(string path, string opener, string field)
    {
        await using var screen = await product.OpenAsync(path, options: new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 320, Height = 800 }, ReducedMotion = ReducedMotion.Reduce });
        await Expect(screen.ByTestId(opener)).ToBeEnabledAsync();
        await screen.ByTestId(opener).ClickAsync();
        await Expect(screen.ByTestId(field)).ToBeVisibleAsync();
        await Eventually.AsyncTrue(
            async _ =>
            {
                await screen.Page.Keyboard.PressAsync("Tab");
                return await screen.Page.EvaluateAsync<bool>("() => !!document.activeElement?.closest('[role=dialog]')");
            },
            Product.Patience,
            () => "The focus does not come into the dialog.",
            Product.Cancel);
        await ShotAsync(screen, $"{path[1..]}-{opener}");
        (await screen.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('[role=dialog] :is(button, select, input)')].filter(e => e.checkVisibility() && (e.getBoundingClientRect().left < 0 || e.getBoundingClientRect().right > innerWidth)).map(e => e.outerHTML.slice(0, 80))")).ShouldBeEmpty();
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(screen.ByTestId(field)).ToHaveCountAsync(0);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dialog_leaves_the_focus_in_a_field_that_was_chosen_before_it_took_it()
    {
        await using var screen = await product.OpenAsync("/rules");
        await Expect(screen.ByTestId("add-rule")).ToBeEnabledAsync();
        await screen.Page.EvaluateAsync(
            """
            () => {
              const focusFirst = mudElementRef.focusFirst;
              mudElementRef.focusFirst = (...of) => { focusFirst(...of); window.asked = true; };
              new MutationObserver(() => window.asked || document.getElementById('rule-name')?.focus()).observe(document.body, { childList: true, subtree: true });
            }
            """);
        await screen.ByTestId("add-rule").ClickAsync();
        await screen.Page.WaitForFunctionAsync("() => window.asked");
        await Expect(screen.ByTestId("rule-name")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_is_chosen_by_a_button_looks_like_one()
    {
        await FillAsync();
        await using var screen = await product.OpenAsync($"/mentions/{Kept["mention"]}");
        await screen.ByTestId("dismiss").ClickAsync();
        await Expect(screen.ByTestId("dismiss-spam")).ToHaveCSSAsync("border-top-width", "1px");
    }

    [Fact]
    public async Task Long_names_push_nothing_out_of_sight()
    {
        var brand = await product.AddBrandAsync(string.Concat(Enumerable.Repeat("Longly", 16)), "longly");
        var mention = (await product.PushAsync(brand, new { id = "long-1", text = "Longly is awful, terrible, the worst, broken and rude.", author = new { name = new string('n', 150) } }))[0].GetProperty("id").GetGuid();
        foreach (var width in new[] { 1280, 390, 320 })
        {
            await using var screen = await product.OpenAsync($"/?brand={brand}", options: new() { ViewportSize = new() { Width = width, Height = 800 } });
            await Expect(screen.Row(mention).Locator("time")).ToBeInViewportAsync(new() { Ratio = 1 });
            await screen.Page.GotoAsync($"/?brand={brand}&m={mention}");
            await Expect(screen.ByTestId("mention-detail")).ToContainTextAsync("nnnn");
            (await screen.Page.EvaluateAsync<int>("() => { const side = document.querySelector('.side'); return side.scrollWidth - side.clientWidth; }")).ShouldBe(0, $"{width}");
        }
    }

    // For people to look at: SERM_TEST_SCREENS names a folder.
    private static async Task ShotAsync(Screen screen, string name)
    {
        if (Environment.GetEnvironmentVariable("SERM_TEST_SCREENS") is { } folder)
        {
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    private static readonly SemaphoreSlim Once = new(1);
    private static readonly Dictionary<string, Guid> Kept = new(StringComparer.Ordinal);
    private static bool filled;

    private async Task FillAsync()
    {
        await Once.WaitAsync(Product.Cancel);
        try
        {
            if (!filled)
            {
                var brand = await product.AddBrandAsync("Lookout", "lookout");
                var rival = await product.AddBrandAsync(string.Concat(Enumerable.Repeat("Lookalike", 8)), "lookalike");
                (Kept["brand"], Kept["rival"]) = (brand, rival);
                await product.PushAsync(rival, new { id = "rival-1", text = "Lookalike is fine." });
                await product.PostAsync("/api/rules", new { name = "Any word of us", kind = "mention", brandId = brand, severity = "critical" });
                await product.PutPoliciesAsync(new
                {
                    policies = new object[]
                    {
                        new { name = "In working time", brands = new[] { brand }, firstAnswerMinutes = 60, resolveMinutes = 480, timeZone = "Europe/Stockholm", hours = new[] { new { day = "monday", from = "09:00", to = "17:00" } } },
                        new { name = "Everything else", brands = new[] { brand }, firstAnswerMinutes = 240 },
                    },
                });
                await product.PostAsync("/api/automation/rules", new { name = "Parcels", conditions = new { brands = new[] { brand }, words = new[] { "parcel" }, sentiments = new[] { "negative" } }, actions = new { tags = new[] { "parcel" }, severity = "high" } });
                var mentions = await product.PushAsync(brand, [.. Enumerable.Range(0, 12).Select(i => (object)new
                {
                    id = $"look-{i}",
                    title = $"Lookout, day {i}",
                    text = i % 3 == 0 ? "Lookout lost my parcel, awful service, never again!" : "Lookout delivered on time, thank you, great work.",
                    url = $"https://blog.example/{i}",
                    author = new { name = $"reader{i}", handle = $"reader{i}", followers = i * 100 },
                    publishedAt = TimeProvider.System.GetUtcNow().AddHours(-i * 7),
                })]);
                await product.DoAsync(mentions[0].GetProperty("id").GetGuid(), "replied", new { url = "https://blog.example/answer" });
                var corrections = await product.CorrectionsAsync();
                await product.DoAsync(mentions[2].GetProperty("id").GetGuid(), "correct", new { label = "positive" });
                await Eventually.AsyncTrue(async _ => await product.CorrectionsAsync() > corrections, Product.Patience, () => "The correction did not arrive.", Product.Cancel);
                Kept["mention"] = mentions[1].GetProperty("id").GetGuid();
                Kept["webhook"] = (await product.PostAsync("/api/webhooks", new { url = "http://127.0.0.1:9/nobody", description = "Ticket system" })).GetProperty("webhook").GetProperty("id").GetGuid();
                await product.PostAsync($"/api/webhooks/{Kept["webhook"]}/test", new { });
                await product.PostAsync("/api/silences", new { why = "The shop is being moved.", until = TimeProvider.System.GetUtcNow().AddHours(2), brandId = brand, words = new[] { "moving" } });
                await product.PostAsync("/api/channels", new { kind = "email", name = "Team", enabled = false, to = new[] { "team@example.org" }, from = "serm@example.org", host = "127.0.0.1" });
                await product.PostAsync("/api/users", new { name = "a.very.long.name.of.somebody+shop@mail.example.org", role = "moderator" });
                await product.PostAsync("/api/keys", new { name = "shop reviews", role = "integrator", expiresAt = TimeProvider.System.GetUtcNow().AddDays(3) });
                await Product.ParkAsync(Queues.MentionsEngagementChanged, 3);
                Kept["incident"] = await Eventually.Async(
                    async ct => (await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/incidents?brand={brand}", UriKind.Relative), ct)).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()).FirstOrDefault(),
                    id => id != Guid.Empty,
                    Product.Patience,
                    Product.Cancel);
                filled = true;
            }
        }
        finally
        {
            Once.Release();
        }
    }
}
