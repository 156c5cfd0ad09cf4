using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>A person tells the model what a mention really says, and looks how good it is.</summary>
public sealed class Correcting(Product product)
{
    [Fact]
    public async Task A_wrong_verdict_is_corrected_by_one_key_and_shows_on_the_page_of_the_model()
    {
        var brand = await product.AddBrandAsync("Rightly", "rightly");
        var mention = (await product.PushAsync(brand, new { id = "r1", text = "Rightly is awful, worst service ever, they lied to me." }))[0];
        await using var screen = await product.OpenAsync($"/?brand={brand}&m={mention.GetProperty("id").GetGuid()}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        var detail = screen.ByTestId("mention-detail");
        await Expect(detail.GetByTestId("weights")).ToHaveCountAsync(1);
        await Expect(detail.GetByTestId("sentiment-chip")).ToContainTextAsync("egative", new() { IgnoreCase = true });
        var before = await product.CorrectionsAsync();
        await screen.Page.Keyboard.PressAsync("2");
        await Expect(detail.GetByTestId("sentiment-chip")).ToContainTextAsync("eutral", new() { IgnoreCase = true });
        await Expect(detail.GetByTestId("correct")).ToContainTextAsync("admin");
        await Expect(detail.GetByTestId("history")).ToContainTextAsync("says it is");

        // The correction travels to what learns from it, and the page is read once in a while.
        await Eventually.AsyncTrue(
            async _ => await product.CorrectionsAsync() == before + 1,
            Product.Patience,
            () => "The correction did not arrive.",
            Product.Cancel);
        await screen.Page.GotoAsync("/model");
        await Expect(screen.ByTestId("agreement")).ToBeVisibleAsync();
        await Expect(screen.ByTestId("correction-count")).ToContainTextAsync($"{before + 1}");
        await Expect(screen.ByTestId("curve")).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }
}
