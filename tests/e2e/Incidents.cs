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
        await product.PostAsync("/api/rules", new { name = "Lost parcels", kind = "mention", brandId = brand, filter = new { words = new[] { "parcel" } } });
        await using var screen = await product.OpenAsync($"/incidents?brand={brand}");
        await Expect(screen.Page.GetByText("No incident here")).ToBeVisibleAsync();
        await Expect(screen.ByTestId("incidents-brand")).ToContainTextAsync("Incidento");

        await product.PushAsync(brand, new { id = "i1", text = "Incidento lost my parcel and nobody answers. <b>Never again.</b>" });
        var row = screen.ByTestId("incident").First;
        await Expect(row).ToContainTextAsync("Incidento");
        await row.GetByRole(Microsoft.Playwright.AriaRole.Link).First.ClickAsync();
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("The incident began");
        await Expect(screen.ByTestId("also-by")).ToContainTextAsync("Lost parcels");

        // Nothing was clicked on this page.
        await Expect(screen.ByTestId("incident-page")).ToHaveAttributeAsync("data-ready", "true");
        await screen.Page.Keyboard.PressAsync("a");
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("acknowledged");

        // Its letters are those that do things outside of a field.
        await screen.ByTestId("incident-note").PressSequentiallyAsync("great, they answered: I write to them.");
        await screen.Page.GetByText("Add the note").ClickAsync();
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("great, they answered: I write to them.");
        await Expect(screen.ByTestId("incident-timeline")).Not.ToContainTextAsync(new System.Text.RegularExpressions.Regex("resolved it|gave it"));
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("acknowledged");
        await screen.Page.Keyboard.PressAsync("e");
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("resolved");
        await screen.Page.Keyboard.PressAsync("r");
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("acknowledged");
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
    public async Task Two_incidents_of_one_matter_are_merged_by_keys_and_the_one_leads_to_the_other()
    {
        var brand = await product.AddBrandAsync("Mergely", "mergely");
        await product.PostAsync("/api/rules", new { name = "Any word of Mergely", kind = "mention", brandId = brand, severity = "info", labels = new[] { "of its own" } });
        await product.PushAsync(brand, new { id = "g1", text = "mergely: the parcel never came" }, new { id = "g2", text = "mergely: charged twice for one order" });
        var found = await Eventually.Async(
            async ct => (await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/incidents?brand={brand}", UriKind.Relative), ct)).GetProperty("items").EnumerateArray()
                .Where(i => i.GetProperty("ruleName").GetString() == "Any word of Mergely").Select(i => i.GetProperty("id").GetGuid()).ToList(),
            ids => ids.Count == 2,
            Product.Patience,
            Product.Cancel);
        await using var screen = await product.OpenAsync($"/incidents/{found[0]}");
        var (into, merge) = (screen.ByTestId("merge-into"), screen.ByTestId("merge"));
        await Expect(merge).ToBeDisabledAsync();
        await into.FocusAsync();
        for (var step = 0; step < 30 && await into.InputValueAsync() != found[1].ToString(); step++)
        {
            // Each choice goes to the server and comes back before the next.
            await screen.Page.Keyboard.PressAsync("ArrowDown");
            await screen.Page.WaitForTimeoutAsync(200);
        }

        await Expect(into).ToHaveValueAsync(found[1].ToString());
        await Expect(merge).ToBeEnabledAsync();
        await screen.Page.Keyboard.PressAsync("Tab");
        await Expect(merge).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("merged");
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("admin put it into another incident");
        await Expect(merge).ToHaveCountAsync(0);

        await screen.ByTestId("merged-into").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/incidents/{found[1]}$"));
        await Expect(screen.ByTestId("incident-status")).ToHaveTextAsync("open");
        await Expect(screen.ByTestId("incident-timeline")).ToContainTextAsync("admin put another incident with 1 alert into it");
        await Expect(screen.ByTestId("incident-page")).ToContainTextAsync("the parcel never came");
        await Expect(screen.ByTestId("incident-page")).ToContainTextAsync("charged twice for one order");

        await screen.Page.GotoAsync($"/incidents?brand={brand}");
        await Expect(screen.Page.Locator($"[data-incident-id='{found[1]}']")).ToBeVisibleAsync();
        await Expect(screen.Page.Locator($"[data-incident-id='{found[0]}']")).ToHaveCountAsync(0);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_urgent_rule_is_written_without_a_threshold_and_says_so()
    {
        await using var screen = await product.OpenAsync("/rules");
        await screen.ByTestId("add-rule").ClickAsync();
        await screen.ByTestId("rule-name").FillAsync("What is urgent");
        await Expect(screen.ByTestId("rule-threshold")).ToHaveValueAsync("0.8");
        await screen.ByTestId("rule-urgent").CheckAsync();
        await Expect(screen.ByTestId("rule-threshold")).ToHaveCountAsync(0);
        await screen.ByTestId("save-rule").ClickAsync();
        var rule = screen.ByTestId("rule").Filter(new() { HasText = "What is urgent" });
        await Expect(rule).ToContainTextAsync("· urgent");

        await rule.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(screen.ByTestId("rule-urgent")).ToBeCheckedAsync();
        await screen.ByTestId("rule-urgent").UncheckAsync();
        await screen.ByTestId("rule-threshold").FillAsync("0.9");
        await screen.ByTestId("save-rule").ClickAsync();
        await Expect(rule).ToContainTextAsync("from 90%");
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
        await Expect(screen.ByTestId("rule-threshold")).ToHaveValueAsync("");
        await screen.ByTestId("rule-words").FillAsync("refund");
        await screen.ByTestId("backtest").ClickAsync();
        await Expect(screen.ByTestId("backtest-result")).ToContainTextAsync("1 incident");
        await Expect(screen.ByTestId("backtest-result").Locator("p").First).ToBeInViewportAsync();
        await screen.ByTestId("save-rule").ClickAsync();
        await Expect(screen.ByTestId("rule").Filter(new() { HasText = "Refunds" })).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }
}
