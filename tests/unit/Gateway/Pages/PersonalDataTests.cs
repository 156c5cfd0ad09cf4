using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class PersonalDataTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly MentionItem Mention = MentionListTests.Item(1) with { AuthorId = new Guid(11, 0, 0, new byte[8]) };

    [Fact]
    public async Task A_running_erasure_is_looked_at_until_it_is_done()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/settings/retention", new RetentionData(0, null));
        stage.Answer("GET /api/erasures", new[] { Erasure("author", "running") });
        var page = stage.Render<PersonalData>();
        page.WaitForElement("[data-testid=erasure-status]").TextContent.ShouldBe("under way");

        stage.Answer("GET /api/erasures", new[] { Erasure("author", "done") });
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        page.WaitForAssertion(() => page.Find("[data-testid=erasure-status]").TextContent.ShouldBe("done"));
        page.Find("[data-testid=erasure-took]").TextContent.ShouldBe("Mentions emptied: 1,200 · notes and drafts: 3 · copies in other services: 60");

        // From then on there is nothing to look at.
        var asked = stage.Asked.Count();
        stage.Clock.Advance(TimeSpan.FromSeconds(20));
        await PageStage.SettleAsync();
        stage.Asked.Count().ShouldBe(asked);
    }

    [Fact]
    public async Task Where_nothing_was_erased_the_page_says_how()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/settings/retention", new RetentionData(0, null));
        stage.Answer("GET /api/erasures", Array.Empty<ErasureItem>());

        stage.Render<PersonalData>().WaitForElement("[data-testid=erasures-none]").TextContent.ShouldContain("Erase personal data");
    }

    [Theory]
    [InlineData(null, 90, true)]
    [InlineData(30, 90, false)]
    [InlineData(90, 30, true)]
    [InlineData(90, 0, false)]
    public async Task Keeping_texts_for_a_shorter_time_is_asked_about(int? before, int chosen, bool asks)
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/settings/retention", new RetentionData(4, before));
        stage.Answer("PUT /api/settings/retention", new RetentionData(5, chosen == 0 ? null : chosen));
        var dialogs = stage.Render<MudDialogProvider>();
        var card = stage.Render<RetentionCard>();
        card.WaitForElement("[data-testid=retention-days]").Change($"{chosen}");
        var saving = card.Find("form").SubmitAsync();

        if (asks)
        {
            dialogs.WaitForElement(".dialog").TextContent.ShouldContain("cannot be undone");
            stage.Asked.ShouldNotContain("PUT /api/settings/retention");
            await dialogs.FindAll("button").Single(b => b.TextContent == "Erase").ClickAsync();
        }

        await saving;
        stage.Asked.ShouldContain("PUT /api/settings/retention");
        card.Find("[data-testid=retention-save]").HasAttribute("disabled").ShouldBeTrue("it is as chosen");
    }

    [Fact]
    public async Task Whoever_erases_sees_what_goes_and_chooses_between_the_post_and_its_author()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/erasures/preview", query => Task.FromResult<object?>(new ErasurePreview(query.Contains("author", StringComparison.Ordinal) ? 7 : 2, 0)));
        stage.Answer("POST /api/erasures", Erasure("author", "running"));
        var dialogs = stage.Render<MudDialogProvider>();
        var asked = await dialogs.InvokeAsync(() => stage.Services.GetRequiredService<IDialogService>().ShowAsync<EraseDialog>("", new DialogParameters<EraseDialog> { { d => d.Mention, Mention } }));
        dialogs.WaitForAssertion(() => dialogs.FindAll(".choices label").Select(l => l.TextContent.Trim()).ShouldBe(["This post Mentions: 2", "Everything by this author Mentions: 7"]));
        dialogs.FindAll("[data-testid=erase-keep-out]").ShouldBeEmpty("a post is kept out anyway");
        dialogs.Find("[data-testid=erase-author]").Change("author");
        dialogs.WaitForElement("[data-testid=erase-keep-out]").HasAttribute("checked").ShouldBeTrue();

        await dialogs.Find("form").SubmitAsync();

        (await asked.Result)!.Data.ShouldBeOfType<ErasureItem>();
        stage.Asked.ShouldContain("POST /api/erasures");
    }

    [Fact]
    public async Task A_mention_without_an_author_offers_its_post_alone()
    {
        await using var stage = new PageStage();
        stage.Answer("GET /api/erasures/preview", new ErasurePreview(1, 2));
        var dialogs = stage.Render<MudDialogProvider>();
        await dialogs.InvokeAsync(() => stage.Services.GetRequiredService<IDialogService>().ShowAsync<EraseDialog>("", new DialogParameters<EraseDialog> { { d => d.Mention, Mention with { AuthorId = null } } }));

        dialogs.WaitForAssertion(() => dialogs.FindAll(".choices label").Select(l => l.TextContent.Trim()).ShouldBe(["This post Mentions: 1, with notes and drafts: 2"]));
    }

    private static ErasureItem Erasure(string kind, string status) =>
        new(new Guid(1, 0, 0, new byte[8]), kind, status, null, null, true, "17", "ana", Noon, status == "done" ? Noon : null, 1_200, 3, new(10, 20, 30));
}
