using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>The rows of the inbox and the new ones that wait above them. Rows never move while they are held: a person is about to click one.</summary>
internal sealed class MentionList
{
    private readonly List<MentionItem> _items = [];
    private readonly Dictionary<Guid, MentionItem> _waiting = [];

    /// <summary>The rows, in order.</summary>
    public IReadOnlyList<MentionItem> Items => _items;

    /// <summary>Asks for the next page; null on the last one.</summary>
    public string? NextCursor { get; private set; }

    /// <summary>New mentions that are not shown yet.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Most urgent first, and not newest first.</summary>
    public bool Urgent { get; private set; }

    /// <summary>Starts anew with a first page.</summary>
    public void Reset(MentionPage page, bool urgent)
    {
        _items.Clear();
        _waiting.Clear();
        Urgent = urgent;
        _items.AddRange(page.Items);
        NextCursor = page.NextCursor;
    }

    /// <summary>Adds the next page. Rows that came in live in the meantime are not repeated.</summary>
    public void Append(MentionPage page)
    {
        var known = _items.Select(i => i.Id).ToHashSet();
        _items.AddRange(page.Items.Where(i => known.Add(i.Id)));
        NextCursor = page.NextCursor;
    }

    /// <summary>True when the mention is shown or waits.</summary>
    public bool Has(Guid id) => _waiting.ContainsKey(id) || _items.Exists(i => i.Id == id);

    /// <summary>Puts a newer state in the place of an older one.</summary>
    /// <returns>True when a row changed.</returns>
    public bool Change(MentionItem item, bool held)
    {
        if (_waiting.TryGetValue(item.Id, out var waiting))
        {
            if (item.Version > waiting.Version)
            {
                _waiting[item.Id] = item;
            }

            return false;
        }

        var at = _items.FindIndex(i => i.Id == item.Id);
        if (at < 0 || _items[at].Version >= item.Version)
        {
            return false;
        }

        var moves = Compare(_items[at], item) != 0;
        _items[at] = item;
        if (moves && !held)
        {
            _items.RemoveAt(at);
            Insert(item);
        }

        return true;
    }

    /// <summary>Takes a row away.</summary>
    public void Remove(Guid id)
    {
        _waiting.Remove(id);
        _items.RemoveAll(i => i.Id == id);
    }

    /// <summary>A mention that was not there before.</summary>
    public void Arrive(MentionItem item, bool held)
    {
        if (Has(item.Id))
        {
            Change(item, held);
        }
        else if (held)
        {
            _waiting.Add(item.Id, item);
        }
        else
        {
            Insert(item);
        }
    }

    /// <summary>Shows what waits.</summary>
    public void Show()
    {
        foreach (var item in _waiting.Values)
        {
            Insert(item);
        }

        _waiting.Clear();
    }

    private void Insert(MentionItem item)
    {
        var at = _items.FindIndex(i => Compare(item, i) < 0);
        if (at >= 0)
        {
            _items.Insert(at, item);
        }
        else if (NextCursor is null)
        {
            // Behind the last row is only room when no page follows: else its place is on a later page.
            _items.Add(item);
        }
    }

    private int Compare(MentionItem a, MentionItem b)
    {
        var byKey = Urgent ? b.Urgency.CompareTo(a.Urgency) : b.PublishedAt.CompareTo(a.PublishedAt);
        return byKey != 0 ? byKey : b.Id.CompareTo(a.Id);
    }
}
