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
/// <param name="Lead">The mention whose story it joins, itself when it leads one now; null for a doubling.</param>
/// <param name="Sightings">Mentions of the story after a doubling.</param>
/// <param name="PerHour">Sightings an hour in its newer half.</param>
internal sealed record StoryChange(string Workspace, Guid MentionId, Guid? Lead, int Sightings = 0, double PerHour = 0);

/// <summary>
/// Groups mentions of one brand into stories: two are near when they have the same canonical address, or fingerprints that share one of four bands of 16 bits and differ in at most <see cref="MaxDistance"/>
/// bits, and were published within <see cref="Window"/> of each other; a story is what is connected by that. The relation knows no order, so neither do the stories; which mention leads one does: the earliest
/// published of those that led when they met. In memory, bounded: of more tellings than it may hold the oldest are compared no more, and where very many share a band a telling is compared with the latest of them (<see cref="TellingTable.MostMet"/>).
/// </summary>
/// <param name="most">Most tellings that are compared with.</param>
internal sealed class StoryIndex(int most = StoryIndex.MaxTellings)
{
    /// <summary>Bits in which near-duplicates may differ. Up to 3 some band is always equal (Manku et al. 2007); of those that differ in more, most are found.</summary>
    public const int MaxDistance = 6;

    /// <summary>Most tellings that are compared with, unless told otherwise.</summary>
    public const int MaxTellings = 400_000;

    /// <summary>How far apart copies can be published.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(72);

    private readonly TellingTable table = new(most);
    private readonly Dictionary<Guid, ToldStory> leads = [];

    // By slot. A telling that is like no other is a story without an object, until it has to be one.
    private ToldStory?[] stories = [];

    /// <summary>Tellings that are compared with.</summary>
    public int Count => table.Count;

    /// <summary>Mentions that are known to belong to a story, their own or another's.</summary>
    public int Known => table.Count + leads.Count;

