using Serm.Defaults;
using Serm.Ingest.Brands;
using Serm.Ingest.Queries;

namespace Serm.Tests.Unit.Ingest.Queries;

/// <summary>Tests that stand beside a query.</summary>
public sealed class ExampleTests
{
    private static readonly QueryNode Root = QueryParser.Parse("acme -hill").Root!;

    [Fact]
    public void A_query_that_fails_an_example_is_refused_and_the_example_named()
    {
        QueryExample[] examples = [new("acme is down", true), new("acme of the hill", true), new("globex", false)];

        var refused = Should.Throw<RuleViolation>(() => QueryExamples.RequirePassed(Root, [], examples));

        refused.Code.ShouldBe("examples_failed");
        refused.Message.ShouldContain("number 2");
        QueryExamples.Run(Root, [], examples).Where(r => !r.Passed).ShouldHaveSingleItem().Verdict.Stops.ShouldBe([new QueryStop("excluded", "hill")]);
    }

    [Fact]
    public void An_example_is_asked_in_its_language()
    {
        QueryExamples.Run(Root, ["ru"], [new("acme", true, "en"), new("acme", true, "ru"), new("acme", true)]).Select(r => r.Passed).ShouldBe([false, true, true]);
    }

    [Fact]
    public void Only_usable_examples_are_taken()
    {
        Should.Throw<RuleViolation>(() => QueryExamples.Check([new("fine", true), new(" ", true)])).Field.ShouldBe("examples[1].text");
        Should.Throw<RuleViolation>(() => QueryExamples.Check([.. Enumerable.Repeat(new QueryExample("x", true), 101)])).Field.ShouldBe("examples");
        QueryExamples.Check(null).ShouldBeEmpty();
    }

    [Fact]
    public void The_language_of_an_example_is_written_as_posts_carry_it()
    {
        QueryExamples.Check([new("x", true, "NO"), new("x", true, "swe"), new("x", true, "en-GB"), new("x", true, "und"), new("x", true, " "), new("x", true)]).Select(e => e.Language).ShouldBe(["nb", "sv", "en", null, null, null]);
        Should.Throw<RuleViolation>(() => QueryExamples.Check([new("x", true, "Svenska")])).Field.ShouldBe("examples[0].language");
    }

    [Fact]
    public void Examples_are_kept_when_a_change_does_not_speak_of_them()
    {
        var now = DateTimeOffset.UnixEpoch;
        var brand = BrandDecider.Add(new(Guid.CreateVersion7()), new("Acme", "acme", [], null, [new("acme", true)]), "a", now).Aggregate(new Brand(Guid.Empty), Brand.Apply);

        BrandDecider.Change(brand, new("Acme", "acme", [], null), "a", now).ShouldBeEmpty();
        BrandDecider.Change(brand, new("Acme", "acme OR app", [], null), "a", now).Aggregate(brand, Brand.Apply).Examples.ShouldBe([new("acme", true)]);
        BrandDecider.Change(brand, new("Acme", "acme", [], null, []), "a", now).Aggregate(brand, Brand.Apply).Examples.ShouldBeEmpty();
    }

    [Fact]
    public void Old_versions_of_a_query_stay_readable()
    {
        var version = BrandVersion.Of(2, new BrandChanged("Acme", "acme OR app", ["ru"], null, "anna", DateTimeOffset.UnixEpoch)).ShouldNotBeNull();
        (version.Version, version.Query, version.By).ShouldBe((2, "acme OR app", "anna"));
        BrandVersion.Of(3, new BrandRemoved("anna", DateTimeOffset.UnixEpoch)).ShouldBeNull();
    }
}
