using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class OneIncidentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly IncidentItem Incident = Item(1);

    [Fact]
    public async Task Keys_count_wherever_the_focus_is_but_not_while_somebody_writes_or_chooses()
    {
        await using var stage = new PageStage();
        var page = Open(stage);
        page.Find("[data-testid=incident-page]").HasAttribute("data-keys").ShouldBeTrue("the script listens for it, and leaves fields alone");
        foreach (var part in new[] { "[data-testid=incident-note]", "[data-testid=merge-into]", "article" })
        {
            Should.Throw<MissingEventHandlerException>(() => page.Find(part).KeyDown(new KeyboardEventArgs { Key = "a" }), $"{part}: nobody listens");
        }

        stage.Asked.ShouldNotContain(a => a.StartsWith("POST", StringComparison.Ordinal));
        await PressAsync(page, "a");
        stage.Asked.ShouldContain($"POST /api/incidents/{Incident.Id}/acknowledge");
    }

    [Fact]
    public async Task Keys_do_nothing_for_who_may_not()
    {
        await using var stage = new PageStage();
        stage.Become(Role.Integrator);
        var page = Open(stage, mayTriage: false);
        foreach (var key in new[] { "a", "e", "t", "r" })
        {
            await PressAsync(page, key);
        }

        stage.Asked.ShouldNotContain(a => a.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mention", null, false)]
    [InlineData("negativeMention", null, true)]
    [InlineData("volumeSpike", false, false)]
    [InlineData("negativeSpike", true, true)]
    public async Task What_is_behind_an_incident_is_each_telling_that_its_rule_looked_at(string kind, bool? negative, bool filtered)
    {
        await using var stage = new PageStage();
        var measured = negative is { } n ? new MeasuredItem(9, 2, Noon.AddHours(-1), Noon, 5, null, null, n) : null;
        var href = Behind(stage, Incident with { Kind = kind, Measured = measured });
        href.ShouldContain("stories=all");
        href.Contains("sentiment=negative", StringComparison.Ordinal).ShouldBe(filtered);
    }

    [Fact]
    public async Task The_chart_is_that_of_the_brand_and_an_incident_without_an_owner_is_nobodys()
    {
        await using var stage = new PageStage();
        var page = Open(stage);
        page.Find("[data-testid=behind]").PreviousElementSibling!.GetAttribute("href").ShouldBe($"/dynamics?brand={Incident.Brand!.Id}&days=7");
        page.Markup.ShouldContain("· nobody's</p>");
    }

    [Fact]
    public async Task What_is_behind_an_incident_ends_with_it()
    {
        await using var stage = new PageStage();
        var measured = new MeasuredItem(9, 2, Noon.AddHours(-1), Noon, 5, null, null, false);
        Behind(stage, Incident with { Measured = measured }).ShouldNotContain("to=", customMessage: "it goes on");
        Behind(stage, Incident with { Status = "resolved", ResolvedAt = Noon.AddHours(9), Measured = measured }).ShouldContain("to=2026-11-01T21%3A05%3A00Z");
    }

    [Fact]
    public async Task What_is_told_late_of_an_incident_is_not_shown_as_the_next()
    {
        await using var stage = new PageStage();
        var page = Open(stage);
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/incidents/{Incident.Id}", _ => late.Task);
        var refused = PressAsync(page, "a");

        var next = Item(2) with { RuleName = "Another rule" };
        stage.Answer($"GET /api/incidents/{next.Id}", next);
        stage.Answer($"GET /api/incidents/{next.Id}/timeline", Array.Empty<TimelineLine>());
        stage.Answer($"GET /api/incidents/{next.Id}/alerts", Array.Empty<IncidentAlertItem>());
        page.Render(p => p.Add(i => i.Id, next.Id));
        late.SetResult(Incident);
        await refused;
        page.WaitForAssertion(() => page.Find(".detail-body").TextContent.ShouldContain("Another rule"));
    }

    [Fact]
    public async Task The_timeline_says_that_a_silence_ended_and_which_step_could_not_be_told_and_why_and_a_flood_that_it_is_one()
    {
        await using var stage = new PageStage();
        TimelineLine Line(string change, string? text, params (string Key, string Value)[] detail) =>
            new(change, null, Noon, text, detail.ToDictionary(d => d.Key, d => System.Text.Json.JsonSerializer.SerializeToElement(d.Value), StringComparer.Ordinal));
        var page = Open(stage, Incident with { Alerts = 250, Many = true }, timeline: [Line("incident_silence_ended", null, ("next", "1")), Line("incident_silence_ended", null), Line("notice", "The channel was removed.", ("state", "failed"), ("kind", "escalated"))]);
        foreach (var said in new[] { "The silence ended, and another one covers it", "The silence ended while nobody had acknowledged it: people are told now", "A channel that was removed could not be told (on call)", "The channel was removed." })
        {
            page.WaitForAssertion(() => page.Find("[data-testid=incident-timeline]").TextContent.ShouldContain(said));
        }

        page.Markup.ShouldContain("250 alerts of many different stories");
    }

    [Fact]
    public async Task Incidents_of_one_brand_can_be_told_apart_when_one_is_put_into_another()
    {
        await using var stage = new PageStage();
        var first = new Guid(7, 0, 0, new byte[8]);
        stage.Answer("GET /api/mentions", new MentionPage([MentionListTests.Item(7) with { Text = "The kettle broke after two days" }], null));

        var page = Open(stage, others: [Item(2) with { Alerts = 3, Mentions = [first] }, Item(3) with { Status = "acknowledged", OpenedAt = Noon.AddHours(-1) }]);
        page.WaitForAssertion(() => page.FindAll("[data-testid=merge-into] option")[1].TextContent.ShouldEndWith("The kettle broke after two days"));
        var choices = page.FindAll("[data-testid=merge-into] option").Select(o => o.TextContent).ToList();

        choices.Count.ShouldBe(3);
        choices[1].ShouldContain("Acme");
        choices[1].ShouldContain("open · 3 alerts");
        choices[2].ShouldContain("acknowledged · 1 alert · 90");
        stage.Asked.ShouldContain(a => a.StartsWith($"GET /api/mentions?stories=all&limit=100&id={first}", StringComparison.Ordinal));
    }

    private static Task PressAsync(IRenderedComponent<OneIncident> page, string key) => page.InvokeAsync(() => page.FindComponent<KeyListener>().Instance.Key(key));

    private static string Behind(PageStage stage, IncidentItem incident) => Open(stage, incident).Find("[data-testid=behind]").GetAttribute("href").ShouldNotBeNull();

    private static IRenderedComponent<OneIncident> Open(PageStage stage, IncidentItem? incident = null, bool mayTriage = true, TimelineLine[]? timeline = null, IncidentItem[]? others = null)
    {
        stage.Answer($"GET /api/incidents/{Incident.Id}", incident ?? Incident);
        stage.Answer($"GET /api/incidents/{Incident.Id}/timeline", timeline ?? []);
        stage.Answer($"GET /api/incidents/{Incident.Id}/alerts", Array.Empty<IncidentAlertItem>());
        stage.Answer("GET /api/incidents", new IncidentItems([Incident, .. others ?? [Item(2)]], null));
        var page = stage.Render<OneIncident>(p => p.Add(i => i.Id, Incident.Id));
        page.WaitForState(() => stage.Asked.Contains("GET /api/incidents?limit=30"));
        page.WaitForElement(mayTriage && incident is null ? "[data-testid=merge-into]" : "[data-testid=behind]");
        return page;
    }

    internal static IncidentItem Item(int number) => new(
        new Guid(number, 0, 0, new byte[8]), "mention", Guid.Empty, "Any word", IncidentSeverity.Warning, new BrandRef(new Guid(9, 0, 0, new byte[8]), "Acme"), null, null, "open", null, 1, [], 0.9f, null, 1, null, Noon, null,
        null, null, null, 1);
}
