using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>The rows of the inbox and the new ones that wait above them. Rows never move or leave while they are held: a person is about to click one.</summary>
internal sealed class MentionList
{
    private readonly List<MentionItem> _items = [];
    private readonly Dictionary<Guid, MentionItem> _waiting = [];
    private InboxFilter _filter = new();

    // The last row as it was when it was read, for there the cursor stands: it may have moved since.
    private MentionItem? _end;

    /// <summary>The rows, in order but for what happened while they were held.</summary>
    public IReadOnlyList<MentionItem> Items => _items;

    /// <summary>Asks for the next page; null on the last one.</summary>
    public string? NextCursor { get; private set; }

    /// <summary>New mentions that are not shown yet.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Starts anew with a first page.</summary>
    public void Reset(MentionPage page, InboxFilter filter)
    {
        _items.Clear();
        _waiting.Clear();
        _filter = filter;
        _items.AddRange(page.Items);
        (NextCursor, _end) = (page.NextCursor, page.Items is [.., var last] ? last : null);
    }

    /// <summary>Adds the next page. Rows that came in live in the meantime are not repeated.</summary>
    public void Append(MentionPage page)
    {
        var known = _items.Select(i => i.Id).ToHashSet();
        _items.AddRange(page.Items.Where(i => known.Add(i.Id)));
        (NextCursor, _end) = (page.NextCursor, page.Items is [.., var last] ? last : null);
    }

    /// <summary>True when the mention is shown or waits.</summary>
    public bool Has(Guid id) => _waiting.ContainsKey(id) || _items.Exists(i => i.Id == id);

    /// <summary>Puts a newer state in the place of an older one. Unless it is held, the row goes to its new place, or leaves when the filter does not show it any more.</summary>
    /// <returns>True when a row changed.</returns>
    public bool Change(MentionItem item, bool held)
    {
        if (_waiting.TryGetValue(item.Id, out var waiting))
        {
            if (item.Version > waiting.Version)
            {
                _waiting.Remove(item.Id);
                Wait(item);
            }

            return false;
        }

        var at = _items.FindIndex(i => i.Id == item.Id);
        if (at < 0 || _items[at].Version >= item.Version)
        {
            return false;
        }

        var moves = Compare(_items[at], item) != 0 || !_filter.Shows(item);
        _items[at] = item;
        if (moves && !held)
        {
            _items.RemoveAt(at);
            Insert(item);
        }

        return true;
    }

    /// <summary>A mention that was not there before.</summary>
    /// <returns>True when there is one more to see, in its place or waiting.</returns>
    public bool Arrive(MentionItem item, bool held)
    {
        if (Has(item.Id))
        {
            Change(item, held);
            return false;
        }

        if (held)
        {
            Wait(item);
        }
        else
        {
            Insert(item);
        }

        return Belongs(item);
    }

    /// <summary>Shows what waits, puts the rows that changed while they were held in their places, and lets go those that the filter does not show any more.</summary>
    public void Settle()
    {
        MentionItem[] all = [.. _items, .. _waiting.Values];
        _items.Clear();
        _waiting.Clear();
        _items.AddRange(all.Where(Belongs).Order(Comparer<MentionItem>.Create(Compare)));
    }

    private void Wait(MentionItem item)
    {
        if (Belongs(item))
        {
            _waiting.Add(item.Id, item);
        }
    }

    private void Insert(MentionItem item)
    {
        if (Belongs(item))
        {
            var at = _items.FindIndex(i => Compare(item, i) < 0);
            _items.Insert(at < 0 ? _items.Count : at, item);
        }
    }

    // What belongs behind the rows that were read comes with the next page.
    private bool Belongs(MentionItem item) => _filter.Shows(item) && (NextCursor is null || _end is null || Compare(item, _end) <= 0);

    private int Compare(MentionItem a, MentionItem b)
    {
        var byKey = _filter.Urgent ? b.Urgency.CompareTo(a.Urgency) : b.PublishedAt.CompareTo(a.PublishedAt);
        return byKey != 0 ? byKey : b.Id.CompareTo(a.Id);
    }
}
