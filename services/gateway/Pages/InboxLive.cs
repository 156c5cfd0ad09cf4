using Serm.Defaults;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <content>What comes in by itself.</content>
public sealed partial class Inbox
{
    private const int MostRows = 400;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CountsAtMostEvery = TimeSpan.FromSeconds(1);

    private DateTimeOffset _countedAt;
    private bool _counting;
    private int _unsaid;
    private DateTimeOffset _saidAt;

    // What a service refused to tell. It is asked for again with what happens next, or at the next tick.
    private Changes? _refused;

    private Task LiveAsync(string workspace, long head) => LiveChanges.RunAsync(
        Feed,
        workspace,
        head,
        changes => InvokeAsync(() => ApplyAsync(changes)),
        _end.Token);

    internal async Task ApplyAsync(Changes changes)
    {
        _now = Clock.GetUtcNow();
        _readers.Hear(changes.Presence);
        changes = changes.With(_refused);
        _refused = null;
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
            var missed = changes.Reset || changes.Mentions.Count >= LiveChanges.Most;
            if (!Held && (missed || _list.Items.Count > MostRows))
            {
                await ReloadAsync();
            }
            else
            {
                await MergeAsync(changes.Mentions);
                if (missed)
                {
                    await CatchUpAsync();
                }
            }
        }
        catch (Refusal)
        {
            _refused = changes;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        SayNew();
        StateHasChanged();
        _ = CountAsync();
    }

    private async Task MergeAsync(IReadOnlyCollection<Guid> changed)
    {
        _meanwhile?.UnionWith(changed);
        var filter = _filter;
        foreach (var ids in changed.Chunk(100))
        {
            var known = ids.Where(id => _list.Has(id) || id == SelectedId).ToList();
            var unknown = ids.Except(known).Where(filter.AsksFor).ToList();
            var renewed = known.Count == 0 ? null : Mentions.ListAsync($"{Ids(known)}&limit={known.Count}", _end.Token);
            var arrived = unknown.Count == 0 ? null : Mentions.ListAsync($"{(filter with { Ids = unknown }).ToApi(_now)}&limit={unknown.Count}", _end.Token);
            foreach (var item in renewed is null ? [] : (await renewed).Items)
            {
                _list.Change(item, Held);
                _apart = _apart?.Id == item.Id && item.Version > _apart.Version ? item : _apart;
            }

            foreach (var item in arrived is null ? [] : (await arrived).Items.Where(_ => filter.Key == _filter.Key))
            {
                _unsaid += _list.Arrive(item, Held) ? 1 : 0;
            }
        }
    }

    // Rows that are held cannot be read anew: what is new waits above them, what changed is read when they are let go.
    private async Task CatchUpAsync()
    {
        _missed = true;
        foreach (var item in (await FirstPageAsync(_filter)).Items)
        {
            _unsaid += _list.Arrive(item, Held) ? 1 : 0;
        }

        await LetGoAsync();
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
            var wait = _countedAt + CountsAtMostEvery - Clock.GetSteadyNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Clock, _end.Token);
            }

            _countedAt = Clock.GetSteadyNow();
            _counts = await Mentions.CountsAsync(_filter.Brands, _filter.ApiStatuses, _end.Token);
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
                await InvokeAsync(async () =>
                {
                    _now = Clock.GetUtcNow();
                    _readers.Fade(_now);
                    await (_refused is not null ? ApplyAsync(Changes.None) : _missed ? LetGoAsync() : Task.CompletedTask);
                    SayNew();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was closed.
        }
    }

    // What is said twice must differ, or the second is not spoken.
    private void Say(string text) => _said = text == _said ? text + "\u00a0" : text;

    private void SayNew()
    {
        if (_unsaid > 0 && _now - _saidAt > TimeSpan.FromSeconds(5))
        {
            Say(L[_unsaid == 1 ? "Inbox.NewOne" : "Inbox.New", _unsaid]);
            (_unsaid, _saidAt) = (0, _now);
        }
    }
}
