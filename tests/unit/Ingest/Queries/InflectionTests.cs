using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Tests.Unit.Ingest.Queries;

/// <summary>Which forms of a word are its own, and which words only look like it.</summary>
public sealed class InflectionTests
{
    [Theory]
    [InlineData("ru", "сбербанк", "сбербанка сбербанку сбербанком сбербанке")]
    [InlineData("ru", "компания", "компании компанию компанией компаний компаниям компаниями")]
    [InlineData("ru", "доставка", "доставки доставку доставкой доставке")]
    [InlineData("ru", "ужасный", "ужасная ужасное ужасного ужасную ужасные ужасными")]
    [InlineData("tr", "banka", "bankanın bankaya bankadan bankalar bankaları")]
    [InlineData("tr", "kitap", "kitabı kitabın kitaplar kitaptan")]
    [InlineData("tr", "müşteri", "müşteriler müşterinin müşteriye")]
    [InlineData("sv", "bank", "banken banker bankerna bankens banks")]
    [InlineData("sv", "butik", "butiken butiker butikerna")]
    [InlineData("en", "delivery", "deliveries")]
    [InlineData("en", "charge", "charges charged charging")]
    [InlineData("en", "stop", "stops stopped stopping")]
    [InlineData("en", "trying", "tries")]
    [InlineData("en", "crying", "cries")]
    [InlineData("en", "flies", "flying")]
    [InlineData("vi", "kỹ", "kĩ ky")]
    [InlineData("vi", "kĩ", "kỹ ky")]
    [InlineData("vi", "lí", "lý")]
    [InlineData("vi", "mĩ", "mỹ")]
    [InlineData("vi", "thi", "thy")]
    [InlineData("vi", "hòa", "hoà hoa")]
    public void A_plain_word_takes_its_forms(string language, string word, string forms)
    {
        foreach (var form in forms.Split(' '))
        {
            Matches(word, form, language).ShouldBeTrue(form);
            Matches($"\"{word}\"", form, language).ShouldBe(Folded(form) == Folded(word), form);
        }
    }

    [Fact]
    public void A_phrase_takes_the_other_spelling_of_a_syllable() => Matches("kĩ-thuật", "kỹ thuật mới", "vi").ShouldBeTrue();

    [Theory]
    [InlineData("ru", "сбербанк", "сберкасса")]
    [InlineData("ru", "дом", "дома")]
    [InlineData("en", "bus", "busy")]
    [InlineData("en", "news", "new")]
    [InlineData("sv", "bank", "bankomat")]
    [InlineData("tr", "banka", "bankomat")]
    [InlineData("de", "bank", "banken")]
    [InlineData("ja", "acme", "acmes")]
    public void Other_words_stay_apart(string language, string word, string other) => Matches(word, other, language).ShouldBeFalse();

    [Fact]
    public void Where_the_language_is_not_known_the_script_tells()
    {
        Matches("сбербанк", "сбербанка", "und").ShouldBeTrue();
        Matches("charge", "charged", "und").ShouldBeTrue();
        Matches("charge", "charged", "ru").ShouldBeTrue();
    }

    private static bool Matches(string query, string text, string language)
    {
        List<int> matched = [];
        QueryIndex.Build([new(QueryParser.Parse(query).Root.ShouldNotBeNull(), [])]).Match(new(null, text, language), matched);
        return matched.Count == 1;
    }

    private static string Folded(string word)
    {
        var reader = new WordReader(word.Normalize(), new char[WordReader.MaxWord]);
        return reader.Next() ? reader.Word.ToString() : "";
    }
}
