using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

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
    [InlineData("acme (slow OR \"too late\")", "acme came late and too slowly", "missing", "(slow OR \"too late\")")]
    [InlineData("\"slow acme app\"~1", "the app of acme is slow", "apart", "\"slow acme app\"~1")]
    [InlineData("(acme OR globex) -job -school", "acme school", "excluded", "school")]
    public void What_stopped_it_is_told(string query, string text, string code, string part)
    {
        var verdict = new NearMiss(QueryParser.Parse(query).Root.ShouldNotBeNull()).Of(new(null, text, "en"));

        verdict.Matches.ShouldBeFalse();
        verdict.Stops.ShouldBe([new QueryStop(code, part)]);
    }

    [Theory]
    [InlineData("acme AND (slow OR late) -job", "acme is slow", 0)]
    [InlineData("acme AND slow AND late", "acme", 2)]
    [InlineData("(acme AND slow) OR (globex AND late AND dear)", "globex is late", 1)]
    [InlineData("NOT (acme AND slow) AND late", "acme is slow and late", 1)]
    public void The_cheapest_way_counts(string query, string text, int distance) =>
        new NearMiss(QueryParser.Parse(query).Root.ShouldNotBeNull()).Of(new(null, text, "en")).Distance.ShouldBe(distance);

    [Theory]
    [InlineData("acme slow", "acme is nice", "slow")]
    [InlineData("acme -job", "a job at acme", "job")]
    [InlineData("acme -job", "a job", null)]
    [InlineData("acme", "nothing of it", null)]
    [InlineData("acme slow late", "acme", null)]
    [InlineData("acme slow", "acme is slow", null)]
    [InlineData("lang:ru", "acme", null)]
    public void Only_a_text_that_has_a_word_of_it_is_one_change_away(string query, string text, string? part) =>
        (new NearMiss(QueryParser.Parse(query).Root.ShouldNotBeNull()).OneChange(new(null, text, "en"))?.Single().Part).ShouldBe(part);

    [Fact]
    public void A_long_query_is_made_ready_once_for_all_texts()
    {
        var words = string.Join(" OR ", Enumerable.Range(0, 400).Select(i => $"w{i:D4}"));
        var nearMiss = new NearMiss(QueryParser.Parse(words).Root.ShouldNotBeNull());
        PostText post = new(null, "nothing of all that", "en");
        nearMiss.OneChange(post).ShouldBeNull();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
        {
            nearMiss.OneChange(post);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Theory]
    [InlineData("acme (slow OR \"too late\") -job lang:ru")]
    [InlineData("acme ONEAR/3 (slow OR lat*) OR #tag OR @user OR raw:\"Acme Bank\"")]
    [InlineData("#acm* @ac?e* title:#acme \"#acme bank\" title:\"a b\"~2 raw:\"A B\"~2")]
    [InlineData("\"a b c\"~4 title:\"x y\" site:example.com url:/a/ reach>=10 followers<5 org?n")]
    public void A_query_written_again_says_the_same(string query)
    {
        var once = QueryText.Of(QueryParser.Parse(query).Root.ShouldNotBeNull());
        QueryText.Of(QueryParser.Parse(once).Root.ShouldNotBeNull()).ShouldBe(once);
    }
}
