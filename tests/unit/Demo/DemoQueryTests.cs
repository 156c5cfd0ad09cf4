using Serm.Demo.Networks;
using Serm.Demo.Posts;
using Serm.Demo.Provisioning;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Tests.Unit.Demo;

public sealed class DemoQueryTests
{
    public static TheoryData<string> Brands => [DemoBrand.Ours.Name, DemoBrand.Competitor.Name];

    [Theory]
    [MemberData(nameof(Brands))]
    public void The_query_finds_the_posts_that_the_demo_waits_for(string name)
    {
        var brand = new[] { DemoBrand.Ours, DemoBrand.Competitor }.Single(b => b.Name == name);
        var parsed = QueryParser.Parse(brand.Query);
        parsed.Errors.ShouldBeEmpty();
        parsed.Warnings.ShouldBeEmpty();
        var index = QueryIndex.Build([new(parsed.Root!, [])]);
        var posts = SamplePosts.History().Concat(SamplePosts.Trickle()).Select(p => (p.Id, p.Title, p.Text, p.Author, Found: brand.Finds(p)))
            .Concat(NetworkSamples.History().Concat(NetworkSamples.Later()).Select(p => (p.Id, p.Title, p.Text, p.Author, Found: brand.Finds(p))));
        foreach (var (id, title, text, author, found) in posts)
        {
            List<int> matched = [];
            index.Match(new PostText(title, text, "und", author, null, null), matched);
            (matched.Count > 0).ShouldBe(found, $"{id}: {title} {text}");
        }
    }
}
