using System.Numerics;

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

    private const int Bands = 4;

    /// <summary>How far apart copies can be published.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(72);

    private readonly Dictionary<(Guid Brand, int Band, ushort Bits), List<Copy>> byBand = [];
    private readonly Dictionary<(Guid Brand, long UrlKey), List<Copy>> byUrl = [];
    private readonly Dictionary<Guid, Story> byMention = [];
    private readonly Queue<(Guid Id, Copy Copy)> inOrder = new();

    /// <summary>Tellings that are compared with.</summary>
    public int Count => inOrder.Count;

    /// <summary>Mentions that are known to belong to a story, their own or another's.</summary>
    public int Known => byMention.Count;

    /// <summary>Takes a telling that is known to lie where it lies.</summary>
    public void Load(Telling telling)
    {
        var story = StoryOf(telling.StoryId ?? telling.Id, telling);
        if (!story.Members.ContainsKey(telling.Id))
        {
            Remember(telling, story);
        }
    }

    /// <summary>The mention whose story a telling joins as things stand; null when it begins one. Takes nothing.</summary>
    public Guid? LeadOf(Telling telling) => First(Near(telling).Select(c => c.Story.Root))?.LeadId is { } lead && lead != telling.Id ? lead : null;

    /// <summary>Takes a telling; the same again changes nothing. One that is known to belong to a story stays there, also when what leads it comes later.</summary>
    /// <returns>What is to be written down.</returns>
    public IReadOnlyList<StoryChange> Add(Telling telling)
    {
        var own = byMention.GetValueOrDefault(telling.Id)?.Root ?? (telling.StoryId is { } known ? StoryOf(known, telling) : null);
        var together = Near(telling).Select(c => c.Story.Root).Append(own).OfType<Story>().Distinct().ToList();
        if (together.Count == 0)
        {
            Remember(telling, new Story(telling.Id, telling.PublishedAt));
            return [];
        }

        var before = together.Max(s => s.Members.Count);
        var into = First(together)!;
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

    private static Story? First(IEnumerable<Story> stories) => stories.MinBy(s => (s.LeadPublishedAt, s.LeadId));

    // What leads it may come later than what it leads.
    private Story StoryOf(Guid lead, Telling telling)
    {
        var story = byMention.TryGetValue(lead, out var led) ? led.Root : byMention[lead] = new Story(lead, telling.PublishedAt);
        if (story.LeadId == telling.Id)
        {
            story.LeadPublishedAt = telling.PublishedAt;
        }

        return story;
    }

    private void Remember(Telling telling, Story story)
    {
        story.Members[telling.Id] = telling.PublishedAt;
        story.Compared++;
        byMention[telling.Id] = story;
        var copy = new Copy(telling, story);
        foreach (var list in Places(telling, create: true))
        {
            list.Add(copy);
        }

        inOrder.Enqueue((telling.Id, copy));
        if (inOrder.Count > most)
        {
            Forget();
        }
    }

    private void Forget()
    {
        var (id, copy) = inOrder.Dequeue();
        foreach (var list in Places(copy.Telling, create: false))
        {
            list.Remove(copy);
        }

        // What leads a story is known for as long as anything of it can be met.
        var story = copy.Story.Root;
        story.Compared--;
        if (story.LeadId != id)
        {
            byMention.Remove(id);
        }

        if (story.Compared == 0)
        {
            byMention.Remove(story.LeadId);
        }
    }

    private IEnumerable<Copy> Near(Telling t)
    {
        foreach (var list in Places(t, create: false))
        {
            foreach (var c in list)
            {
                if (c.Telling.Id != t.Id && (c.Telling.PublishedAt - t.PublishedAt).Duration() <= Window
                    && ((t.UrlKey is not null && c.Telling.UrlKey == t.UrlKey) || (t.SimHash is { } a && c.Telling.SimHash is { } b && BitOperations.PopCount((ulong)(a ^ b)) <= MaxDistance)))
                {
                    yield return c;
                }
            }
        }
    }

    private List<List<Copy>> Places(Telling t, bool create)
    {
        var places = new List<List<Copy>>(Bands + 1);
        for (var band = 0; t.SimHash is { } hash && band < Bands; band++)
        {
            Place(byBand, (t.BrandId, band, (ushort)((ulong)hash >> (16 * band))));
        }

        if (t.UrlKey is { } url)
        {
            Place(byUrl, (t.BrandId, url));
        }

        return places;

        void Place<TKey>(Dictionary<TKey, List<Copy>> map, TKey key)
            where TKey : notnull
        {
            if (map.TryGetValue(key, out var list))
            {
                places.Add(list);
            }
            else if (create)
            {
                places.Add(map[key] = []);
            }
        }
    }

    private sealed record Copy(Telling Telling, Story Story);

    private sealed class Story(Guid leadId, DateTimeOffset leadPublishedAt)
    {
        private Story? mergedInto;

        public Guid LeadId { get; } = leadId;

        public DateTimeOffset LeadPublishedAt { get; set; } = leadPublishedAt;

        public Dictionary<Guid, DateTimeOffset> Members { get; } = [];

        // How many of them are still compared with.
        public int Compared { get; set; }

        public Story Root => mergedInto is null ? this : mergedInto = mergedInto.Root;

        public void Take(Story other)
        {
            foreach (var (id, published) in other.Members)
            {
                Members[id] = published;
            }

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
