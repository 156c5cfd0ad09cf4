using System.Numerics;
using System.Runtime.InteropServices;

namespace Serm.Mentions;

/// <summary>What is compared of a mention.</summary>
/// <param name="Id">The mention.</param>
/// <param name="Workspace">Its tenant.</param>
/// <param name="BrandId">Only mentions of one brand tell one story.</param>
/// <param name="SimHash">Fingerprint; null for a short text.</param>
/// <param name="UrlKey">Stands for its canonical address.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="StoryId">The story that it is known to belong to.</param>
internal sealed record Telling(Guid Id, string Workspace, Guid BrandId, long? SimHash, long? UrlKey, DateTimeOffset PublishedAt, Guid? StoryId = null);

/// <summary>Something to write down: a mention joins a story, or the story of a mention has doubled.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention.</param>
/// <param name="Lead">The mention whose story it joins; null for a doubling.</param>
/// <param name="Sightings">Mentions of the story after a doubling.</param>
/// <param name="PerHour">Sightings an hour in its newer half.</param>
internal sealed record StoryChange(string Workspace, Guid MentionId, Guid? Lead, int Sightings = 0, double PerHour = 0);

/// <summary>
/// Groups mentions of one brand into stories: two are near when they have the same canonical address, or fingerprints that share one of four bands of 16 bits and differ in at most <see cref="MaxDistance"/>
/// bits, and were published within <see cref="Window"/> of each other; a story is what is connected by that. The relation knows no order, so neither do the stories; which mention leads one does: the earliest
/// published of those that led when they met. In memory, bounded: of more tellings than it may hold the oldest are compared no more.
/// </summary>
/// <param name="most">Most tellings that are compared with.</param>
internal sealed class StoryIndex(int most = StoryIndex.MaxTellings)
{
    /// <summary>Bits in which near-duplicates may differ. Up to 3 some band is always equal (Manku et al. 2007); of those that differ in more, most are found.</summary>
    public const int MaxDistance = 6;

    /// <summary>Most tellings that are compared with, unless told otherwise.</summary>
    public const int MaxTellings = 400_000;

    // Where tellings meet: four bands of the fingerprint, and the address.
    private const int UrlKind = 4;
    private const int Kinds = 5;
    private const int None = -1;

    /// <summary>How far apart copies can be published.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(72);

    // What is compared with, by slots that are taken in turn; of a full index the oldest gives its own away. No objects but the stories of several: there are hundreds of thousands, and each would be one more thing to collect.
    private readonly Dictionary<Guid, int> slots = [];
    private readonly Dictionary<Guid, Story> leads = [];
    private Entry[] entries = [];
    private Story?[] stories = [];
    private long taken;

    // Slots that share a place are chained both ways: heads by the kind of place and its hash, next and previous by slot and kind.
    private int[] heads = [];
    private int[] next = [];
    private int[] previous = [];

    /// <summary>Tellings that are compared with.</summary>
    public int Count => slots.Count;

    /// <summary>Mentions that are known to belong to a story, their own or another's.</summary>
    public int Known => slots.Count + leads.Count;

    /// <summary>Takes a telling that is known to lie where it lies.</summary>
    public void Load(Telling telling)
    {
        var story = telling.StoryId is { } known && known != telling.Id ? StoryOf(known, telling) : null;
        if (!slots.TryGetValue(telling.Id, out var slot))
        {
            Remember(telling, story ?? leads.GetValueOrDefault(telling.Id)?.Root);
        }
        else if (story is not null && StoryAt(slot) is var own && own != story)
        {
            story.Take(own);
        }
    }

    /// <summary>The mention whose story a telling joins as things stand; null when it begins one. Takes nothing.</summary>
    public Guid? LeadOf(Telling telling)
    {
        (DateTimeOffset PublishedAt, Guid Id)? first = null;
        foreach (var slot in Near(telling))
        {
            var lead = stories[slot]?.Root is { } story ? (story.LeadPublishedAt, story.LeadId) : (entries[slot].PublishedAt, entries[slot].Id);
            first = first is { } other && other.CompareTo(lead) <= 0 ? other : lead;
        }

        return first is { } found && found.Id != telling.Id ? found.Id : null;
    }

    /// <summary>Takes a telling; the same again changes nothing. One that is known to belong to a story stays there, also when what leads it comes later.</summary>
    /// <returns>What is to be written down.</returns>
    public IReadOnlyList<StoryChange> Add(Telling telling)
    {
        var near = Near(telling).ToHashSet();
        var isTaken = slots.TryGetValue(telling.Id, out var slot);
        if (near.Count == 0 && (isTaken || (telling.StoryId is null && !leads.ContainsKey(telling.Id))))
        {
            if (!isTaken)
            {
                Remember(telling, null);
            }

            return [];
        }

        var own = isTaken ? StoryAt(slot) : leads.GetValueOrDefault(telling.Id)?.Root ?? (telling.StoryId is { } known ? StoryOf(known, telling) : null);
        var together = near.Select(StoryAt).Append(own).OfType<Story>().Distinct().ToList();
        var before = together.Max(s => s.Members.Count);
        var into = together.MinBy(s => (s.LeadPublishedAt, s.LeadId))!;
        var changes = new List<StoryChange>();
        foreach (var story in together.Where(s => s != into))
        {
            changes.AddRange(story.Members.Keys.Select(id => new StoryChange(telling.Workspace, id, into.LeadId)));
            into.Take(story);
        }

        if (!into.Members.ContainsKey(telling.Id))
        {
            Remember(telling, into);
            if (into.LeadId != telling.Id && into.LeadId != telling.StoryId)
            {
                changes.Add(new(telling.Workspace, telling.Id, into.LeadId));
            }
        }

        if (BitOperations.Log2((uint)into.Members.Count) > BitOperations.Log2((uint)before))
        {
            changes.Add(new(telling.Workspace, into.LeadId, null, into.Members.Count, into.PerHour()));
        }

        return changes;
    }

