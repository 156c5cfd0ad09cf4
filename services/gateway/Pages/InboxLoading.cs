using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <content>What is read when the page opens, the filter changes, or a person asks for more.</content>
public sealed partial class Inbox
{
    private const int PageSize = 50;

    // While the rows were held, more happened than was told: they are read again when they are let go.
    private bool _missed;

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
        (_shownKey, _problem, _loading, _missed) = (_filter.Key, null, _list.Items.Count == 0 || _shownKey != _filter.Key, false);
        var filter = _filter;
        try
        {
            var counts = Mentions.CountsAsync(filter.Brands, _end.Token);
            var page = await FirstPageAsync(filter);
            if (filter.Key == _filter.Key)
            {
                _list.Reset(page, filter);
                _marked.IntersectWith(_list.Items.Select(i => i.Id));
            }

            _counts = await counts;
        }
        catch (Refusal e)
        {
            _problem = e.Message;
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
        try
        {
            _list.Append(await Mentions.ListAsync($"{_filter.ToApi(Clock.GetUtcNow())}&limit={PageSize}&cursor={Uri.EscapeDataString(_list.NextCursor!)}", _end.Token));
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
