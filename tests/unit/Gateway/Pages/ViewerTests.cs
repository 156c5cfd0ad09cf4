using Microsoft.JSInterop;
using Serm.Gateway.Components;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ViewerTests
{
    [Theory]
    [InlineData("Europe/Stockholm")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("Etc/GMT+5")]
    [InlineData("UTC")]
    public void A_zone_is_known_by_its_name(string name) => Viewer.ZoneOf(name)!.Id.ShouldBe(name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mars/Olympus_Mons")]
    [InlineData("/usr/share/zoneinfo/Europe/Stockholm")]
    [InlineData("Europe/../Europe/Stockholm")]
    [InlineData("../zoneinfo/Europe/Stockholm")]
    [InlineData("Europe/Stockholm\0")]
    [InlineData("Europe/Stockholm/Europe/Stockholm/Europe/Stockholm/Europe/Stockholm")]
    public void What_is_no_name_of_a_zone_is_passed_over(string? name) => Viewer.ZoneOf(name).ShouldBeNull();

    [Fact]
    public async Task What_the_browser_says_now_counts_more_than_what_it_said_before()
    {
        var viewer = new Viewer(new Browser("Asia/Tokyo"));
        viewer.Expect("Europe/Stockholm");
        viewer.Zone.Id.ShouldBe("Europe/Stockholm");
        await viewer.LookAsync();
        viewer.Zone.Id.ShouldBe("Asia/Tokyo");
        viewer.Expect("nowhere");
        viewer.Zone.Id.ShouldBe("Asia/Tokyo");
    }

    private sealed class Browser(string zone) : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult((TValue)(object)zone);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);
    }
}
