using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions.Topics;

public sealed class WeighingTopics
{
    // By hand: 10 of 100 against 10 of 300. Expected 5 and 15 with, 95 and 285 without: 2 (10 ln 2 + 10 ln 2/3 + 90 ln 90/95 + 290 ln 290/285).
    [Theory]
    [InlineData(10, 100, 10, 300, 6.1088)]
    [InlineData(10, 300, 10, 100, -6.1088)]
    [InlineData(10, 100, 0, 300, 28.5089)]
    [InlineData(0, 100, 10, 300, -5.8386)]
    [InlineData(5, 50, 10, 100, 0)]
    [InlineData(100, 100, 300, 300, 0)]
    [InlineData(0, 100, 0, 300, 0)]
    [InlineData(5, 50, 0, 0, 0)]
    public void Shares_are_weighed_by_the_log_likelihood_ratio(int now, int allNow, int before, int allBefore, double score) =>
        LogLikelihood.Signed(now, allNow, before, allBefore).ShouldBe(score, 0.001);

    // Quantiles of chi-squared with one degree of freedom, of tables.
    [Theory]
    [InlineData(1, 3.84, 0.01)]
    [InlineData(100, 6.63, 0.3)]
    [InlineData(1000, 10.83, 0.3)]
    [InlineData(100_000, 19.51, 0.3)]
    public void The_more_is_compared_the_more_is_wanted(int comparisons, double ratio, double about) => LogLikelihood.OnceIn(comparisons).ShouldBe(ratio, about);

    [Theory]
    [InlineData("https://acme.example/x", true)]
    [InlineData("(www.acme.example)", true)]
    [InlineData("WWW.acme.example", true)]
    [InlineData("acme.com", true)]
    [InlineData("t.me/channel", true)]
    [InlineData("mail@acme.example", true)]
    [InlineData("@anna", true)]
    [InlineData("u/anna", true)]
    [InlineData("late.Then", false)]
    [InlineData("late.", false)]
    [InlineData("...", false)]
    [InlineData("2.5", false)]
    public void Addresses_are_told_from_words(string text, bool address) => TopicText.IsAddress(text).ShouldBe(address);

    [Fact]
    public void Sentences_part_phrases_and_what_an_apostrophe_leaves_is_no_word()
    {
        var words = new List<TextWord>();
        TopicText.Cut("The driver's late. KAYIP İade\nPV12 e-mail", "tr", words);
        words.ConvertAll(w => w.Surface).ShouldBe(["the", "driver", "late", "", "kayıp", "iade", "", "mail", ""]);
        words[1].Start.ShouldBe(4);
    }

    [Theory]
    [InlineData("en", "parcels", "parcel")]
    [InlineData("en", "deliveries", "delivery")]
    [InlineData("ru", "посылку", "посылки")]
    [InlineData("tr", "kargosu", "kargonun")]
    [InlineData("sv", "terminalen", "terminal")]
    public void Forms_of_a_word_are_one(string language, string one, string other) => Lexicon.Stem(one, language).ShouldBe(Lexicon.Stem(other, language));

    [Theory]
    [InlineData("sv", "saker", "säker")]
    [InlineData("vi", "hàng", "hãng")]
    [InlineData("en", "care", "car")]
    public void Other_words_stay_apart(string language, string one, string other) => Lexicon.Stem(one, language).ShouldNotBe(Lexicon.Stem(other, language));

    [Fact]
    public void Of_many_mentions_each_hour_gives_its_share_and_of_few_all_are_read()
    {
        var begin = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        TopicSamples.Parts([(begin, 1_500), (begin.AddHours(5), 500)], begin, begin.AddHours(24)).ShouldBe([new(begin, begin.AddHours(24), TopicSamples.Most)]);

        var parts = TopicSamples.Parts([(begin, 30_000), (begin.AddHours(5), 9_990), (begin.AddHours(6), 10)], begin, begin.AddHours(24));
        parts.Sum(p => p.Most).ShouldBe(TopicSamples.Most);
        parts.Where(p => p.From < begin.AddHours(1)).Sum(p => p.Most).ShouldBe(1_500);
        parts.Count(p => p.From < begin.AddHours(1)).ShouldBe(12, "the newest of a loud hour are of its last minutes");
        parts.ShouldAllBe(p => p.To <= begin.AddHours(7) && p.To > p.From && p.Most > 0);
    }
}
