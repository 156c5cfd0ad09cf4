using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Sound and the browser's own notification, as the browser is asked for them.</summary>
public sealed class Notifying(Product product)
{
    private const string Brand = "Bell & <b>Sons</b>";
    private const string Rule = "Any <i>word</i> of Bell";

    // Notes what the page asks the browser for. A headless page is always in front: whether somebody looks at it is said here.
    private const string Listening =
        """
        window.shown = []; window.beeps = 0; window.told = 0; window.away = true;
        Object.defineProperty(document, 'visibilityState', { get: () => window.away ? 'hidden' : 'visible' });
        window.Notification = class extends Notification {
          constructor(title, options) { super(title, options); window.shown.push({ title, body: options.body, it: this }); }
        };
        window.AudioContext = class extends AudioContext { constructor() { super(); window.beeps++; } };
        let serm;
        Object.defineProperty(window, 'serm', {
          get: () => serm,
          set: value => { const notify = value.notify; serm = value; serm.notify = (...said) => { notify(...said); window.told++; }; },
        });
        """;

    private int pushed;

    [Fact]
    public async Task A_new_incident_rings_and_notifies_only_who_asked_for_it_and_says_brand_and_severity_but_nothing_of_the_post()
    {
        var brand = await product.AddBrandAsync(Brand, "bellandsons");
        await product.PostAsync("/api/rules", new { name = Rule, kind = "mention", brandId = brand, severity = "critical" });
        await using var screen = await product.OpenAsync("/channels", options: new() { Permissions = ["notifications"] });
        var page = screen.Page;
        await page.AddInitScriptAsync(Listening);
        var (notification, sound) = (page.Locator("[data-notify=notification]"), page.Locator("[data-notify=sound]"));

        await page.GotoAsync("/channels");
        await HearsAsync();
        await Expect(notification).ToHaveAttributeAsync("aria-pressed", "false");
        await ToldAsync(page, brand, 1);
        (await AskedAsync(page)).ShouldBe((0, 0), "nobody turned anything on");

        await notification.ClickAsync();
        await sound.ClickAsync();
        await Expect(notification).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "true");
        await ToldAsync(page, brand, 2);
        (await AskedAsync(page)).ShouldBe((1, 1));
        (await page.EvaluateAsync<string>("shown[0].title")).ShouldBe($"Mention · {Brand}");
        (await page.EvaluateAsync<string>("shown[0].body")).ShouldBe($"critical · {Rule}");
        var toast = screen.ByTestId("alert-toast").First;
        await Expect(toast).ToContainTextAsync(Brand);
        (await toast.Locator("b b, i").CountAsync()).ShouldBe(0, "what a person typed is text");

        await page.EvaluateAsync("shown[0].it.dispatchEvent(new Event('click'))");
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("The incident began");
        page.Url.ShouldContain("/incidents/");
        await Expect(screen.ByTestId("incident-page")).ToHaveAttributeAsync("data-ready", "true");

        // Who looks at the page sees the toast: it rings, and that is all.
        await page.EvaluateAsync("away = false");
        await ToldAsync(page, brand, 1);
        (await AskedAsync(page)).ShouldBe((0, 1));

        await page.GotoAsync("/channels");
        await HearsAsync();
        await notification.ClickAsync();
        await sound.ClickAsync();
        await Expect(notification).ToHaveAttributeAsync("aria-pressed", "false");
        await ToldAsync(page, brand, 1);
        (await AskedAsync(page)).ShouldBe((0, 0), "both were turned off");
        screen.Errors.ShouldBeEmpty();

        // What happens before the page hears of it is told to nobody.
        Task HearsAsync() => Expect(screen.ByTestId("add-channel")).ToBeEnabledAsync();
    }

    private static async Task<(int Shown, int Beeps)> AskedAsync(IPage page)
    {
        var asked = await page.EvaluateAsync<JsonElement>("[shown.length, beeps]");
        return (asked[0].GetInt32(), asked[1].GetInt32());
    }

    // Each text is a story of its own, so each begins an incident.
    private async Task ToldAsync(IPage page, Guid brand, int times)
    {
        string[] texts = ["the parcel never came", "seven weeks without any answer", "a broken lamp in the box", "charged twice for one order"];
        await product.PushAsync(brand, pushed + 1, new { id = $"bell-{pushed}", text = $"bellandsons: {texts[pushed]}", author = new { name = "somebody" } });
        pushed++;
        await page.WaitForFunctionAsync("times => told >= times", times);
    }
}
