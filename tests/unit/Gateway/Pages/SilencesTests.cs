using Bunit;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class SilencesTests
{
    private static readonly Guid Source = new(5, 0, 0, new byte[8]);

    [Fact]
    public async Task A_silence_says_what_it_covers()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/silences", new[] { Silence(1, Source, null), Silence(2, null, IncidentSeverity.Warning), Silence(3, null, null) });
        stage.Answer("GET /api/rules", Array.Empty<RuleItem>());
        stage.Answer("GET /api/brands", Array.Empty<BrandItem>());
        stage.Answer("GET /api/sources", new[] { new SourceItem(Source, "rss", "The forum", null, SourceState.Healthy, stage.Clock.GetUtcNow(), null, null, null, 0, null, null, 0, null, null, 1) });
        var page = stage.Render<Silences>();
        page.WaitForAssertion(() => page.FindAll("[data-testid=silence] h2").Select(h => h.TextContent).ShouldBe(["The forum", "up to warning", "Everything"]));

        SilenceItem Silence(int number, Guid? source, IncidentSeverity? upTo) =>
            new(new Guid(number, 0, 0, new byte[8]), null, null, source, upTo, null, "Repairs", "ana", stage.Clock.GetUtcNow(), stage.Clock.GetUtcNow().AddHours(1), null, null);
    }
}
