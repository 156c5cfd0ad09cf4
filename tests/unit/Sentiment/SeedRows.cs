using Serm.Contracts;
using Serm.Sentiments.Training;

namespace Serm.Tests.Unit.Sentiments;

public sealed class SeedRows
{
    private static readonly List<Row> Rows = [.. Seed.Split().Train, .. Seed.Split().Dev, .. Seed.Posts().Train, .. Seed.Posts().Test];

    [Theory]
    [InlineData("en")]
    [InlineData("ru")]
    [InlineData("sv")]
    [InlineData("tr")]
    [InlineData("vi")]
    public void Each_language_has_hundreds_of_every_label(string language) =>
        Enum.GetValues<Sentiment>().ShouldAllBe(l => Rows.Count(r => r.Language == language && r.Label == l) >= 100);

    [Fact]
    public void No_text_comes_twice_and_none_is_cut_from_a_template()
    {
        Rows.Select(r => r.Text.ToLowerInvariant()).ShouldBeUnique();

        // Beginnings of five words that many rows share would be a template; "@user how do I" is how people ask.
        Rows.Where(r => r.Text.Count(c => c == ' ') > 5).CountBy(r => Spellings.Beginning(r.Text, 5)).Max(c => c.Value).ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public void Rows_that_tune_or_measure_do_not_train() =>
        Seed.Split().Train.Concat(Seed.Posts().Train).Select(r => r.Text).Intersect(Seed.Split().Dev.Concat(Seed.Posts().Test).Select(r => r.Text)).ShouldBeEmpty();

    [Fact]
    public void Posts_name_nobody_and_lead_nowhere() =>
        Seed.Posts().Train.Concat(Seed.Posts().Test).ShouldAllBe(r => !r.Text.Contains("://", StringComparison.Ordinal) && r.Text.Replace("@user", "", StringComparison.Ordinal).Count(c => c == '@') == 0);

    [Fact]
    public void Words_praise_or_blame_and_never_both()
    {
        var words = Seed.Words();
        words.CountBy(r => r.Language).ShouldAllBe(c => c.Value >= 150);
        words.ShouldAllBe(r => r.Label != Sentiment.Neutral && r.Text.Trim() == r.Text && r.Text.Count(c => c == ' ') < 5);
        words.Select(r => (r.Language, r.Text)).ShouldBeUnique();
        words.DistinctBy(r => (r.Language, r.Text.ToLowerInvariant(), r.Label)).CountBy(r => (r.Language, r.Text.ToLowerInvariant())).ShouldAllBe(c => c.Value == 1);
    }

    [Theory]
    [InlineData("Güzel, çok beğendim ıslak İstanbul", "Guzel, cok begendim islak Istanbul")]
    [InlineData("Giao hàng trễ, đợi mãi", "Giao hang tre, doi mai")]
    [InlineData("Ёлка и größe", "Ёлка и grosse")]
    public void Marks_are_left_out_of_Latin_letters_only(string text, string without) => Spellings.WithoutMarks(text).ShouldBe(without);

    [Fact]
    public void Russian_in_Latin_letters_has_no_Cyrillic_left() =>
        Spellings.InLatin("Ещё не привезли, жду щётку с вторника. Съезд, ночь, юг, яма!").ShouldAllBe(c => c < 'а' || c > 'ё');
}
