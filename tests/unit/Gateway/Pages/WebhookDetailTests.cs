using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class WebhookDetailTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_link_from_one_webhook_to_another_shows_the_other()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        var (first, second) = (Answer(stage, 1), Answer(stage, 2));
        var page = stage.Render<WebhookDetail>(p => p.Add(w => w.Id, first.Id));
        page.WaitForElement("[data-testid=delivery]");

        // Told late of the first: it is not shown as the other.
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/webhooks/{first.Id}", _ => late.Task);
        stage.Clock.Advance(TimeSpan.FromSeconds(3));
        page.WaitForState(() => stage.Asked.Count(a => a == $"GET /api/webhooks/{first.Id}") == 2);
        stage.Refuse($"GET /api/webhooks/{second.Id}");
        page.Render(p => p.Add(w => w.Id, second.Id));
        page.WaitForElement("[data-testid=problem]");
        page.FindAll("h1, [data-testid=delivery]").ShouldBeEmpty("what was told is of the first");
        late.SetResult(first);
        await PageStage.SettleAsync();
        page.FindAll("h1").ShouldBeEmpty();

        Answer(stage, 2);
        await page.Find("[data-testid=problem] button").ClickAsync();
        page.WaitForAssertion(() => page.Find("h1").TextContent.ShouldBe("Number 2"));
        page.Find("[data-testid=delivery] code").TextContent.ShouldBe("of.2");
    }

    [Theory]
    [InlineData("paused", "Waiting: webhook paused")]
    [InlineData("disabled", "Waiting: webhook disabled")]
    public async Task A_delivery_that_nobody_tries_says_why_it_waits(string state, string told)
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        var webhook = Answer(stage, 1);
        stage.Answer($"GET /api/webhooks/{webhook.Id}", webhook with { State = state });
        stage.Answer($"GET /api/webhooks/{webhook.Id}/deliveries", new DeliveryItems([new(webhook.Id, 1, "alert.raised", "pending", 2, false, Noon, Noon, 503, "status", null, state)], null));

        var row = stage.Render<WebhookDetail>(p => p.Add(w => w.Id, webhook.Id)).WaitForElement("[data-testid=delivery]");

        row.QuerySelector(".health")!.TextContent.ShouldBe(told);
    }

    private static WebhookItem Answer(PageStage stage, int number)
    {
        var id = new Guid(number, 0, 0, new byte[8]);
        var webhook = new WebhookItem(id, "https://receiver.example", $"Number {number}", "active", null, [], [], [], [], null, [], false, null, null, new(null, null, null, null, 0, 0, 0), Noon, 1);
        stage.Answer($"GET /api/webhooks/{id}", webhook);
        stage.Answer($"GET /api/webhooks/{id}/replays", Array.Empty<ReplayItem>());
        stage.Answer($"GET /api/webhooks/{id}/deliveries", new DeliveryItems([new(id, null, $"of.{number}", "delivered", 1, false, Noon, Noon, 200, null, null)], null));
        return webhook;
    }
}
