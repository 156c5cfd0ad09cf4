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
}
