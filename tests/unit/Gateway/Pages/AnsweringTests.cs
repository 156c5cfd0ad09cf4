using System.Net;
using Bunit;
using MudBlazor;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>Answering a mention through its network: where it can be done, what is asked before, and what is shown until the network's word is known.</summary>
public sealed class AnsweringTests
{
    private static readonly Guid Reply = new("11111111-1111-7111-8111-111111111111");
    private static readonly MentionItem First = MentionListTests.Item(1) with { SourceKind = "vk", SourceName = "Acme on VK" };
    private static readonly MentionItem Second = MentionListTests.Item(2) with { SourceKind = "vk", SourceName = "Acme on VK" };

    [Fact]
    public async Task An_answer_is_sent_after_one_more_look_at_it()
    {
        await using var stage = Stage(new(true, MaxLength: 30));
        stage.Answer($"POST /api/mentions/{First.Id}/send", With(ReplyState.UnderWay));
        var dialogs = stage.Render<MudDialogProvider>();
        MentionItem? told = null;
        var panel = Panel(stage, First, told: m => told = m);
        panel.WaitForElement("[data-testid=send]").TextContent.ShouldStartWith("Send through VKontakte");
        Disabled(panel, "send").ShouldBeTrue("there is no text");
        panel.Find("[data-testid=draft]").Input(" We are sorry. ");

        var sending = panel.Find("[data-testid=send]").ClickAsync(new());
        dialogs.WaitForElement("[data-testid=send-text]").TextContent.ShouldBe("We are sorry.");
        dialogs.Find("[data-testid=send-as]").TextContent.ShouldBe("This goes to VKontakte, under the account of the source “Acme on VK”, for all to see.");
        stage.Asked.ShouldNotContain($"POST /api/mentions/{First.Id}/send", "it was not confirmed");
        await dialogs.Find("#send-form").SubmitAsync();
        await sending;

        stage.Asked.ShouldContain($"POST /api/mentions/{First.Id}/send");
        told!.Reply!.State.ShouldBe(ReplyState.UnderWay);
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBeNullOrEmpty();
    }

    [Fact]
    public async Task Who_thinks_better_of_it_sends_nothing_and_keeps_the_text()
    {
        await using var stage = Stage(new(true));
        var dialogs = stage.Render<MudDialogProvider>();
        var panel = Panel(stage, First);
        panel.WaitForElement("[data-testid=send]");
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        var sending = panel.Find("[data-testid=send]").ClickAsync(new());
        dialogs.WaitForElement("[data-testid=send-ok]");
        await dialogs.FindAll("button").First(b => b.TextContent.StartsWith("Cancel", StringComparison.Ordinal)).ClickAsync(new());
        await sending;
        stage.Asked.ShouldNotContain(a => a.StartsWith("POST", StringComparison.Ordinal));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
    }