    // What leads it may come later than what it leads.
    private Story StoryOf(Guid lead, Telling telling)
    {
        if (slots.TryGetValue(lead, out var slot))
        {
            return StoryAt(slot);
        }

        var story = leads.TryGetValue(lead, out var led) ? led.Root : leads[lead] = new Story(lead, telling.PublishedAt);
        if (story.LeadId == telling.Id)
        {
            story.LeadPublishedAt = telling.PublishedAt;
        }

        return story;
    }

    // A telling that is like no other is a story without an object, until it has to be one.
    private Story StoryAt(int slot)
    {
        if (stories[slot] is { } story)
        {
            return story.Root;
        }

        var entry = entries[slot];
        return stories[slot] = new Story(entry.Id, entry.PublishedAt) { Compared = 1, Members = { [entry.Id] = entry.PublishedAt } };
    }

    private void Remember(Telling telling, Story? story)
    {
        if (slots.Count == entries.Length)
        {
            if (entries.Length == most)
            {
                Forget((int)(taken % most));
            }
            else
            {
                Grow(Math.Min(most, Math.Max(256, 2 * entries.Length)));
            }
        }

        var slot = (int)(taken++ % entries.Length);
        entries[slot] = new(telling.Id, telling.BrandId, telling.SimHash, telling.UrlKey, telling.PublishedAt);
        stories[slot] = story;
        slots[telling.Id] = slot;
        Chain(slot);
        leads.Remove(telling.Id);
        if (story is not null)
        {
            if (story.LeadId == telling.Id)
            {
                story.LeadPublishedAt = telling.PublishedAt;
            }

            story.Members[telling.Id] = telling.PublishedAt;
            story.Compared++;
        }
    }

    private void Forget(int slot)
    {
        Unchain(slot);
        var id = entries[slot].Id;
        slots.Remove(id);
        if (stories[slot]?.Root is not { } story)
        {
            return;
        }

        // What leads a story is known for as long as anything of it can be met.
        stories[slot] = null;
        story.Compared--;
        if (story.Compared == 0)
        {
            story.Leads.ForEach(lead => leads.Remove(lead));
        }
        else if (story.LeadId == id)
        {
            leads[id] = story;
        }
    }

    private IEnumerable<int> Near(Telling t)
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

            for (var slot = heads[place]; slot >= 0; slot = next[(slot * Kinds) + kind])
            {
                if (IsNear(entries[slot], t, kind))
                {
                    yield return slot;
                }
            }
        }
    }

    private static bool IsNear(in Entry e, Telling t, int kind) =>
        e.Id != t.Id && e.BrandId == t.BrandId && (e.PublishedAt - t.PublishedAt).Duration() <= Window
        && (kind == UrlKind
            ? e.UrlKey == t.UrlKey
            : e.SimHash is { } a && t.SimHash is { } b && Band(a, kind) == Band(b, kind) && BitOperations.PopCount((ulong)(a ^ b)) <= MaxDistance);

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

    private void Chain(int slot)
    {
        for (var kind = 0; kind < Kinds; kind++)
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

    private void Unchain(int slot)
    {
        for (var kind = 0; kind < Kinds; kind++)
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
        Array.Resize(ref stories, size);
        (next, previous) = (new int[size * Kinds], new int[size * Kinds]);
        heads = new int[(int)BitOperations.RoundUpToPowerOf2((uint)size) * Kinds];
        Array.Fill(heads, None);
        for (var slot = 0; slot < slots.Count; slot++)
        {
            Chain(slot);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(Guid Id, Guid BrandId, long? SimHash, long? UrlKey, DateTimeOffset PublishedAt);

    private sealed class Story(Guid leadId, DateTimeOffset leadPublishedAt)
    {
        private Story? mergedInto;

        public Guid LeadId { get; } = leadId;

        public DateTimeOffset LeadPublishedAt { get; set; } = leadPublishedAt;

        public Dictionary<Guid, DateTimeOffset> Members { get; } = [];

        // With those of the stories that it took.
        public List<Guid> Leads { get; } = [leadId];

        // How many of them are still compared with.
        public int Compared { get; set; }

        public Story Root => mergedInto is null ? this : mergedInto = mergedInto.Root;

        public void Take(Story other)
        {
            foreach (var (id, published) in other.Members)
            {
                Members[id] = published;
            }

            Leads.AddRange(other.Leads);
            Compared += other.Compared;
            other.mergedInto = this;
        }

        // Of the newer half; at least six minutes, so that a burst counts as one and not as endless.
        public double PerHour()
        {
            var times = Members.Values.Order().ToList();
            var newer = times[(times.Count / 2)..];
            return Math.Round(newer.Count / Math.Max(0.1, (newer[^1] - newer[0]).TotalHours), 3);
        }
    }
}
