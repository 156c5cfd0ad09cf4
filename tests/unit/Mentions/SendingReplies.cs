using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>Answers through the network: what may be sent, and what becomes of the mention with each word of it.</summary>
public sealed class SendingReplies
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid One = new("11111111-1111-7111-8111-111111111111");
    private static readonly Guid Two = new("22222222-2222-7222-8222-222222222222");

    private static readonly Mention Fresh = new(Guid.Empty)
    {
        Brand = new BrandRef(Guid.Empty, "Acme"), Version = 2, Ledger = new(SeenAt: Now), SourceKind = "vk", SourceId = Two, NativeId = "wall1_2",
        Revisions = new Mention(Guid.Empty).Revisions.Add(1, new(1, "a", "en", null, Now)),
    };

    private static Person Ana(int minutes = 0, Role role = Role.Moderator) => new("ana", role, Now.AddMinutes(minutes), "trace");

    private static Person Bo(int minutes = 0, Role role = Role.Moderator) => new("bo", role, Now.AddMinutes(minutes), null);

    private static Mention After(Mention state, IReadOnlyList<object> events) => events.Aggregate(state, Evolve.Apply);

    private static Mention Sending(Mention? state = null, MentionStatus? then = null, Guid? id = null) => After(state ?? Fresh, Decide.Send(state ?? Fresh, Ana(), id ?? One, then, again: true));

    private static ReplyTold Told(ReplyOutcome outcome, Guid? id = null, string? url = null, string? code = "too_long", string? detail = null, int minutes = 1) =>
        new("main", id ?? One, Guid.Empty, outcome, "wall1_3", url, outcome == ReplyOutcome.Sent ? null : code, detail, Now.AddMinutes(minutes), "trace");

    private static Mention Hear(Mention state, ReplyTold told, int minutes = 2) => After(state, Decide.On(told, state, Now.AddMinutes(minutes)));

    [Fact]
    public void An_order_carries_all_that_sending_takes_but_the_text()
    {
        Decide.Send(Fresh, Ana(), One, MentionStatus.Waiting, again: false).ShouldBe([new ReplyOrdered("ana", Now, One, Two, "vk", "wall1_2", MentionStatus.Waiting, "trace")]);
        Sending().Reply.ShouldBe(new NetworkReply(One, "ana", Now, null, MentionStatus.New, null));
        Sending().RepliedAt.ShouldBeNull("nobody has told yet");
    }

    [Fact]
    public void While_one_is_under_way_nobody_sends_another_and_hears_who_does()
    {
        foreach (var again in new[] { false, true })
        {
            var refusal = Should.Throw<RuleViolation>(() => Decide.Send(Sending(), Bo(role: Role.Manager), Two, null, again));
            (refusal.Code, refusal.Status, refusal.Extensions!["by"]).ShouldBe(("reply_under_way", 409, "ana"));
            refusal.Message.ShouldContain("ana has been sending an answer since 2026-03-01 12:00:00Z");
        }
    }

    [Fact]
    public void What_may_not_be_told_of_may_not_be_sent()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Bo()));
        var dismissed = After(Fresh, Decide.Dismiss(Fresh, Ana(), DismissReason.Spam));
        var removed = Evolve.Apply(Fresh, new Removed(1, Now, "deleted", null));

        Should.Throw<RuleViolation>(() => Decide.Send(claimed, Ana(), One, null, again: false)).Code.ShouldBe("mention_claimed");
        Should.NotThrow(() => Decide.Send(claimed, Ana(role: Role.Manager), One, null, again: false));
        Should.Throw<RuleViolation>(() => Decide.Send(dismissed, Ana(), One, null, again: false)).Code.ShouldBe("mention_closed");
        Should.Throw<RuleViolation>(() => Decide.Send(Fresh, Ana(), One, MentionStatus.Snoozed, again: false)).Field.ShouldBe("then");
        Should.Throw<RuleViolation>(() => Decide.Send(removed, Ana(), One, null, again: false)).Code.ShouldBe("mention_removed");
    }

    [Fact]
    public void What_was_sent_counts_as_answered_by_who_sent_it_and_what_they_wanted_then_follows()
    {
        var answered = Hear(Sending(then: MentionStatus.Waiting), Told(ReplyOutcome.Sent, url: "https://vk.com/wall1_3"));

        (answered.Status, answered.Owner, answered.Reply).ShouldBe((MentionStatus.Waiting, "ana", null));
        (answered.RepliedAt, answered.FirstAnsweredAt, answered.ReplyUrl).ShouldBe((Now.AddMinutes(1), Now.AddMinutes(1), "https://vk.com/wall1_3"));
        answered.Relevant.ShouldBe(true);
        Hear(Sending(then: MentionStatus.Resolved), Told(ReplyOutcome.Sent)).Status.ShouldBe(MentionStatus.Resolved);
        Hear(Sending(), Told(ReplyOutcome.Sent)).Status.ShouldBe(MentionStatus.New);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("/wall1_3")]
    [InlineData("https://vk.com@evil.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData(null)]
    public void An_address_that_leads_to_no_page_is_left_out(string? url) => Hear(Sending(), Told(ReplyOutcome.Sent, url: url)).ShouldSatisfyAllConditions(
        m => m.ReplyUrl.ShouldBeNull(), m => m.RepliedAt.ShouldNotBeNull());

    [Theory]
    [InlineData(-60, 0)]
    [InlineData(600, 2)]
    public void An_answer_counts_no_earlier_than_it_was_asked_for_and_no_later_than_it_was_heard_of(int told, int counts) =>
        Hear(Sending(), Told(ReplyOutcome.Sent, minutes: told)).RepliedAt.ShouldBe(Now.AddMinutes(counts));

    [Fact]
    public void What_somebody_closed_put_off_or_took_meanwhile_is_left_as_it_is()
    {
        var sending = Sending(then: MentionStatus.Waiting);
        var resolved = After(sending, Decide.Resolve(sending, Bo(1)));
        var asleep = After(sending, Decide.Snooze(sending, Bo(1), Now.AddDays(1)));
        var taken = After(sending, Decide.Claim(sending, Bo(1)));

        foreach (var moved in new[] { resolved, asleep, taken })
        {
            var heard = Hear(moved, Told(ReplyOutcome.Sent));
            (heard.Status, heard.Owner).ShouldBe((moved.Status, moved.Owner));
            heard.RepliedAt.ShouldNotBeNull();
        }
    }

    [Fact]
    public void What_was_refused_leaves_the_mention_as_it_was_with_the_text_as_its_draft()
    {
        var claimed = After(Fresh, Decide.Claim(Fresh, Ana()));
        var refused = Hear(Sending(claimed), Told(ReplyOutcome.Refused, detail: "Too long,\u0007 by far."));

        (refused.Status, refused.Owner, refused.RepliedAt, refused.FirstAnsweredAt).ShouldBe((MentionStatus.Claimed, "ana", null, null));
        refused.DraftId.ShouldBe(One);
        (refused.Reply!.State, refused.Reply.Code).ShouldBe((ReplyState.Refused, "too_long"));
        refused.Reply.DetailId.ShouldBe(Decide.DetailOf(Told(ReplyOutcome.Refused, detail: "x"))!.Value.Id);
        Decide.DetailOf(Told(ReplyOutcome.Refused, detail: "Too long,\u0007 by far."))!.Value.Text.ShouldBe("Too long, by far.");
        Decide.DetailOf(Told(ReplyOutcome.Refused, detail: new string('x', 900)))!.Value.Text.Length.ShouldBe(500);
        Hear(Sending(), Told(ReplyOutcome.Refused, code: "<b>No</b>")).Reply!.Code.ShouldBe("other");
        Should.NotThrow(() => Decide.Send(refused, Ana(), Two, null, again: false));
    }

    [Theory]
    [InlineData(ReplyOutcome.Refused)]
    [InlineData(ReplyOutcome.Unknown)]
    public void What_failed_comes_back_to_open_work_wherever_the_mention_was_put_meanwhile(ReplyOutcome outcome)
    {
        var sending = Sending(After(Fresh, Decide.Claim(Fresh, Ana())));
        foreach (var moved in new[] { Decide.Wait(sending, Ana(1)), Decide.Resolve(sending, Ana(1)), Decide.Dismiss(sending, Ana(1), DismissReason.Spam), Decide.Snooze(sending, Ana(1), Now.AddDays(1)) })
        {
            var back = Hear(After(sending, moved), Told(outcome));
            (back.Status, back.Owner, back.Ledger.ResolvedAt, back.SnoozedUntil).ShouldBe((MentionStatus.Claimed, "ana", null, null));
            back.Pauses[^1].To.ShouldNotBeNull("its clocks run again");
        }

        var nobodys = Sending();
        Hear(After(nobodys, Decide.Resolve(nobodys, Ana(1))), Told(outcome)).Status.ShouldBe(MentionStatus.New);
    }

    [Fact]
    public void A_draft_written_meanwhile_is_kept_and_so_is_what_was_sent()
    {
        var writing = After(Sending(), Decide.Draft(Sending(), Ana(1), Two));

        Hear(writing, Told(ReplyOutcome.Refused)).DraftId.ShouldBe(Two);
        Hear(writing, Told(ReplyOutcome.Sent)).DraftId.ShouldBe(Two, "it is of another answer");
        Hear(Hear(Sending(), Told(ReplyOutcome.Refused)), Told(ReplyOutcome.Sent)).DraftId.ShouldBeNull();
    }

    [Fact]
    public void What_may_be_there_is_sent_again_only_by_who_says_that_it_is_not()
    {
        var unknown = Hear(Sending(), Told(ReplyOutcome.Unknown, code: "timeout"));

        unknown.Reply!.State.ShouldBe(ReplyState.Unknown);
        Should.Throw<RuleViolation>(() => Decide.Send(unknown, Bo(), Two, null, again: false)).Code.ShouldBe("reply_unknown");
        var again = After(unknown, Decide.Send(unknown, Bo(3), Two, null, again: true));
        (again.Reply!.Id, again.Reply.State, again.DraftId).ShouldBe((Two, ReplyState.UnderWay, null));
        Hear(again, Told(ReplyOutcome.Refused)).ShouldSatisfyAllConditions(m => m.Reply!.Id.ShouldBe(Two), m => m.DraftId.ShouldBeNull("the other is under way"));
        Hear(again, Told(ReplyOutcome.Sent)).ShouldSatisfyAllConditions(m => m.RepliedAt.ShouldNotBeNull("the network has it after all"), m => m.Reply!.State.ShouldBe(ReplyState.UnderWay));
    }

    [Fact]
    public void What_a_person_finds_there_or_answers_by_hand_settles_it()
    {
        var unknown = Hear(Sending(), Told(ReplyOutcome.Unknown));
        var found = After(unknown, Decide.Reply(unknown, Bo(5), "https://vk.com/wall1_3", MentionStatus.Waiting));
        (found.Reply, found.Status, found.ReplyUrl, found.DraftId).ShouldBe((null, MentionStatus.Waiting, "https://vk.com/wall1_3", null));
        Decide.On(Told(ReplyOutcome.Sent), found, Now.AddMinutes(9)).ShouldBeEmpty("it was told once");
        Decide.On(Told(ReplyOutcome.Refused), found, Now.AddMinutes(9)).ShouldBeEmpty();

        var refused = Hear(Sending(), Told(ReplyOutcome.Refused));
        After(refused, Decide.Reply(refused, Bo(5), null, null)).Reply.ShouldBeNull();
        After(Sending(), Decide.Reply(Sending(), Bo(5), null, null)).Reply!.State.ShouldBe(ReplyState.UnderWay, "nobody knows of that one yet");
    }

    [Fact]
    public void What_nobody_sent_and_what_is_told_twice_changes_nothing()
    {
        Decide.On(Told(ReplyOutcome.Sent), Fresh, Now).ShouldBeEmpty();
        foreach (var outcome in Enum.GetValues<ReplyOutcome>())
        {
            Decide.On(Told(outcome), Hear(Sending(), Told(outcome)), Now.AddMinutes(9)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void What_was_erased_asks_for_nobody_and_keeps_no_word_of_the_network()
    {
        var erased = After(Sending(), Decide.Erase(Sending(), Removed.Erased, Now.AddMinutes(1), null));
        erased.Reply.ShouldBeNull();
        Decide.On(Told(ReplyOutcome.Refused, detail: "quotes it"), erased, Now.AddMinutes(2)).ShouldHaveSingleItem().ShouldBeOfType<ReplyRefused>().DetailId.ShouldBeNull();
        var heard = Hear(erased, Told(ReplyOutcome.Refused));
        (heard.Reply, heard.DraftId).ShouldBe((null, null));
        Hear(erased, Told(ReplyOutcome.Sent)).RepliedAt.ShouldNotBeNull("it stands there all the same");
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Words)])]
    public void Any_order_of_what_is_told_and_everything_twice_gives_the_same_and_replaying_gives_the_state(Course course, int seed)
    {
        Mention Deliver(IEnumerable<ReplyTold> words)
        {
            var start = Sending(then: MentionStatus.Waiting);
            var stream = new List<object>();
            var state = words.Aggregate(start, (s, w) =>
            {
                var events = Decide.On(w, s, Now.AddMinutes(2));
                stream.AddRange(events);
                return After(s, events);
            });
            After(start, stream).ShouldSatisfyAllConditions(m => m.Standing.ShouldBeEquivalentTo(state.Standing), m => m.Replies.ShouldBe(state.Replies));
            return state;
        }

        var shuffled = course.Told.Concat(course.Told).ToArray();
        new Random(seed).Shuffle(shuffled);
        var (a, b) = (Deliver(course.Told), Deliver(shuffled));

        (a.Reply?.State, a.RepliedAt, a.Status, a.DraftId, a.Owner).ShouldBe((b.Reply?.State, b.RepliedAt, b.Status, b.DraftId, b.Owner));
        course.Told.Concat(course.Told).ShouldAllBe(w => Decide.On(w, a, Now.AddMinutes(3)).Count == 0);
        (a.Reply is null).ShouldBe(course.Told.Any(w => w.Outcome == ReplyOutcome.Sent && w.ReplyId == One));
    }

    [Theory]
    [InlineData("", "out_of_range")]
    [InlineData(" \r\n ", "out_of_range")]
    [InlineData("a\u0007b", "text_invalid")]
    [InlineData("a\0b", "text_invalid")]
    [InlineData("a\ud800b", "text_invalid")]
    [InlineData(null, "out_of_range")]
    public void A_text_that_is_none_is_refused(string? text, string code) => Should.Throw<RuleViolation>(() => SendReply.Checked(text)).ShouldSatisfyAllConditions(
        r => r.Code.ShouldBe(code), r => r.Field.ShouldBe("text"), r => r.Status.ShouldBe(400));

    [Fact]
    public void A_text_keeps_its_lines_and_has_a_bound()
    {
        SendReply.Checked("  Hello,\r\nwe are sorry. 🙏 ").ShouldBe("Hello,\nwe are sorry. 🙏");
        SendReply.Checked(new string('x', 4_000)).Length.ShouldBe(4_000);
        Should.Throw<RuleViolation>(() => SendReply.Checked(new string('x', 4_001))).Code.ShouldBe("out_of_range");
    }

    [Theory]
    [InlineData("12:00:00", 60)]
    [InlineData("12:00:59.9", 1)]
    [InlineData("12:00:30.5", 30)]
    public void Who_sent_too_many_is_told_when_the_minute_ends(string at, int left)
    {
        var now = Now.Date + TimeSpan.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        ReplyPace.Window(new(now, TimeSpan.Zero)).ShouldBe((Now, left));
    }

    public sealed record Course(IReadOnlyList<ReplyTold> Told)
    {
        public override string ToString() => string.Join("; ", Told.Select(t => $"{t.ReplyId.ToString()[0]} {t.Outcome}"));
    }

    public static class Words
    {
        public static Arbitrary<Course> Courses() => Gen.ListOf(
            from outcome in Gen.Elements(Enum.GetValues<ReplyOutcome>())
            from id in Gen.Elements(One, One, Two)
            select SendingReplies.Told(outcome, id)).Select(t => new Course([.. t])).ToArbitrary();
    }
}
