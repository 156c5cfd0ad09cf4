using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>The page of the inbox: what it does when a service refuses, or answers late.</summary>
public sealed class InboxTests
{
    private static readonly MentionItem First = MentionListTests.Item(1);
    private static readonly MentionItem Second = MentionListTests.Item(2);

    [Fact]
    public async Task What_could_not_be_fetched_is_fetched_at_the_next_tick()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        stage.Refuse("GET /api/mentions");
        await ApplyAsync(inbox, Second.Id);

        stage.Answer("GET /api/mentions", query => Page(Of(query, First, Second)));
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        inbox.WaitForElement($"[data-mention-id='{Second.Id}']");
    }

    [Fact]
    public async Task What_could_not_be_fetched_is_fetched_with_what_happens_next()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        stage.Refuse("GET /api/mentions");
        await ApplyAsync(inbox, Second.Id);

        var third = MentionListTests.Item(3);
        stage.Answer("GET /api/mentions", query => Page(Of(query, First, Second, third)));
        await ApplyAsync(inbox, third.Id);
        inbox.FindAll("[data-testid=mention-row]").Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_list_that_could_not_be_read_is_read_at_the_next_tick()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        stage.Refuse("GET /api/mentions");
        await ApplyAsync(inbox, reset: true);
        inbox.FindAll("[data-testid=problem]").Count.ShouldBe(1);

        stage.Answer("GET /api/mentions", Whole(First, Second));
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        inbox.WaitForElement($"[data-mention-id='{Second.Id}']");
        inbox.FindAll("[data-testid=problem]").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_was_asked_for_before_does_not_undo_what_came_since()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        var late = new TaskCompletionSource<object?>();
        stage.Answer("GET /api/mentions", query => query.Contains("?id=", StringComparison.Ordinal) ? Page(First with { Version = 2, Status = MentionStatus.Claimed, Owner = "ben" }) : late.Task);
        var reload = ApplyAsync(inbox, reset: true);
        await ApplyAsync(inbox, First.Id);
        late.SetResult(Whole(First));
        await reload;
        inbox.WaitForAssertion(() => inbox.Find("[data-testid=row-status]").TextContent.ShouldContain("ben"));
    }

    [Fact]
    public async Task A_page_of_filters_that_are_gone_and_comes_last_is_passed_over()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        var late = new TaskCompletionSource<object?>();
        stage.Answer("GET /api/mentions", _ => late.Task);
        var before = ApplyAsync(inbox, reset: true);
        stage.Answer("GET /api/mentions", Whole(First, Second));
        await ApplyAsync(inbox, reset: true);
        late.SetResult(Whole(First));
        await before;
        inbox.FindAll("[data-testid=mention-row]").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_step_over_many_is_taken_back_after_the_inbox_was_left()
    {
        await using var stage = new PageStage();
        var step = new Guid(9, 0, 0, new byte[8]);
        stage.Answer("GET /api/mentions", query => Page(First));
        stage.Answer("POST /api/mentions/bulk", new BulkOutcome(step, 1, [new(First.Id, true, 2, null, null, null)]));
        stage.Answer($"POST /api/mentions/bulk/{step}/undo", new BulkOutcome(step, 1, [new(First.Id, true, 3, null, null, null)]));
        var shell = stage.Render<Shell>(p => p.Add(s => s.Open, true));
        shell.WaitForElement("[data-testid=mark]").Change(true);
        await shell.Find("[data-testid=bulk-resolve]").ClickAsync();
        shell.WaitForElement(".mud-snackbar button");

        shell.Render(p => p.Add(s => s.Open, false));
        await shell.Find(".mud-snackbar button").ClickAsync();
        stage.Asked.ShouldContain($"POST /api/mentions/bulk/{step}/undo");
        shell.WaitForAssertion(() => shell.FindAll(".mud-snackbar").ShouldContain(s => s.TextContent.Contains("1 of 1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_step_that_did_not_go_everywhere_says_why_and_what_is_taken_back_is_offered_no_more()
    {
        await using var stage = new PageStage();
        var step = new Guid(9, 0, 0, new byte[8]);
        stage.Answer("GET /api/mentions", _ => Page(First, Second));
        stage.Answer("POST /api/mentions/bulk", new BulkOutcome(step, 1, [new(First.Id, true, 2, null, null, null), new(Second.Id, false, 2, "mention_claimed", "ben has it.", "ben")]));
        stage.Answer($"POST /api/mentions/bulk/{step}/undo", new BulkOutcome(step, 1, [new(First.Id, true, 3, null, null, null)]));
        var shell = stage.Render<Shell>(p => p.Add(s => s.Open, true));
        await shell.WaitForElementAsync("[data-testid=mark]");
        await shell.FindAll("[data-testid=mark]")[0].ChangeAsync(new() { Value = true });
        await shell.FindAll("[data-testid=mark]")[1].ChangeAsync(new() { Value = true });
        await shell.Find("[data-testid=bulk-resolve]").ClickAsync();
        shell.WaitForAssertion(() => shell.Find(".mud-snackbar").TextContent.ShouldContain("1 of 2 · 1 not: ben has it."));

        var keys = shell.FindComponent<KeyListener>();
        await shell.InvokeAsync(() => keys.Instance.Key("u"));
        shell.WaitForAssertion(() => shell.FindAll(".mud-snackbar").Select(s => s.TextContent.Contains("Undo", StringComparison.Ordinal)).ShouldBe([false]));
    }

    [Theory]
    [InlineData("/", "?status=new&status=claimed", "5")]
    [InlineData("/?status=resolved", "?status=resolved", "5")]
    [InlineData("/?status=filtered", "?", null)]
    public async Task Labels_are_counted_where_the_list_looks(string address, string asked, string? shown)
    {
        await using var stage = new PageStage();
        stage.Go(address);
        stage.Answer("GET /api/mentions", Whole(First));
        stage.Answer("GET /api/mentions/counts", new MentionCounts(new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal) { ["negative"] = 5 }, 0));
        var inbox = stage.Render<Inbox>();
        await inbox.WaitForElementAsync("[data-testid=mention-row]");
        stage.Asked.ShouldContain("GET /api/mentions/counts" + asked);
        inbox.WaitForElement("[data-testid=side-negative]").GetAttribute("href").ShouldBe("/?sentiment=negative");
        inbox.WaitForAssertion(() => inbox.Find("[data-testid=filter-sentiment-negative]").QuerySelector(".count")?.TextContent.ShouldBe(shown));
        (inbox.Find("[data-testid=filter-sentiment-negative]").QuerySelector(".count") is null).ShouldBe(shown is null);
    }

    [Fact]
    public async Task Words_of_the_search_are_one_step_back_and_each_other_filter_is_its_own()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        var navigation = stage.Services.GetRequiredService<BunitNavigationManager>();
        foreach (var typed in new[] { "k", "kut", "kutu" })
        {
            inbox.Find("[data-testid=filter-q]").Input(typed);

            // Again with each drawing: what is typed may be heard only after the first.
            inbox.WaitForAssertion(() =>
            {
                stage.Clock.Advance(TimeSpan.FromMilliseconds(250));
                navigation.Uri.ShouldEndWith($"/?q={typed}");
            });
        }

        await inbox.Find("[data-testid=filter-sentiment-negative]").ClickAsync();
        navigation.History.Reverse().Select(h => (h.Uri, h.Options.ReplaceHistoryEntry)).ShouldBe(
            [("/?q=kutu", true), ("/?sentiment=negative&q=kutu", false)]);
    }

    [Fact]
    public async Task Keys_that_move_say_which_row_it_is_and_again_when_it_is_the_same()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        var keys = inbox.FindComponent<KeyListener>();
        await inbox.InvokeAsync(() => keys.Instance.Key("j"));
        var once = inbox.Find("[aria-live]").TextContent;
        once.ShouldContain(First.BrandName);
        await inbox.InvokeAsync(() => keys.Instance.Key("j"));
        var twice = inbox.Find("[aria-live]").TextContent;
        twice.ShouldNotBe(once);
        twice.Trim().ShouldBe(once.Trim());
    }

    [Fact]
    public async Task Closed_rows_are_quieter_only_beside_open_ones()
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage);
        inbox.FindAll("ol.some-open").Count.ShouldBe(1);
        stage.Answer("GET /api/mentions", _ => Page(First with { Version = 2, Status = MentionStatus.Resolved }));
        await ApplyAsync(inbox, reset: true);
        inbox.FindAll(".row.closed").Count.ShouldBe(1);
        inbox.FindAll("ol.some-open").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10_000, true, "10,000+")]
    [InlineData(9_999, false, "9,999")]
    public async Task More_than_is_counted_of_what_rules_put_aside_is_told_as_more(long filtered, bool more, string shown)
    {
        await using var stage = new PageStage();
        var inbox = await OpenAsync(stage, filtered, more);
        inbox.WaitForAssertion(() => inbox.FindAll(".count").Select(c => c.TextContent).ShouldContain(shown));
    }

    private static async Task<IRenderedComponent<Inbox>> OpenAsync(PageStage stage, long filtered = 0, bool more = false)
    {
        stage.Answer("GET /api/mentions", Whole(First));
        stage.Answer("GET /api/mentions/counts", new MentionCounts(new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal), 0, filtered, more));
        var inbox = stage.Render<Inbox>();
        await inbox.WaitForElementAsync("[data-testid=mention-row]");
        return inbox;
    }

    private static Task ApplyAsync(IRenderedComponent<Inbox> inbox, params Guid[] changed) => inbox.InvokeAsync(() => inbox.Instance.ApplyAsync(new([.. changed], [], [], [], false, [])));

    private static Task ApplyAsync(IRenderedComponent<Inbox> inbox, bool reset) => inbox.InvokeAsync(() => inbox.Instance.ApplyAsync(new([], [], [], [], reset, [])));

    private static MentionPage Whole(params MentionItem[] items) => new(items, null);

    private static Task<object?> Page(params MentionItem[] items) => Task.FromResult<object?>(Whole(items));

    private static MentionItem[] Of(string query, params MentionItem[] items) => query.Contains("id=", StringComparison.Ordinal) ? [.. items.Where(i => query.Contains($"id={i.Id}", StringComparison.Ordinal))] : items;

    /// <summary>What stays when the page is left: the toasts.</summary>
    private sealed class Shell : ComponentBase
    {
        [Parameter]
        public bool Open { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<MudSnackbarProvider>(0);
            builder.CloseComponent();
            if (Open)
            {
                builder.OpenComponent<Inbox>(1);
                builder.CloseComponent();
            }
        }
    }
}
