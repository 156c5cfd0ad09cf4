using Bunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ChannelsTests
{
    private static readonly Guid Mail = new(1, 0, 0, new byte[8]);

    [Fact]
    public async Task Steps_of_the_on_call_order_that_are_not_saved_stay_when_a_channel_is_tested()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/channels", new[] { Channel(Mail) });
        stage.Answer("GET /api/on-call", new OnCallItem([new(Mail, 0)], IncidentSeverity.Critical, 1));
        stage.Answer($"POST /api/channels/{Mail}/test", new ChannelTestItem(true, null, 5));
        var page = stage.Render<Channels>();
        page.WaitForElement("section.on-call input[type=number]").Change("45");
        await page.Find("[data-testid=channel] button").ClickAsync();
        stage.Asked.Count(a => a == "GET /api/channels").ShouldBe(2, "what the test found is read");
        page.Find("section.on-call input[type=number]").GetAttribute("value").ShouldBe("45");
    }

    [Fact]
    public async Task A_step_of_a_channel_that_is_gone_is_none()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/channels", new[] { Channel(Mail) });
        stage.Answer("GET /api/on-call", new OnCallItem([new(Mail, 0), new(new Guid(2, 0, 0, new byte[8]), 15)], IncidentSeverity.Critical, 1));
        var page = stage.Render<Channels>();
        page.WaitForElement("section.on-call input[type=number]");
        page.FindAll("section.on-call input[type=number]").Count.ShouldBe(1, "an order with the other could not be saved");
    }

    [Fact]
    public async Task Who_may_not_change_the_on_call_order_reads_it()
    {
        await using var stage = new PageStage();
        stage.Become(Role.Moderator);
        stage.Answer("GET /api/channels", new[] { Channel(Mail) });
        stage.Answer("GET /api/on-call", new OnCallItem([new(Mail, 15)], IncidentSeverity.Critical, 1));
        var page = stage.Render<Channels>();
        page.WaitForElement("section.on-call li").TextContent.ShouldBe("Team, after 15 min");
        page.Find("section.on-call").TextContent.ShouldContain("Incidents from critical");
        page.Find("section.on-call").QuerySelectorAll("input, select, button").ShouldBeEmpty();
    }

    private static ChannelItem Channel(Guid id) => new(
        id, "email", "Team", true, ["team@example.org"], "serm@example.org", "mail.example", null, null, null, null, IncidentSeverity.Info, false, null, "never", new TimeOnly(8, 0), "en", "Etc/UTC", "ok", null, null, 0, null, 1);
}
