using Microsoft.Net.Http.Headers;
using Serm.Gateway.Components;

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
}
