using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>The parts that stand under a mention, when the next one is opened before they have heard of the last, or when a service refuses.</summary>
public sealed class MentionPartsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly MentionItem First = MentionListTests.Item(1) with { AuthorId = new Guid(11, 0, 0, new byte[8]), Sightings = 2 };
    private static readonly MentionItem Second = MentionListTests.Item(2) with { AuthorId = new Guid(12, 0, 0, new byte[8]), Sightings = 3 };

    [Fact]
    public async Task The_author_of_the_mention_before_is_not_shown_under_the_next()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/authors/{First.AuthorId}", _ => late.Task);
        stage.Answer($"GET /api/authors/{Second.AuthorId}", Author(Second));
        var panel = stage.Render<AuthorPanel>(p => p.Add(a => a.Mention, First));
        panel.Render(p => p.Add(a => a.Mention, Second));
        panel.WaitForElement("[data-testid=author]");
        late.SetResult(Author(First));
        await PageStage.SettleAsync();

        panel.Find("[data-testid=list-ignore]").Click();
        panel.WaitForAssertion(() => stage.Asked.Where(a => a.StartsWith("PUT", StringComparison.Ordinal)).ShouldBe([$"PUT /api/authors/{Second.AuthorId}/list"]));
    }

    [Fact]
    public async Task Who_was_put_on_a_list_is_not_shown_under_the_next_mention()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/authors/{First.AuthorId}", Author(First));
        stage.Answer($"PUT /api/authors/{First.AuthorId}/list", _ => late.Task);
        stage.Answer($"GET /api/authors/{Second.AuthorId}", Author(Second));
        var panel = stage.Render<AuthorPanel>(p => p.Add(a => a.Mention, First));
        panel.WaitForElement("[data-testid=list-ignore]").Click();
        panel.Render(p => p.Add(a => a.Mention, Second));
        late.SetResult(Author(First) with { List = "ignore" });
        await PageStage.SettleAsync();
        panel.WaitForAssertion(() => panel.Find("[data-testid=author] a").GetAttribute("href").ShouldBe($"/?status=all&author={Second.AuthorId}"));
    }

    [Fact]
    public async Task The_story_of_the_mention_before_is_not_shown_under_the_next()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"GET /api/stories/{First.Id}", _ => late.Task);
        stage.Answer($"GET /api/stories/{Second.Id}", Story(Second));
        var panel = stage.Render<StoryPanel>(p => p.Add(s => s.Mention, First));
        panel.Render(p => p.Add(s => s.Mention, Second));
        panel.WaitForElement("[data-testid=story]");
        late.SetResult(Story(First));
        await PageStage.SettleAsync();
        panel.Find("[data-testid=story] li").TextContent.ShouldContain($"of {Second.Id}");
    }

    [Theory]
    [InlineData(1, 0, "1 mention")]
    [InlineData(1, 1, "1 mention, negative")]
    [InlineData(2, 1, "2 mentions, 1 of them negative")]
    public async Task One_is_told_as_one(long mentions, long negative, string told)
    {
        await using var stage = new PageStage();
        stage.Answer($"GET /api/authors/{First.AuthorId}", Author(First) with { Mentions = mentions, Negative = negative });
        var panel = stage.Render<AuthorPanel>(p => p.Add(a => a.Mention, First));
        panel.WaitForElement("[data-testid=author] a").TextContent.ShouldBe(told);
    }

    [Theory]
    [InlineData("nobdoy", null)]
    [InlineData(" ANA", "ana")]
    public async Task A_mention_is_given_to_nobody_who_is_not_there(string typed, string? given)
    {
        await using var stage = new PageStage();
        var dialogs = stage.Render<MudDialogProvider>();
        var asked = await dialogs.InvokeAsync(() => stage.Services.GetRequiredService<IDialogService>().ShowAsync<AskDialog>("", new DialogParameters<AskDialog> { { d => d.Label, "Name" }, { d => d.Longest, 200 }, { d => d.Among, new[] { "ana", "ben" } } }));
        dialogs.WaitForElement("[data-testid=ask]").Input(typed);
        await dialogs.Find("form").SubmitAsync();
        dialogs.FindAll("[data-testid=ask-unknown]").Select(e => e.TextContent).ShouldBe(given is null ? ["Nobody here is called nobdoy. There are: ana, ben."] : []);
        (asked.Result.IsCompleted ? (await asked.Result)?.Data : null).ShouldBe(given);
    }

    [Fact]
    public async Task What_a_person_corrected_is_not_called_urgent()
    {
        await using var stage = new PageStage();
        var mention = First with { Negative = 0.9f, Neutral = 0.1f, Positive = 0f, Sentiment = Sentiment.Negative };
        var panel = stage.Render<VerdictPanel>(p => p.Add(v => v.Mention, mention).Add(v => v.Why, new VerdictWhy(Sentiment.Negative, null, null, null, null, Urgent: true)).Add(v => v.Act, _ => Task.CompletedTask));
        panel.FindAll("[data-testid=urgent]").Count.ShouldBe(1);
        panel.Render(p => p.Add(v => v.Mention, mention with { Correction = new(Sentiment.Neutral, "ana", Noon, 1, null) }));
        panel.FindAll("[data-testid=urgent]").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_draft_that_was_refused_is_still_to_be_saved_and_not_written_over()
    {
        await using var stage = new PageStage();
        var panel = Desk(stage, First);
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        await panel.Find("form").SubmitAsync();
        stage.Asked.ShouldContain($"POST /api/mentions/{First.Id}/draft");
        panel.Find("[data-testid=save-draft]").HasAttribute("disabled").ShouldBeFalse();

        panel.Render(p => p.Add(d => d.Draft, "What was kept before."));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
    }

    [Fact]
    public async Task A_draft_that_was_saved_stays_while_the_page_still_knows_the_one_before()
    {
        await using var stage = new PageStage();
        stage.Answer($"POST /api/mentions/{First.Id}/draft", First with { Version = 2 });
        var panel = Desk(stage, First);
        panel.Render(p => p.Add(d => d.Draft, "What was kept before."));
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        await panel.Find("form").SubmitAsync();
        panel.Render(p => p.Add(d => d.Mention, First with { Version = 2 }).Add(d => d.Draft, "What was kept before."));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
        panel.Render(p => p.Add(d => d.Draft, "We are sorry."));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("We are sorry.");
    }

    [Fact]
    public async Task A_draft_that_was_saved_needs_no_saving()
    {
        await using var stage = new PageStage();
        stage.Answer($"POST /api/mentions/{First.Id}/draft", First with { Version = 2 });
        var panel = Desk(stage, First);
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        await panel.Find("form").SubmitAsync();
        panel.Find("[data-testid=save-draft]").HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task A_draft_saved_late_does_not_hide_the_one_of_the_next_mention()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"POST /api/mentions/{First.Id}/draft", _ => late.Task);
        var panel = Desk(stage, First);
        panel.Find("[data-testid=draft]").Input("We are sorry.");
        var saving = panel.Find("form").SubmitAsync();
        panel.Render(p => p.Add(d => d.Mention, Second));
        late.SetResult(First with { Version = 2 });
        await saving;
        panel.Render(p => p.Add(d => d.Draft, "Kept for the second."));
        panel.Find("[data-testid=draft]").GetAttribute("value").ShouldBe("Kept for the second.");
    }

    [Fact]
    public async Task A_severity_counts_once_it_is_taken()
    {
        await using var stage = new PageStage();
        var panel = Desk(stage, First);
        await panel.Find("[data-testid=severity]").ChangeAsync(new() { Value = "High" });
        stage.Asked.ShouldContain($"POST /api/mentions/{First.Id}/severity");
        panel.Find("[data-testid=severity]").GetAttribute("value").ShouldBe("Normal", "it was refused");

        stage.Answer($"POST /api/mentions/{First.Id}/severity", First with { Severity = MentionSeverity.High });
        MentionItem? told = null;
        panel.Render(p => p.Add(d => d.Changed, (MentionItem now) => told = now));
        await panel.Find("[data-testid=severity]").ChangeAsync(new() { Value = "High" });
        told?.Severity.ShouldBe(MentionSeverity.High);
        told.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_mention_that_is_left_before_it_was_told_to_be_opened_fails_nothing()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"POST /api/mentions/{First.Id}/opened", _ => late.Task);
        var detail = Detail(stage, First);
        detail.WaitForAssertion(() => stage.Asked.ShouldContain($"POST /api/mentions/{First.Id}/opened"));
        await stage.DisposeComponentsAsync();
        late.SetResult(First with { Version = 2 });
        await PageStage.SettleAsync();
        stage.Renderer.UnhandledException.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_note_and_a_draft_that_were_not_sent_are_there_when_their_mention_is_opened_again()
    {
        await using var stage = new PageStage();
        var detail = Detail(stage, First);
        detail.Find("[data-testid=note]").Input("Ask the shop.");
        detail.Find("[data-testid=draft]").Input("We are sorry.");
        detail.Render(p => p.Add(d => d.Mention, Second));
        Fields(detail).ShouldBe(("", ""));
        detail.Render(p => p.Add(d => d.Mention, First));
        Fields(detail).ShouldBe(("Ask the shop.", "We are sorry."));

        await stage.DisposeComponentsAsync();
        Fields(Detail(stage, First)).ShouldBe(("Ask the shop.", "We are sorry."));
    }

    [Fact]
    public async Task A_note_that_is_written_after_its_mention_was_left_is_not_there_again()
    {
        await using var stage = new PageStage();
        var late = new TaskCompletionSource<object?>();
        stage.Answer($"POST /api/mentions/{First.Id}/note", _ => late.Task);
        var detail = Detail(stage, First);
        detail.Find("[data-testid=note]").Input("Ask the shop.");
        var writing = detail.Find("form.note:has([data-testid=note])").SubmitAsync();
        detail.Render(p => p.Add(d => d.Mention, Second));
        detail.Find("[data-testid=note]").Input("Another one.");
        late.SetResult(First with { Version = 2 });
        await writing;
        Fields(detail).Note.ShouldBe("Another one.");
        detail.Render(p => p.Add(d => d.Mention, First));
        Fields(detail).Note.ShouldBe("");
    }

    [Fact]
    public async Task A_story_that_is_bigger_than_what_is_read_of_it_says_so()
    {
        await using var stage = new PageStage();
        stage.Answer($"GET /api/stories/{First.Id}", Story(First) with { Sightings = 20_000, Complete = false });

        (await stage.Render<StoryPanel>(p => p.Add(s => s.Mention, First)).WaitForElementAsync("[data-testid=story] p")).TextContent.ShouldContain("Told more than 20000 times");
    }

    [Fact]
    public async Task Not_more_unsent_texts_are_kept_than_anybody_comes_back_to()
    {
        await using var stage = new PageStage();
        var desk = stage.Services.GetRequiredService<Desk>();
        foreach (var i in Enumerable.Range(1, 51))
        {
            desk.KeepUnsent(MentionListTests.Item(i).Id, "note", $"note {i}");
        }

        desk.Unsent(MentionListTests.Item(1).Id, "note").ShouldBe("");
        desk.Unsent(MentionListTests.Item(2).Id, "note").ShouldBe("note 2");
        desk.Unsent(MentionListTests.Item(51).Id, "note").ShouldBe("note 51");
    }

    private static IRenderedComponent<MentionDetail> Detail(PageStage stage, MentionItem mention) =>
        stage.Render<MentionDetail>(p => p.Add(d => d.Mention, mention).Add(d => d.Act, (_, _) => Task.CompletedTask));

    private static (string Note, string Draft) Fields(IRenderedComponent<MentionDetail> detail) =>
        (detail.Find("[data-testid=note]").GetAttribute("value") ?? "", detail.Find("[data-testid=draft]").GetAttribute("value") ?? "");

    private static IRenderedComponent<DeskPanel> Desk(PageStage stage, MentionItem mention) =>
        stage.Render<DeskPanel>(p => p.Add(d => d.Mention, mention).Add(d => d.Act, _ => Task.CompletedTask));

    private static AuthorData Author(MentionItem of) => new(of.AuthorId!.Value, "ben", null, null, "feed", 3, 1, 0, 0, 0, 0, 0, 0, Noon, Noon, null, null);

    private static StoryData Story(MentionItem of) => new(of.Id, of.Sightings, 1, 1, 0, Noon, Noon, 1, [new StorySighting(Guid.Empty, $"of {of.Id}", null, Noon, null, null, MentionStatus.New)]);
}
