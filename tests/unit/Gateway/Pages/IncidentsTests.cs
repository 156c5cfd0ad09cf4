using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class IncidentsTests
{
    private static readonly Guid Brand = new(9, 0, 0, new byte[8]);

    [Theory]
    [InlineData("", "Nothing is going on")]
    [InlineData("?status=open", "No incident here")]
    [InlineData("?severity=critical", "No incident here")]
    [InlineData("?owner=me", "No incident here")]
    [InlineData("?brand=00000009-0000-0000-0000-000000000000", "No incident here")]
    [InlineData("?from=2026-11-01T11:00:00Z", "No incident here")]
    public async Task That_nothing_is_going_on_is_said_only_where_nothing_is_left_out(string query, string said)
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/incidents", new IncidentItems([], null));
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        stage.Go($"/incidents{query}");
        stage.Render<Incidents>().WaitForElement(".empty h2").TextContent.ShouldBe(said);
    }

    [Fact]
    public async Task Incidents_of_single_mentions_are_told_apart_by_what_was_said()
    {
        await using var stage = new PageStage();
        var (said, gone) = (MentionListTests.Item(1) with { Title = "Broken", Text = "It fell apart." }, MentionListTests.Item(2) with { Text = "was here", Removed = true });
        stage.Answer("GET /api/incidents", new IncidentItems([OneIncidentTests.Item(1) with { Mentions = [said.Id] }, OneIncidentTests.Item(2) with { Mentions = [gone.Id] }, OneIncidentTests.Item(3) with { Kind = "volumeSpike", Mentions = [said.Id] }], null));
        stage.Answer("GET /api/mentions", new MentionPage([said, gone], null));
        var page = stage.Render<Incidents>();
        page.WaitForElement("[data-testid=incident-quote] b").TextContent.ShouldBe("Broken");
        page.Find("[data-testid=incident-quote] span").TextContent.ShouldBe("It fell apart.");
        page.FindAll("[data-testid=incident-quote]").Count.ShouldBe(1);
        stage.Asked.ShouldContain($"GET /api/mentions?stories=all&limit=100&id={said.Id}&id={gone.Id}");
    }

    [Fact]
    public async Task The_brand_that_a_link_has_chosen_is_told_and_can_be_dropped()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/incidents", new IncidentItems([], null));
        stage.Answer("GET /api/brands", new[] { new BrandItem(Brand, "Acme", "acme", null, null, 1, stage.Clock.GetUtcNow()) });
        stage.Go($"/incidents?brand={Brand}&status=all");
        var page = stage.Render<Incidents>();
        page.WaitForAssertion(() => page.Find("[data-testid=incidents-brand]").TextContent.ShouldBe("Acme ✕"));
        page.Find("[data-testid=incidents-brand]").GetAttribute("href").ShouldNotBeNull().ShouldEndWith("/incidents?status=all");
        stage.Asked.ShouldContain($"GET /api/incidents?status=open&status=acknowledged&status=resolved&status=merged&brand={Brand}");
    }
}