    [Fact]
    public async Task What_was_refused_by_us_stays_in_the_field()
    {
        await using var stage = Stage(new(true));
        var dialogs = stage.Render<MudDialogProvider>();
        var panel = Panel(stage, First);
        panel.WaitForElement("[data-testid=send]");
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        var sending = panel.Find("[data-testid=send]").ClickAsync(new());
        await dialogs.WaitForElement("#send-form").SubmitAsync();
        await sending;
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
        Disabled(panel, "send").ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, "ben is sending an answer to it.")]
    [InlineData(false, "It was answered meanwhile. Read that answer before you send another.")]
    public async Task What_a_colleague_has_answered_meanwhile_is_not_answered_twice(bool underWay, string told)
    {
        await using var stage = Stage(new(true));
        stage.Answer($"POST /api/mentions/{First.Id}/send", HttpStatusCode.PreconditionFailed);
        stage.Answer($"GET /api/mentions/{First.Id}", underWay ? With(ReplyState.UnderWay) : First with { Version = 3, RepliedAt = stage.Clock.GetUtcNow() });
        var toasts = stage.Render<MudSnackbarProvider>();
        var dialogs = stage.Render<MudDialogProvider>();
        var panel = Panel(stage, First);
        panel.WaitForElement("[data-testid=send]");
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        var sending = panel.Find("[data-testid=send]").ClickAsync(new());
        await dialogs.WaitForElement("#send-form").SubmitAsync();
        await sending;
        stage.Asked.Count(a => a.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
        toasts.WaitForAssertion(() => toasts.Markup.ShouldContain(told));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
    }

    [Theory]
    [InlineData(10, null, "We are sorry.", true, "13 characters, and at most 10 are taken")]
    [InlineData(13, null, " We are sorry. ", false, "13 of 13 characters")]
    [InlineData(4, null, "🙏🙏", false, "4 of 4 characters")]
    [InlineData(3, null, "🙏🙏", true, "4 characters, and at most 3 are taken")]
    [InlineData(null, null, "Hi", false, "2 of 4,000 characters")]
    [InlineData(null, 5, "Hi", true, "2 of 4,000 characters")]
    public async Task Characters_are_counted_against_what_the_network_takes(int? most, int? least, string text, bool disabled, string count)
    {
        await using var stage = Stage(new(true, MaxLength: most, MinLength: least ?? 1));
        var panel = Panel(stage, First);
        panel.WaitForElement("[data-testid=send]");
        panel.Find("[data-testid=draft]").Input(text);
        Disabled(panel, "send").ShouldBe(disabled);
        panel.Find("[data-testid=draft-count]").TextContent.ShouldBe(count);
    }

    [Theory]
    [InlineData("cannot_reply", Role.Manager, null, false)]
    [InlineData("replies_off", Role.Manager, "Answers through this source are switched off. Sources", true)]
    [InlineData("replies_off", Role.Moderator, "Answers through this source are switched off.", false)]
    public async Task Where_a_source_cannot_send_there_is_the_old_way_and_a_word_why(string why, Role role, string? told, bool linked)
    {
        await using var stage = Stage(new(false, why));
        stage.Become(role);
        var panel = Panel(stage, First);
        panel.WaitForAssertion(() => panel.FindAll("[data-testid=send-off]").Select(e => e.TextContent.Trim()).ShouldBe(told is null ? [] : [told]));
        panel.WaitForAssertion(() => stage.Asked.ShouldContain($"GET /api/sources/{First.SourceId}/replying"));
        panel.FindAll("[data-testid=send-off] a").Count.ShouldBe(linked ? 1 : 0);
        panel.FindAll("[data-testid=send]").ShouldBeEmpty();
        panel.FindAll("[data-testid=save-draft]").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_source_is_asked_once_and_again_after_a_minute_and_at_once_when_it_did_not_answer()
    {
        await using var stage = Stage(new(true));
        int Asked() => stage.Asked.Count(a => a.EndsWith("/replying", StringComparison.Ordinal));
        Panel(stage, First).WaitForElement("[data-testid=send]");
        Panel(stage, Second).WaitForElement("[data-testid=send]");
        Asked().ShouldBe(1);
        stage.Clock.Advance(TimeSpan.FromSeconds(61));
        Panel(stage, First).WaitForElement("[data-testid=send]");
        Asked().ShouldBe(2);

        await using var silent = new PageStage();
        foreach (var asked in new[] { 1, 2 })
        {
            var panel = Panel(silent, First);
            panel.WaitForAssertion(() => silent.Asked.Count().ShouldBe(asked));
            await PageStage.SettleAsync();
            panel.FindAll("[data-testid=send]").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task While_it_is_under_way_nobody_can_send_another_and_its_age_grows()
    {
        await using var stage = Stage(new(true));
        var panel = Panel(stage, With(ReplyState.UnderWay, stage.Clock.GetUtcNow()), new(Reply, ReplyState.UnderWay, "ben", stage.Clock.GetUtcNow(), Text: "We are sorry."));
        panel.Find("[data-testid=reply-under-way]").TextContent.ShouldContain("ben is sending an answer through Acme on VK");
        panel.Find("[data-testid=reply-under-way] q").TextContent.ShouldBe("We are sorry.");
        panel.WaitForElement("[data-testid=draft-count]");
        panel.FindAll("[data-testid=send]").ShouldBeEmpty();
        panel.FindAll("[data-testid=reply-late]").ShouldBeEmpty();
        stage.Clock.Advance(TimeSpan.FromMinutes(3));
        panel.WaitForElement("[data-testid=reply-late]");
    }

    [Fact]
    public async Task What_was_refused_says_why_and_gives_the_text_back()
    {
        await using var stage = Stage(new(true));
        var panel = Panel(stage, With(ReplyState.UnderWay, stage.Clock.GetUtcNow()));
        panel.Render(p => p.Add(a => a.Mention, With(ReplyState.Refused, code: "token_refused") with { Version = 3 }));
        panel.Render(p => p.Add(a => a.Draft, "We are sorry.").Add(a => a.Sent, new(Reply, ReplyState.Refused, "ben", stage.Clock.GetUtcNow(), Code: "token_refused", Text: "We are sorry.", Detail: "<b>expired</b>")));
        var told = panel.Find("[data-testid=reply-refused]");
        told.TextContent.ShouldContain("The network refuses the source's credentials.");
        told.QuerySelector("q")!.TextContent.ShouldBe("<b>expired</b>");
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
        panel.WaitForAssertion(() => Disabled(panel, "send").ShouldBeFalse());
    }

    [Fact]
    public async Task A_text_that_comes_back_does_not_write_over_what_is_being_written()
    {
        await using var stage = Stage(new(true));
        var panel = Panel(stage, With(ReplyState.UnderWay, stage.Clock.GetUtcNow()));
        panel.Find("[data-testid=draft]").Input("Another one.");
        panel.Render(p => p.Add(a => a.Mention, With(ReplyState.Refused, code: "too_long")).Add(a => a.Draft, "We are sorry.").Add(a => a.Sent, new(Reply, ReplyState.Refused, "ben", stage.Clock.GetUtcNow(), Text: "We are sorry.")));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("Another one.");
    }

    [Fact]
    public async Task What_was_kept_as_a_draft_and_sent_comes_back_when_it_is_refused_at_once()
    {
        await using var stage = Stage(new(true));
        stage.Answer($"POST /api/mentions/{First.Id}/send", With(ReplyState.UnderWay));
        var dialogs = stage.Render<MudDialogProvider>();
        var panel = Panel(stage, First);
        panel.Render(p => p.Add(a => a.Draft, "We are sorry."));
        panel.WaitForAssertion(() => Disabled(panel, "send").ShouldBeFalse());
        var sending = panel.Find("[data-testid=send]").ClickAsync(new());
        await dialogs.WaitForElement("#send-form").SubmitAsync();
        await sending;
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBeNullOrEmpty();

        // The page never saw the moment in which there was no draft.
        panel.Render(p => p.Add(a => a.Mention, With(ReplyState.Refused, code: "too_long")).Add(a => a.Sent, new(Reply, ReplyState.Refused, "ben", stage.Clock.GetUtcNow(), Text: "We are sorry.")));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
    }

    [Fact]
    public async Task What_may_be_there_leaves_two_choices()
    {
        await using var stage = Stage(new(true));
        stage.Answer($"POST /api/mentions/{First.Id}/send", With(ReplyState.UnderWay));
        var dialogs = stage.Render<MudDialogProvider>();
        var acted = new List<string>();
        var panel = Panel(stage, With(ReplyState.Unknown, code: "timeout"), new(Reply, ReplyState.Unknown, "ben", stage.Clock.GetUtcNow(), Text: "We are sorry."), act: acted.Add);
        panel.Find("[data-testid=reply-unknown]").TextContent.ShouldContain("Nobody knows whether the answer of ben is there.");
        panel.WaitForAssertion(() => Disabled(panel, "reply-again").ShouldBeFalse());
        panel.FindAll("[data-testid=send]").ShouldBeEmpty();

        await panel.Find("[data-testid=reply-there]").ClickAsync(new());
        acted.ShouldBe(["replied"]);
        var sending = panel.Find("[data-testid=reply-again]").ClickAsync(new());
        dialogs.WaitForElement("[data-testid=send-text]").TextContent.ShouldBe("We are sorry.");
        await dialogs.Find("#send-form").SubmitAsync();
        await sending;
        stage.Asked.ShouldContain($"POST /api/mentions/{First.Id}/send");
    }

    [Theory]
    [InlineData(ReplyState.Refused, MentionStatus.Claimed, "answer not sent")]
    [InlineData(ReplyState.Unknown, MentionStatus.New, "answer may be there")]
    [InlineData(ReplyState.UnderWay, MentionStatus.Waiting, "answer under way")]
    [InlineData(ReplyState.Refused, MentionStatus.Resolved, null)]
    public async Task A_row_has_a_mark_while_somebody_has_to_look(ReplyState state, MentionStatus status, string? mark)
    {
        await using var stage = new PageStage();
        var row = stage.Render<RowFacts>(p => p.Add(r => r.Mention, With(state) with { Status = status }));
        row.FindAll("[data-testid=row-reply]").Select(e => e.TextContent).ShouldBe(mark is null ? [] : [mark]);
    }

    private static PageStage Stage(Replying told)
    {
        var stage = new PageStage();
        stage.Answer($"GET /api/sources/{First.SourceId}/replying", told);
        stage.Answer("GET /api/sources/kinds", new[] { new SourceKind("vk", "VKontakte", "", null, true, null, true, false, false, [], []) });
        return stage;
    }

    private static MentionItem With(ReplyState state, DateTimeOffset at = default, string? code = null) => First with { Version = 2, Reply = new(Reply, state, "ben", at, Code: code) };

    private static bool Disabled(IRenderedComponent<AnswerPanel> panel, string button) => panel.Find($"[data-testid={button}]").HasAttribute("disabled");

    private static IRenderedComponent<AnswerPanel> Panel(PageStage stage, MentionItem mention, ReplyItem? sent = null, Action<MentionItem>? told = null, Action<string>? act = null) =>
        stage.Render<AnswerPanel>(p => p.Add(a => a.Mention, mention).Add(a => a.Sent, sent).Add(a => a.Changed, (MentionItem m) => told?.Invoke(m)).Add(a => a.Act, verb =>
        {
            act?.Invoke(verb);
            return Task.CompletedTask;
        }));
}
