using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>The list that a moderator works through: its order, what holds it, its dialogs and its steps over many.</summary>
public sealed class Triaging(Product product)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_most_urgent_comes_first_and_rows_come_and_go_but_not_under_the_pointer()
    {
        var brand = await product.AddBrandAsync("Firstly", "firstly");
        var calm = await PushAsync(brand, "first-1", "Firstly opens at nine on Monday.", Now.AddDays(-6).AddHours(2));
        var angry = await PushAsync(brand, "first-2", "Firstly is a scam, awful, terrible, the worst liars, never again.", Now.AddDays(-6));
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await OrderAsync(screen, angry, calm);
        await screen.ByTestId("filter-sort-newest").ClickAsync();
        await OrderAsync(screen, calm, angry);
        await Expect(screen.Page).ToHaveURLAsync(new Regex("sort=newest"));
        await screen.ByTestId("filter-sort-urgent").ClickAsync();
        await OrderAsync(screen, angry, calm);

        // Six days of age weigh more than any verdict: this one takes the first place by itself.
        var fresh = await PushAsync(brand, "first-3", "Firstly opens at ten on Tuesday.", Now);
        await OrderAsync(screen, fresh, angry, calm);

        // While the pointer is over the list, what comes waits above it, and what is dealt with stays.
        await screen.Row(angry).HoverAsync();
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-held", "true");
        var last = await PushAsync(brand, "first-4", "Firstly is closed on Wednesday.", Now);
        await product.DoAsync(angry, "resolve");
        await Expect(screen.ByTestId("new-bar")).ToContainTextAsync("1");
        await Expect(screen.Row(angry).GetByTestId("row-status")).ToContainTextAsync("Resolved");
        await OrderAsync(screen, fresh, angry, calm);

        await screen.Page.GetByRole(AriaRole.Banner).HoverAsync();
        await Expect(screen.Row(angry)).ToHaveCountAsync(0);
        await Expect(screen.Row(last)).ToBeVisibleAsync();
        await Expect(screen.ByTestId("new-bar")).ToHaveCountAsync(0);
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(3);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dialogs_open_by_a_key_take_the_focus_and_give_it_back()
    {
        var brand = await product.AddBrandAsync("Focusly", "focusly");
        var mention = await PushAsync(brand, "focus-1", "Focusly is awful, worst service ever, they lied to me.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}&m={mention}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        var row = screen.Row(mention).GetByRole(AriaRole.Link);
        await row.FocusAsync();
        var dialog = screen.Page.GetByRole(AriaRole.Dialog);
        foreach (var key in new[] { "?", "x", "a", "s", "t", "v", "p" })
        {
            await screen.Page.Keyboard.PressAsync(key);
            await Expect(dialog).ToHaveCountAsync(1);
            await InsideAsync(screen, key);
            await screen.Page.Keyboard.PressAsync("Escape");
            await Expect(dialog).ToHaveCountAsync(0);
            await Expect(row).ToBeFocusedAsync();
        }

        // Nothing was done to it, and what is typed goes where the focus is.
        await Expect(screen.ByTestId("detail-status")).ToHaveTextAsync("New");
        await screen.Page.Keyboard.PressAsync("t");
        await InsideAsync(screen, "t");
        await screen.Page.Keyboard.TypeAsync("refund");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(screen.Row(mention)).ToContainTextAsync("#refund");
        await Expect(row).ToBeFocusedAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_over_many_is_made_and_taken_back_by_keys()
    {
        var brand = await product.AddBrandAsync("Manyly", "manyly");
        var first = await PushAsync(brand, "many-1", "Manyly is late again.", Now.AddDays(-1));
        var second = await PushAsync(brand, "many-2", "Manyly is awful, late again, never again.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await OrderAsync(screen, second, first);

        // Typed without looking: each key counts for where the one before went.
        foreach (var key in new[] { "j", "m", "j", "m" })
        {
            await screen.Page.Keyboard.PressAsync(key);
        }

        await Expect(screen.ByTestId("bulk-bar")).ToContainTextAsync("2");
        await Expect(screen.Row(first).GetByTestId("mark")).ToBeCheckedAsync();
        await Expect(screen.Row(second).GetByTestId("mark")).ToBeCheckedAsync();
        await screen.Page.Keyboard.PressAsync("e");
        await Expect(screen.Row(first).GetByTestId("row-status")).ToContainTextAsync("Resolved");
        await Expect(screen.Row(second).GetByTestId("row-status")).ToContainTextAsync("Resolved");
        await screen.Page.Keyboard.PressAsync("u");
        await Expect(screen.Row(first).GetByTestId("row-status")).ToContainTextAsync("New");
        await Expect(screen.Row(second).GetByTestId("row-status")).ToContainTextAsync("New");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_are_heard_after_a_tick_and_once_and_a_menu_takes_its_own()
    {
        var brand = await product.AddBrandAsync("Ticky", "ticky");
        var first = await PushAsync(brand, "tick-1", "Ticky is late again.", Now.AddDays(-1));
        var second = await PushAsync(brand, "tick-2", "Ticky is awful, late again, never again.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await OrderAsync(screen, second, first);
        await screen.Row(first).GetByTestId("mark").ClickAsync();
        await screen.Page.Keyboard.PressAsync("j");
        await Expect(screen.Row(second)).ToHaveAttributeAsync("aria-current", "true");

        // The menu is closed, and neither the mention nor the mark is gone.
        await screen.ByTestId("nav-more").ClickAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(screen.Page.Locator("details[data-menu][open]")).ToHaveCountAsync(0);
        await screen.Page.Keyboard.DownAsync("m");
        await screen.Page.Keyboard.DownAsync("m");
        await screen.Page.Keyboard.UpAsync("m");
        await Expect(screen.ByTestId("bulk-bar")).ToContainTextAsync("2");
        await Expect(screen.Row(second).GetByTestId("mark")).ToBeCheckedAsync();
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();

        // A link of it closes it too.
        await screen.ByTestId("nav-more").ClickAsync();
        await screen.Page.Locator(".nav-more a[href='/rules']").ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new Regex("/rules$"));
        await Expect(screen.Page.Locator("details[data-menu][open]")).ToHaveCountAsync(0);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_click_on_a_marked_word_opens_its_row_and_what_is_done_by_a_button_keeps_the_focus_near()
    {
        var brand = await product.AddBrandAsync("Clickly", "clickly");
        var mention = await PushAsync(brand, "click-1", "Clickly is awful, the worst liars, never again.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.Row(mention).Locator("mark").First.ClickAsync();
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();

        // The button is gone: its neighbours are next.
        await screen.ByTestId("claim").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.ByTestId("detail-status")).ToContainTextAsync("Claimed");
        await Expect(screen.Page.Locator(".actions")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Tab");
        await Expect(screen.ByTestId("release")).ToBeFocusedAsync();

        // The field is there again.
        await screen.ByTestId("severity").FocusAsync();
        await screen.ByTestId("severity").SelectOptionAsync("High");
        await Expect(screen.Row(mention).GetByTestId("row-severity")).ToHaveTextAsync("High");
        await Expect(screen.ByTestId("severity")).ToBeFocusedAsync();

        // Whoever clicks beside it has let go of it.
        await screen.Page.Locator(".byline").ClickAsync();
        await Expect(screen.ByTestId("severity")).Not.ToBeFocusedAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_typed_before_a_dialog_has_come_is_meant_for_it()
    {
        var brand = await product.AddBrandAsync("Hastily", "hastily");
        var mention = await PushAsync(brand, "haste-1", "Hastily is late again.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}&m={mention}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await Expect(screen.ByTestId("mention-detail")).ToBeVisibleAsync();
        await TypeAtOnceAsync("t", "l", "a", "n", "d", "Enter");
        await Expect(screen.Row(mention)).ToContainTextAsync("#land");
        await Expect(screen.ByTestId("note")).ToHaveValueAsync("");

        // Where no dialog comes, each key counts.
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(screen.ByTestId("mention-detail")).ToHaveCountAsync(0);
        await TypeAtOnceAsync("x", "j", "c");
        await Expect(screen.ByTestId("detail-status")).ToContainTextAsync("Claimed");
        screen.Errors.ShouldBeEmpty();

        // The server hears of none before all are typed.
        Task TypeAtOnceAsync(params string[] keys) =>
            screen.Page.EvaluateAsync("keys => keys.forEach(key => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })))", keys);
    }

    [Fact]
    public async Task Who_else_reads_a_mention_is_told_on_its_row_and_in_its_detail()
    {
        var brand = await product.AddBrandAsync("Readly", "readly");
        var mention = await PushAsync(brand, "read-1", "Readly is late again.", Now);
        await product.PostAsync("/api/users", new { name = "ana", password = Product.Password, role = "moderator" });
        await using var screen = await product.OpenAsync($"/?brand={brand}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await using (var ana = await product.OpenAsync($"/?brand={brand}&m={mention}", "ana"))
        {
            await Expect(ana.ByTestId("mention-detail")).ToBeVisibleAsync();
            await Expect(screen.Row(mention).GetByTestId("row-readers")).ToContainTextAsync("ana");
            await screen.Row(mention).GetByRole(AriaRole.Link).ClickAsync();
            await Expect(screen.ByTestId("readers")).ToContainTextAsync("ana");
            await Expect(ana.ByTestId("readers")).ToContainTextAsync("admin");
        }

        // It is a hint: nobody who has gone is told of for long.
        await Expect(screen.ByTestId("readers")).ToHaveCountAsync(0);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mention_on_its_own_page_hears_the_same_keys()
    {
        var brand = await product.AddBrandAsync("Alonely", "alonely");
        var mention = await PushAsync(brand, "alone-1", "Alonely is late again.", Now);
        await using var screen = await product.OpenAsync($"/mentions/{mention}");
        await Expect(screen.ByTestId("mention-page")).ToHaveAttributeAsync("data-ready", "true");
        var status = screen.ByTestId("detail-status");
        await Expect(status).ToHaveTextAsync("New");
        foreach (var (key, text) in new[] { ("c", "Claimed"), ("e", "Resolved"), ("r", "New") })
        {
            await screen.Page.Keyboard.PressAsync(key);
            await Expect(status).ToContainTextAsync(text);
        }

        await screen.Page.Keyboard.PressAsync("?");
        await Expect(screen.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Claim");
        await Expect(screen.Page.GetByRole(AriaRole.Dialog)).Not.ToContainTextAsync("Next mention");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_shown_is_kept_as_a_view_and_comes_back()
    {
        var brand = await product.AddBrandAsync("Viewly", "viewly");
        await PushAsync(brand, "view-1", "Viewly is late again.", Now);
        await using var screen = await product.OpenAsync($"/?brand={brand}&sort=newest&sentiment=negative&sentiment=neutral&sentiment=positive");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("views").Locator("summary").ClickAsync();
        await screen.ByTestId("view-name").FillAsync("Newest of Viewly");
        await screen.ByTestId("save-view").ClickAsync();
        var view = screen.ByTestId("view").Filter(new() { HasText = "Newest of Viewly" });
        await Expect(view).ToBeVisibleAsync();

        await screen.Page.GotoAsync("/");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await screen.ByTestId("views").Locator("summary").ClickAsync();
        await view.ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new Regex($"brand={brand}.*sort=newest"));
        await Expect(screen.ByTestId("filter-sort-newest")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(1);
        screen.Errors.ShouldBeEmpty();
    }

    private static async Task OrderAsync(Screen screen, params Guid[] mentions)
    {
        var rows = screen.ByTestId("mention-row");
        await Expect(rows).ToHaveCountAsync(mentions.Length);
        for (var i = 0; i < mentions.Length; i++)
        {
            await Expect(rows.Nth(i)).ToHaveAttributeAsync("data-mention-id", mentions[i].ToString());
        }
    }

    // The focus comes to the first control of a dialog a moment after it is drawn.
    private static Task InsideAsync(Screen screen, string key) => Eventually.AsyncTrue(
        async _ => await screen.Page.EvaluateAsync<bool>("() => !!document.activeElement?.closest('[role=dialog] :is(button, input, select, textarea)')"),
        Product.Patience,
        () => $"The focus does not come into the dialog of {key}.",
        Product.Cancel);

    /// <summary>Pushes a post and waits until it is judged.</summary>
    private async Task<Guid> PushAsync(Guid brand, string id, string text, DateTimeOffset publishedAt)
    {
        var url = $"https://blog.example/{id}";
        var items = await product.PushAsync(brand, found => Of(found, url) is not null, new { id, text, url, publishedAt });
        return Of(items, url)!.Value.GetProperty("id").GetGuid();
    }

    private static JsonElement? Of(IEnumerable<JsonElement> found, string url) => found.Where(m => m.GetProperty("url").GetString() == url).Select(m => (JsonElement?)m).FirstOrDefault();
}
