using System.Net.Sockets;
using Bunit;
using MudBlazor;
using Serm.Defaults;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class PeopleAndKeysTests
{
    [Fact]
    public async Task Users_and_keys_are_listed_with_what_matters_of_each()
    {
        await using var stage = new PageStage();
        var now = stage.Clock.GetUtcNow();
        stage.People.Add("ana", Role.Admin, now.AddHours(-3));
        stage.People.Add("ben", Role.Moderator);
        stage.People.AddKey("shop", Role.Integrator, ends: now.AddDays(3), used: now.AddMinutes(-5));
        stage.People.AddKey("old", Role.Integrator, "carl", ends: now.AddDays(-1));
        stage.People.AddKey("cron", Role.Admin, "command line");
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElements("[data-testid=user]").Select(u => u.GetAttribute("data-name")).ShouldBe(["ana", "ben"]);
        Text(page, "[data-name=ana]").ShouldContain("You");
        Text(page, "[data-name=ana]").ShouldContain("last signed in 3 h ago");
        Text(page, "[data-name=ben]").ShouldContain("has not signed in yet");
        Text(page, "[data-name=shop]").ShouldContain("Ends soon");
        Text(page, "[data-name=shop]").ShouldContain("last used 5 min ago");
        Text(page, "[data-name=old]").ShouldContain("Expired");
        Text(page, "[data-name=old]").ShouldContain("Made by carl, 1 Oct 2026 (no user any more)");
        Text(page, "[data-name=cron]").ShouldNotContain("no user any more");
        Text(page, "[data-name=cron]").ShouldContain("does not end by itself");
    }

    [Fact]
    public async Task The_last_admin_can_neither_be_removed_nor_get_another_role()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        stage.People.Add("ben", Role.Manager);
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElement("[data-name=ana] [data-testid=only-admin]");
        page.FindAll("[data-name=ana] :is([data-testid=remove-user], [data-testid=change-role])").ShouldBeEmpty();
        page.FindAll("[data-name=ben] :is([data-testid=remove-user], [data-testid=change-role])").Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_own_password_is_changed_where_the_current_one_is_asked_for()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        stage.People.Add("ben", Role.Admin);
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElement("[data-name=ana] a[href='/password']");
        page.FindAll("[data-name=ana] [data-testid=reset-password]").ShouldBeEmpty();
        page.FindAll("[data-name=ben] a[href='/password']").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_made_up_password_is_shown_once_with_a_button_to_copy_it()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        var dialogs = stage.Render<MudDialogProvider>();
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElement("[data-testid=user]");
        var adding = page.Find("[data-testid=add-user]").ClickAsync();
        await dialogs.WaitForElement("[data-testid=user-name]").ChangeAsync("two words");
        await dialogs.Find("#user-form").SubmitAsync();
        dialogs.WaitForElement(".field-error").TextContent.ShouldContain("1 to 64 letters");
        await dialogs.Find("[data-testid=user-name]").ChangeAsync("ben");
        await dialogs.Find("[data-testid=role-manager]").ChangeAsync(true);
        await dialogs.Find("#user-form").SubmitAsync();
        dialogs.WaitForElement("[data-testid=secret]").GetAttribute("value").ShouldBe("made-up-password");
        dialogs.Find("[data-testid=copy-secret]").GetAttribute("data-copy").ShouldBe("#once-value");
        dialogs.Markup.ShouldContain("it is not shown again");
        await dialogs.Find("[data-testid=secret-done]").ClickAsync();
        await adding;
        page.WaitForAssertion(() => Text(page, "[data-name=ben] [data-testid=user-role]").ShouldBe("Manager"));
        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldNotContain("made-up-password"));
    }

    [Fact]
    public async Task A_key_ends_when_it_was_said_and_is_revoked_only_after_a_question()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        var dialogs = stage.Render<MudDialogProvider>();
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForAssertion(() => page.Markup.ShouldContain("No API key yet"));
        var adding = page.Find("[data-testid=add-key]").ClickAsync();
        await dialogs.WaitForElement("[data-testid=key-name]").ChangeAsync("shop");
        await dialogs.Find("[data-testid=key-days]").ChangeAsync("30");
        await dialogs.Find("#key-form").SubmitAsync();
        dialogs.WaitForElement("[data-testid=secret]").GetAttribute("value").ShouldBe("serm_secret");
        await dialogs.Find("[data-testid=secret-done]").ClickAsync();
        await adding;
        stage.People.Keys.Single().ExpiresAt.ShouldBe(stage.Clock.GetUtcNow().AddDays(30));

        var revoke = page.WaitForElement("[data-testid=revoke-key]").ClickAsync();
        dialogs.WaitForElement("[data-testid=confirm]");
        stage.People.Keys.ShouldNotBeEmpty();
        await dialogs.Find("[data-testid=confirm]").ClickAsync();
        await revoke;
        page.WaitForAssertion(() => page.FindAll("[data-testid=key]").ShouldBeEmpty());
    }

    [Fact]
    public async Task Removing_somebody_tells_of_the_keys_that_go_on_without_them()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        stage.People.Add("ben", Role.Admin);
        stage.People.AddKey("shop", Role.Integrator, "ben");
        var dialogs = stage.Render<MudDialogProvider>();
        var page = stage.Render<PeopleAndKeys>();
        var remove = page.WaitForElement("[data-name=ben] [data-testid=remove-user]").ClickAsync();
        dialogs.WaitForElement("[data-testid=confirm]");
        dialogs.Markup.ShouldContain("Keys that they made go on working: 1.");
        await dialogs.Find("[data-testid=confirm]").ClickAsync();
        await remove;
        page.WaitForAssertion(() => page.FindAll("[data-testid=user]").Count.ShouldBe(1));
    }

    [Fact]
    public async Task Another_role_is_given_and_sessions_are_ended()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        stage.People.Add("ben", Role.Moderator);
        var dialogs = stage.Render<MudDialogProvider>();
        var page = stage.Render<PeopleAndKeys>();
        var change = page.WaitForElement("[data-name=ben] [data-testid=change-role]").ClickAsync();
        dialogs.WaitForElement("[data-testid=role-moderator]").HasAttribute("checked").ShouldBeTrue();
        await dialogs.Find("[data-testid=role-manager]").ChangeAsync(true);
        await dialogs.Find("#role-form").SubmitAsync();
        await change;
        page.WaitForAssertion(() => Text(page, "[data-name=ben] [data-testid=user-role]").ShouldBe("Manager"));

        var signOut = page.Find("[data-name=ben] [data-testid=sign-out-user]").ClickAsync();
        await dialogs.WaitForElement("[data-testid=confirm]").ClickAsync();
        await signOut;
        stage.People.Done.ShouldBe(["sign out ben"]);
    }

    [Fact]
    public async Task Who_is_no_admin_any_more_reads_nothing_and_is_told_why()
    {
        await using var stage = new PageStage();
        stage.Become(Role.Manager);
        stage.People.Add("ana", Role.Admin);
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElement("[data-testid=problem]").TextContent.ShouldContain("takes the role admin");
        page.FindAll("[data-testid=user]").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_tried_again()
    {
        await using var stage = new PageStage();
        stage.People.Add("ana", Role.Admin);
        stage.People.Fails = new SocketException();
        var page = stage.Render<PeopleAndKeys>();
        page.WaitForElement("[data-testid=problem]");
        page.FindAll("[aria-busy=true]").ShouldBeEmpty();
        await page.Find("[data-testid=problem] button").ClickAsync();
        page.WaitForElement("[data-testid=user]");
        page.FindAll("[data-testid=problem]").ShouldBeEmpty();
    }

    private static string Text(IRenderedComponent<PeopleAndKeys> page, string selector) => string.Join(' ', page.Find(selector).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
