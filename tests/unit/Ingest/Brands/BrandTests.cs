using Serm.Defaults;
using Serm.Ingest.Brands;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Brands;

public sealed class BrandTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly BrandAdded BrandAdded = new("Acme", "acme", [], null, "ann", Now);
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
}
