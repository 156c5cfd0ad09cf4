using System.Text;

namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class CharsetTests
{
    private const string Russian = "Служба поддержки опять не отвечает, третий день жду возврата денег";
    private const string Turkish = "Kargo yine gecikti, müşteri hizmetleri ilgisiz, çok kötü bir deneyim yaşadım";
    private const string Swedish = "Återigen försenat och ingen svarar på mejl, väldigt dåligt";

    private static string Feed(string text, string? declared) => $"<?xml version=\"1.0\"{(declared is null ? "" : $" encoding=\"{declared}\"")}?><rss><channel><title>t</title><item><title>{text}</title></item></channel></rss>";

    [Theory]
    [InlineData("windows-1251", Russian)]
    [InlineData("koi8-r", Russian)]
    [InlineData("iso-8859-5", Russian)]
    [InlineData("ibm866", Russian)]
    [InlineData("iso-8859-9", Turkish)]
    [InlineData("windows-1254", Turkish)]
    [InlineData("iso-8859-1", Swedish)]
    [InlineData("utf-8", Russian)]
    [InlineData("gb2312", "客服电话一直打不通，非常失望")]
    [InlineData("big5", "客服電話一直打不通，非常失望")]
    [InlineData("shift_jis", "カスタマーサポートの対応がひどい")]
    [InlineData("euc-jp", "カスタマーサポートの対応がひどい")]
    [InlineData("iso-2022-jp", "カスタマーサポートの対応がひどい")]
    [InlineData("euc-kr", "고객 서비스가 너무 느립니다")]
    public void Declared_charsets_are_honoured_in_the_document_and_in_the_header(string charset, string text)
    {
        FeedSamples.Read(FeedSamples.In(charset, Feed(text, charset))).Items[0].Title.ShouldBe(text);
        var byHeader = FeedSamples.Read(FeedSamples.In(charset, Feed(text, null)), $"application/rss+xml; charset={charset}");
        byHeader.Items[0].Title.ShouldBe(text);
        byHeader.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("windows-1251", "utf-8", Russian)]
    [InlineData("windows-1251", "koi8-r", Russian)]
    [InlineData("koi8-r", "windows-1251", Russian)]
    [InlineData("windows-1251", "iso-8859-1", Russian)]
    [InlineData("utf-8", "windows-1251", Russian)]
    [InlineData("utf-8", "iso-8859-9", Turkish)]
    [InlineData("utf-8", "shift_jis", "カスタマーサポートの対応がひどい")]
    [InlineData("iso-8859-1", "utf-8", Swedish)]
    public void A_wrong_declaration_is_overruled_by_the_bytes(string actual, string declared, string text)
    {
        var feed = FeedSamples.Read(FeedSamples.In(actual, Feed(text, declared)));
        feed.Items[0].Title.ShouldBe(text);
        feed.Warnings.ShouldContain("charset_mismatch");
    }

    [Theory]
    [InlineData("windows-1251", Russian)]
    [InlineData("koi8-r", Russian)]
    [InlineData("ibm866", Russian)]
    [InlineData("iso-8859-9", Turkish)]
    [InlineData("windows-1252", Swedish)]
    [InlineData("utf-8", Turkish)]
    [InlineData("shift_jis", "カスタマーサポートの対応がひどい")]
    [InlineData("euc-jp", "カスタマーサポートの対応がひどい")]
    [InlineData("euc-kr", "고객 서비스가 너무 느립니다")]
    [InlineData("gb2312", "这个公司的客服电话一直打不通，我们非常失望")]
    public void Without_a_declaration_the_bytes_decide(string actual, string text) => FeedSamples.Read(FeedSamples.In(actual, Feed(text, null))).Items[0].Title.ShouldBe(text);

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-8", true)]
    public void Wide_encodings_are_read_with_and_without_a_mark(string charset, bool mark)
    {
        var encoding = Encoding.GetEncoding(charset);
        var body = encoding.GetBytes(Feed(Turkish, charset));
        FeedSamples.Read(mark ? [.. encoding.GetPreamble(), .. body] : body).Items[0].Title.ShouldBe(Turkish);
    }

    [Fact]
    public void A_few_foreign_bytes_in_utf_8_do_not_spoil_the_rest()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(Feed(Russian, "utf-8").Replace("</title></item></channel></rss>", "", StringComparison.Ordinal)), 0x93, (byte)'x', 0x94, .. "</title></item></channel></rss>"u8];
        FeedSamples.Read(body).Items[0].Title.ShouldStartWith(Russian + "“x”");
    }

    [Fact]
    public void The_document_wins_over_a_header_that_only_states_a_default()
    {
        var body = FeedSamples.In("windows-1251", Feed(Russian, "windows-1251"));
        FeedSamples.Read(body, "text/xml; charset=iso-8859-1").Items[0].Title.ShouldBe(Russian);
        FeedSamples.Read(body, "text/xml; charset=utf-8").Items[0].Title.ShouldBe(Russian);
    }

    [Fact]
    public void An_unknown_label_is_no_obstacle() => FeedSamples.Read(FeedSamples.In("windows-1251", Feed(Russian, "x-nonsense"))).Items[0].Title.ShouldBe(Russian);
}
