using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class HouseRules
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BrandRef Acme = new(new("22222222-2222-5222-8222-222222222222"), "Acme");

    private static MentionScored Scored(string text = "Win a free phone, click here", float negative = 0.1f, string author = "a1", int revision = 1) => new(
        new("main", Guid.Empty, Acme, new("push", Guid.Empty, "tests", "1", null, null, text, new(author, author), Now, "en", 1, 50, null, revision, $"h{revision}"), Now, Now),
        new(negative > 0.5f ? Sentiment.Negative : Sentiment.Neutral, negative, 1 - negative, 0, "m", [], Now.AddSeconds(revision)));

    private static AutomationRule Rule(AutomationConditions conditions, AutomationActions actions) => new(new("33333333-3333-5333-8333-333333333333"), 4, "Spam", true, conditions, actions);

    private static Playbook Book(params AutomationRule[] rules) => Playbook.Empty with { Rules = new(rules) };

    private static (Mention State, IReadOnlyList<object> Events) Judge(MentionScored message, Mention state, Playbook book)
    {
        var events = Automation.After(Decide.On(message, state, Now), state, message.Mention, book, Now);
        return (events.Aggregate(state, Evolve.Apply), events);
    }

    [Fact]
    public void A_rule_says_in_the_event_which_rule_it_was()
    {
        var (state, events) = Judge(Scored(), new(Guid.Empty), Book(Rule(new(Words: ["free PHONE"]), new(Tags: ["spam"], Dismiss: DismissReason.Spam))));

        var automated = events[^1].ShouldBeOfType<Automated>();
        automated.Rule.ShouldBe(new RuleRef(new("33333333-3333-5333-8333-333333333333"), 4, "Spam"));
        (state.Status, state.FilteredBy?.Name).ShouldBe((MentionStatus.Dismissed, "Spam"));
        state.Tags.ShouldBe(["spam"]);
        state.FirstAnsweredAt.ShouldBeNull("nobody answered");
    }

    [Fact]
    public void What_was_restored_is_not_put_aside_again()
    {
        var book = Book(Rule(new(Words: ["phone"]), new(Dismiss: DismissReason.Spam)));
        var (filtered, _) = Judge(Scored(), new(Guid.Empty), book);
        filtered = Evolve.Apply(filtered, new JoinedStory(Guid.NewGuid(), Now));
        var restored = Decide.Restore(filtered, new("ana", Role.Moderator, Now, null)).Aggregate(filtered, Evolve.Apply);

        // Behind what leads its story nobody would see it.
        (restored.Status, restored.FilteredBy, restored.StoryId).ShouldBe((MentionStatus.New, null, null));
        Judge(Scored("Win a phone, again", revision: 2), restored, book).Events.ShouldNotContain(e => e is Automated);
    }

    [Fact]
    public void What_people_have_begun_with_is_tagged_but_neither_taken_nor_hidden()
    {
        var (state, _) = Judge(Scored(), new(Guid.Empty), Playbook.Empty);
        state = Decide.Claim(state, new("ana", Role.Moderator, Now, null)).Aggregate(state, Evolve.Apply);

        var (after, events) = Judge(Scored(revision: 2), state, Book(Rule(new(Words: ["phone"]), new(Tags: ["spam"], AssignTo: "bo", Severity: Severity.Low))));

        events.OfType<Automated>().Single().AssignTo.ShouldBeNull();
        (after.Owner, after.Severity).ShouldBe(("ana", Severity.Normal));
        after.Tags.ShouldBe(["spam"]);
    }

    [Fact]
    public void The_same_message_again_leads_to_nothing()
    {
        var book = Book(Rule(new(Words: ["phone"]), new(Tags: ["spam"])));
        var (state, _) = Judge(Scored(), new(Guid.Empty), book);

        Judge(Scored(), state, book).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Posts_of_ignored_authors_are_put_aside_and_say_so()
    {
        var message = Scored(author: "troll");
        var key = Keys.OfAuthor("main", message.Mention.Post)!.Value;

        var (state, _) = Judge(message, new(Guid.Empty), Playbook.Empty with { Authors = new Dictionary<Guid, string> { [key] = AuthorLists.Ignore } });

        (state.Status, state.FilteredBy?.Name).ShouldBe((MentionStatus.Dismissed, Automation.IgnoredAuthor));
    }

    [Theory]
    [InlineData("The PARÇEL never came", "parcel", true)]
    [InlineData("Parcels are late", "parcel", false)]
    [InlineData("so çok kötü bir kargo", "kotu", true)]
    [InlineData("Доставка ужасная", "доставка ужасная", true)]
    [InlineData("我的水壶坏了", "水壶", true)]
    [InlineData("giao hàng rất chậm", "rat cham", true)]
    [InlineData("one. Two", "one two", true)]
    [InlineData("anything", "...", false)]
    [InlineData("one \ufffe two", "two", true)]
    [InlineData("one two", "two\ufffe", true)]
    public void Words_are_found_whole_without_case_and_accents(string text, string word, bool found) => FoldedWords.Of(null, text).Has(word).ShouldBe(found);

    [Fact]
    public void Conditions_all_have_to_hold()
    {
        var facts = new AutomationFacts(Acme.Id, Guid.Empty, "push", "en", Sentiment.Negative, 0.9f, null, AuthorLists.Vip, ["refund"], FoldedWords.Of("Late", "Where is my parcel?"));

        Automation.Fits(new([Acme.Id], null, ["push"], ["en", "sv"], [Sentiment.Negative], 0.8, 1, null, null, "vip", ["parcel"], ["phone"], ["refund"]), facts).ShouldBeTrue();
        Automation.Fits(new(MinReach: 1), facts).ShouldBeFalse("the reach is not known");
        Automation.Fits(new(MaxReach: 1), facts).ShouldBeTrue();
        Automation.Fits(new(WithoutWords: ["parcel"]), facts).ShouldBeFalse();
        Automation.Fits(new(AuthorList: "none"), facts).ShouldBeFalse();
        Automation.Fits(new(Brands: [Guid.Empty]), facts).ShouldBeFalse();
    }

    [Theory]
    [InlineData("conditions")]
    [InlineData("actions")]
    [InlineData("actions.dismiss")]
    public void A_rule_for_everything_or_for_nothing_is_refused(string field)
    {
        var request = field switch
        {
            "conditions" => new AutomationRequest("r", new(), new(Flag: true)),
            "actions" => new AutomationRequest("r", new(MinReach: 1), new()),
            _ => new AutomationRequest("r", new(MinReach: 1), new(AssignTo: "ana", Dismiss: DismissReason.Spam)),
        };

        Should.Throw<RuleViolation>(() => request.Check(Guid.Empty, 1)).Field.ShouldBe(field);
    }
}
