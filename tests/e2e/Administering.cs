using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Serm.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>What an admin keeps: people, keys, and messages that could not be handled.</summary>
public sealed class Administering(Product product)
{
    [Fact]
    public async Task Somebody_is_added_by_keys_alone_signs_in_chooses_a_password_and_gets_another_role()
    {
        await using var admin = await product.OpenAsync("/people");
        var keyboard = admin.Page.Keyboard;
        await Expect(admin.ByTestId("add-user")).ToBeEnabledAsync();
        await admin.ByTestId("add-user").FocusAsync();
        await keyboard.PressAsync("Enter");
        await Expect(admin.ByTestId("user-name")).ToBeFocusedAsync();
        await keyboard.TypeAsync("newcomer");
        await keyboard.PressAsync("Enter");
        var password = await admin.ByTestId("secret").InputValueAsync();
        password.Length.ShouldBeGreaterThan(15);
        await admin.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await admin.ByTestId("copy-secret").ClickAsync();
        await Expect(admin.ByTestId("copy-secret")).ToHaveTextAsync("Copied");
        (await admin.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).ShouldBe(password);
        await keyboard.PressAsync("Escape");
        await Expect(admin.ByTestId("secret")).ToHaveCountAsync(1);
        await admin.ByTestId("secret-done").ClickAsync();
        await Expect(admin.ByTestId("secret")).ToHaveCountAsync(0);
        var card = Card(admin, "user", "newcomer");
        await Expect(card).ToContainTextAsync("has not signed in yet");

        await using var context = await product.Browser.NewContextAsync(new() { BaseURL = product.Stack.Gateway.Address.ToString(), Locale = "en-GB" });
        var page = await context.NewPageAsync();
        var screen = new Screen(context, page);
        await SignInAsync(page, password);

        // A menu that is opened before the page has come alive is shut by that.
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("nav-more").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Silences" })).ToBeVisibleAsync();
        await Expect(page.Locator("a[href='/people'], a[href='/parked']")).ToHaveCountAsync(0);
        await page.GotoAsync("/people");
        await Expect(page).ToHaveURLAsync(new Regex("/no-access"));

        // A password of their own.
        await page.GotoAsync("/brands");
        await screen.ByTestId("user-menu").ClickAsync();
        await screen.ByTestId("change-password").ClickAsync();
        await ChangeAsync(page, "wrong password", "a password of my own", "a password of my own");
        await Expect(screen.ByTestId("password-error")).ToContainTextAsync("The current password is wrong");
        await ChangeAsync(page, password, "a password of my own", "a passwort of my own");
        await Expect(screen.ByTestId("password-error")).ToContainTextAsync("typed in two ways");
        await ChangeAsync(page, password, "a password of my own", "a password of my own");
        await Expect(screen.ByTestId("password-done")).ToBeVisibleAsync();
        await page.GotoAsync("/brands");
        await Expect(screen.ByTestId("user-menu")).ToContainTextAsync("newcomer");

        // Another role ends the session; with it they see more.
        await admin.Page.ReloadAsync();
        await Expect(card).ToContainTextAsync("last signed in");
        await card.GetByTestId("change-role").ClickAsync();
        await Expect(admin.ByTestId("role-integrator")).ToBeFocusedAsync();
        await admin.ByTestId("role-manager").CheckAsync();
        await admin.ByTestId("save-role").ClickAsync();
        await Expect(card.GetByTestId("user-role")).ToHaveTextAsync("Manager");
        await Eventually.AsyncTrue(
            async _ =>
            {
                await page.GotoAsync("/brands");
                return page.Url.Contains("/sign-in", StringComparison.Ordinal);
            },
            Product.Patience,
            () => "The session goes on with the old role.",
            Product.Cancel);
        await SignInAsync(page, "a password of my own");
        await page.GotoAsync("/brands");
        await Expect(screen.ByTestId("add-brand")).ToBeVisibleAsync();

        await card.GetByTestId("remove-user").ClickAsync();
        await admin.ByTestId("confirm").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        admin.Errors.ShouldBeEmpty();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_author_is_erased_from_a_mention_and_leaves_a_receipt()
    {
        var brand = await product.AddBrandAsync("Forgetly", "forgetly");
        var posts = await product.PushAsync(
            brand,
            new { id = "forget-1", text = "Forgetly never called me back.", author = new { id = "forget-u1", name = "Somebody Forgotten" } },
            new { id = "forget-2", text = "Forgetly lost my order as well.", author = new { id = "forget-u1", name = "Somebody Forgotten" } },
            new { id = "forget-3", text = "Forgetly is fine with me.", author = new { id = "forget-u2", name = "another person" } });
        var mention = posts.First(p => p.GetProperty("text").GetString()!.Contains("never called", StringComparison.Ordinal)).GetProperty("id").GetGuid();
        await using var screen = await product.OpenAsync($"/?brand={brand}&m={mention}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("erase").ClickAsync();
        await screen.ByTestId("erase-author").CheckAsync();
        await Expect(screen.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Mentions: 2");
        await Expect(screen.ByTestId("erase-keep-out")).ToBeCheckedAsync();
        await screen.ByTestId("erase-reference").FillAsync("2026-17");
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        await screen.ByTestId("erase-now").ClickAsync();

        // The open mention and its row lose what was said while one looks.
        await Expect(screen.ByTestId("removed")).ToBeVisibleAsync();
        await Expect(screen.ByTestId("history")).ToContainTextAsync("Erased here");
        await Expect(screen.Page.Locator("body")).Not.ToContainTextAsync("Somebody Forgotten");
        await Expect(screen.Page.Locator("body")).Not.ToContainTextAsync("lost my order");
        await Expect(screen.Page.Locator("body")).ToContainTextAsync("fine with me");

        await screen.Page.GotoAsync("/privacy");
        var receipt = screen.ByTestId("erasure").Filter(new() { HasText = "2026-17" });
        await Expect(receipt.GetByTestId("erasure-status")).ToHaveTextAsync("done");
        await Expect(receipt.GetByTestId("erasure-took")).ToContainTextAsync("Mentions emptied: 2");
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_is_made_shown_once_and_revoked()
    {
        await using var screen = await product.OpenAsync("/people");
        await Expect(screen.ByTestId("add-key")).ToBeEnabledAsync();
        await screen.ByTestId("add-key").ClickAsync();
        await Expect(screen.ByTestId("key-name")).ToBeFocusedAsync();
        await screen.ByTestId("key-name").FillAsync("e2e robot");
        await screen.ByTestId("save-key").ClickAsync();
        var secret = await screen.ByTestId("secret").InputValueAsync();
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        await screen.ByTestId("secret-done").ClickAsync();
        var card = Card(screen, "key", "e2e robot");
        await Expect(card).ToContainTextAsync("never used");
        (await StatusAsync(secret)).ShouldBe(System.Net.HttpStatusCode.OK);
        await screen.Page.ReloadAsync();
        await Expect(card).ToContainTextAsync("last used just now");
        await card.GetByTestId("revoke-key").ClickAsync();
        await screen.ByTestId("confirm").ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        (await StatusAsync(secret)).ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_parked_is_shown_sent_again_and_told_when_it_comes_back()
    {
        const string queue = Queues.MentionsAlertDelivered;
        await Product.ParkAsync(queue, 230);
        await using var screen = await product.OpenAsync("/parked", options: new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 390, Height = 800 } });
        var card = screen.Page.Locator($"[data-testid=parked-queue][data-queue='{queue}']");
        await Expect(card.GetByTestId("parked-count")).ToHaveTextAsync("230 parked");
        await Expect(card).ToContainTextAsync("the first one 3 h ago");
        await Expect(card.GetByTestId("parked-cause")).ToContainTextAsync("no JSON");
        (await screen.ViolationsAsync()).ShouldBeEmpty();

        // One to see, then all of them.
        await card.GetByTestId("parked-number").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        var result = screen.ByTestId("parked-result").Filter(new() { HasText = queue });
        await Expect(result).ToContainTextAsync("1 sent again");
        await card.GetByTestId("parked-send-all").ClickAsync();
        await Expect(result).ToContainTextAsync(new Regex("2(29|30) sent again"));
        await Expect(result).ToContainTextAsync("Parked again: 230. The cause is still there.");

        await Expect(screen.ByTestId("parked-badge").First).ToBeVisibleAsync();
        await Product.WithBrokerAsync(async channel =>
        {
            foreach (var (each, _) in Queues.All)
            {
                await channel.QueuePurgeAsync(each + "_error", Product.Cancel);
            }
        });
        await Expect(screen.ByTestId("parked-none")).ToContainTextAsync("All is well");
        await Expect(screen.ByTestId("parked-badge")).ToHaveCountAsync(0);
        (await screen.ViolationsAsync()).ShouldBeEmpty();
        screen.Errors.ShouldBeEmpty();
    }

    private static ILocator Card(Screen screen, string kind, string name) => screen.Page.Locator($"[data-testid={kind}][data-name='{name}']");

    private static async Task SignInAsync(IPage page, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name").FillAsync("newcomer");
        await page.GetByLabel("Password").FillAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(u => !u.Contains("sign-in", StringComparison.Ordinal));
    }

    private static async Task ChangeAsync(IPage page, string current, string password, string again)
    {
        await page.GetByLabel("Current password").FillAsync(current);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(password);
        await page.GetByLabel("The new password again").FillAsync(again);
        await page.Keyboard.PressAsync("Enter");
    }

    private async Task<System.Net.HttpStatusCode> StatusAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Stack.Gateway.Address, "/api/me"));
        request.Headers.Authorization = new("Bearer", key);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, Product.Cancel);
        return answer.StatusCode;
    }
}