    /// <summary>Takes a telling that is known to lie where it lies.</summary>
    public void Load(Telling telling)
    {
        var story = telling.StoryId is { } known && known != telling.Id ? StoryOf(known, telling) : null;
        if (!table.TryFind(telling.Id, out var slot))
        {
            var led = leads.GetValueOrDefault(telling.Id)?.Root;
            Remember(telling, story ?? led);
            if (story is not null && led is not null && led != story)
            {
                story.Take(led);
            }
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
        foreach (var slot in table.Near(telling))
        {
            var lead = stories[slot]?.Root is { } story ? (story.LeadPublishedAt, story.LeadId) : (table[slot].PublishedAt, table[slot].Id);
            first = first is { } other && other.CompareTo(lead) <= 0 ? other : lead;
        }

        return first is { } found && found.Id != telling.Id ? found.Id : null;
    }

    /// <summary>Takes a telling; the same again changes nothing. One that is known to belong to a story stays there, also when what leads it comes later.</summary>
    /// <returns>What is to be written down.</returns>
    public IReadOnlyList<StoryChange> Add(Telling telling)
    {
        var near = table.Near(telling).ToHashSet();
        var isTaken = table.TryFind(telling.Id, out var slot);
        if (near.Count == 0 && (isTaken || (telling.StoryId is null && !leads.ContainsKey(telling.Id))))
        {
            if (!isTaken)
            {
                Remember(telling, null);
            }

            return [];
        }

        var own = isTaken ? StoryAt(slot) : leads.GetValueOrDefault(telling.Id)?.Root ?? (telling.StoryId is { } known ? StoryOf(known, telling) : null);
        var together = near.Select(StoryAt).Append(own).OfType<ToldStory>().Distinct().ToList();
        var before = together.Max(s => s.Members.Count);
        var into = together.MinBy(s => (s.LeadPublishedAt, s.LeadId))!;
        var changes = new List<StoryChange>();
        foreach (var story in together.Where(s => s != into))
        {
            // What led it first: should the rest not be written, it is seen that they tell the story of one that leads none.
            changes.AddRange(story.Members.Keys.Prepend(story.LeadId).Distinct().Select(id => new StoryChange(telling.Workspace, id, into.LeadId)));
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

    /// <summary>Takes a telling that was stored with the story of a mention that a rule had put aside: it belongs to what it is near, or else leads its own.</summary>
    /// <returns>What is to be written down.</returns>
    public IReadOnlyList<StoryChange> AddFreed(Telling telling)
    {
        var changes = Add(telling with { StoryId = null });
        return changes.Any(c => c.MentionId == telling.Id && c.Lead is not null) ? changes : [new(telling.Workspace, telling.Id, telling.Id), .. changes];
    }

    /// <summary>The mention that leads the story to which a telling is known to belong; null when it is not known, or stands alone.</summary>
    public Guid? LeadOf(Guid id) => table.TryFind(id, out var slot) ? stories[slot]?.Root.LeadId : null;

    /// <summary>True when it is known what a telling of this mention's story belongs to.</summary>
    public bool Knows(Guid lead) => table.TryFind(lead, out _) || leads.ContainsKey(lead);

    /// <summary>Who of others might have to lead when these are put aside: what tells the stories that they lead.</summary>
    public IReadOnlyCollection<Guid> Heirs(IReadOnlySet<Guid> ids) => [.. ids.Select(RootOf).OfType<ToldStory>().Distinct().Where(s => ids.Contains(s.LeadId)).SelectMany(s => s.Members.Keys).Except(ids)];

    /// <summary>Forgets mentions that rules have put aside: nothing joins them any more, and the earliest published of those that told their stories leads what is left of each. The same again changes nothing.</summary>
    /// <param name="workspace">Their tenant.</param>
    /// <param name="ids">All at once: one that goes with them leads nothing in between.</param>
    /// <returns>What is to be written down.</returns>
    public IReadOnlyList<StoryChange> PutAside(string workspace, params IReadOnlyCollection<Guid> ids)
    {
        var left = new Dictionary<ToldStory, Guid?>();
        foreach (var id in ids)
        {
            var story = RootOf(id);
            if (table.TryFind(id, out var slot))
            {
                stories[slot] = null;
                table.Drop(slot);
                if (story is not null)
                {
                    story.Compared--;
                }
            }

            if (story is not null)
            {
                story.Members.Remove(id);
                left[story] = story.LeadId == id ? id : left.GetValueOrDefault(story);
            }
        }

        var changes = new List<StoryChange>();
        foreach (var (story, gone) in left)
        {
            if (gone is { } before && story.Members.Count > 0)
            {
                var (lead, publishedAt) = story.Members.MinBy(m => (m.Value, m.Key));
                story.LedBy(lead, publishedAt);

                // What leads it last: should the rest not be written, it is as if nothing had been.
                changes.AddRange(story.Members.Keys.Where(m => m != lead).Append(lead).Select(m => new StoryChange(workspace, m, lead)));
                changes.Add(new(workspace, lead, null, story.Members.Count, story.PerHour()));
                leads[before] = story;
                if (!table.TryFind(lead, out _))
                {
                    leads[lead] = story;
                }
            }

            if (story.Compared == 0)
            {
                story.Leads.ForEach(l => leads.Remove(l));
            }
        }

        return changes;
    }

    private ToldStory? RootOf(Guid id) => table.TryFind(id, out var slot) ? stories[slot]?.Root : leads.GetValueOrDefault(id)?.Root;

    // What leads it may come later than what it leads.
    private ToldStory StoryOf(Guid lead, Telling telling)
    {
        if (table.TryFind(lead, out var slot))
        {
            return StoryAt(slot);
        }

        var story = leads.TryGetValue(lead, out var led) ? led.Root : leads[lead] = new ToldStory(lead, telling.PublishedAt);
        if (story.LeadId == telling.Id)
        {
            story.LeadPublishedAt = telling.PublishedAt;
        }

        return story;
    }

    private ToldStory StoryAt(int slot)
    {
        if (stories[slot] is { } story)
        {
            return story.Root;
        }

        var (id, publishedAt) = (table[slot].Id, table[slot].PublishedAt);
        return stories[slot] = new ToldStory(id, publishedAt) { Compared = 1, Members = { [id] = publishedAt } };
    }

    private void Remember(Telling telling, ToldStory? story)
    {
        if (table.Leaving is { } oldest)
        {
            Forget(table[oldest].Id, stories[oldest]?.Root);
        }

        var slot = table.Put(telling);
        if (slot >= stories.Length)
        {
            Array.Resize(ref stories, Math.Min(most, Math.Max(256, 2 * stories.Length)));
        }

        stories[slot] = story;
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

    // What leads a story is known for as long as anything of it can be met.
    private void Forget(Guid id, ToldStory? story)
    {
        if (story is null)
        {
            return;
        }

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
}
