using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;
using static Serm.Tests.Unit.Mentions.Tellings;

namespace Serm.Tests.Unit.Mentions;

public sealed class Stories
{
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
}
