using Serm.Contracts;
using Serm.Ingest.Posts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class Threads
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BrandRef Brand = new(new("22222222-2222-5222-8222-222222222222"), "Acme");

    [Theory]
    [InlineData(null, null, "own", false)]
    [InlineData("parent", null, "parent", true)]
    [InlineData("parent", "root", "root", true)]
    public void A_mention_stands_in_the_thread_of_what_began_it_or_else_of_what_it_answers(string? parent, string? root, string thread, bool isReply)
    {
        var post = new Post("push", Guid.Empty, "blog", "own", null, null, "acme", null, Now, "en", 1, null, parent, 1, "hash") { RootNativeId = root };

        var mention = Evolve.Fold(Guid.Empty, Decide.On(new MentionFound("main", Guid.Empty, Brand, post, Now, Now), new Mention(Guid.Empty), Now));

        (mention.ThreadId, mention.IsReply).ShouldBe((thread, isReply));
    }

    [Fact]
    public void What_began_a_thread_is_named_as_ingest_names_it() =>
        Keys.OfMention("main", Brand.Id, "vk", "-1_2").ShouldBe(MentionIds.Mention("main", Brand.Id, "vk", "-1_2"));
}
