using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <content>What is read when the page opens, the filter changes, or a person asks for more.</content>
public sealed partial class Inbox
{
    private const int PageSize = 50;

    // While the rows were held, more happened than was told, or they could not be read: they are read again when they are let go.
    private bool _missed;

    // The page that was asked for last is shown, and what changed since is merged into it: it may not know of that. Null while none is awaited.
    private HashSet<Guid>? _meanwhile;
    private int _reads;

    private async Task LoadChoicesAsync()
    {
        try
        {
            _sources = await SourcesApi.ListAsync(_end.Token);
            _brands = await BrandsApi.ListAsync(_end.Token);
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException)
        {
            // The inbox works without: the filters offer what is in the list.
        }
    }

    private async Task ReloadAsync()
    {
        (_shownKey, _loading, _missed) = (_filter.Key, _list.Items.Count == 0 || _shownKey != _filter.Key, false);
        var (filter, read) = (_filter, ++_reads);
        _meanwhile = [];
        try
        {
            var counts = Mentions.CountsAsync(filter.Brands, filter.ApiStatuses, _end.Token);
            var page = await FirstPageAsync(filter);
            if (read != _reads)
            {
                return;
            }

            _list.Reset(page, filter);
            _marked.IntersectWith(_list.Items.Select(i => i.Id));
            var changed = _meanwhile;
            (_meanwhile, _problem) = (null, null);
            await MergeAsync(changed);
            _counts = await counts;
        }
        catch (Refusal e)
        {
            if (read != _reads)
            {
                return;
            }

            (_meanwhile, _problem, _missed) = (null, e.Message, true);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _loading = false;
        _now = Clock.GetUtcNow();
    }

    private Task<MentionPage> FirstPageAsync(InboxFilter filter) => Mentions.ListAsync($"{filter.ToApi(Clock.GetUtcNow())}&limit={PageSize}", _end.Token);

    // Once nobody holds the rows any more, they take their places.
    private Task LetGoAsync()
    {
        if (Held || !_live)
        {
            return Task.CompletedTask;
        }

        if (_missed)
        {
            return ReloadAsync();
        }

        _list.Settle();
        return Task.CompletedTask;
    }

    private async Task LoadMoreAsync()
    {
        _loadingMore = true;
        var (filter, cursor) = (_filter, _list.NextCursor!);
        try
        {
            var page = await Mentions.ListAsync($"{filter.ToApi(Clock.GetUtcNow())}&limit={PageSize}&cursor={Uri.EscapeDataString(cursor)}", _end.Token);
            if ((filter.Key, cursor) == (_filter.Key, _list.NextCursor))
            {
                _list.Append(page);
            }
        }
        catch (Refusal e)
        {
            _problem = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }

        _loadingMore = false;
    }

    // A link can point at a mention that the filters do not show.
    private async Task FindSelectedAsync()
    {
        _missing = null;
        if (SelectedId is not { } id || Selected is not null)
        {
            return;
        }

        try
        {
            _apart = await Mentions.GetAsync(id, _end.Token);
        }
        catch (Refusal e)
        {
            _missing = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }
}
