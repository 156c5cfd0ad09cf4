using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Live;

namespace Serm.Gateway.Pages;

/// <summary>The inbox: what was said, as it is said.</summary>
public sealed partial class Inbox
{
    private readonly CancellationTokenSource _end = new();
    private readonly MentionList _list = new();
    private InboxFilter _filter = new();
    private string? _shownKey;
    private Guid? _chosen;
    private MentionCounts? _counts;
    private IReadOnlyList<BrandItem>? _brands;
    private IReadOnlyList<SourceItem>? _sources;
    private MentionItem? _apart;
    private string? _problem;
    private string? _missing;
    private string _said = "";
    private bool _loading = true;
    private bool _loadingMore;
    private bool _live;
    private bool _hovered;
    private bool _mayTriage;
    private Readers _readers = new("");
    private DateTimeOffset _now;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private BrandsClient BrandsApi { get; set; } = default!;

    [Inject]
    private SourcesClient SourcesApi { get; set; } = default!;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private Desk Desk { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    // Rows keep their places while somebody points at them, has scrolled, has marked some, or reads one of them.
    private bool Held => _hovered || SelectedId is not null || _marked.Count > 0;

    // The open mention: what the keys chose last, or else what the address says. The address follows by way of the browser, and the next key does not wait for it.
    private Guid? SelectedId => _chosen is { } chosen ? (chosen == Guid.Empty ? null : chosen) : AskedFor;

    private MentionItem? Selected => SelectedId is not { } id ? null : _list.Items.FirstOrDefault(i => i.Id == id) ?? (_apart?.Id == id ? _apart : null);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _now = Clock.GetUtcNow();
        _chosen = _chosen == (AskedFor ?? Guid.Empty) ? null : _chosen;
        _filter = Asked;
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        if (_shownKey is null)
        {
            await StartAsync();
        }
        else if (_shownKey != _filter.Key)
        {
            await ReloadAsync();
        }
        else
        {
            await LetGoAsync();
        }

        await FindSelectedAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    private async Task StartAsync()
    {
        var caller = (await Authentication).User.Caller();
        _mayTriage = Access.Roles[Access.Triage].Contains(caller.Role);
        _readers = new(caller.User);
        var head = Feed.Head;
        var choices = LoadChoicesAsync();
        await ReloadAsync();
        if (_end.IsCancellationRequested)
        {
            return;
        }

        _ = LiveAsync(caller.Workspace, head);
        _ = TickAsync();
        _live = true;
        await choices;
    }

    private Task ChangedAsync(MentionItem now)
    {
        _list.Change(now, held: true);
        _apart = _apart?.Id == now.Id ? now : _apart;
        return Task.CompletedTask;
    }

    private async Task ShowNewAsync()
    {
        _apart = Selected;
        _list.Settle();
        await (_keys?.TopAsync() ?? Task.CompletedTask);
    }

    private async Task OpenAsync(Guid? id, bool replace = true)
    {
        if (id == SelectedId)
        {
            return;
        }

        _chosen = id ?? Guid.Empty;
        Navigation.NavigateTo(Href(id), replace: replace);
        await LetGoAsync();
        StateHasChanged();
    }

    // Words that are still being typed are one step back, not one for each pause.
    private void Go(InboxFilter filter) =>
        Navigation.NavigateTo("/" + Prefixed(filter.ToQuery(SelectedId)), replace: filter.Q is { Length: > 0 } && _filter.Q is { Length: > 0 } && (filter with { Q = _filter.Q }).Key == _filter.Key);

    private void Clear() => Navigation.NavigateTo("/" + Prefixed(new InboxFilter { Newest = _filter.Newest }.ToQuery()));

    private string Href(Guid? id) => "/" + Prefixed(_filter.ToQuery(id));

    private static string Prefixed(string query) => query.Length == 0 ? "" : "?" + query;
}
