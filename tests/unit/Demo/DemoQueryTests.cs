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
        foreach (var post in SamplePosts.History().Concat(SamplePosts.Trickle()))
        {
            List<int> matched = [];
            index.Match(new PostText(post.Title, post.Text, "und", post.Author, null, null), matched);
            (matched.Count > 0).ShouldBe(brand.Finds(post), $"{post.Id}: {post.Title} {post.Text}");
        }
    }
}
