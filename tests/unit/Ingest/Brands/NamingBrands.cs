using Serm.Contracts;
using Serm.Ingest.Brands;
using Serm.Ingest.Queries.Matching;

namespace Serm.Tests.Unit.Ingest.Brands;

public sealed class NamingBrands
{
    private const string Text = "Acme lost my parcel, Globex found it. Acmes driver was rude.";

    [Fact]
    public void A_brand_is_named_by_the_words_of_its_name_and_not_by_all_that_its_query_wants() =>
        BrandNames.Naming("Acme Ltd", Post(), [Span("Acme"), Span("parcel"), Span("Acmes")]).ShouldBe([Span("Acme"), Span("Acmes")]);

    [Fact]
    public void A_brand_that_its_query_knows_by_other_words_is_named_by_them() =>
        BrandNames.Naming("The yellow ones", Post(), [Span("Globex")]).ShouldBe([Span("Globex")]);

    [Fact]
    public void Each_mention_is_told_its_own_names_and_those_of_others_elsewhere()
    {
        List<IReadOnlyList<MatchSpan>> naming = [[Span("Acme"), Span("Acmes")], [Span("Globex")], [Span("Acme")]];

        BrandNames.For(naming, 0).ShouldBe([new(PostPart.Text, 0, 4), new(PostPart.Text, 21, 6, Other: true), new(PostPart.Text, 38, 5)]);
        BrandNames.For(naming, 1).Count(n => n.Other).ShouldBe(2);
    }

    private static MatchSpan Span(string word) => new(PostPart.Text, Text.IndexOf(word, StringComparison.Ordinal), word.Length);

    private static Post Post() => new("push", Guid.Empty, "tests", "1", null, null, Text, null, DateTimeOffset.UnixEpoch, "en", 1, null, null, 1, "00");
}
