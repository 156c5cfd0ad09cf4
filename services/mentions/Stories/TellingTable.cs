using System.Numerics;
using System.Runtime.InteropServices;

namespace Serm.Mentions;

/// <summary>What is compared of a telling.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ToldEntry(Guid Id, Guid BrandId, long? SimHash, long? UrlKey, DateTimeOffset PublishedAt);

/// <summary>
/// Tellings by the places where near ones meet: four bands of the fingerprint, and the address. In slots that are taken in turn; of a full table the oldest gives its own away. Arrays without an object a telling:
/// there are hundreds of thousands, which live for days, and each would be one more thing to collect.
/// Of many with one fingerprint, or one address, that lie at most <see cref="StoryIndex.Window"/> apart only the first and the last published are met by it: whatever is near one of them is near one of these two, so a
/// flood of one text costs no more than a copy. Of many that are alike and not the same only the latest that share a place are looked at: see <see cref="MostMet"/>.
/// </summary>
/// <param name="most">Most tellings.</param>
internal sealed class TellingTable(int most)
{
    /// <summary>How many of those that share a place are looked at, the latest first. Far more than share one by chance; of a flood of variants of one text it is enough to be connected with it.</summary>
    public const int MostMet = 500;

    private const int UrlKind = 4;
    private const int Kinds = 5;
    private const int None = -1;

    // So that many that are alike and not the same cost no more to take than they did.
    private const int Looks = 64;

    // Places of the fingerprint, and that of the address.
    private static readonly (int From, int To)[] Families = [(0, UrlKind), (UrlKind, Kinds)];

    private readonly Dictionary<Guid, int> slots = [];
    private ToldEntry[] entries = [];
    private long taken;

    // Slots that share a place are chained both ways: heads by the kind of place and its hash, next and previous by slot and kind.
    private int[] heads = [];
    private int[] next = [];
    private int[] previous = [];

    // By slot and the first kind of place: of three and more with the same fingerprint, or the same address, in order of publication. The first and the last are chained.
    private readonly Dictionary<(int Slot, int From), SortedSet<int>> crowds = [];

    /// <summary>Tellings in it.</summary>
    public int Count => slots.Count;

    /// <summary>The slot that the next telling takes from the oldest; null while there is room.</summary>
    public int? Leaving => taken >= most ? (int)(taken % most) : null;

    /// <summary>The telling in a slot that is taken.</summary>
    public ref readonly ToldEntry this[int slot] => ref entries[slot];

    /// <summary>Where a telling is.</summary>
    public bool TryFind(Guid id, out int slot) => slots.TryGetValue(id, out slot);

    /// <summary>Takes a telling that is not in it.</summary>
    /// <returns>Its slot.</returns>
    public int Put(Telling telling)
    {
        if (Leaving is { } oldest)
        {
            Array.ForEach(Families, f => Leave(oldest, f.From, f.To));
            slots.Remove(entries[oldest].Id);
        }
        else if (taken == entries.Length)
        {
            Grow(Math.Min(most, Math.Max(256, 2 * entries.Length)));
        }

        var slot = (int)(taken++ % entries.Length);
        entries[slot] = new(telling.Id, telling.BrandId, telling.SimHash, telling.UrlKey, telling.PublishedAt);
        slots[telling.Id] = slot;
        Array.ForEach(Families, f => Join(slot, f.From, f.To));
        return slot;
    }

    /// <summary>Lets go of a telling: nothing meets it any more. Its slot stays empty until it would be given away.</summary>
    public void Drop(int slot)
    {
        Array.ForEach(Families, f => Leave(slot, f.From, f.To));
        slots.Remove(entries[slot].Id);
        entries[slot] = default;
    }

    /// <summary>The slots of those that are near a telling, itself left out, among the <see cref="MostMet"/> latest in each of its places; one can come several times, and one stands for all with its fingerprint, or its address, that are at most <see cref="StoryIndex.Window"/> apart from it.</summary>
    public IEnumerable<int> Near(Telling t)
    {
        if (entries.Length == 0)
        {
            yield break;
        }

        for (var kind = 0; kind < Kinds; kind++)
        {
            if (PlaceOf(kind, t.BrandId, t.SimHash, t.UrlKey) is not { } place)
            {
                continue;
            }

            var met = 0;
            for (var slot = heads[place]; slot >= 0 && met++ < MostMet; slot = next[(slot * Kinds) + kind])
            {
                if (IsNear(entries[slot], t, kind))
                {
                    yield return slot;
                }
            }
        }
    }

    private static bool IsNear(in ToldEntry e, Telling t, int kind) =>
        e.Id != t.Id && e.BrandId == t.BrandId && (e.PublishedAt - t.PublishedAt).Duration() <= StoryIndex.Window
        && (kind == UrlKind
            ? e.UrlKey == t.UrlKey
            : e.SimHash is { } a && t.SimHash is { } b && Band(a, kind) == Band(b, kind) && BitOperations.PopCount((ulong)(a ^ b)) <= StoryIndex.MaxDistance);

