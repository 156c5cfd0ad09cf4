using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class OneIncidentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly IncidentItem Incident = Item(1);

    [Fact]
    public async Task Keys_count_but_not_while_somebody_writes_or_chooses()
    {
        await using var stage = new PageStage();
        var page = Open(stage);
        foreach (var field in new[] { "[data-testid=incident-note]", "[data-testid=merge-into]" })
        {
            Should.Throw<MissingEventHandlerException>(() => page.Find(field).KeyDown(new KeyboardEventArgs { Key = "a" }), $"{field}: nobody listens");
        }

        stage.Asked.ShouldNotContain(a => a.StartsWith("POST", StringComparison.Ordinal));
        await page.Find("article").KeyDownAsync(new KeyboardEventArgs { Key = "a" });
        stage.Asked.ShouldContain($"POST /api/incidents/{Incident.Id}/acknowledge");
    }

    [Fact]
    public async Task What_is_behind_an_incident_is_each_telling()
    {
        await using var stage = new PageStage();
        Open(stage).Find("[data-testid=behind]").GetAttribute("href").ShouldNotBeNull().ShouldContain("stories=all");
    }

    [Fact]
    public async Task What_is_told_late_of_an_incident_is_not_shown_as_the_next()
    {
        await using var stage = new PageStage();
        var page = Open(stage);
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/incidents/{Incident.Id}", _ => late.Task);
        var refused = page.Find("article").KeyDownAsync(new KeyboardEventArgs { Key = "a" });

        var next = Item(2) with { RuleName = "Another rule" };
        stage.Answer($"GET /api/incidents/{next.Id}", next);
        stage.Answer($"GET /api/incidents/{next.Id}/timeline", Array.Empty<TimelineLine>());
        stage.Answer($"GET /api/incidents/{next.Id}/alerts", Array.Empty<IncidentAlertItem>());
        page.Render(p => p.Add(i => i.Id, next.Id));
        late.SetResult(Incident);
        await refused;
        page.WaitForAssertion(() => page.Find(".detail-body").TextContent.ShouldContain("Another rule"));
    }

    private static IRenderedComponent<OneIncident> Open(PageStage stage)
    {
        stage.Answer($"GET /api/incidents/{Incident.Id}", Incident);
        stage.Answer($"GET /api/incidents/{Incident.Id}/timeline", Array.Empty<TimelineLine>());
        stage.Answer($"GET /api/incidents/{Incident.Id}/alerts", Array.Empty<IncidentAlertItem>());
        stage.Answer("GET /api/incidents", new IncidentItems([Incident, Item(2)], null));
        var page = stage.Render<OneIncident>(p => p.Add(i => i.Id, Incident.Id));
        page.WaitForElement("[data-testid=merge-into]");
        return page;
    }

    private static IncidentItem Item(int number) => new(
        new Guid(number, 0, 0, new byte[8]), "mention", Guid.Empty, "Any word", IncidentSeverity.Warning, new BrandRef(new Guid(9, 0, 0, new byte[8]), "Acme"), null, null, "open", null, 1, [], 0.9f, null, 1, null, Noon, null,
        null, null, null, 1);
}
