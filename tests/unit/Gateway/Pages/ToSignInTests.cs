using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Serm.Gateway.Components;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ToSignInTests
{
    [Fact]
    public async Task A_page_whose_session_has_ended_asks_the_server_for_itself_as_the_browser_may_have_a_new_one()
    {
        await using var stage = new PageStage();
        stage.Go("/brands?x=1");
        stage.SignOut();
        stage.Render<ToSignIn>();
        var last = stage.Services.GetRequiredService<BunitNavigationManager>().History.First();
        last.Uri.ShouldEndWith("/brands?x=1");
        last.Options.ForceLoad.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_is_signed_in_and_may_not_be_here_is_told_so()
    {
        await using var stage = new PageStage();
        stage.Render<ToSignIn>();
        stage.Services.GetRequiredService<NavigationManager>().Uri.ShouldEndWith("/no-access");
    }
}
