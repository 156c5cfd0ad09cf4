using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Lemmy;
using Serm.Ingest.Posts;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Posts;

public sealed class ReachTests
{
    private const long Most = 20_000_000_000;
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_network_claims_is_cut_to_what_can_be()
    {
        var server = new Source(Guid.Empty) { Kind = "lemmy", Name = "Server", CreatedAt = Now };
        NetworkPost[] given =
        [
            new("1", "acme", Now) { Author = new("a", "Ann", Followers: long.MaxValue) },
            new("2", "acme", Now) { Author = new("a", "Ann", Followers: 7), Reach = long.MaxValue },
            new("3", "acme", Now) { Author = new("a", "Ann", Followers: 7), Reach = -1 },
        ];

        var posts = NetworkPosts.Of(new("lemmy", "Lemmy", "", null, typeof(LemmyConnector), default), server, given, Now);

        posts.Select(p => (p.Author!.Followers, p.Reach)).ShouldBe([(Most, Most), (7, Most), (7, 7)]);
    }

    [Fact]
    public void A_push_that_claims_more_is_refused_with_its_place()
    {
        Post Pushed(long reach, long followers) =>
            PushedPosts.One("push", "shop", Guid.Empty, new("1", "acme", Author: new("a", Followers: followers), Reach: reach), "posts[0].", Now);

        Pushed(Most, Most).ShouldSatisfyAllConditions(p => p.Reach.ShouldBe(Most), p => p.Author!.Followers.ShouldBe(Most));
        Should.Throw<RuleViolation>(() => Pushed(Most + 1, 0)).Field.ShouldBe("posts[0].reach");
        Should.Throw<RuleViolation>(() => Pushed(0, long.MaxValue)).ShouldSatisfyAllConditions(e => e.Field.ShouldBe("posts[0].author.followers"), e => e.Code.ShouldBe("out_of_range"));
    }
}
