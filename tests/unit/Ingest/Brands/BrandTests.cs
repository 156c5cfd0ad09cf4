using Serm.Defaults;
using Serm.Ingest.Brands;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Brands;

public sealed class BrandTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly BrandAdded BrandAdded = new("Acme", "acme", ["eng", "no", "nb"], null, "ann", Now, [new("x", true, "no"), new("y", false)]);
    private static readonly SourceAdded SourceAdded = new("feed", "Blog", "https://e.example/feed", null, "ann", Now, null);

    [Fact]
    public void The_stream_of_a_source_is_no_brand()
    {
        var stranger = Brand.Apply(new(Guid.Empty), SourceAdded);

        Should.Throw<RuleViolation>(() => BrandDecider.Change(stranger, new("Acme", "acme", [], null), "ann", Now)).Code.ShouldBe("not_found");
        Should.Throw<RuleViolation>(() => BrandDecider.Remove(stranger, "ann", Now)).Code.ShouldBe("not_found");
    }

    [Fact]
    public void The_stream_of_a_brand_is_no_source()
    {
        var stranger = Source.Apply(new(Guid.Empty), BrandAdded);

        stranger.Version.ShouldBe(0);
        Should.Throw<RuleViolation>(() => SourceDecider.Remove(stranger, "ann", Now)).Code.ShouldBe("not_found");
    }

    [Fact]
    public void What_was_written_into_a_brand_by_mistake_still_counts_as_its_version() =>
        Brand.Apply(Brand.Apply(new(Guid.Empty), BrandAdded), new SourceRemoved("ann", Now)).Version.ShouldBe(2);

    [Fact]
    public void Languages_that_were_stored_in_another_code_are_shown_and_asked_as_posts_carry_them()
    {
        var view = BrandView.Of(Brand.Apply(new(Guid.Empty), BrandAdded));

        view.Languages.ShouldBe(["en", "nb"]);
        view.Examples.Select(e => e.Language).ShouldBe(["nb", null]);
    }

    [Fact]
    public void Languages_are_kept_as_posts_carry_them()
    {
        BrandRequests.Languages(["RUS", "no", "nb", "und", "iw"]).ShouldBe(["he", "nb", "ru", "und"]);
        Should.Throw<RuleViolation>(() => BrandRequests.Languages(["Russian"])).Field.ShouldBe("languages");
    }

    [Theory]
    [InlineData("no", "nb")]
    [InlineData("nor", "nb")]
    [InlineData("nob", "nb")]
    [InlineData("nn-NO", "nn")]
    [InlineData("iw", "he")]
    [InlineData("in", "id")]
    [InlineData("ger", "de")]
    [InlineData("deu", "de")]
    [InlineData("ceb", "ceb")]
    [InlineData("qme", null)]
    [InlineData("zxx", null)]
    [InlineData("und", null)]
    public void Posts_carry_one_code_of_a_language(string tag, string? code) => FeedLanguage.Normalize(tag).ShouldBe(code);
}
