using Serm.Contracts;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Towards;

namespace Serm.Tests.Unit.Sentiments;

public sealed class JudgingTowardsBrands
{
    private static readonly Scorer Scorer = new(SentimentModel.Embedded());

    private readonly ITestOutputHelper output;

    public JudgingTowardsBrands(ITestOutputHelper output) => this.output = output;

    [Fact]
    public void On_the_written_set_judging_the_brands_part_is_right_more_often_in_every_language()
    {
        foreach (var language in TowardsSet.Rows.GroupBy(r => r.Language, StringComparer.Ordinal))
        {
            var rows = language.ToList();
            var (whole, known, guessed) = (Right(rows, _ => null), Right(rows, r => r.Names(othersKnown: true)), Right(rows, r => r.Names(othersKnown: false)));
            output.WriteLine($"{language.Key}: {rows.DistinctBy(r => r.Text).Count()} texts, {rows.Count} verdicts: whole {whole:P1}, others known {known:P1}, others guessed {guessed:P1}");

            known.ShouldBeGreaterThan(whole + 0.1);
            guessed.ShouldBeGreaterThan(whole);
        }
    }

    [Theory]
    [InlineData("en", "Acme failed me, Globex saved me.", "Globex saved me.")]
    [InlineData("en", "I hate Acme and love Globex.", "and love Globex.")]
    [InlineData("en", "Never again Acme! Rude, slow. Luckily Globex helped us", "Luckily Globex helped us")]
    [InlineData("ru", "Acme подвёл, а Globex спас", "а Globex спас")]
    [InlineData("tr", "Acme berbat ama Globex harika", "ama Globex harika")]
    [InlineData("sv", "Acme är uselt men Globex är bra", "men Globex är bra")]
    [InlineData("vi", "Acme rất tệ nhưng Globex rất tốt", "nhưng Globex rất tốt")]
    public void What_is_said_of_the_other_is_left_out_and_told(string language, string text, string ignored)
    {
        var part = BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme"], ["Globex"]), language).ShouldNotBeNull();

        part.Ignored.ShouldHaveSingleItem().ShouldBe(new TextSpan(PostPart.Text, text.IndexOf(ignored, StringComparison.Ordinal), ignored.TrimEnd('.').Length));
        part.Text.Length.ShouldBe(text.Length);
        part.Text.ShouldNotContain("Globex");
    }

    [Theory]
    [InlineData("en", "Acme failed me, Globex saved me", "Globex saved me")]
    [InlineData("en", "Acme failed me, globex saved me", null)]
    [InlineData("en", "ACME FAILED ME, GLOBEX SAVED ME", null)]
    [InlineData("en", "Acme failed me. Globex saved me", null)]
    [InlineData("de", "Acme war langsam, Pakete kamen nie", null)]
    public void A_name_that_nobody_follows_is_guessed_by_its_capital_where_capitals_are_names(string language, string text, string? ignored)
    {
        var part = BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme"], []), language);

        (part?.Ignored.Select(i => text.Substring(i.Start, i.Length)).ToArray() ?? []).ShouldBe(ignored is null ? [] : [ignored]);
    }

    [Fact]
    public void Where_the_own_name_and_anothers_stand_in_one_place_it_is_the_own()
    {
        const string text = "Acme Bank failed me, Globex saved me";

        var part = BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme"], ["Acme Bank", "Globex"]), "en").ShouldNotBeNull();
        part.Text.TrimEnd(' ', ',').ShouldBe("Acme Bank failed me");
        BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme Bank"], ["Acme", "Globex"]), "en").ShouldNotBeNull().Text.ShouldBe(part.Text);
    }

    [Fact]
    public void However_often_a_name_is_given_and_stands_there_few_places_are_told_and_only_where_it_is_judged()
    {
        string[] names = [.. Enumerable.Repeat("a", GivenNames.Most)];
        var text = string.Concat(Enumerable.Repeat("a ", 50_000));

        var found = GivenNames.Find(text, text, names, names).ShouldNotBeNull();

        found.Count.ShouldBeLessThanOrEqualTo(32);
        found.Distinct().Count().ShouldBe(found.Count);
        GivenNames.Find(null, new string(' ', 5000) + "Acme", ["Acme"], []).ShouldBe([]);
        GivenNames.Find(new string(' ', 500) + "Acme", "Acmes, acme", ["Acme", "ACME "], []).ShouldBe([new NameSpan(PostPart.Text, 7, 4)]);
    }

    [Theory]
    [InlineData("en", "Both Acme and Globex are terrible, never again.")]
    [InlineData("en", "Acme, Globex and Initech all failed")]
    [InlineData("en", "Acme is terrible, but at least it is cheap")]
    [InlineData("en", "I met Peter in the Acme shop")]
    [InlineData("en", "Parcels from Acme and Globex are late")]
    public void What_is_said_of_all_or_of_one_alone_stays_whole(string language, string text) =>
        BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme"], ["Globex", "Initech"]), language).ShouldBeNull();

    [Theory]
    [InlineData("en", "Globex is better than Acme")]
    [InlineData("en", "Switched from Acme to Globex and I am happy")]
    [InlineData("ru", "Globex лучше, чем Acme")]
    [InlineData("tr", "Globex, Acme'den daha iyi")]
    [InlineData("sv", "Globex är bättre än Acme")]
    [InlineData("vi", "Globex tốt hơn Acme")]
    public void What_is_good_for_the_other_is_bad_for_the_one_it_is_compared_with(string language, string text)
    {
        BrandPart.Of(null, text, GivenNames.Find(null, text, ["Acme"], ["Globex"]), language).ShouldNotBeNull().IsComparedWith.ShouldBeTrue();
        BrandPart.Of(null, text, GivenNames.Find(null, text, ["Globex"], ["Acme"]), language)?.IsComparedWith.ShouldBeFalse();
    }

    private static double Right(List<TowardsRow> rows, Func<TowardsRow, IReadOnlyList<NameSpan>?> names) =>
        rows.Average(r => Scorer.Score(null, r.Text, r.Language, names(r)).Label == r.Label ? 1.0 : 0);
}
