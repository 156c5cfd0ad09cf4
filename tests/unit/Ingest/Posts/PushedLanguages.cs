using Serm.Defaults;
using Serm.Ingest.Posts;

namespace Serm.Tests.Unit.Ingest.Posts;

public sealed class PushedLanguages
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("sv", "sv")]
    [InlineData("sv-SE", "sv")]
    [InlineData("und", "und")]
    [InlineData("zxx", "und")]
    [InlineData("MUL", "und")]
    [InlineData("mis", "und")]
    [InlineData("qme", "und")]
    [InlineData("qst", "und")]
    public void A_code_that_says_no_language_is_taken_as_not_known(string given, string expected) => Pushed(given).Language.ShouldBe(expected);

    [Theory]
    [InlineData("swedish")]
    [InlineData("s")]
    [InlineData("")]
    public void What_is_no_code_is_refused_by_its_field(string given) =>
        Should.Throw<RuleViolation>(() => Pushed(given)).ShouldSatisfyAllConditions(e => e.Field.ShouldBe("posts[0].language"), e => e.Code.ShouldBe("language_invalid"));

    private static Contracts.Post Pushed(string language) => PushedPosts.One("push", "shop", Guid.Empty, new("1", "acme", Language: language), "posts[0].", Now);
}
