using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Serm.Tests.Unit.Sentiments;

/// <summary>Texts as hostile as the web: words of many scripts, emoji with joiners, marks, lone surrogates, control characters, addresses.</summary>
public static class Texts
{
    private static readonly string[] Pieces =
    [
        "good", "terrible", "never again", "ужасно", "отлично", "berbat", "dålig", "tệ quá", "很差", "非常好", "แย่มาก", "رائع", "गंदा", "최악",
        "\U0001F621", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F44D\U0001F3FD", "❤\uFE0F", ":(", ":-D", "!!!", "...", "@somebody", "http://example.org/a?b=c", "www.",
        "\uD83D", "\uDE21", "\u200B", "\u200D", "\uFEFF", "e\u0301", "a\u0300\u0301\u0302\u0303", "\u0301", "\u0000", "\t", "\n", " ", "  ", "soooooo", "123456", "don't", "\u202E", "İ", "@", "\u0E33", "\u0958", "𝖇𝖆𝖉",
    ];

    public static Arbitrary<HostileText> Hostile() => Gen.OneOf(
            Gen.Elements(Pieces).ListOf().Select(p => string.Concat(p)),
            Gen.Choose(0, 0xFFFF).ListOf().Select(codes => codes.Aggregate(new StringBuilder(), (b, c) => b.Append((char)c)).ToString()))
        .Select(v => new HostileText(v))
        .ToArbitrary();
}

/// <summary>Any UTF-16, well-formed or not.</summary>
public sealed record HostileText(string Value)
{
    public override string ToString() => string.Join(' ', Value.Select(c => ((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture)));
}
