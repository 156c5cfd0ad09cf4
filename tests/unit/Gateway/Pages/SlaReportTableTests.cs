using Bunit;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class SlaReportTableTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_was_too_late_counts_mentions_and_leads_to_them()
    {
        await using var stage = new PageStage();
        var figures = new SlaFiguresItem(3, 3, 1, 2, 0.3333, 10, 20);
        var line = new SlaLineItem("ana", "ana", figures, figures, 3);
        var table = stage.Render<SlaReportTable>(p => p.Add(t => t.By, "person").Add(t => t.Report, new(Noon.AddDays(-30), Noon, 1, true, line with { Key = "all", Name = "" }, [line])));
        table.Find("[data-testid=sla-breached]").TextContent.ShouldBe("3", "and not the sum of both clocks");
        table.Find("[data-testid=sla-figures] a").GetAttribute("href").ShouldBe("/?status=kept&from=2026-10-02T12%3A00%3A00Z&sla=breached");
        var link = table.FindAll("[data-testid=sla-report] tbody a").ShouldHaveSingleItem();
        (link.TextContent, link.GetAttribute("href")).ShouldBe(("3", "/?status=kept&from=2026-10-02T12%3A00%3A00Z&owner=ana&sla=breached"));
    }
}
