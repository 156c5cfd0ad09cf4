using Microsoft.JSInterop;
using Serm.Gateway.Clients;
using Serm.Gateway.Components.Parts;

namespace Serm.Gateway.Pages;

/// <content>What comes in by itself, and what comes from the keyboard.</content>
public sealed partial class Inbox
{
    private const int MostRows = 400;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CountsAtMostEvery = TimeSpan.FromSeconds(1);

    private IJSObjectReference? _keys;
    private DotNetObjectReference<Inbox>? _self;
    private DateTimeOffset _countedAt;
    private bool _counting;
    private int _unsaid;

    /// <summary>The browser tells whether the rows must stay where they are.</summary>
    [JSInvokable]
    public void Hover(bool held)
    {
        _hovered = held;
        if (!Held && _list.Waiting > 0)
        {
            _list.Show();
            StateHasChanged();
        }
    }

    /// <summary>A key was pressed outside of any field.</summary>
    [JSInvokable]
    public async Task Key(string key)
    {
        switch (key)
        {
            case "j" or "ArrowDown":
                Move(1);
                break;
            case "k" or "ArrowUp":
                Move(-1);
                break;
            case "Enter" when SelectedId is null:
                Move(1);
                break;
            case "Escape" when _marked.Count > 0:
                Unmark();
                StateHasChanged();
                break;
            case "Escape" when SelectedId is not null:
                Navigation.NavigateTo(Href(null), replace: true);
                break;
            case ".":
                ShowNew();
                StateHasChanged();
                break;
            case "?":
                await Dialogs.ShowAsync<KeysDialog>(L["Keys.Title"]);
                break;
            default:
                await ActByKeyAsync(key);
                break;
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        _self = DotNetObjectReference.Create(this);
        Viewer.Changed += Refresh;
        try
        {
            _keys = await Js.InvokeAsync<IJSObjectReference>("import", _end.Token, "./inbox.js");
            await _keys.InvokeVoidAsync("start", _end.Token, _root, _self);
            StateHasChanged();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // Without keys the page still works with the pointer.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Viewer.Changed -= Refresh;
        await _end.CancelAsync();
        _end.Dispose();
        try
        {
            if (_keys is not null)
            {
                await _keys.InvokeVoidAsync("stop");
                await _keys.DisposeAsync();
            }
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone.
        }

        _self?.Dispose();
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);

    private void Move(int step)
    {
        var items = _list.Items;
        if (items.Count == 0)
        {
            return;
        }

        var at = SelectedId is { } id ? items.ToList().FindIndex(i => i.Id == id) : step > 0 ? -1 : items.Count;
        Navigation.NavigateTo(Href(items[Math.Clamp(at + step, 0, items.Count - 1)].Id), replace: SelectedId is not null);
    }

    private Task LiveAsync(string workspace, long head) => LiveChanges.RunAsync(
        Feed,
        workspace,
        head,
        changes => InvokeAsync(() => ApplyAsync(changes)),
        _end.Token);

    private async Task ApplyAsync(Changes changes)
    {
        _now = Clock.GetUtcNow();
        _readers.Hear(changes.Presence);
        if (changes is { Reset: false, Mentions.Count: 0 })
        {
            if (changes.Presence.Count > 0)
            {
                StateHasChanged();
            }

            return;
        }

        try
        {
            if (!Held && (changes.Reset || changes.Mentions.Count >= LiveChanges.Most || _list.Items.Count > MostRows))
            {
                await ReloadAsync();
            }
            else
            {
                await MergeAsync(changes.Mentions);
            }
        }
        catch (Refusal)
        {
            // The next event, or the person, tries again: the list is as it was.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Say();
        StateHasChanged();
        _ = CountAsync();
    }

    private async Task MergeAsync(IReadOnlyCollection<Guid> changed)
    {
        foreach (var ids in changed.Chunk(100))
        {
            var known = ids.Where(id => _list.Has(id) || id == SelectedId).ToList();
            var unknown = ids.Except(known).ToList();
            var renewed = known.Count == 0 ? null : Mentions.ListAsync($"{Ids(known)}&limit={known.Count}", _end.Token);
            var arrived = unknown.Count == 0 ? null : Mentions.ListAsync($"{_filter.ToApi(_now)}&{Ids(unknown)}&limit={unknown.Count}", _end.Token);
            foreach (var item in renewed is null ? [] : (await renewed).Items)
            {
                _list.Change(item, Held);
                if (item.StoryId is not null && _filter.OnePerStory && item.Id != SelectedId && !Held)
                {
                    // It turned out to be told elsewhere first: the row of the story counts it.
                    _list.Remove(item.Id);
                }

                _apart = _apart?.Id == item.Id && item.Version > _apart.Version ? item : _apart;
            }

            foreach (var item in arrived is null ? [] : (await arrived).Items)
            {
                _unsaid++;
                _list.Arrive(item, Held);
            }
        }
    }

    private static string Ids(IEnumerable<Guid> ids) => string.Join('&', ids.Select(i => $"id={i}"));

    // Counts cost a query each: a burst of events asks once a second.
    private async Task CountAsync()
    {
        if (_counting)
        {
            return;
        }

        _counting = true;
        try
        {
            var wait = _countedAt + CountsAtMostEvery - Clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Clock, _end.Token);
            }

            _countedAt = Clock.GetUtcNow();
            _counts = await Mentions.CountsAsync(_filter.Brands, _end.Token);
            StateHasChanged();
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException or ObjectDisposedException)
        {
            // Old counts until the next event.
        }
        finally
        {
            _counting = false;
        }
    }

    // Ages grow, and what is new is said aloud, but not each of many.
    private async Task TickAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Tick, Clock);
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await InvokeAsync(() =>
                {
                    _now = Clock.GetUtcNow();
                    _readers.Fade(_now);
                    Say();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was closed.
        }
    }

    private DateTimeOffset _saidAt;

    private void Say()
    {
        if (_unsaid > 0 && _now - _saidAt > TimeSpan.FromSeconds(5))
        {
            _said = L[_unsaid == 1 ? "Inbox.NewOne" : "Inbox.New", _unsaid];
            (_unsaid, _saidAt) = (0, _now);
        }
    }

    private async Task ScrollTopAsync()
    {
        try
        {
            if (_keys is not null)
            {
                await _keys.InvokeVoidAsync("top", _end.Token);
            }
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The rows are there anyway.
        }
    }
}
