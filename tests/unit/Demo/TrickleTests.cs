using Serm.Demo;
using Serm.Demo.Feeds;
using Serm.Demo.Posts;

namespace Serm.Tests.Unit.Demo;

public sealed class TrickleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 34, 56, TimeSpan.Zero);

    [Fact]
    public void Posts_come_every_eight_to_forty_seconds()
    {
        var waits = Enumerable.Range(0, 1_000).Select(Trickle.SecondsBefore).ToList();
        waits.ShouldAllBe(s => s >= 8 && s <= 40);
        waits.Average().ShouldBeInRange(17, 24);
    }

    [Fact]
    public void A_number_always_gives_the_same_post()
    {
        var appeared = new Appeared(77, Start.AddMinutes(30));
        Trickle.Make(appeared, Start, Start.AddHours(1)).ShouldBe(Trickle.Make(appeared, Start, Start.AddHours(2)));
    }

    [Fact]
    public void Every_sample_comes_once_a_round_and_no_blank_stays_open()
    {
        var samples = SamplePosts.Trickle();
        var round = Made(0, samples.Count).ToList();
        round.Select(e => e.Author).Order().ShouldBe(samples.Select(s => s.Author).Order());
        Made(0, 3 * samples.Count).ShouldAllBe(e => !$"{e.Title}{e.Text}".Contains('{'));
    }

    [Fact]
    public void Ids_never_come_twice_not_even_in_another_demo()
    {
        var other = Trickle.Make(new(3, Start), Start.AddDays(1), Start);
        Made(0, 500).Append(other).Select(e => e.Id).ShouldBeUnique();
    }

    [Fact]
    public void Texts_are_mostly_new_within_an_hour()
    {
        var hour = Made(0, 180).Select(e => e.Text).ToList();
        hour.Distinct().Count().ShouldBeGreaterThan(hour.Count * 95 / 100);
    }

    [Fact]
    public void Some_posts_are_edited_after_a_while()
    {
        var edited = 0;
        for (var number = 0; number < SamplePosts.Trickle().Count; number++)
        {
            var appeared = new Appeared(number, Start);
            var before = Trickle.Make(appeared, Start, Start);
            var after = Trickle.Make(appeared, Start, Start + Trickle.EditAfter);
            before.Edited.ShouldBeNull();
            after.Id.ShouldBe(before.Id);
            edited += after.Edited is not null && after.Text != before.Text ? 1 : 0;
            (after.Text == before.Text).ShouldBe(after.Edited is null);
        }

        edited.ShouldBe(SamplePosts.Trickle().Count(s => s.Edit is not null));
        edited.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_restart_goes_on_where_the_demo_stopped()
    {
        var file = Path.Combine(Path.GetTempPath(), $"serm-demo-{Guid.CreateVersion7()}.json");
        try
        {
            var first = new SampleSites(file, Start);
            var published = Enumerable.Range(0, 40).Select(i => first.Publish(Start.AddSeconds(20 * i))).ToList();
            var now = Start.AddHours(5);
            var second = new SampleSites(file, now);
            second.Next.ShouldBe(40);
            foreach (var feed in SampleFeed.All)
            {
                second.Entries(feed, now).ShouldBe(first.Entries(feed, now));
            }

            second.Publish(now).Id.ShouldNotBeOneOf([.. published.Select(e => e.Id)]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void One_feed_is_out_of_order_for_two_minutes_of_each_half_hour()
    {
        var hour = Enumerable.Range(0, 60).Select(m => new DateTimeOffset(2026, 3, 10, 12, m, 30, TimeSpan.Zero)).ToList();
        SampleFeed.All.Where(f => hour.Any(f.IsDown)).ShouldHaveSingleItem().Name.ShouldBe(SampleFeed.Flaky);
        hour.Where(m => SampleFeed.All.Any(f => f.IsDown(m))).Select(m => m.Minute).ShouldBe([12, 13, 42, 43]);
    }

    private static IEnumerable<Entry> Made(int from, int count) => Enumerable.Range(from, count).Select(n => Trickle.Make(new(n, Start.AddSeconds(20 * n)), Start, Start));
}
