using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Sources;

public sealed class SourceRequestTests
{
    private static readonly Source Feed = new(Guid.Empty) { Kind = Source.FeedKind, Name = "Blog", Url = "https://e.example/feed", IntervalSeconds = 60, Version = 1 };

    [Theory]
    [InlineData(null, "kind", "kind_unknown", "https://e.example/")]
    [InlineData("push", "kind", "kind_unknown", "https://e.example/")]
    [InlineData("feed", "url", "url_missing", null)]
    [InlineData("feed", "url", "url_invalid", "e.example/feed")]
    [InlineData("feed", "url", "url_invalid", "file:///etc/hostname")]
    [InlineData("feed", "url", "url_invalid", "//e.example/feed")]
    [InlineData("feed", "url", "url_has_credentials", "https://ann:secret@e.example/")]
    public void Bad_requests_name_the_field_and_the_code(string? kind, string field, string code, string? url)
    {
        var refused = Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest(kind, url), Books.All));
        refused.Field.ShouldBe(field);
        refused.Code.ShouldBe(code);
        refused.Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-5)]
    [InlineData(86_401)]
    public void Intervals_have_bounds(int seconds) =>
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("feed", "https://e.example/", IntervalSeconds: seconds), Books.All)).Field.ShouldBe("intervalSeconds");

    [Fact]
    public void A_name_may_be_left_out_but_not_be_empty_or_endless()
    {
        SourceRequest.Check(new AddSourceRequest("feed", "https://e.example/feed#top"), Books.All).ShouldBe(new SourceWish("e.example", "https://e.example/feed", null));
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("feed", "https://e.example/", " "), Books.All)).Field.ShouldBe("name");
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("feed", "https://e.example/", new string('n', 201)), Books.All)).Field.ShouldBe("name");
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("feed", "https://e.example/" + new string('n', 2_100)), Books.All)).Code.ShouldBe("url_too_long");
    }

    [Fact]
    public void What_a_change_leaves_out_stays()
    {
        SourceRequest.Check(new ChangeSourceRequest(), Feed, Books.All).ShouldBe(new SourceWish("Blog", "https://e.example/feed", 60));
        SourceRequest.Check(new ChangeSourceRequest(IntervalSeconds: 0), Feed, Books.All).IntervalSeconds.ShouldBeNull();
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new ChangeSourceRequest("push"), Feed, Books.All)).Code.ShouldBe("kind_fixed");
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new ChangeSourceRequest(Url: "https://e.example/"), Feed with { Kind = Source.PushKind }, Books.All)).Code.ShouldBe("not_for_push");
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://192.168.0.1/")]
    [InlineData("http://localhost/")]
    public async Task Addresses_inside_the_network_are_refused(string url)
    {
        var wish = SourceRequest.Check(new AddSourceRequest("feed", url), Books.All);
        var refused = await Should.ThrowAsync<RuleViolation>(SourceRequest.RequirePublicAsync(wish.Url!, OutboundGuard.FromList(null), TestContext.Current.CancellationToken));
        refused.Code.ShouldBe("address_not_allowed");
    }

    [Fact]
    public async Task The_operator_may_allow_a_host() =>
        await SourceRequest.RequirePublicAsync("http://127.0.0.1:8089/feed", OutboundGuard.FromList("127.0.0.1"), TestContext.Current.CancellationToken);
}
