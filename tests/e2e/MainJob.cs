using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>What Serm exists for, as a moderator sees it.</summary>
public sealed class MainJob(Product product)
{
    [Fact]
    public async Task A_complaint_on_a_blog_appears_judged_and_explained_on_an_open_screen()
    {
        await using var blog = await BlogAsync();
        var brand = await product.AddBrandAsync("Fjordpost", "fjordpost");
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToBeVisibleAsync();

        await product.PostAsync("/api/sources", new { kind = "feed", name = "Complaints blog", url = $"{blog.Urls.First()}/feed" });

        var row = screen.ByTestId("mention-row").First;
        await Expect(row).ToContainTextAsync("They lost my parcel");
        await Expect(row.GetByTestId("sentiment-chip")).ToContainTextAsync("egative", new() { IgnoreCase = true });
        await row.ClickAsync();
        var detail = screen.ByTestId("mention-detail");
        await Expect(detail.Locator("mark").First).ToBeVisibleAsync();
        await Expect(detail).ToContainTextAsync("Complaints blog");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_moderator_works_by_keyboard_alone()
    {
        var brand = await product.AddBrandAsync("Keyline", "keyline");
        var items = await product.PushAsync(
            brand,
            new { id = "k1", text = "Keyline is awful, worst service ever, they lied to me." },
            new { id = "k2", text = "Keyline never answers. I want my money back, terrible!" });
        await using var screen = await product.OpenAsync($"/?brand={brand}&sort=newest");
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(2);
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");

        await screen.Page.Keyboard.PressAsync("j");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("c");
        await MentionsAsync(brand, m => m.GetProperty("status").GetString() == "claimed", 1);
        await Expect(screen.ByTestId("detail-status")).ToContainTextAsync("Claimed");
        await screen.Page.Keyboard.PressAsync("e");
        await MentionsAsync(brand, m => m.GetProperty("status").GetString() == "resolved", 1);
        await screen.Page.Keyboard.PressAsync("?");
        await Expect(screen.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog)).ToBeVisibleAsync();
        items.Count.ShouldBe(2);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_who_claim_one_mention_the_second_is_told_who_has_it()
    {
        var brand = await product.AddBrandAsync("Twofold", "twofold");
        var mention = (await product.PushAsync(brand, new { id = "t1", text = "Twofold is a scam, they are thieves and liars, awful." }))[0];
        var id = mention.GetProperty("id").GetGuid();
        await product.PostAsync("/api/users", new { name = "second", password = Product.Password, role = "moderator" });
        await using var first = await product.OpenAsync($"/mentions/{id}");
        await using var second = await product.OpenAsync($"/mentions/{id}", "second");
        await Expect(first.ByTestId("claim").First).ToBeEnabledAsync();
        await Expect(second.ByTestId("claim").First).ToBeEnabledAsync();

        // Of the page as both see it: the button of the slower one may be gone by then, and that is an answer too.
        var buttons = await Task.WhenAll(first.ByTestId("claim").First.ElementHandleAsync(), second.ByTestId("claim").First.ElementHandleAsync());
        await Task.WhenAll(buttons.Select(b => b.EvaluateAsync("button => button.click()")));

        var owner = (await MentionsAsync(brand, m => m.GetProperty("status").GetString() == "claimed", 1))[0].GetProperty("owner").GetString()!;
        var loser = owner == "admin" ? second : first;
        await Expect(loser.Page.Locator("body")).ToContainTextAsync(owner);
    }

    [Fact]
    public async Task Hostile_text_is_shown_as_text()
    {
        var brand = await product.AddBrandAsync("Hostile", "hostilebrand");
        const string Attack = "hostilebrand <script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) terrible awful worst";
        await product.PushAsync(brand, new { id = "h1", title = "<svg onload=alert(4)>", text = Attack, url = "https://blog.example/h1" });
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("mention-row").First.ClickAsync();
        await Expect(screen.ByTestId("mention-detail")).ToContainTextAsync("<script>alert(1)</script>");
        (await screen.Page.Locator("[onerror], [onload], [data-testid=mention-detail] img, [href^='javascript']").CountAsync()).ShouldBe(0);
        screen.Errors.ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<JsonElement>> MentionsAsync(Guid brand, Func<JsonElement, bool> such, int count) => await Eventually.Async(
        async ct =>
        {
            using var answer = await product.Api.GetAsync(new Uri($"/api/mentions?brand={brand}&limit=200", UriKind.Relative), ct);
            var page = await JsonSerializer.DeserializeAsync<JsonElement>(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
            return page.GetProperty("items").EnumerateArray().Where(such).ToList();
        },
        items => items.Count >= count,
        Product.Patience,
        Product.Cancel);

    private static async Task<WebApplication> BlogAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var blog = builder.Build();
        var published = TimeProvider.System.GetUtcNow().ToString("R");
        blog.MapGet("/feed", () => Results.Text(
            $"""
            <rss version="2.0"><channel><title>Blog</title><item><guid>1</guid><link>http://blog.example/1</link><title>Fjordpost, never again</title><pubDate>{published}</pubDate>
            <description>They lost my parcel. Fjordpost is the worst courier ever, rude support, I am furious!</description></item></channel></rss>
            """,
            "application/rss+xml"));
        await blog.StartAsync(Product.Cancel);
        return blog;
    }
}
