using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class TriageLife
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Mention Fresh = new(Guid.Empty) { Brand = new BrandRef(Guid.Empty, "Acme"), Version = 2, Ledger = new(SeenAt: Now) };

    private static Person Ana(int minutes = 0) => new("ana", Role.Moderator, Now.AddMinutes(minutes), null);

    private static Person Bo(int minutes = 0) => new("bo", Role.Moderator, Now.AddMinutes(minutes), null);

    private static Mention After(Mention state, IReadOnlyList<object> events) => events.Aggregate(state, Evolve.Apply);

    [Fact]
    public void While_the_author_has_the_turn_it_waits_and_their_next_word_brings_it_back_to_its_owner()
    {
        var waiting = After(Fresh, Decide.Wait(Fresh, Ana()));

        waiting.Status.ShouldBe(MentionStatus.Waiting);
        waiting.Owner.ShouldBe("ana");
        Decide.Answered(waiting, Guid.CreateVersion7(), Now.AddMinutes(-1), Now.AddMinutes(5)).ShouldBeEmpty("it was said before");
        Decide.Answered(waiting, waiting.Id, Now.AddMinutes(1), Now.AddMinutes(5)).ShouldBeEmpty("it is no answer to itself");
        var back = After(waiting, Decide.Answered(waiting, Guid.CreateVersion7(), Now.AddMinutes(4), Now.AddMinutes(5)));
        (back.Status, back.Owner).ShouldBe((MentionStatus.Claimed, "ana"));
        back.Pauses.ShouldBe([new Pause(MentionStatus.Waiting, Now, Now.AddMinutes(5))]);
    }

    [Fact]
    public void What_the_author_says_counts_while_it_is_put_off_as_well()
    {
        var waiting = After(Fresh, Decide.Wait(Fresh, Ana()));
        var asleep = After(waiting, Decide.Snooze(waiting, Ana(2), Now.AddHours(2)));
        var longer = After(asleep, Decide.Snooze(asleep, Ana(3), Now.AddHours(4)));

        Decide.Answered(longer, Guid.CreateVersion7(), Now.AddMinutes(-1), Now.AddMinutes(5)).ShouldBeEmpty("it was said before");
        var back = After(longer, Decide.Answered(longer, Guid.CreateVersion7(), Now.AddMinutes(1), Now.AddMinutes(5)));
        (back.Status, back.Owner, back.SnoozedUntil).ShouldBe((MentionStatus.Claimed, "ana", (DateTimeOffset?)null));
        back.Pauses.ShouldBe([new Pause(MentionStatus.Waiting, Now, Now.AddMinutes(2)), new Pause(MentionStatus.Snoozed, Now.AddMinutes(2), Now.AddMinutes(5))]);

        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));
        var put = After(claimed, Decide.Snooze(claimed, Ana(), Now.AddHours(2)));
        Decide.Answered(put, Guid.CreateVersion7(), Now.AddMinutes(1), Now.AddMinutes(5)).ShouldBeEmpty("nobody waited for them");
    }

    [Fact]
    public void A_step_over_many_takes_what_was_opened_since_and_refuses_what_somebody_moved()
    {
        var opened = Evolve.Apply(Fresh, new Opened("bo", Now));
        var moved = After(opened, Decide.Claim(opened, Bo()));

        Should.NotThrow(() => Decide.RequireSeen(opened, Fresh.Version, byText: true));
        Should.NotThrow(() => Decide.RequireSeen(moved, moved.Version, byText: true));
        Should.Throw<RuleViolation>(() => Decide.RequireSeen(moved, opened.Version, byText: false)).Code.ShouldBe("version_conflict");
        Should.Throw<RuleViolation>(() => Decide.RequireSeen(Fresh, Fresh.Version + 1, byText: false)).Status.ShouldBe(412);
    }

    [Fact]
    public void A_step_over_many_that_goes_by_the_text_passes_over_what_was_edited_since()
    {
        Mention Edit(Mention m, int revision, string hash) => Evolve.Apply(m, new Edited(revision, hash, "en", null, Now, Now, Now, null));
        var written = Edit(Fresh, 1, "a");
        var edited = Edit(written, 2, "b");
        var liked = Evolve.Apply(edited, new Reacted(new(Now, Likes: 5), null));
        var late = Edit(liked, 1, "a");

        Should.NotThrow(() => Decide.RequireSeen(edited, written.Version, byText: false));
        var refusal = Should.Throw<RuleViolation>(() => Decide.RequireSeen(edited, written.Version, byText: true));
        (refusal.Code, refusal.Status).ShouldBe(("edited_since", 412));
        Should.NotThrow(() => Decide.RequireSeen(late, edited.Version, byText: true), "reactions and an older text change nothing that is said");
    }

    [Fact]
    public void A_snooze_ends_by_itself_where_it_began()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));
        var asleep = After(claimed, Decide.Snooze(claimed, Ana(), Now.AddHours(2)));

        Decide.Wake(asleep, Now.AddHours(1)).ShouldBeEmpty();
        var awake = After(asleep, Decide.Wake(asleep, Now.AddHours(2)));
        (awake.Status, awake.Owner, awake.SnoozedUntil).ShouldBe((MentionStatus.Claimed, "ana", (DateTimeOffset?)null));
        Decide.Wake(awake, Now.AddHours(3)).ShouldBeEmpty();
    }

    [Fact]
    public void Taking_up_and_dismissing_say_whether_it_was_relevant_until_it_is_taken_back()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));
        bool? Dismissed(DismissReason reason) => After(Fresh, Decide.Dismiss(Fresh, Ana(), reason)).Relevant;

        (Fresh.Relevant, claimed.Relevant).ShouldBe((null, true));
        (Dismissed(DismissReason.NotUs), Dismissed(DismissReason.Irrelevant), Dismissed(DismissReason.Spam), Dismissed(DismissReason.Duplicate)).ShouldBe((false, false, null, null));
        After(claimed, Decide.Release(claimed, Ana())).Relevant.ShouldBeNull();
        var dismissed = After(Fresh, Decide.Dismiss(Fresh, Ana(), DismissReason.NotUs));
        var reopened = After(dismissed, Decide.Reopen(dismissed, Ana()));
        reopened.Relevant.ShouldBeNull();
        After(reopened, Decide.Undo(reopened, Ana(), Guid.Empty, reopened.Version, dismissed.Standing)).Relevant.ShouldBe(false, "it counts again");
        Evolve.Apply(Fresh, new Automated(new(Guid.Empty, 1, "rule"), Now, [], null, DismissReason.NotUs, null, false, null)).Relevant.ShouldBeNull();
    }

    [Fact]
    public void A_snooze_takes_a_time_ahead_within_a_year()
    {
        Should.Throw<RuleViolation>(() => Decide.Snooze(Fresh, Ana(), Now)).Field.ShouldBe("until");
        Should.Throw<RuleViolation>(() => Decide.Snooze(Fresh, Ana(), Now.AddDays(367))).Field.ShouldBe("until");
        Should.NotThrow(() => Decide.Snooze(Fresh, Ana(), Now.AddDays(365)));
    }

    [Fact]
    public void What_another_has_cannot_be_put_off_closed_or_given_away()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));

        Should.Throw<RuleViolation>(() => Decide.Snooze(claimed, Bo(), Now.AddHours(1))).Code.ShouldBe("mention_claimed");
        Should.Throw<RuleViolation>(() => Decide.Assign(claimed, Bo(), "bo")).Code.ShouldBe("mention_claimed");
        Should.Throw<RuleViolation>(() => Decide.Wait(claimed, Bo())).Code.ShouldBe("mention_claimed");
        Should.Throw<RuleViolation>(() => Decide.Reply(claimed, Bo(), null, null)).Code.ShouldBe("mention_claimed");
        After(claimed, Decide.Assign(claimed, Ana(), "bo")).Owner.ShouldBe("bo");
    }

    [Fact]
    public void An_answer_and_what_follows_are_one_step()
    {
        var answered = After(Fresh, Decide.Reply(Fresh, Ana(3), "https://example.org/a#c1", MentionStatus.Waiting));

        (answered.Status, answered.ReplyUrl).ShouldBe((MentionStatus.Waiting, "https://example.org/a#c1"));
        answered.RepliedAt.ShouldBe(Now.AddMinutes(3));
        answered.FirstAnsweredAt.ShouldBe(Now.AddMinutes(3));
        Should.Throw<RuleViolation>(() => Decide.Reply(Fresh, Ana(), null, MentionStatus.Dismissed)).Field.ShouldBe("then");
    }

    [Fact]
    public void Tags_are_kept_in_lower_case_and_bounded()
    {
        var tagged = After(Fresh, Decide.Tag(Fresh, Ana(), "  Refund "));

        tagged.Tags.ShouldBe(["refund"]);
        Decide.Tag(tagged, Ana(), "REFUND").ShouldBeEmpty();
        After(tagged, Decide.Untag(tagged, Ana(), "refund")).Tags.ShouldBeEmpty();
        var full = Enumerable.Range(0, Decide.MaxTags).Aggregate(Fresh, (s, i) => After(s, Decide.Tag(s, Ana(), $"t{i}")));
        Should.Throw<RuleViolation>(() => Decide.Tag(full, Ana(), "more")).Code.ShouldBe("too_many_tags");
        Should.Throw<RuleViolation>(() => Decide.Tag(Fresh, Ana(), "a\nb")).Code.ShouldBe("tag_invalid");
    }

    [Fact]
    public void Taking_a_step_back_restores_how_it_stood_unless_somebody_has_done_something_since()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));
        var dismissed = After(claimed, Decide.Dismiss(claimed, Ana(1), DismissReason.Spam));
        var restored = After(dismissed, Decide.Undo(dismissed, Ana(2), Guid.Empty, dismissed.Version, claimed.Standing));

        restored.Standing.ShouldBeEquivalentTo(claimed.Standing);
        restored.Ledger.ResolvedAt.ShouldBeNull();
        var marked = After(dismissed, [new SlaMarked(SlaClock.FirstAnswer, SlaState.Met, "office", 1, Now, Now, Done: true), new StoryGrew(4, 1, Now)]);
        Decide.Undo(marked, Ana(2), Guid.Empty, dismissed.Version, claimed.Standing).ShouldHaveSingleItem();
        var noted = After(dismissed, Decide.Note(Ana(2), Guid.Empty));
        Should.Throw<RuleViolation>(() => Decide.Undo(noted, Ana(3), Guid.Empty, dismissed.Version, claimed.Standing)).Status.ShouldBe(412);
    }

    [Fact]
    public void Taking_back_that_it_was_reopened_restores_when_it_was_closed()
    {
        var resolved = After(Fresh, Decide.Resolve(Fresh, Ana(1)));
        var reopened = After(resolved, Decide.Reopen(resolved, Ana(30)));

        var undone = After(reopened, Decide.Undo(reopened, Ana(60), Guid.Empty, reopened.Version, resolved.Standing));

        (undone.Status, undone.Ledger.ResolvedAt).ShouldBe((MentionStatus.Resolved, (DateTimeOffset?)Now.AddMinutes(1)));
    }

    [Fact]
    public void A_step_that_was_taken_back_before_the_time_was_kept_counts_as_closed_then()
    {
        var resolved = After(Fresh, Decide.Resolve(Fresh, Ana(1)));
        var reopened = After(resolved, Decide.Reopen(resolved, Ana(30)));
        var undone = JsonSerializer.Deserialize<Undone>(
            """{"by":"ana","at":"2026-03-01T13:00:00+00:00","bulkId":"00000000-0000-0000-0000-000000000000","to":{"status":2,"owner":null,"snoozedUntil":null,"before":0,"severity":1,"tags":[],"filteredBy":null,"firstAnsweredAt":null},"traceParent":null}""",
            JsonSerializerOptions.Web)!;

        Evolve.Apply(reopened, undone).Ledger.ResolvedAt.ShouldBe(Now.AddHours(1));
        var tagged = After(resolved, Decide.Tag(resolved, Ana(2), "refund"));
        Evolve.Apply(tagged, undone).Ledger.ResolvedAt.ShouldBe(Now.AddMinutes(1), "it had never been opened again");
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Steps)])]
    public void Whatever_people_do_replaying_the_stream_gives_the_state_and_doing_it_again_changes_nothing(Course course)
    {
        var (state, stream) = (Fresh, new List<object>());
        foreach (var (step, i) in course.Chosen.Select((s, i) => (s, i)))
        {
            IReadOnlyList<object> events;
            try
            {
                events = Do(step, state, i);
            }
            catch (RuleViolation)
            {
                continue;
            }

            stream.AddRange(events);
            state = After(state, events);
            Do(step, state, i).ShouldBeEmpty($"{step.Verb} again by {step.By}");
        }

        var replayed = stream.Aggregate(Fresh, Evolve.Apply);
        replayed.Standing.ShouldBeEquivalentTo(state.Standing);
        replayed.Version.ShouldBe(Fresh.Version + stream.Count);

        // One pause after the other, and only the last can last.
        replayed.Pauses.SkipLast(1).ShouldAllBe(p => p.To != null);
        replayed.Pauses.Zip(replayed.Pauses.Skip(1)).ShouldAllBe(p => p.First.To <= p.Second.From);
        (replayed.Pauses is [.., { To: null }]).ShouldBe(replayed.Status is not (MentionStatus.New or MentionStatus.Claimed));
        (replayed.SnoozedUntil is not null).ShouldBe(replayed.Status == MentionStatus.Snoozed);
        (replayed.Owner is not null || replayed.Status is not (MentionStatus.Claimed or MentionStatus.Waiting)).ShouldBeTrue();
    }

    private static IReadOnlyList<object> Do(Step step, Mention state, int minutes)
    {
        var by = new Person(step.By, step.By == "mia" ? Role.Manager : Role.Moderator, Now.AddMinutes(minutes), null);
        return step.Verb switch
        {
            0 => Decide.Claim(state, by),
            1 => Decide.Release(state, by),
            2 => Decide.Wait(state, by),
            3 => Decide.Snooze(state, by, Now.AddDays(1)),
            4 => Decide.Wake(state, by),
            5 => Decide.Resolve(state, by),
            6 => Decide.Dismiss(state, by, DismissReason.Irrelevant),
            7 => Decide.Reopen(state, by),
            8 => Decide.Assign(state, by, "cy"),
            9 => Decide.Tag(state, by, "a"),
            10 => Decide.Untag(state, by, "a"),
            11 => Decide.SetSeverity(state, by, Severity.High),
            _ => Decide.Restore(state, by),
        };
    }

    public sealed record Step(int Verb, string By);

    public sealed record Course(IReadOnlyList<Step> Chosen)
    {
        public override string ToString() => string.Join("; ", Chosen);
    }

    public static class Steps
    {
        public static Arbitrary<Course> Courses() => Gen.ListOf(
            from verb in Gen.Choose(0, 12)
            from person in Gen.Elements("ana", "bo", "cy", "mia")
            select new Step(verb, person)).Select(s => new Course([.. s])).ToArbitrary();
    }
}
