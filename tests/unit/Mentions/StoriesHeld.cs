using FsCheck.Xunit;
using Serm.Mentions;
using static Serm.Tests.Unit.Mentions.Tellings;

namespace Serm.Tests.Unit.Mentions;

/// <summary>How many tellings are held, and which of them a new one is compared with.</summary>
public sealed class StoriesHeld
{
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
}
