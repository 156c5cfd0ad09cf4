using Microsoft.JSInterop;
using Serm.Gateway.Components.Parts;

namespace Serm.Gateway.Pages;

/// <content>What comes from the keyboard and the pointer.</content>
public sealed partial class Inbox
{
    private IJSObjectReference? _keys;
    private DotNetObjectReference<Inbox>? _self;

    /// <summary>The browser tells whether the rows must stay where they are.</summary>
    [JSInvokable]
    public async Task Hover(bool held)
    {
        _hovered = held;
        await LetGoAsync();
        StateHasChanged();
    }

    /// <summary>A key was pressed outside of any field.</summary>
    [JSInvokable]
    public async Task Key(string key)
    {
        switch (key)
        {
            case "j" or "ArrowDown":
                await MoveAsync(1);
                break;
            case "k" or "ArrowUp":
                await MoveAsync(-1);
                break;
            case "Enter" when SelectedId is null:
                await MoveAsync(1);
                break;
            case "Escape" when _marked.Count > 0:
                await UnmarkAsync();
                StateHasChanged();
                break;
            case "Escape" when SelectedId is not null:
                await OpenAsync(null);
                break;
            case ".":
                ShowNew();
                StateHasChanged();
                break;
            case "l" when _list.NextCursor is not null && !_loadingMore:
                await LoadMoreAsync();
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

    private Task MoveAsync(int step)
    {
        var items = _list.Items;
        if (items.Count == 0)
        {
            return Task.CompletedTask;
        }

        var at = SelectedId is { } id ? items.ToList().FindIndex(i => i.Id == id) : step > 0 ? -1 : items.Count;
        return OpenAsync(items[Math.Clamp(at + step, 0, items.Count - 1)].Id, replace: SelectedId is not null);
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
