using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class Stories
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Brand = new("22222222-2222-5222-8222-222222222222");

    private static Telling Told(int id, long? hash, int minutes = 0, long? url = null, Guid? brand = null) =>
        new(new Guid(id, 0, 0, new byte[8]), "main", brand ?? Brand, hash, url, Start.AddMinutes(minutes));

    [Fact]
    public void Copies_join_the_one_that_was_published_first_and_its_doublings_are_told()
    {
        var index = new StoryIndex();

        index.Add(Told(1, 0x1234)).ShouldBeEmpty();
        index.Add(Told(2, 0x1235, 1)).ShouldBe([new StoryChange("main", Told(2, null).Id, Told(1, null).Id), new StoryChange("main", Told(1, null).Id, null, 2, 10)]);
        index.Add(Told(3, 0x1234, 2)).Count.ShouldBe(1, "three are no doubling of two");
        index.Add(Told(4, 0x1234, 3))[^1].Sightings.ShouldBe(4);
        index.Add(Told(4, 0x1234, 3)).ShouldBeEmpty("the same again");
    }

    [Fact]
    public void What_is_near_several_that_stand_alone_will_join_the_one_that_was_published_first()
    {
        foreach (var order in new int[][] { [1, 2, 3], [3, 2, 1], [2, 1, 3] })
        {
            var index = new StoryIndex();
            foreach (var i in order)
            {
                // By their addresses and texts near to the one that comes, and to none of each other.
                index.Add(Told(i, i == 2 ? null : i == 1 ? 0x0000 : 0b111111_000111, i, i == 2 ? 9 : null)).ShouldBeEmpty();
            }

            index.LeadOf(Told(4, 0b000000_000111, 5, 9)).ShouldBe(Told(1, null).Id);
            index.LeadOf(Told(4, 0b111111_000111, 5, 9)).ShouldBe(Told(2, null).Id);
        }
    }

    [Fact]
    public void Neither_another_brand_nor_another_week_nor_another_text_is_the_same_story()
    {
        var index = new StoryIndex();
        index.Add(Told(1, 0x1234, 0, 7));

        index.Add(Told(2, 0x1234, brand: Guid.Empty)).ShouldBeEmpty();
        index.Add(Told(3, 0x1234, 60 * 80)).ShouldBeEmpty();
        index.Add(Told(4, 0x1234 ^ 0x7F)).ShouldBeEmpty("seven bits differ");
        index.Add(Told(5, null, 0, 8)).ShouldBeEmpty();
        index.Add(Told(6, null, 1, 7)).Count.ShouldBe(2, "the same address");
    }

    [Fact]
    public void What_connects_two_stories_makes_them_one()
    {
        var index = new StoryIndex();
        index.Add(Told(1, 0, 10));
        index.Add(Told(2, 0b111111_000000, 0, 9)).ShouldBe([new StoryChange("main", Told(2, null).Id, Told(1, null).Id), new StoryChange("main", Told(1, null).Id, null, 2, 10)]);

        index.Add(Told(3, -1, 5)).ShouldBeEmpty();
        var merged = index.Add(Told(4, -1, 6, 9));

        merged.Where(c => c.Lead is not null).ShouldAllBe(c => c.Lead == Told(3, null).Id);
        merged.Where(c => c.Lead is not null).Select(c => c.MentionId).ShouldBe([Told(1, null).Id, Told(2, null).Id, Told(4, null).Id], ignoreOrder: true);
    }

    [Property(MaxTest = 200)]
    public void In_whatever_order_they_come_and_how_often_the_same_mentions_tell_the_same_stories(ushort[] hashes, int seed)
    {
        var tellings = hashes.Take(40).Select((h, i) => Told(i + 1, h & 0x0F0F, i, h % 7 == 0 ? h % 3 : null)).ToArray();
        var shuffled = tellings.Concat(tellings.Take(5)).ToArray();
        new Random(seed).Shuffle(shuffled);

        Groups(shuffled).ShouldBe(Groups(tellings));
    }

    [Property(MaxTest = 100)]
    public void Going_on_from_what_was_written_down_is_as_if_it_had_never_stopped(ushort[] hashes, byte stop)
    {
        var tellings = hashes.Take(40).Select((h, i) => Told(i + 1, h & 0x0F0F, i)).ToArray();
        var half = tellings.Length == 0 ? 0 : stop % tellings.Length;
        var leads = Leads(tellings.Take(half));

        // The rows of what comes after are there already, without a story, when the index is loaded.
        var resumed = new StoryIndex();
        foreach (var t in tellings)
        {
            resumed.Load(t with { StoryId = leads.GetValueOrDefault(t.Id) is { } lead && lead != t.Id && lead != Guid.Empty ? lead : null });
        }

        foreach (var change in tellings.Skip(half).SelectMany(resumed.Add).Where(c => c.Lead is not null))
        {
            leads[change.MentionId] = change.Lead!.Value;
        }

        Partition(tellings, leads).ShouldBe(Groups(tellings));
    }

    [Fact]
    public void One_that_was_stored_with_its_story_is_not_written_again_and_counts_as_told()
    {
        var index = new StoryIndex();
        index.Add(Told(1, 0x1234)).ShouldBeEmpty();

        index.Add(Told(2, 0x1235, 1) with { StoryId = Told(1, null).Id }).ShouldBe([new StoryChange("main", Told(1, null).Id, null, 2, 10)]);
    }

    [Fact]
    public void What_leads_a_story_may_come_after_what_it_leads()
    {
        var index = new StoryIndex();
        index.Add(Told(2, 0x1235, 1) with { StoryId = Told(1, null).Id }).ShouldBeEmpty();

        index.Add(Told(1, 0x1234)).ShouldBe([new StoryChange("main", Told(1, null).Id, null, 2, 10)]);
        index.Add(Told(3, 0x1234, 2)).ShouldBe([new StoryChange("main", Told(3, null).Id, Told(1, null).Id)]);
    }

    [Fact]
    public void What_is_compared_no_more_is_forgotten_whether_it_stood_alone_led_or_followed()
    {
        var index = new StoryIndex(most: 10);
        index.Add(Told(1, 0x1234));
        index.Add(Told(2, 0x1235));
        for (var i = 3; i < 500; i++)
        {
            index.Add(Told(i, null, url: i));
        }

        index.Count.ShouldBe(10);
        index.Known.ShouldBe(10);
    }

    [Fact]
    public void As_many_as_it_holds_lie_together_as_when_each_is_compared_with_each()
    {
        var random = new Random(7);
        var tellings = Enumerable.Range(1, 600).Select(i => Told(i, random.NextInt64() & 0x3F3F_1F1F_0707_0303, i, i % 9 == 0 ? i % 27 : null, i % 2 == 0 ? Guid.Empty : null)).ToArray();

        var groups = Partition(tellings, Closure(tellings));

        groups.Split(" | ").Length.ShouldBeInRange(20, 880, "neither one story nor none");
        Groups(tellings).ShouldBe(groups);
    }

    [Property(MaxTest = 100)]
    public void Whatever_was_forgotten_the_same_as_the_latest_is_found(ushort[] hashes)
    {
        var index = new StoryIndex(most: 7);
        foreach (var (hash, i) in hashes.Take(60).Select((h, i) => (h & 0x0F0F, i)))
        {
            index.Add(Told(i + 1, hash, i));
            index.LeadOf(Told(10_000, hash, i)).ShouldNotBeNull();
            index.Count.ShouldBe(Math.Min(7, i + 1));
        }

        index.Known.ShouldBeLessThanOrEqualTo(14, "what leads is known while anything of its story is met");
    }

    [Property(MaxTest = 200)]
    public void Seen_at_once_or_found_behind_the_main_road_the_stories_are_the_same(ushort[] hashes, byte forgets, int seed)
    {
        var tellings = hashes.Take(40).Select((h, i) => Told(i + 1, h & 0x0F0F, i, h % 7 == 0 ? h % 3 : null)).ToArray();

        // The process that stores them knows some, and they come to the keeper in another order.
        var (seen, random) = (new StoryIndex(), new Random(seed));
        var stored = tellings.Select(t => t with { StoryId = seen.LeadOf(t) }).Select(t =>
        {
            if (random.Next(256) >= forgets)
            {
                seen.Load(t);
            }

            return t;
        }).ToArray();
        random.Shuffle(stored);
        var leads = stored.Where(t => t.StoryId is not null).ToDictionary(t => t.Id, t => t.StoryId!.Value);
        var keeper = new StoryIndex();
        foreach (var change in stored.SelectMany(keeper.Add).Where(c => c.Lead is not null))
        {
            leads[change.MentionId] = change.Lead!.Value;
        }

        Partition(tellings, leads).ShouldBe(Groups(tellings));
    }

    [Fact]
    public void Copies_of_one_batch_join_the_first_of_them_and_later_ones_what_was_stored()
    {
        var stories = new StoredStories();
        MentionFound[] batch = [Found(1, 0x1234), Found(2, 0x1235), Found(3, 0x77770000)];

        stories.LeadsOf(batch).ShouldBe([new(batch[1].MentionId, batch[0].MentionId)]);
        stories.LeadsOf([batch[1]]).ShouldBeEmpty("nothing is stored yet");

        stories.Take("main", [.. batch.Select(m => Evolve.Fold(m.MentionId, Decide.On(m, new Mention(m.MentionId), Start)))]);
        stories.LeadsOf([Found(4, 0x77760000)]).ShouldBe([new(Found(4, 0).MentionId, batch[2].MentionId)]);
    }

    [Fact]
    public void Of_a_flood_of_one_text_the_first_and_the_last_are_compared_with()
    {
        var table = new TellingTable(5_000);
        var order = Enumerable.Range(1, 4_000).ToArray();
        new Random(7).Shuffle(order);
        foreach (var i in order)
        {
            // Nearly every copy has an address of its own.
            table.Put(Told(i, 0x1234, i / 10, i % 5 == 0 ? 7 : 100 + i));
        }

        table.Near(Told(9_999, 0x1235, 200, 7)).Count().ShouldBeInRange(1, 50, "of 4,000, by each band and by the address");
    }

    [Fact]
    public void Of_a_flood_of_variants_of_one_text_the_latest_are_compared_with_and_it_is_one_story_all_the_same()
    {
        // In two bands up to two bits differ from one text: 18,769 fingerprints, which share the other two.
        int[] few = [0, .. Enumerable.Range(0, 16).SelectMany(a => Enumerable.Range(a, 16 - a).Select(b => (1 << a) | (1 << b)))];
        var hashes = few.SelectMany(a => few.Select(b => (long)a | ((long)b << 16))).ToArray();
        new Random(7).Shuffle(hashes);
        var tellings = hashes.Select((h, i) => Told(i + 1, h, i / 100)).ToArray();
        var table = new TellingTable(StoryIndex.MaxTellings);
        Array.ForEach(tellings, t => table.Put(t));

        table.Near(Told(99_999, 0, 200)).Count().ShouldBeInRange(1, 4 * TellingTable.MostMet);
        Leads(tellings).Values.Distinct().Count().ShouldBe(1);
        Leads(tellings).Count.ShouldBe(tellings.Length - 1);
    }

    [Property(MaxTest = 200)]
    public void Copies_at_any_time_lie_together_as_when_each_is_compared_with_each(byte[] drawn, int seed)
    {
        // Few texts over twelve days: many are the same, and some of the same are too far apart.
        var random = new Random(seed);
        var tellings = drawn.Take(80).Select((d, i) => Told(i + 1, (d & 3) * 0b11, random.Next(12 * 24) * 60, d % 5 == 0 ? d % 3 : null)).ToArray();

        Groups(tellings).ShouldBe(Partition(tellings, Closure(tellings)));
    }

    [Property(MaxTest = 200)]
    public void As_many_as_are_held_are_compared_with_whichever_were_forgotten(byte[] drawn, int seed)
    {
        const int Most = 9;
        var random = new Random(seed);
        var table = new TellingTable(Most);
        var held = new List<Telling>();
        foreach (var (d, i) in drawn.Take(120).Select((d, i) => (d, i)))
        {
            var next = Told(i + 1, (d & 1) * 0b11, random.Next(6 * 24) * 60, d % 7 == 0 ? 1 : null);
            table.Put(next);
            held.Add(next);
            held.RemoveRange(0, Math.Max(0, held.Count - Most));
            var asked = Told(10_000, (random.Next() & 1) * 0b11, random.Next(6 * 24) * 60, random.Next(3) == 0 ? 1 : null);

            // Whatever connects: of those with one fingerprint, or one address, that are at most three days apart one stands for all.
            var found = table.Near(asked).Select(slot => table[slot].Id).ToHashSet();
            found.ShouldBeSubsetOf(held.Where(h => AreNear(h, asked)).Select(h => h.Id));
            held.Where(h => AreNear(h, asked)).ShouldAllBe(h => held.Any(o => found.Contains(o.Id) && (o.SimHash == h.SimHash || (o.UrlKey != null && o.UrlKey == h.UrlKey)) && (o.PublishedAt - h.PublishedAt).Duration() <= StoryIndex.Window));
        }
    }

    private static MentionFound Found(int id, long simHash) => new(
        "main", Told(id, null).Id, new(Brand, "Acme"), new("feed", Brand, "Example forum", "n", null, null, "text", null, Start, "en", 0.9, null, null, 1, "hash") { SimHash = simHash }, Start, Start);

    private static string Groups(IReadOnlyList<Telling> tellings) => Partition(tellings, Leads(tellings));

    private static Dictionary<Guid, Guid> Leads(IEnumerable<Telling> tellings)
    {
        var (index, leads) = (new StoryIndex(), new Dictionary<Guid, Guid>());
        foreach (var change in tellings.SelectMany(index.Add).Where(c => c.Lead is not null))
        {
            leads[change.MentionId] = change.Lead!.Value;
        }

        return leads;
    }

    private static bool AreNear(Telling a, Telling b) =>
        a.BrandId == b.BrandId && (a.PublishedAt - b.PublishedAt).Duration() <= StoryIndex.Window
        && ((a.UrlKey is not null && a.UrlKey == b.UrlKey)
            || (a.SimHash is { } x && b.SimHash is { } y && Enumerable.Range(0, 4).Any(i => (ushort)(x >> (16 * i)) == (ushort)(y >> (16 * i))) && System.Numerics.BitOperations.PopCount((ulong)(x ^ y)) <= StoryIndex.MaxDistance));

    private static Dictionary<Guid, Guid> Closure(Telling[] tellings)
    {
        var of = tellings.ToDictionary(t => t.Id, t => t.Id);
        foreach (var (a, b) in tellings.SelectMany((a, i) => tellings.Skip(i + 1).Select(b => (a, b))).Where(p => AreNear(p.a, p.b)))
        {
            var (from, to) = (of[b.Id], of[a.Id]);
            foreach (var id in tellings.Select(t => t.Id).Where(id => of[id] == from).ToList())
            {
                of[id] = to;
            }
        }

        return of;
    }

    // Which mentions lie together, whoever leads.
    private static string Partition(IEnumerable<Telling> tellings, Dictionary<Guid, Guid> leads) => string.Join(" | ", tellings.Select(t => t.Id).Distinct()
        .GroupBy(id => leads.GetValueOrDefault(id) is var lead && lead != Guid.Empty ? lead : id)
        .Select(g => string.Join(',', g.Order())).Order(StringComparer.Ordinal));
}
