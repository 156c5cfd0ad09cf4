using System.Globalization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;
using MudBlazor;
using Serm.Contracts;
using Serm.Gateway;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class LanguagesTests
{
    [Theory]
    [InlineData(null, "", "en", "en")]
    [InlineData(null, "en-GB,en;q=0.9", "en-GB", "en")]
    [InlineData(null, "ru-RU,ru;q=0.9,en-US;q=0.8", "ru-RU", "ru")]
    [InlineData(null, "sv-SE,sv;q=0.9,ru;q=0.8,en;q=0.7", "ru", "ru")]
    [InlineData(null, "sv-SE,sv;q=0.9", "en", "en")]
    [InlineData(null, "en;q=0.2,ru;q=0.8", "ru", "ru")]
    [InlineData(null, "ru;q=0,en-AU", "en-AU", "en")]
    [InlineData("ru", "en-GB,en", "ru", "ru")]
    [InlineData("en", "ru-RU,en-SE;q=0.5", "en-SE", "en")]
    [InlineData("../../xx", "ru", "ru", "ru")]
    [InlineData("tlh", "*, xx-notalanguage-there", "en", "en")]
    public void What_is_chosen_goes_before_what_the_browser_asks_for(string? chosen, string accepted, string region, string language) =>
        Languages.Of(chosen, StringWithQualityHeaderValue.TryParseList([accepted], out var list) ? [.. list] : []).ShouldBe((region, language));

    [Fact]
    public async Task A_new_channel_tells_in_the_language_of_who_sets_it_up()
    {
        await using var stage = InRussian();
        stage.Answer("GET /api/channels", Array.Empty<ChannelItem>());
        stage.Answer("GET /api/on-call", new OnCallItem([], IncidentSeverity.Critical, 1));
        var dialogs = stage.Render<MudDialogProvider>();
        stage.Render<Channels>().WaitForElement("[data-testid=add-channel]").Click();
        dialogs.WaitForElement("#channel-language").GetAttribute("value").ShouldBe("ru");
        dialogs.FindAll("#channel-language option").Select(o => o.TextContent).ShouldBe(["Английский", "Русский", "Турецкий", "Шведский", "Вьетнамский"]);
    }

    [Fact]
    public async Task Parts_that_are_not_ours_speak_it_too()
    {
        await using var stage = InRussian();
        new PartTexts(stage.Services.GetRequiredService<IStringLocalizer<Texts>>())["MudSnackbar_Close"].Value.ShouldBe("Закрыть");
    }

    // For this test alone: it goes with the flow of what it calls.
    private static PageStage InRussian()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ru");
        return new PageStage();
    }
}
