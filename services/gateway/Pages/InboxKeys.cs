using Serm.Gateway.Components.Parts;

namespace Serm.Gateway.Pages;

/// <content>What comes from the keyboard and the pointer.</content>
public sealed partial class Inbox
{
    private KeyListener? _keys;
    private bool _listening;

    private Task HoverAsync(bool held)
    {
        _hovered = held;
        return LetGoAsync();
    }

    private async Task KeyAsync(string key)
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
                break;
            case "Escape" when SelectedId is not null:
                await OpenAsync(null);
                break;
            case ".":
                await ShowNewAsync();
                break;
            case "l" when _list.NextCursor is not null && !_loadingMore:
                await LoadMoreAsync();
                break;
            case "?":
                await Dialogs.ShowAsync<KeysDialog>(L["Keys.Title"]);
                break;
            case var other when _mayTriage:
                await _turns.TakeAsync(other, () => ByKeyAsync(other));
                break;
        }
    }

    private Task MoveAsync(int step)
    {
        var items = _list.Items;
        if (items.Count == 0)
        {
            return Task.CompletedTask;
        }

        var at = SelectedId is { } id ? items.ToList().FindIndex(i => i.Id == id) : step > 0 ? -1 : items.Count;
        var item = items[Math.Clamp(at + step, 0, items.Count - 1)];
        Say(L.Row(item, _now, item.Title ?? TextMarks.Snippet(item.Text, [], 80).Text));
        return OpenAsync(item.Id, replace: SelectedId is not null);
    }

    private async Task ByKeyAsync(string key)
    {
        if (key == "u")
        {
            await (_lastStep is { } last ? UndoAsync(last) : Task.CompletedTask);
        }
        else if (key == "M")
        {
            MarkAll();
        }
        else if (key == "m" && SelectedId is { } id)
        {
            await MarkAsync(id);
        }
        else if (_marked.Count > 0 && KeyVerbs.OfMany(key, _list.Items.Where(i => _marked.Contains(i.Id))) is { } step)
        {
            await StepAsync(step);
        }
        else if (Selected is { } mention && KeyVerbs.Of(key, mention) is { } verb)
        {
            await ActAsync(mention, verb);
        }
    }
}
