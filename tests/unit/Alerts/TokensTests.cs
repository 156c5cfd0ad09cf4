using FsCheck.Xunit;
using Serm.Alerts;

namespace Serm.Tests.Unit.Alerts;

public sealed class TokensTests
{
    [Property]
    public bool Words_and_authors_come_back_as_they_were(int[] words, int[] authors)
    {
        var (readWords, readAuthors) = Tokens.Unpack(Tokens.Pack(words, authors));

        return readWords.SequenceEqual(words) && readAuthors.SequenceEqual(authors);
    }

    [Fact]
    public void Of_a_long_post_the_first_words_are_kept()
    {
        var facts = new MentionFacts(Guid.Empty, Guid.Empty, "en", 0, null, [.. Enumerable.Range(0, 10_000)], [1]);

        var (words, authors) = Tokens.Unpack(Tokens.Of(facts));
        words.ShouldBe(Enumerable.Range(0, Words.Kept));
        authors.ShouldBe([1], "a backtest of a rule by authors finds it");
        Tokens.Unpack(Tokens.Of(facts with { Words = [7] })).Words.ShouldBe([7]);
    }
}
