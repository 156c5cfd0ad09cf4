using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Serm.Simulator;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>A comment on a network, answered from the inbox: by keys alone, through all services, once.</summary>
public sealed class Answering(Product product)
{
    [Fact]
    public async Task A_comment_is_answered_on_its_network_by_keys_and_its_refusal_brings_the_text_back()
    {
        await using var simulation = await Simulation.StartAsync(new SimClock(TimeProvider.System.GetUtcNow()));
        var vk = simulation["vk"];
        var post = vk.World.Publish("Answerly lost my parcel, awful, never again");
        var brand = await product.AddBrandAsync("Answerly", "answerly");
        var options = new { apiUrl = simulation.Url("vk"), communities = new[] { "1" }, replies = true };
        var source = (await product.PostAsync("/api/sources", new { kind = "vk", name = "Our wall", intervalSeconds = 86_400, options, credentials = new { accessToken = vk.Token } })).GetProperty("id").GetGuid();
        var mention = (await MentionsAsync(brand, 1)).Single().GetProperty("id").GetGuid();

        await using var screen = await product.OpenAsync($"/mentions/{mention}", options: new() { ReducedMotion = ReducedMotion.Reduce });
        await Expect(screen.ByTestId("send")).ToBeAttachedAsync();
        await screen.Page.Keyboard.PressAsync("d");
        await Expect(screen.ByTestId("draft")).ToBeFocusedAsync();
        await screen.Page.Keyboard.TypeAsync("We are sorry. Answerly looks for it today.");
        await Expect(screen.ByTestId("send")).ToBeEnabledAsync();

        // The token was withdrawn meanwhile: nothing is lost.
        (var token, vk.Token) = (vk.Token, "another");
        await SendAsync(screen);
        await Expect(screen.ByTestId("reply-refused")).ToBeVisibleAsync();
        await Expect(screen.ByTestId("draft")).ToHaveValueAsync("We are sorry. Answerly looks for it today.");
        vk.Sent.ShouldBeEmpty();
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        await screen.Page.GotoAsync($"/?brand={brand}&reply=failed");
        await Expect(screen.Row(mention).GetByTestId("row-reply")).ToBeVisibleAsync();

        vk.Token = token;
        await screen.Page.GotoAsync($"/mentions/{mention}");
        await Expect(screen.ByTestId("send")).ToBeEnabledAsync();
        await SendAsync(screen);
        await Expect(screen.ByTestId("reply-refused")).ToHaveCountAsync(0);
        await Eventually.AsyncTrue(
            async ct => await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/mentions/{mention}", UriKind.Relative), ct) is var now
                && now.GetProperty("status").GetString() == "waiting" && now.GetProperty("repliedAt").ValueKind == JsonValueKind.String,
            Product.Patience,
            () => "It is not answered.",
            Product.Cancel);
        vk.Sent.Select(s => (s.Text, s.Parent?.Id)).ShouldBe([("We are sorry. Answerly looks for it today.", post.Id)]);

        // It is read again, names the brand, and is no mention.
        vk.World.Publish("Answerly, one more thing", parent: post);
        await product.PostAsync($"/api/sources/{source}/read", new { });
        (await MentionsAsync(brand, 2)).Select(m => m.GetProperty("text").GetString()).ShouldNotContain(t => t!.Contains("sorry", StringComparison.Ordinal));
        screen.Errors.ShouldBeEmpty();
    }

    private Task<List<JsonElement>> MentionsAsync(Guid brand, int expected) => Eventually.Async(
        async ct => (await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/mentions?brand={brand}", UriKind.Relative), ct)).GetProperty("items").EnumerateArray().ToList(),
        found => found.Count >= expected,
        Product.Patience,
        Product.Cancel);

    // The focus is in the draft: what is typed there is no key of the page until it is left.
    private static async Task SendAsync(Screen screen)
    {
        await screen.Page.Keyboard.PressAsync("Escape");
        await screen.Page.EvaluateAsync("() => document.activeElement?.blur()");
        await screen.Page.Keyboard.PressAsync("g");
        await Expect(screen.ByTestId("send-text")).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("send-text")).ToHaveCountAsync(0);
    }
}
