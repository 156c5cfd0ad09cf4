using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serm.Tests.E2E;

/// <summary>What a manager lays down: rules of the house, service levels, lists of authors; and whether answers help.</summary>
public sealed class House(Product product)
{
    [Fact]
    public async Task A_rule_is_tried_on_the_past_and_what_it_puts_aside_comes_back_by_one_key()
    {
        var brand = await product.AddBrandAsync("Housely", "housely");
        await product.PushAsync(brand, new { id = "v1", text = "Housely gives you a voucher, click here" }, new { id = "v2", text = "Housely lost my parcel, awful" });
        await using var screen = await product.OpenAsync("/automation");
        await screen.ByTestId("add-house-rule").ClickAsync();
        // The dialog takes the focus once it is there: what is typed before that would go into another field.
        await Expect(screen.ByTestId("house-name")).ToBeFocusedAsync();
        await screen.ByTestId("house-name").FillAsync("Vouchers");

        // Nobody is given anything who is not there.
        await Expect(screen.ByTestId("house-assign").GetByRole(AriaRole.Option, new() { Name = "admin", Exact = true })).ToHaveCountAsync(1);
        await screen.ByTestId("house-words").FillAsync("voucher");
        await screen.ByTestId("house-dismiss").SelectOptionAsync("Spam");
        await screen.ByTestId("dry-run").ClickAsync();
        await Expect(screen.ByTestId("dry-run-result")).ToContainTextAsync("1 mention");
        await Expect(screen.ByTestId("dry-run-result").Locator("p").First).ToBeInViewportAsync();
        await Expect(screen.ByTestId("dry-run")).ToBeFocusedAsync();
        (await LiesAboveToastsAsync(screen.ByTestId("save-house-rule"))).ShouldBeTrue();
        await screen.ByTestId("save-house-rule").ClickAsync();
        await Expect(screen.ByTestId("house-rule").Filter(new() { HasText = "Vouchers" })).ToContainTextAsync("put aside: Spam");

        await product.PostAsync("/api/ingest", new { source = "e2e", posts = new[] { new { id = "v3", text = "Housely has another voucher for you" } } });
        var aside = (await FilteredAsync(brand, 1))[0].GetProperty("id").GetGuid();
        await screen.Page.GotoAsync($"/?brand={brand}&status=filtered&m={aside}");
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await Expect(screen.ByTestId("filter-status-filtered").Locator(".count")).ToHaveTextAsync("1");
        await Expect(screen.Row(aside).GetByTestId("row-filtered")).ToContainTextAsync("Vouchers");
        await Expect(screen.ByTestId("restore")).ToBeEnabledAsync();
        await screen.Page.Keyboard.PressAsync("b");
        await FilteredAsync(brand, 0);
        await Expect(screen.ByTestId("detail-status")).ToHaveTextAsync("New");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_policy_is_written_and_the_report_tells_who_kept_it()
    {
        var brand = await product.AddBrandAsync("Soonly", "soonly");
        await using var screen = await product.OpenAsync($"/sla?brand={brand}");
        await screen.ByTestId("add-policy").ClickAsync();
        await Expect(screen.ByTestId("policy-name")).ToBeFocusedAsync();
        await screen.ByTestId("policy-name").FillAsync("Within two hours");
        await screen.ByTestId("policy-first").FillAsync("120");
        await screen.ByTestId("save-policy").ClickAsync();
        await Expect(screen.ByTestId("sla-policy").Filter(new() { HasText = "Within two hours" })).ToContainTextAsync("first answer within 2 h");
        await Expect(screen.ByTestId("sla-none")).ToBeVisibleAsync();

        var mention = (await product.PushAsync(brand, new { id = "s1", text = "Soonly never answers, terrible, awful service, liars." }))[0];
        await product.DoAsync(mention.GetProperty("id").GetGuid(), "replied", new { url = "https://blog.example/answer" });
        await screen.Page.ReloadAsync();
        await Expect(screen.ByTestId("sla-met-firstAnswer")).ToHaveTextAsync("100%");
        await screen.ByTestId("sla-by-person").ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("by=person"));
        await Expect(screen.ByTestId("sla-report").GetByRole(AriaRole.Rowheader)).ToHaveCountAsync(1);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_will_probably_be_late_is_told_and_leads_to_those_mentions()
    {
        var brand = await product.AddBrandAsync("Laterly", "laterly");
        var pushed = await product.PushAsync(brand, [.. Enumerable.Range(0, 14).Select(i => (object)new { id = $"late-{i}", text = $"Laterly is late, number {i}." })]);
        foreach (var mention in pushed.Take(10))
        {
            await product.DoAsync(mention.GetProperty("id").GetGuid(), "replied", new { then = "resolved" });
        }

        string[] any = ["negative", "neutral", "positive"];
        await product.PutPoliciesAsync(new { policies = new[] { new { name = "Soon", brands = new[] { brand }, sentiments = any, firstAnswerMinutes = 360 } } });

        // Rows that are open are written anew for new policies a moment later, which would undo what is done to them below.
        await using var source = Npgsql.NpgsqlDataSource.Create(product.Stack.Postgres);
        await Eventually.AsyncTrue(
            async ct =>
            {
                await using var applied = source.CreateCommand("select bool_and(applied = version) from mentions.settings where kind = 'sla'");
                return await applied.ExecuteScalarAsync(ct) is true;
            },
            Product.Patience,
            () => "The new policy sets no clocks.",
            Product.Cancel);
        await using var screen = await product.OpenAsync($"/sla?brand={brand}");
        await Expect(screen.ByTestId("sla-forecast-unknown")).ToContainTextAsync("4 promises");

        // Nobody waits here for five hours to go by: two an hour are done, and of the four only the first has its turn before it is due.
        await using (var age = source.CreateCommand("update mentions.inbox set seen_at = seen_at - interval '5 hours' where brand_id = $1"))
        {
            age.Parameters.AddWithValue(brand);
            await age.ExecuteNonQueryAsync(Product.Cancel);
        }

        await screen.Page.ReloadAsync();
        await Expect(screen.ByTestId("sla-forecast-said")).ToContainTextAsync("3 of 4 promises");
        await screen.ByTestId("sla-forecast-look").ClickAsync();
        await Expect(screen.ByTestId("inbox")).ToHaveAttributeAsync("data-ready", "true");
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(3);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "3 chosen mentions" }).ClickAsync();
        await Expect(screen.ByTestId("mention-row").Filter(new() { HasText = "Laterly" })).ToHaveCountAsync(4);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_spreads_negativity_is_found_and_put_on_a_list()
    {
        var brand = await product.AddBrandAsync("Whoson", "whoson");
        await product.PushAsync(
            brand,
            new { id = "w1", text = "Whoson is a scam, awful, terrible liars.", author = new { name = "Loud Lou", handle = "lou" } },
            new { id = "w2", text = "Whoson delivered on time, thank you.", author = new { name = "Kind Kim", handle = "kim" } });
        await using var screen = await product.OpenAsync($"/authors?brand={brand}");
        var lou = screen.ByTestId("author-row").Filter(new() { HasText = "Loud Lou" });
        await Expect(screen.ByTestId("author-row")).ToHaveCountAsync(2);
        await Expect(screen.ByTestId("author-row").First).ToContainTextAsync("Loud Lou");
        await lou.GetByTestId("list-vip").ClickAsync();
        await Expect(lou.GetByTestId("list-vip")).ToHaveAttributeAsync("aria-pressed", "true");
        await screen.ByTestId("authors-list").SelectOptionAsync("vip");
        await Expect(screen.ByTestId("author-row")).ToHaveCountAsync(1);
        await lou.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(1);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whether_answers_helped_shows_beside_the_dynamics_and_a_number_beside_a_rivals_leads_to_its_mentions()
    {
        var brand = await product.AddBrandAsync("Mendly", "mendly");
        var author = new { name = "Turned Tom", handle = "tom", id = "tom" };
        var mention = (await product.PushAsync(brand, new { id = "m1", text = "Mendly is awful, worst service ever, they lied to me.", author }))[0];
        await product.DoAsync(mention.GetProperty("id").GetGuid(), "replied", new { url = "https://blog.example/answer" });
        await product.PushAsync(
            brand, 2, new { id = "m2", text = "Mendly delivered, thank you very much, great and friendly help!", author, publishedAt = TimeProvider.System.GetUtcNow().AddSeconds(1) });
        await using var screen = await product.OpenAsync($"/dynamics?brand={brand}");
        await Expect(screen.ByTestId("recovery-rate")).ToHaveTextAsync("100%");

        // Two mentions are no topic, and the hours of the week are gone through by keys.
        await Expect(screen.ByTestId("topics-few")).ToContainTextAsync("Too few to tell");
        var hours = screen.ByTestId("heat").Locator("tbody tr");
        await hours.Nth(0).Locator(".heat-cell").First.FocusAsync();
        await screen.Page.Keyboard.PressAsync("ArrowRight");
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(hours.Nth(1).Locator(".heat-cell").Nth(1)).ToBeFocusedAsync();

        var rival = await product.AddBrandAsync("Breakly", "breakly");
        await product.PushAsync(rival, new { id = "b1", text = "Breakly broke." });
        await screen.Page.GotoAsync($"/compare?brand={brand}&brand={rival}&days=1");
        await Expect(screen.ByTestId("compare-voice")).ToHaveTextAsync(["67%", "33%"]);
        await Expect(screen.ByTestId("voice-line")).ToHaveCountAsync(2);
        await screen.ByTestId("compare-only-negative").ClickAsync();
        await Expect(screen.ByTestId("compare-only-negative")).ToHaveAttributeAsync("aria-pressed", "true");
        var row = screen.ByTestId("compare-row").Filter(new() { HasText = "Mendly" });
        await Expect(row.GetByTestId("compare-negative")).ToHaveTextAsync("50%");
        await row.GetByTestId("compare-negative").ClickAsync();
        await Expect(screen.Row(mention.GetProperty("id").GetGuid())).ToBeVisibleAsync();
        await Expect(screen.ByTestId("mention-row")).ToHaveCountAsync(1);
        screen.Errors.ShouldBeEmpty();
    }

    // A toast as large as the page, so that it need not come up by chance just there.
    private static Task<bool> LiesAboveToastsAsync(ILocator button) => button.EvaluateAsync<bool>(
        """
        button => {
          const toast = document.createElement('div');
          toast.id = 'mud-snackbar-container';
          Object.assign(toast.style, { position: 'fixed', inset: '0', maxWidth: 'none', pointerEvents: 'auto' });
          document.querySelector('.app').parentElement.appendChild(toast);
          const at = button.getBoundingClientRect();
          const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
          toast.remove();
          return button.contains(top);
        }
        """);

    private Task<List<JsonElement>> FilteredAsync(Guid brand, int count) => Eventually.Async(
        async ct => (await product.Api.GetFromJsonAsync<JsonElement>(new Uri($"/api/mentions?brand={brand}&filtered=true", UriKind.Relative), ct)).GetProperty("items").EnumerateArray().ToList(),
        items => items.Count == count,
        Product.Patience,
        Product.Cancel);
}
