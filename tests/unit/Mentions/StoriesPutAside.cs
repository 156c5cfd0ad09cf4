using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>What a rule puts aside leads no story, whether it does so as the mention comes or later.</summary>
public sealed class StoriesPutAside
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BrandRef Brand = new(new("22222222-2222-5222-8222-222222222222"), "Acme");

    private static Guid Id(int id) => new(id, 0, 0, new byte[8]);

    private static Telling Told(int id, long? hash, int minutes = 0, int? story = null) => new(Id(id), "main", Brand.Id, hash, null, Start.AddMinutes(minutes), story is { } lead ? Id(lead) : null);

    [Fact]
    public void The_earliest_of_the_others_leads_and_later_copies_join_it()
    {
        var index = new StoryIndex();
        foreach (var i in new[] { 1, 3, 2 })
        {
            index.Add(Told(i, 0x1234, i));
        }

        index.PutAside("main", Id(1)).ShouldBe([new StoryChange("main", Id(2), Id(2)), new StoryChange("main", Id(3), Id(2)), new StoryChange("main", Id(2), null, 2, 10)], ignoreOrder: true);

        index.PutAside("main", Id(1)).ShouldBeEmpty("the same again");
        index.LeadOf(Told(4, 0x1234, 4)).ShouldBe(Id(2));
        index.Add(Told(4, 0x1234, 4)).ShouldBe([new StoryChange("main", Id(4), Id(2))]);
        index.Add(Told(5, -1, 5, story: 1)).ShouldContain(new StoryChange("main", Id(5), Id(2)), "it was stored before the other was put aside");
        index.PutAside("main", Id(3)).ShouldBeEmpty("it leads nothing");
    }

    [Fact]
    public void What_is_put_aside_at_once_writes_a_story_anew_once_at_most()
    {
        var index = new StoryIndex();
        foreach (var i in Enumerable.Range(1, 100))
        {
            index.Add(Told(i, 0x1234, i));
        }

        index.Heirs(new HashSet<Guid> { Id(2) }).ShouldBeEmpty("it leads nothing");
        index.Heirs(new HashSet<Guid> { Id(1), Id(50) }).Count.ShouldBe(98);
        var changes = index.PutAside("main", [.. Enumerable.Range(1, 90).Select(Id)]);
        changes.Count(c => c.Lead is not null).ShouldBe(10);
        changes.ShouldAllBe(c => c.Lead == null || c.Lead == Id(91));
        index.PutAside("main", [.. Enumerable.Range(91, 10).Select(Id)]).ShouldBeEmpty("nobody is left");
        index.Known.ShouldBe(0);
    }

    [Fact]
    public void Of_what_is_written_in_parts_the_old_lead_comes_first_and_the_new_one_of_what_was_put_aside_last()
    {
        var index = new StoryIndex();
        foreach (var (id, hash) in new[] { (1, 0b0L), (5, 0b0L), (3, 0b111_111_111_111L), (4, 0b111_111_111_111L) })
        {
            index.Add(Told(id, hash, id));
        }

        index.Add(Told(6, 0b111_111, 6)).Where(c => c.Lead is not null).Select(c => c.MentionId).ShouldBe([Id(3), Id(4), Id(6)]);
        index.PutAside("main", Id(1)).Where(c => c.Lead is not null).ShouldSatisfyAllConditions(c => c.Count().ShouldBe(4), c => c.Last().ShouldBe(new StoryChange("main", Id(3), Id(3))));
    }

    [Property(MaxTest = 50)]
    public void Stories_that_were_made_one_in_part_are_one_when_they_are_loaded(int seed)
    {
        var index = new StoryIndex();
        Telling[] rows = [Told(1, 0), Told(3, -1, 3, story: 1), Told(4, -1, 4, story: 3), Told(5, -1, 5, story: 1)];
        new Random(seed).Shuffle(rows);
        Array.ForEach(rows, index.Load);

        rows.Select(r => index.LeadOf(r.Id)).ShouldBe([Id(1), Id(1), Id(1), Id(1)]);
    }

    [Fact]
    public void One_that_stands_alone_is_met_by_nothing_any_more()
    {
        var index = new StoryIndex();
        index.Add(Told(1, 0x1234));

        index.PutAside("main", Id(1)).ShouldBeEmpty();

        index.LeadOf(Told(2, 0x1234, 1)).ShouldBeNull();
        index.Add(Told(2, 0x1234, 1)).ShouldBeEmpty();
        index.Add(Told(3, 0x1234, 2))[0].ShouldBe(new StoryChange("main", Id(3), Id(2)));
        index.Knows(Id(1)).ShouldBeFalse("the desk is asked");
    }

    [Fact]
    public void It_is_put_aside_too_where_only_what_it_leads_was_loaded()
    {
        var index = new StoryIndex();
        index.Load(Told(2, 0x1234, 2, story: 1));
        index.Load(Told(3, 0x1235, 3, story: 1));

        index.PutAside("main", Id(1)).ShouldContain(new StoryChange("main", Id(2), Id(2)));

        index.LeadOf(Told(4, 0x1234, 4)).ShouldBe(Id(2));
    }

    [Fact]
    public void What_was_stored_with_its_story_after_it_was_put_aside_joins_what_it_is_near_or_leads_its_own()
    {
        var index = new StoryIndex();
        index.AddFreed(Told(2, 0x1234, 2, story: 1)).ShouldBe([new StoryChange("main", Id(2), Id(2))]);
        index.AddFreed(Told(3, 0x1235, 3, story: 1))[0].ShouldBe(new StoryChange("main", Id(3), Id(2)));
    }

    [Property(MaxTest = 200)]
    public void Whatever_was_put_aside_the_others_are_found(byte[] drawn, int seed)
    {
        const int Most = 9;
        var random = new Random(seed);
        var table = new TellingTable(Most);
        var held = new List<(Telling Telling, bool Aside)>();
        foreach (var (d, i) in drawn.Take(120).Select((d, i) => (d, i)))
        {
            held.Add((Told(i + 1, (d & 1) * 0b11, random.Next(48) * 60), false));
            table.Put(held[^1].Telling);
            held.RemoveRange(0, Math.Max(0, held.Count - Most));
            if (d % 3 == 0 && random.Next(held.Count) is var at && !held[at].Aside)
            {
                table.TryFind(held[at].Telling.Id, out var slot).ShouldBeTrue();
                table.Drop(slot);
                held[at] = (held[at].Telling, true);
            }

            var shown = held.Where(h => !h.Aside).Select(h => h.Telling).ToList();
            table.Count.ShouldBe(shown.Count);
            foreach (var hash in new[] { 0, 0b11 })
            {
                var found = table.Near(Told(10_000, hash, 24 * 60)).Select(slot => table[slot].SimHash).ToHashSet();
                found.ShouldBe(shown.Select(t => t.SimHash).ToHashSet(), ignoreOrder: true);
            }
        }
    }

    [Fact]
    public void This_process_lets_nothing_join_it_whether_it_was_put_aside_as_it_came_or_later()
    {
        var stories = new StoredStories();
        var automated = new Automated(new(Guid.Empty, 1, "Raffles"), Start, [], null, DismissReason.Spam, null, false, null);
        IReadOnlyList<object> came = Decide.On(Found(1, 0x1234), new Mention(Id(1)), Start);

        stories.Take("main", [Evolve.Fold(Id(1), [.. came, automated])]);
        stories.LeadsOf([Found(2, 0x1234)]).ShouldBeEmpty();

        stories.Take("main", [Evolve.Fold(Id(1), came)]);
        stories.LeadsOf([Found(2, 0x1234)]).ShouldBe([new(Id(2), Id(1))]);
        stories.Take("main", [Evolve.Fold(Id(1), [.. came, automated])]);
        stories.LeadsOf([Found(2, 0x1234)]).ShouldBeEmpty();
    }

    [Fact]
    public void Who_leads_the_story_that_it_told_is_led_by_nobody()
    {
        var told = Evolve.Fold(Id(2), Decide.On(Found(2, 0x1234), new Mention(Id(2)), Start, Id(1)));
        told.StoryId.ShouldBe(Id(1));

        var leads = Decide.Join(told, Id(2), Start).Aggregate(told, Evolve.Apply);

        (leads.StoryId, leads.StandsSince).ShouldBe((null, told.StandsSince));
        Decide.Join(leads, Id(2), Start).ShouldBeEmpty("the same again");
        Decide.Join(leads, Id(3), Start).ShouldBe([new JoinedStory(Id(3), Start)]);
    }

    private static MentionFound Found(int id, long simHash) => new(
        "main", Id(id), Brand, new("feed", Brand.Id, "Example forum", "n", null, null, "text", null, Start, "en", 0.9, null, null, 1, "hash") { SimHash = simHash }, Start, Start);
}
