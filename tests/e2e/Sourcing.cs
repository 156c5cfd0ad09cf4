using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Npgsql;
using Serm.Simulator;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>Sources, as a manager sees them: whose credentials end, and what is left at a network.</summary>
public sealed class Sourcing(Product product)
{
    [Fact]
    public async Task The_day_on_which_credentials_end_is_written_in_the_form_and_told_on_the_card_and_as_an_incident_until_there_is_another()
    {
        var (soon, late) = (Day(3), Day(300));
        await using var screen = await product.OpenAsync("/sources", options: new() { ReducedMotion = ReducedMotion.Reduce });
        await Expect(screen.ByTestId("add-source")).ToBeEnabledAsync();
        await screen.ByTestId("add-source").ClickAsync();
        await screen.ByTestId("source-kind").SelectOptionAsync("telegram");
        await screen.ByTestId("source-botToken").FillAsync("123456:a-token-of-nobody");
        await screen.ByTestId("source-mode").SelectOptionAsync("called");
        await screen.ByTestId("source-webhookSecret").FillAsync("s3cret");
        await screen.ByTestId("source-credentialsEnd").FillAsync("2020-01-01");
        await screen.ByTestId("source-name").FillAsync("Bot that is called");
        await screen.ByTestId("source-name").PressAsync("Enter");
        await Expect(screen.Page.Locator("#source-credentialsEnd-help")).ToHaveAttributeAsync("role", "alert");
        await screen.ByTestId("source-credentialsEnd").FillAsync(soon);
        await screen.ByTestId("source-credentialsEnd").PressAsync("Enter");
        var card = screen.ByTestId("source").Filter(new() { HasText = "Bot that is called" });
        await Expect(card.GetByTestId("source-expires")).ToContainTextAsync("Enter new ones before then.");
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        // Nothing reads it: the day is told all the same.
        await screen.Page.GotoAsync("/incidents");
        var incident = screen.ByTestId("incident").Filter(new() { HasText = "Bot that is called" });
        await Expect(incident).ToBeVisibleAsync();

        await screen.Page.GotoAsync("/sources");
        var edit = card.GetByRole(AriaRole.Button, new() { Name = "Edit" });
        await Expect(edit).ToBeEnabledAsync();
        await edit.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("source-credentialsEnd")).ToHaveValueAsync(soon);
        await screen.ByTestId("source-credentialsEnd").FillAsync(late);
        await screen.ByTestId("source-credentialsEnd").PressAsync("Enter");
        await Expect(screen.ByTestId("source-credentialsEnd")).ToHaveCountAsync(0);
        await Expect(card.GetByTestId("source-expires")).ToHaveCountAsync(0);
        await Eventually.AsyncTrue(
            async ct => (await product.Api.GetFromJsonAsync<JsonElement>(new Uri("/api/incidents?status=resolved", UriKind.Relative), ct)).GetProperty("items").EnumerateArray()
                .Any(i => i.GetProperty("kind").GetString() == "credentialsEnd" && i.GetRawText().Contains("Bot that is called", StringComparison.Ordinal)),
            Product.Patience,
            () => "The incident is not over.",
            Product.Cancel);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_source_has_left_at_its_network_is_told_until_it_is_taken_back()
    {
        await using var simulation = await Simulation.StartAsync(new SimClock(TimeProvider.System.GetUtcNow()));
        var (x, token) = (simulation["x"], simulation["x"].Token);
        var id = (await product.PostAsync("/api/sources", new { kind = "x", name = "Leaving", options = new { apiUrl = simulation.Url("x"), mode = "stream", queries = new[] { "leaving" } }, credentials = new { bearerToken = token } })).GetProperty("id").GetGuid();
        using var app = new HttpClient { BaseAddress = new Uri(simulation.Url("x") + "/") };
        app.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await RulesAsync(app, rules => rules.Contains($"serm:{id:N}", StringComparison.Ordinal));

        x.Token = "another";
        using (var gone = await product.Api.DeleteAsync(new Uri($"/api/sources/{id}", UriKind.Relative), Product.Cancel))
        {
            gone.IsSuccessStatusCode.ShouldBeTrue();
        }

        await using var screen = await product.OpenAsync("/sources", options: new() { ReducedMotion = ReducedMotion.Reduce });
        var left = screen.ByTestId("source-leftover").Filter(new() { HasText = "Leaving" });
        await Expect(left).ToContainTextAsync($"serm:{id:N}");
        await Expect(left).ToContainTextAsync("It is tried again on");
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        await RunAsync("update ingest.leftovers set due_at = null where source_id = $1", id);
        await Expect(left).ToContainTextAsync("Serm has given up: take it back there yourself.");
        x.Token = token;
        await RunAsync("update ingest.leftovers set due_at = now() where source_id = $1", id);
        await Expect(left).ToHaveCountAsync(0);
        await RulesAsync(app, rules => !rules.Contains("serm:", StringComparison.Ordinal));
        screen.Errors.ShouldBeEmpty();
    }

    private static string Day(int ahead) => TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(ahead).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task RulesAsync(HttpClient app, Func<string, bool> such) =>
        Eventually.AsyncTrue(async ct => such(await app.GetStringAsync("2/tweets/search/stream/rules", ct)), Product.Patience, () => "The rules at the network are others.", Product.Cancel);

    private async Task RunAsync(string sql, Guid id)
    {
        await using var source = NpgsqlDataSource.Create(product.Stack.Postgres);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        (await command.ExecuteNonQueryAsync(Product.Cancel)).ShouldBe(1);
    }
}
