using System.Net.Http.Json;
using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Incidents, as a moderator sees them.</summary>
public sealed class Incidents(Product product)
{
    [Fact]
    public async Task A_moderator_acknowledges_and_resolves_an_incident_that_appears_by_itself()
    {
        var brand = await product.AddBrandAsync("Incidento", "incidento");
        await product.PostAsync("/api/rules", new { name = "Any word of us", kind = "mention", brandId = brand, severity = "critical" });
        await using var screen = await product.OpenAsync($"/incidents?brand={brand}");
        await Expect(screen.Page.GetByText("Nothing is going on")).ToBeVisibleAsync();

        await product.PushAsync(brand, new { id = "i1", text = "Incidento lost my parcel and nobody answers. <b>Never again.</b>" });
        var row = screen.ByTestId("incident").First;
        await Expect(row).ToContainTextAsync("Incidento");
        await row.GetByRole(Microsoft.Playwright.AriaRole.Link).First.ClickAsync();
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("The incident began");
        await screen.ByTestId("acknowledge").ClickAsync();
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("acknowledged");
        await screen.ByTestId("incident-note").FillAsync("I write to them.");
        await screen.Page.GetByText("Add the note").ClickAsync();
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("I write to them.");
        await screen.Page.Locator("article.detail").FocusAsync();
        await screen.Page.Keyboard.PressAsync("e");
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("resolved");

        var stored = await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/incidents?status=resolved&brand={brand}", UriKind.Relative), Product.Cancel);
        stored.GetProperty("items")[0].GetProperty("owner").GetString().ShouldBe("admin");

        // How long it took stands on the page of our own promise.
        await screen.Page.GotoAsync("/latency");
        await Expect(screen.ByTestId("alert-latency").GetByRole(Microsoft.Playwright.AriaRole.Rowheader, new() { Name = "Incidento" })).ToBeVisibleAsync();

        // And back to it from the chart of that time.
        await screen.Page.GotoAsync($"/dynamics?brand={brand}");
        await Expect(screen.ByTestId("chart-mark").First).ToBeAttachedAsync();
        await screen.ByTestId("dynamics-incidents").ClickAsync();
        await Expect(screen.ByTestId("incidents-period")).ToBeVisibleAsync();
        await Expect(screen.ByTestId("incident").First).ToContainTextAsync("Incidento");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_is_tried_on_the_past_before_it_is_saved()
    {
        var brand = await product.AddBrandAsync("Backtesta", "backtesta");
        await product.PushAsync(brand, new { id = "b1", text = "backtesta is terrible, I want a refund" }, new { id = "b2", text = "backtesta is lovely" });
        await using var screen = await product.OpenAsync("/rules");
        await screen.ByTestId("add-rule").ClickAsync();
        await screen.ByTestId("rule-kind").SelectOptionAsync("mention");
        await screen.ByTestId("rule-name").FillAsync("Refunds");
        await screen.ByTestId("rule-threshold").FillAsync("");
        await screen.ByTestId("rule-words").FillAsync("refund");
        await screen.ByTestId("backtest").ClickAsync();
        await Expect(screen.ByTestId("backtest-result")).ToContainTextAsync("1 incidents");
        await screen.ByTestId("save-rule").ClickAsync();
        await Expect(screen.ByTestId("rule").Filter(new() { HasText = "Refunds" })).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }
}
