using Serm.Alerts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Alerts;

/// <summary>What may happen to a rule.</summary>
public sealed class RuleDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RuleTerms Terms = new("Strong", null, 0.8, null, UnknownReach.Alert, true);

    [Fact]
    public void A_rule_is_added_once()
    {
        var rule = Fold(RuleDecider.Add(Empty(), RuleKinds.NegativeMention, Terms, "ann", Now));

        rule.Terms.ShouldBe(Terms);
        rule.Version.ShouldBe(1);
        rule.CreatedAt.ShouldBe(Now);
        RuleDecider.Add(rule, RuleKinds.NegativeMention, Terms, "bob", Now).ShouldBeEmpty();
    }

    [Fact]
    public void A_removed_rule_stays_removed()
    {
        var added = Fold(RuleDecider.Add(Empty(), RuleKinds.NegativeMention, Terms, "ann", Now));
        var removed = RuleDecider.Remove(added, 1, "ann", Now).Aggregate(added, Rule.Apply);

        removed.Removed.ShouldBeTrue();
        RuleDecider.Add(removed, RuleKinds.NegativeMention, Terms, "serm", Now).ShouldBeEmpty();
        Should.Throw<RuleViolation>(() => RuleDecider.Change(removed, 2, Terms, "ann", Now)).Status.ShouldBe(404);
        Should.Throw<RuleViolation>(() => RuleDecider.Remove(removed, 2, "ann", Now)).Status.ShouldBe(404);
    }

    [Fact]
    public void Only_who_saw_the_last_version_may_change_it()
    {
        var rule = Fold(RuleDecider.Add(Empty(), RuleKinds.NegativeMention, Terms, "ann", Now));

        var refusal = Should.Throw<RuleViolation>(() => RuleDecider.Change(rule, 7, Terms with { Threshold = 0.5 }, "bob", Now));

        refusal.Status.ShouldBe(412);
        refusal.Extensions!["version"].ShouldBe(1L);
        RuleDecider.Change(rule, 1, Terms with { Threshold = 0.5 }, "bob", Now).Aggregate(rule, Rule.Apply).Terms.Threshold.ShouldBe(0.5);
        RuleDecider.Change(rule, 1, Terms, "bob", Now).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 0.5, null, null, "name")]
    [InlineData(" ", 0.5, null, null, "name")]
    [InlineData("a\u0000b", 0.5, null, null, "name")]
    [InlineData("a", null, null, null, "threshold")]
    [InlineData("a", 0.0, null, null, "threshold")]
    [InlineData("a", 1.01, null, null, "threshold")]
    [InlineData("a", 0.5, -1L, null, "minReach")]
    [InlineData("a", 0.5, null, "spike", "kind")]
    public void What_cannot_be_a_rule_is_refused_by_field(string? name, double? threshold, long? minReach, string? kind, string field)
    {
        var refusal = Should.Throw<RuleViolation>(() => new RuleRequest(name, threshold, kind, MinReach: minReach).Check());

        refusal.Status.ShouldBe(400);
        refusal.Field.ShouldBe(field);
    }

    [Theory]
    [InlineData(RuleKinds.NegativeMention, 0.5, "threshold")]
    [InlineData(RuleKinds.Mention, 0.5, "threshold")]
    [InlineData(RuleKinds.NegativeSpike, null, "urgent")]
    [InlineData(RuleKinds.SlaBreach, null, "urgent")]
    public void A_rule_asks_for_urgent_in_place_of_a_threshold_and_only_of_single_mentions(string kind, double? threshold, string field) =>
        Should.Throw<RuleViolation>(() => new RuleRequest("a", threshold, kind, Urgent: true).Check()).Field.ShouldBe(field);

    [Fact]
    public void An_urgent_rule_needs_no_threshold()
    {
        new RuleRequest("a", Urgent: true).Check().Terms.ShouldBe(Terms with { Name = "a", Threshold = 0, Urgent = true });
        RuleDecider.Change(Fold(RuleDecider.Add(Empty(), RuleKinds.NegativeMention, Terms, "ann", Now)), 1, Terms with { Threshold = 0, Urgent = true }, "bob", Now).ShouldHaveSingleItem();
    }

    [Fact]
    public void Two_lists_with_the_same_values_are_no_change()
    {
        var terms = Terms with { Filter = new(Words: ["refund"]) };
        var rule = Fold(RuleDecider.Add(Empty(), RuleKinds.NegativeMention, terms, "ann", Now));

        RuleDecider.Change(rule, 1, Terms with { Filter = new(Words: ["refund"]) }, "ann", Now).ShouldBeEmpty();
        RuleDecider.Change(rule, 1, Terms with { Filter = new(Words: ["money"]) }, "ann", Now).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_watch_of_counts_filters_by_source_alone()
    {
        Should.Throw<RuleViolation>(() => new RuleRequest("a", Kind: RuleKinds.NegativeSpike, Filter: new(Words: ["x"])).Check()).Field.ShouldBe("filter");
        Should.Throw<RuleViolation>(() => new RuleRequest("a", Kind: RuleKinds.Mention, Filter: new(Words: ["!!"])).Check()).Field.ShouldBe("filter.words");
        new RuleRequest("a", Kind: RuleKinds.NegativeSpike, Filter: new(Sources: [Guid.Empty])).Check().Kind.ShouldBe(RuleKinds.NegativeSpike);
        Should.Throw<RuleViolation>(() => new RuleRequest("a", Kind: RuleKinds.RisingTopic, Filter: new(Sources: [Guid.Empty])).Check()).Field.ShouldBe("filter.sources");
        Should.Throw<RuleViolation>(() => new RuleRequest("a", Kind: RuleKinds.SlaBreach, Filter: new(Sources: [Guid.Empty])).Check()).Field.ShouldBe("filter.sources");
    }

    [Fact]
    public void A_name_has_at_most_a_hundred_characters()
    {
        new RuleRequest(new string('a', 100), 1).Check().Terms.Name.Length.ShouldBe(100);
        Should.Throw<RuleViolation>(() => new RuleRequest(new string('a', 101), 1).Check()).Field.ShouldBe("name");
    }

    [Fact]
    public void What_is_left_out_takes_its_default() =>
        new RuleRequest(" Strong ", 0.8).Check().ShouldBe((RuleKinds.NegativeMention, Terms));

    private static Rule Empty() => new(new Guid(1, 0, 0, new byte[8]));

    private static Rule Fold(IReadOnlyList<object> events) => events.Aggregate(Empty(), Rule.Apply);
}
