using FsCheck.Xunit;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>What is typed into the search of the inbox, and what it finds.</summary>
public sealed class SearchWords
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("   ", null)]
    [InlineData("parcel late", "'parcel':* & 'late':*")]
    [InlineData("Доставка -спам", "'доставка':* & !'спам':*")]
    [InlineData("a's '); drop table--", "'a':* & 's':* & 'drop':* & 'table':*")]
    [InlineData("İADE -kargo:*)|(", "('iade':* | 'İade':* | 'ıade':*) & !'kargo':*")]
    [InlineData("\"car\" -\"van\" \"two words\" \"", "'car' & 'two':* & 'words':* & !'van':*")]
    [InlineData("\"iade\"", "('iade' | 'İade' | 'ıade')")]
    [InlineData("😀 & | ! ( :*", null)]
    public void What_a_person_types_becomes_a_query_that_cannot_be_malformed(string? typed, string? query) =>
        SearchText.ToTsQuery(typed).ShouldBe(query);

    [Property]
    public void No_text_makes_a_query_with_a_stray_operator(string text) =>
        (SearchText.ToTsQuery(text) ?? "'a':*").Split(" & ").ShouldAllBe(part => System.Text.RegularExpressions.Regex.IsMatch(part, @"^!?('[\p{L}\p{N}\p{M}]+'(:\*)?|\(('[\p{L}\p{N}\p{M}]+'(:\*)?( \| )?)+\))$"));

    [Property]
    public void What_is_typed_from_a_text_finds_it(string text)
    {
        var stored = SearchText.ToTsVector("other", text).Split(' ');
        (SearchText.ToTsQuery("x " + text?.Replace("-", " ", StringComparison.Ordinal)) ?? "").Split(" & ").Skip(1)
            .ShouldAllBe(part => stored.Contains(part.TrimStart('(').Split(new[] { ":*", " |" }, StringSplitOptions.None)[0]));
    }

    // Earlier versions put a text's letters i into the index as they were, but for capital I.
    [Theory]
    [InlineData("iade", "iade", "IADE", "İADE", "İade", "I\u0307ADE", "ıade")]
    [InlineData("ısı", "ısı", "ISI", "Isı", "isi", "İSİ")]
    [InlineData("bilgisayarı", "bilgisayarı", "BİLGİSAYARI", "BILGISAYARI", "Bilgisayarı")]
    [InlineData("iyilik", "iyilik", "İyilik", "İYİLİK", "IYILIK")]
    public void However_an_i_is_written_it_is_found(string word, params string[] written)
    {
        foreach (var typed in written.Append(word))
        {
            var query = SearchText.ToTsQuery(typed)!;
            foreach (var text in written.Append(word))
            {
                query.ShouldContain($"{SearchText.ToTsVector(text)}:*", customMessage: $"{typed} finds {text}");
            }
        }

        foreach (var before in written.Where(w => !w.Contains('\u0307', StringComparison.Ordinal)).Select(w => w.Replace('I', 'i').ToLowerInvariant()))
        {
            SearchText.ToTsQuery(word)!.ShouldContain($"'{before}':*");
        }
    }

    [Fact]
    public void A_long_address_makes_no_longer_query_than_many_words() =>
        SearchText.ToTsQuery(string.Concat(Enumerable.Range(0, 4_000).Select(i => $"-a{i}")))!.Split(" & ").Length.ShouldBe(60);

    [Theory]
    [InlineData("Flight SU2034, 9:30", "'flight' 'su2034' '9' '30'")]
    [InlineData("c'est l'été_où", "'c' 'est' 'l' 'été' 'où'")]
    [InlineData("e\u0301te\u0301 खराब 10€", "'e\u0301te\u0301' 'खराब' '10'")]
    [InlineData("...", "")]
    public void Words_have_letters_digits_and_the_marks_on_them(string text, string stored) => SearchText.ToTsVector(text).ShouldBe(stored);

    [Fact]
    public void Words_that_no_index_takes_are_cut() =>
        SearchText.ToTsVector("It's it's", null, new string('x', 5_000), "Ω' \\ \0").ShouldBe($"'it' 's' 'it' 's' '{new string('x', 100)}' 'ω'");
}
