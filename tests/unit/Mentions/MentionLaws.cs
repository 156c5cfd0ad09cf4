using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>The laws that make at-least-once, unordered delivery harmless.</summary>
public sealed class MentionLaws
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("11111111-1111-5111-8111-111111111111");

    [Property(MaxTest = 300, Arbitrary = [typeof(Messages)])]
    public void Any_order_of_the_same_messages_gives_the_same_row(Delivery delivery, int seed)
    {
        var shuffled = delivery.Messages.ToArray();
        new Random(seed).Shuffle(shuffled);

        Row(Deliver(shuffled)).ShouldBe(Row(Deliver(delivery.Messages)));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Messages)])]
    public void Every_message_twice_is_every_message_once(Delivery delivery, int seed)
    {
        object[] twice = [.. delivery.Messages, .. delivery.Messages];
        new Random(seed).Shuffle(twice);

        Row(Deliver(twice)).ShouldBe(Row(Deliver(delivery.Messages)));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Messages)])]
    public void Replaying_the_stream_gives_the_state(Delivery delivery)
    {
        var (state, stream) = DeliverWithStream(delivery.Messages);

        Row(Evolve.Fold(Id, stream)).ShouldBe(Row(state));
        state.Version.ShouldBe(stream.Count);
    }

    // The rule looks at what all revisions have in common: what a rule makes of one text and not of another does depend on which came first.
    [Property(MaxTest = 200, Arbitrary = [typeof(Messages)])]
    public void With_rules_of_the_house_too_any_order_and_every_message_twice_give_the_same_row(Delivery delivery, int seed)
    {
        var book = Playbook.Empty with
        {
            Rules = new([new(new Guid(9, 0, 0, new byte[8]), 1, "rule", true, new(Words: ["text"]), new(Tags: ["seen"], AssignTo: "ana", Severity: Severity.High))]),
        };
        object[] twice = [.. delivery.Messages, .. delivery.Messages];
        new Random(seed).Shuffle(twice);

        Standing(DeliverWithStream(twice, book).State).ShouldBe(Standing(DeliverWithStream(delivery.Messages, book).State));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Messages)])]
    public void A_message_that_was_handled_decides_nothing_more(Delivery delivery)
    {
        var state = Deliver(delivery.Messages);

        delivery.Messages.ShouldAllBe(m => Decided(m, state).Count == 0);
    }

    [Fact]
    public void What_was_judged_as_it_was_found_is_as_it_was_when_that_took_two_events()
    {
        var message = Messages.Scored(2, "model-1");
        var found = Decide.On(message, new(Id), Start).ShouldHaveSingleItem().ShouldBeOfType<Found>();
        object[] before = [found with { Verdict = null }, new Scored(2, message.Verdict, null)];

        Row(Evolve.Fold(Id, [found])).ShouldBe(Row(Evolve.Fold(Id, before)));
        Evolve.Fold(Id, [found]).Verdict.ShouldBe(message.Verdict);
        Decide.On(message, Evolve.Fold(Id, [found]), Start).ShouldBeEmpty();
        Decide.On(message, Evolve.Fold(Id, before), Start).ShouldBeEmpty();
        ReadHistory.Told(new JasperFx.Events.Event<Found>(found) { EventTypeName = "mention_found" }).Select(t => (t.Type, t.Data)).ShouldBe([("mention_found", before[0]), ("mention_scored", before[1])]);
    }

    [Fact]
    public void Of_two_texts_under_one_number_one_counts_with_its_own_verdict_whichever_came_first()
    {
        var (smaller, larger) = (Text("a", Sentiment.Negative), Text("b", Sentiment.Positive));
        var laterModel = smaller with { Verdict = smaller.Verdict with { ModelVersion = "model-2", ScoredAt = smaller.Verdict.ScoredAt.AddDays(1) } };

        object[][] orders =
        [
            [smaller, larger], [larger, smaller], [smaller, larger, smaller, larger],
            [larger.Mention, smaller, larger], [smaller, larger.Mention, larger], [smaller.Mention, larger.Mention, smaller, larger], [larger, smaller.Mention, smaller], [larger, laterModel], [laterModel, larger],
        ];
        foreach (var order in orders)
        {
            var state = Deliver(order);
            (state.Latest!.ContentHash, state.Label, state.Verdict).ShouldBe(("b", Sentiment.Positive, larger.Verdict));
        }

        static MentionScored Text(string hash, Sentiment label)
        {
            var scored = Messages.Scored(1, "model-1");
            return new(scored.Mention with { Post = scored.Mention.Post with { ContentHash = hash } }, scored.Verdict with { Label = label });
        }
    }

    [Fact]
    public void What_rescoring_says_hides_the_verdict_before_it_until_a_newer_text_is_judged()
    {
        var told = Deliver([Said(2, Sentiment.Negative)]);
        var rescored = Evolve.Apply(told, new Rescored(Guid.Empty, 2, Said(2, Sentiment.Positive).Verdict with { ModelVersion = "model-9", ScoredAt = Start.AddDays(1) }, null));

        (told.Label, told.LabelAtFirst).ShouldBe((Sentiment.Negative, Sentiment.Negative));
        Labels(rescored).ShouldBe((Sentiment.Positive, Sentiment.Negative));
        Labels(After(rescored, Said(1, Sentiment.Neutral))).ShouldBe((Sentiment.Positive, Sentiment.Negative), "an older text came late");
        Labels(After(rescored, Said(3, Sentiment.Neutral))).ShouldBe((Sentiment.Neutral, Sentiment.Neutral));

        static (Sentiment? Now, Sentiment? AtFirst) Labels(Mention m) => (m.Label, m.LabelAtFirst);
        static Mention After(Mention state, object message) => Decided(message, state).Aggregate(state, Evolve.Apply);
        static MentionScored Said(int revision, Sentiment label)
        {
            var scored = Messages.Scored(revision, "model-1");
            return scored with { Verdict = scored.Verdict with { Label = label } };
        }
    }

    [Fact]
    public void What_is_said_twice_of_a_story_or_before_its_mention_is_there_is_no_event()
    {
        var lead = new Guid(7, 0, 0, new byte[8]);
        var unknown = new Mention(Id);
        var found = Deliver([Messages.Found(1)]);
        var grown = Evolve.Apply(found, Decide.Grow(found, 4, 2, Start).ShouldHaveSingleItem());
        var joined = Evolve.Apply(found, Decide.Join(found, lead, Start).ShouldHaveSingleItem());

        Decide.Join(unknown, lead, Start).ShouldBeEmpty();
        Decide.Grow(unknown, 4, 2, Start).ShouldBeEmpty();
        Decide.Grow(grown, 4, 2, Start).ShouldBeEmpty();
        Decide.Grow(grown, 3, 2, Start).ShouldBeEmpty();
        Decide.Grow(grown, 5, 2, Start).ShouldHaveSingleItem();
        Decide.Join(joined, lead, Start).ShouldBeEmpty();
        Decide.Join(found, Id, Start).ShouldBeEmpty("alone it leads its own");
        Decide.Join(joined, Id, Start).ShouldHaveSingleItem().ShouldBeOfType<LeadsStory>();
    }

    [Fact]
    public void Reactions_that_were_counted_again_and_are_the_same_are_no_event()
    {
        var told = Deliver([Messages.Found(1), new EngagementChanged("main", Id, new(Start, 10))]);

        Decide.On(new EngagementChanged("main", Id, new(Start.AddHours(1), 10)), told).ShouldBeEmpty();
        Decide.On(new EngagementChanged("main", Id, new(Start.AddHours(-1), 9)), told).ShouldBeEmpty("it was counted before");
        Decide.On(new EngagementChanged("main", Id, new(Start.AddHours(1), 11)), told).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_later_revision_brings_a_removed_post_back_whatever_comes_first()
    {
        object[] removed = [Messages.Found(1), new PostRemoved("main", Id, 1, Start, "deleted")];
        Deliver(removed).IsRemoved.ShouldBeTrue();
        Deliver(removed.Reverse()).IsRemoved.ShouldBeTrue();
        Deliver([Messages.Found(2), .. removed]).IsRemoved.ShouldBeFalse();
        Deliver([.. removed, Messages.Found(2)]).IsRemoved.ShouldBeFalse();
    }

    [Fact]
    public void A_reach_that_cannot_be_is_cut_whoever_stored_it()
    {
        var found = Messages.Found(1);
        var claimed = found with { Post = found.Post with { Reach = long.MaxValue } };
        Deliver([claimed]).Latest!.Reach.ShouldBe(20_000_000_000);
        Deliver([found with { Post = found.Post with { Reach = -5 } }]).Latest!.Reach.ShouldBe(0);
        Deliver([claimed, Messages.Found(2) with { Post = Messages.Found(2).Post with { Reach = long.MaxValue } }]).Latest!.Reach.ShouldBe(20_000_000_000);
    }

    internal static Mention Deliver(IEnumerable<object> messages) => DeliverWithStream(messages).State;

    private static string Standing(Mention m) => JsonSerializer.Serialize(m.Standing) + Row(m);

    private static (Mention State, List<object> Stream) DeliverWithStream(IEnumerable<object> messages, Playbook? book = null)
    {
        var state = new Mention(Id);
        var stream = new List<object>();
        foreach (var message in messages)
        {
            var decided = Decided(message, state);
            foreach (var e in book is not null && message is MentionScored scored ? Automation.After(decided, state, scored.Mention, book, Start) : decided)
            {
                state = Evolve.Apply(state, e);
                stream.Add(e);
            }
        }

        return (state, stream);
    }

    internal static IReadOnlyList<object> Decided(object message, Mention state) => message switch
    {
        MentionFound m => Decide.On(m, state, Start),
        MentionScored m => Decide.On(m, state, Start),
        AlertRaised m => Decide.On(m, state),
        PostRemoved m => Decide.On(m, state),
        EngagementChanged m => Decide.On(m, state),
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };

    // What the inbox shows: everything but the stream's own version, which counts deliveries that overtook one another.
    private static string Row(Mention m) => JsonSerializer.Serialize(new { m.Brand, m.Latest, m.Verdict, m.Status, m.Owner, m.Alerts, m.Ledger, m.SourceName, m.IsRemoved, m.Engagement, Revisions = m.Revisions.Values });

    public sealed record Delivery(IReadOnlyList<object> Messages)
    {
        public override string ToString() => string.Join("; ", Messages.Select(m => m.GetType().Name));
    }

    public static class Messages
    {
        private static readonly BrandRef Brand = new(new("22222222-2222-5222-8222-222222222222"), "Acme");

        public static Arbitrary<Delivery> Deliveries() => Gen.Choose(0, 7)
            .SelectMany(n => Gen.ArrayOf(One(), n + 1))
            .Select(messages => new Delivery([.. messages]))
            .ToArbitrary();

        private static Gen<object> One() =>
            from kind in Gen.Choose(0, 5)
            from revision in Gen.Choose(1, 4)
            from model in Gen.Elements("model-1", "model-2")
            select kind switch
            {
                0 => Found(revision),
                1 => (object)Alert(revision),
                5 => new EngagementChanged("main", Id, new(Start.AddMinutes(revision), revision * 10)),
                2 => new PostRemoved("main", Id, revision, Start.AddSeconds(revision), "deleted"),
                _ => Scored(revision, model),
            };

        public static MentionFound Found(int revision) => new(
            "main", Id, Brand,
            new("feed", Guid.Empty, "blog", "n1", null, null, $"text {revision}", null, Start.AddMinutes(-revision), "en", 1, revision * 10, null, revision, $"hash-{revision}"),
            Start.AddSeconds(revision), Start.AddSeconds(revision + 1));

        public static MentionScored Scored(int revision, string model) => new(
            Found(revision),
            new(Sentiment.Negative, 0.1f * revision, 0.1f, 0.9f - (0.1f * revision), model, [], Start.AddSeconds((revision * 10) + (model == "model-1" ? 1 : 2))));

        private static AlertRaised Alert(int n) => new(
            Guid.Empty, "main", new Guid(n, 0, 0, new byte[8]), Guid.Empty, "rule", Id, Brand, 0.9f, null, Start, Start.AddSeconds(n));
    }
}
