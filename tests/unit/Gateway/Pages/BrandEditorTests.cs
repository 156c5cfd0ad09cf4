using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class BrandEditorTests
{
    private static readonly Guid Id = new(1, 0, 0, new byte[8]);

    [Fact]
    public async Task A_brand_that_is_gone_is_no_empty_form()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        stage.Gone($"GET /api/brands/{Id}");

        var page = stage.Render<BrandEditor>(p => p.Add(b => b.Id, Id));

        var told = page.WaitForElement("[data-testid=unread-brand]");
        told.TextContent.ShouldContain("There is nothing here");
        told.QuerySelector("a[href='/brands']").ShouldNotBeNull();
        told.QuerySelectorAll("button").ShouldBeEmpty("it does not come back");
        page.FindAll("form").ShouldBeEmpty("what is saved in it would be another brand");
    }

    [Fact]
    public async Task A_brand_that_cannot_be_read_just_now_can_be_tried_again()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        var page = stage.Render<BrandEditor>(p => p.Add(b => b.Id, Id));
        page.WaitForElement("[data-testid=unread-brand] button");
        page.FindAll("form").ShouldBeEmpty();

        stage.Answer($"GET /api/brands/{Id}", new BrandItem(Id, "Acme", "acme", null, null, 1, stage.Clock.GetUtcNow()));
        await page.Find("[data-testid=unread-brand] button").ClickAsync();

        page.WaitForElement("[data-testid=brand-name]").GetAttribute("value").ShouldBe("Acme");
    }

    [Theory]
    [InlineData("incidents")]
    [InlineData("mentions")]
    [InlineData("webhooks")]
    public async Task What_else_is_gone_says_so_and_leads_to_its_list(string what)
    {
        await using var stage = new PageStage();
        stage.Gone($"GET /api/{what}/{Id}");

        AngleSharp.Dom.IElement told = what switch
        {
            "incidents" => stage.Render<OneIncident>(p => p.Add(i => i.Id, Id)).WaitForElement(".single:has([data-testid=problem])"),
            "mentions" => stage.Render<OneMention>(p => p.Add(i => i.Id, Id)).WaitForElement(".single:has([data-testid=problem])"),
            _ => stage.Render<WebhookDetail>(p => p.Add(i => i.Id, Id)).WaitForElement(".page:has([data-testid=problem])"),
        };

        told.TextContent.ShouldContain("There is no such thing in this workspace");
        told.QuerySelector($"a[href='/{(what == "mentions" ? "" : what)}']").ShouldNotBeNull();
        told.QuerySelectorAll("input, textarea").ShouldBeEmpty();
    }
}
