using Serm.Ingest.Queries;

namespace Serm.Tests.Unit.Ingest.Queries;

public sealed class NearMissTests
{
    [Theory]
    [InlineData("acme AND (slow OR late)", "acme is nice", "missing", "(slow OR late)")]
    [InlineData("acme AND slow -job", "acme is slow, a job for you", "excluded", "job")]
    [InlineData("\"acme bank\"", "bank of acme", "apart", "\"acme bank\"")]
    [InlineData("acme NEAR/2 slow", "acme was, as it always is, slow", "apart", "acme NEAR/2 slow")]
    [InlineData("acme followers>10", "acme", "missing", "followers>=11")]
    [InlineData("title:acme", "acme", "apart", "title:acme")]
    public void What_stopped_it_is_told(string query, string text, string code, string part)
    {
        var verdict = NearMiss.Of(QueryParser.Parse(query).Root.ShouldNotBeNull(), new(null, text, "en"));

        verdict.Matches.ShouldBeFalse();
        verdict.Stops.ShouldBe([new QueryStop(code, part)]);
    }

    [Theory]
    [InlineData("acme AND (slow OR late) -job", "acme is slow", 0)]
    [InlineData("acme AND slow AND late", "acme", 2)]
    [InlineData("(acme AND slow) OR (globex AND late AND dear)", "globex is late", 1)]
    [InlineData("NOT (acme AND slow) AND late", "acme is slow and late", 1)]
    public void The_cheapest_way_counts(string query, string text, int distance) =>
        NearMiss.Of(QueryParser.Parse(query).Root.ShouldNotBeNull(), new(null, text, "en")).Distance.ShouldBe(distance);

    [Theory]
    [InlineData("acme (slow OR \"too late\") -job lang:ru")]
    [InlineData("acme ONEAR/3 (slow OR lat*) OR #tag OR @user OR raw:\"Acme Bank\"")]
    [InlineData("\"a b c\"~4 title:\"x y\" site:example.com url:/a/ reach>=10 followers<5 org?n")]
    public void A_query_written_again_says_the_same(string query)
    {
        var once = QueryText.Of(QueryParser.Parse(query).Root.ShouldNotBeNull());
        QueryText.Of(QueryParser.Parse(once).Root.ShouldNotBeNull()).ShouldBe(once);
    }
}
