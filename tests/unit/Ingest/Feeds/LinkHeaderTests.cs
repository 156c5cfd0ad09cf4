using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class LinkHeaderTests
{
    private static readonly Uri At = new("https://blog.example/posts/feed");

    [Theory]
    [InlineData("<https://hub.example/>; rel=\"hub\"", "hub https://hub.example/")]
    [InlineData("<https://hub.example/>; rel=hub, <https://blog.example/feed>; rel=self", "hub https://hub.example/|self https://blog.example/feed")]
    [InlineData("</hub>; title=\"a, b; rel=x\"; REL=\"Hub other\"", "hub https://blog.example/hub|other https://blog.example/hub")]
    [InlineData("<feed?a=1,2>; rel=\"self\"; rel=\"hub\"", "self https://blog.example/posts/feed?a=1,2")]
    [InlineData("<javascript:alert(1)>; rel=hub, <file:///etc/passwd>; rel=hub", "")]
    [InlineData("<https://hub.example/>", "")]
    [InlineData("https://hub.example/; rel=hub", "")]
    [InlineData("<https://hub.example/; rel=hub", "")]
    [InlineData("<>; rel=hub;;=,<", "")]
    public void Links_are_read_as_the_standard_says(string header, string expected) =>
        string.Join('|', LinkHeader.Read([header], At).Select(l => $"{l.Relation} {l.Address}")).ShouldBe(expected);
}