    private static ushort Band(long hash, int band) => (ushort)((ulong)hash >> (16 * band));

    // Each kind has heads of its own.
    private int? PlaceOf(int kind, Guid brand, long? simHash, long? urlKey)
    {
        var size = heads.Length / Kinds;
        return (kind, simHash, urlKey) switch
        {
            (UrlKind, _, { } url) => (size * kind) + (HashCode.Combine(brand, url) & (size - 1)),
            ( < UrlKind, { } hash, _) => (size * kind) + (HashCode.Combine(brand, Band(hash, kind)) & (size - 1)),
            _ => null,
        };
    }

    private int? PlaceOf(int slot, int kind) => PlaceOf(kind, entries[slot].BrandId, entries[slot].SimHash, entries[slot].UrlKey);

    private void Join(int slot, int from, int to)
    {
        var (one, other) = Same(slot, from);
        if (one < 0 || (!crowds.TryGetValue((one, from), out var crowd) && other < 0))
        {
            Chain(slot, from, to);
            return;
        }

        if (crowd is null)
        {
            crowd = new(Comparer<int>.Create((a, b) => (entries[a].PublishedAt, a).CompareTo((entries[b].PublishedAt, b)))) { one, other };
            (crowds[(one, from)], crowds[(other, from)]) = (crowd, crowd);
        }

        var (first, last) = (crowd.Min, crowd.Max);
        crowd.Add(slot);
        crowds[(slot, from)] = crowd;
        if (crowd.Min == slot || crowd.Max == slot)
        {
            Chain(slot, from, to);
            Unchain(crowd.Min == slot ? first : last, from, to);
        }
    }

    private void Leave(int slot, int from, int to)
    {
        if (!crowds.Remove((slot, from), out var crowd))
        {
            Unchain(slot, from, to);
            return;
        }

        var (first, last) = (crowd.Min, crowd.Max);
        crowd.Remove(slot);
        if (slot == first || slot == last)
        {
            Unchain(slot, from, to);
            Chain(slot == first ? crowd.Min : crowd.Max, from, to);
        }

        if (crowd.Count == 2)
        {
            crowds.Remove((crowd.Min, from));
            crowds.Remove((crowd.Max, from));
        }
    }

    // Of those chained latest in its place: one of a crowd that is the same, or two that are the same and of none. Those further down are met as well, so that missing one costs time and nothing else.
    private (int One, int Other) Same(int slot, int kind)
    {
        var (one, looked) = (None, 0);
        for (var at = PlaceOf(slot, kind) is { } place ? heads[place] : None; at >= 0 && looked++ < Looks; at = next[(at * Kinds) + kind])
        {
            if (!AreSame(entries[at], entries[slot], kind))
            {
                continue;
            }

            if (one >= 0 || crowds.ContainsKey((at, kind)))
            {
                return (at, one);
            }

            one = at;
        }

        return (one, None);
    }

    // Time is cut into parts as long as the window, so that all of one part are near each other.
    private static bool AreSame(in ToldEntry a, in ToldEntry b, int kind) =>
        a.BrandId == b.BrandId && (kind == UrlKind ? a.UrlKey == b.UrlKey : a.SimHash == b.SimHash) && a.PublishedAt.UtcTicks / StoryIndex.Window.Ticks == b.PublishedAt.UtcTicks / StoryIndex.Window.Ticks;

    private void Chain(int slot, int from, int to)
    {
        for (var kind = from; kind < to; kind++)
        {
            if (PlaceOf(slot, kind) is not { } place)
            {
                continue;
            }

            var first = heads[place];
            (next[(slot * Kinds) + kind], previous[(slot * Kinds) + kind], heads[place]) = (first, None, slot);
            if (first >= 0)
            {
                previous[(first * Kinds) + kind] = slot;
            }
        }
    }

    private void Unchain(int slot, int from, int to)
    {
        for (var kind = from; kind < to; kind++)
        {
            if (PlaceOf(slot, kind) is not { } place)
            {
                continue;
            }

            var (before, after) = (previous[(slot * Kinds) + kind], next[(slot * Kinds) + kind]);
            if (after >= 0)
            {
                previous[(after * Kinds) + kind] = before;
            }

            if (before >= 0)
            {
                next[(before * Kinds) + kind] = after;
            }
            else
            {
                heads[place] = after;
            }
        }
    }

    private void Grow(int size)
    {
        Array.Resize(ref entries, size);
        (next, previous) = (new int[size * Kinds], new int[size * Kinds]);
        heads = new int[(int)BitOperations.RoundUpToPowerOf2((uint)size) * Kinds];
        Array.Fill(heads, None);
        for (var slot = 0; slot < taken; slot++)
        {
            foreach (var (from, to) in Families)
            {
                if (!crowds.TryGetValue((slot, from), out var crowd) || crowd.Min == slot || crowd.Max == slot)
                {
                    Chain(slot, from, to);
                }
            }
        }
    }
}
