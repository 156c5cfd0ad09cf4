using System.Globalization;
using System.Net.Sockets;
using Bunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;
using Serm.Gateway.Parked;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class ParkedQueuesTests
{
    private const string Queue = Queues.MentionsMentionFound;

    [Fact]
    public async Task Where_nothing_is_parked_all_is_well()
    {
        await using var stage = new PageStage();
        stage.Parked.Queues[Queue] = (0, null);
        var page = stage.Render<ParkedQueues>();
        page.WaitForElement("[data-testid=parked-none]").TextContent.ShouldContain("All is well");
        page.FindAll("[data-testid=parked-queue]").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_says_how_many_wait_since_when_why_and_what_is_missing_meanwhile()
    {
        await using var stage = new PageStage();
        Park(stage, 1250);
        var page = stage.Render<ParkedQueues>();
        var text = page.WaitForElement("[data-testid=parked-queue]").TextContent;
        text.ShouldContain($"{1250.ToString("N0", CultureInfo.CurrentCulture)} parked");
        text.ShouldContain("the first one 2 h ago");
        text.ShouldContain("post.revision is missing");
        text.ShouldContain("not in the inbox");
    }

    [Fact]
    public void Every_queue_has_words_for_what_is_missing_when_its_messages_are_parked() =>
        Queues.All.Select(q => $"ParkedMeans.{q.Queue}").Except(TextsTests.Known(), StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public async Task All_that_waited_are_sent_again_step_by_step_and_no_more_when_they_fail_again()
    {
        await using var stage = new PageStage();
        Park(stage, 250);
        stage.Parked.FailsAgain = true;
        var page = stage.Render<ParkedQueues>();
        await page.WaitForElement("[data-testid=parked-send-all]").ClickAsync();
        stage.Parked.Resent.ShouldBe([(Queue, 100), (Queue, 100), (Queue, 50)]);
        page.WaitForAssertion(() => page.Find("[data-testid=parked-result]").TextContent.ShouldContain("Parked again: 250. The cause is still there."));
    }

    [Fact]
    public async Task So_many_as_were_asked_for_are_sent_again_and_the_rest_waits()
    {
        await using var stage = new PageStage();
        Park(stage, 3);
        var page = stage.Render<ParkedQueues>();
        await page.WaitForElement("[data-testid=parked-queue] form").SubmitAsync();
        stage.Parked.Resent.ShouldBe([(Queue, 1)]);
        page.WaitForAssertion(() => page.Find("[data-testid=parked-result]").TextContent.ShouldContain("Still waiting: 2."));
        await page.Find("[data-testid=parked-send-all]").ClickAsync();
        page.WaitForElement("[data-testid=parked-none]");
        page.Find("[data-testid=parked-result]").TextContent.ShouldContain("None is parked any more.");
    }

    [Fact]
    public async Task Sending_again_shows_how_far_it_is_and_can_be_stopped()
    {
        await using var stage = new PageStage();
        Park(stage, 250);
        stage.Parked.Waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var page = stage.Render<ParkedQueues>();
        var sending = page.WaitForElement("[data-testid=parked-send-all]").ClickAsync();
        page.WaitForElement("[data-testid=parked-progress]").TextContent.ShouldBe("0 of 250 sent again");
        await page.Find("[data-testid=parked-stop]").ClickAsync();
        stage.Parked.Waits.SetResult();
        await sending;
        stage.Parked.Resent.Count.ShouldBe(1);
        page.WaitForAssertion(() => page.Find("[data-testid=parked-result]").TextContent.ShouldContain("100 sent again"));
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_told_and_looked_for_again()
    {
        await using var stage = new PageStage();
        stage.Parked.Fails = new SocketException();
        var page = stage.Render<ParkedQueues>();
        page.WaitForElement("[data-testid=problem]");
        stage.Parked.Fails = null;
        stage.Parked.Queues[Queue] = (0, null);
        stage.Clock.Advance(TimeSpan.FromSeconds(11));
        page.WaitForElement("[data-testid=parked-none]");
        page.FindAll("[data-testid=problem]").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sign_for_admins_comes_and_goes_with_what_is_counted()
    {
        await using var stage = new PageStage();
        var badge = stage.Render<ParkedBadge>();
        badge.Markup.Trim().ShouldBeEmpty();
        stage.Parked.Count(3);
        stage.Clock.Advance(TimeSpan.FromSeconds(16));
        badge.WaitForElement("[data-testid=parked-badge]").TextContent.ShouldContain("Parked messages: 3");
        stage.Parked.Count(0);
        stage.Clock.Advance(TimeSpan.FromSeconds(16));
        badge.WaitForAssertion(() => badge.FindAll("[data-testid=parked-badge]").ShouldBeEmpty());
    }

    [Fact]
    public async Task Only_admins_are_led_to_what_is_parked()
    {
        await using var stage = new PageStage();
        stage.Parked.Count(3);
        stage.Render<ParkedNotice>().Find("a").GetAttribute("href").ShouldBe("/parked");
        stage.Become(Role.Manager);
        stage.Render<ParkedNotice>().Markup.Trim().ShouldBeEmpty();
    }

    private static void Park(PageStage stage, long count) => stage.Parked.Queues[Queue] =
        (count, new ParkedCause("m1", "System.Text.Json.JsonException", "post.revision is missing", stage.Clock.GetUtcNow().AddHours(-2), 7200));
}
