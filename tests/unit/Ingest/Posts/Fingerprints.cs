using FsCheck.Xunit;
using Serm.Ingest.Posts;

namespace Serm.Tests.Unit.Ingest.Posts;

public sealed class Fingerprints
{
    private const string Complaint = "I ordered a kettle from Acme three weeks ago, it never arrived and nobody answers the phone. Avoid this shop, they only take your money.";

    [Theory]
    [InlineData("RT @ana " + Complaint)]
    [InlineData(Complaint + " https://t.co/x1 via @bo")]
    [InlineData("i ordered a KETTLE from acme three weeks ago it never arrived and nobody answers the phone\n\navoid this shop - they only take your money!!!")]
    public void A_repost_has_the_fingerprint_of_the_original(string repost) => SimHash.Of(null, repost).ShouldBe(SimHash.Of(null, Complaint));

    [Fact]
    public void An_article_with_a_changed_sentence_differs_in_few_bits()
    {
        var article = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"Sentence {i} tells of the {i * 7} kettles that Acme took back in week {i % 9} of the year."));
        var edited = article.Replace("Sentence 20 tells", "The passage 20 reports", StringComparison.Ordinal);

        SimHash.Distance(SimHash.Of("Acme", article)!.Value, SimHash.Of("Acme", edited)!.Value).ShouldBeInRange(0, 3);
    }

    [Theory]
    [InlineData("My parcel from Acme came a day early, the driver was friendly and even carried it up the stairs for us.")]
    [InlineData("Acme announces its results for the third quarter: sales grew, and the kettle division made money for the first time.")]
    public void Another_text_differs_in_many(string other) => SimHash.Distance(SimHash.Of(null, other)!.Value, SimHash.Of(null, Complaint)!.Value).ShouldBeGreaterThan(15);

    [Fact]
    public void Scripts_without_spaces_have_fingerprints_too()
    {
        const string Text = "我三个星期前在这家店订了一个水壶，到现在还没有收到，电话也没有人接。";

        SimHash.Of(null, Text + " https://t.cn/a").ShouldBe(SimHash.Of(null, Text));
        SimHash.Distance(SimHash.Of(null, Text)!.Value, SimHash.Of(null, "今天的天气非常好，我们一家人去公园散步，孩子们玩得很开心。")!.Value).ShouldBeGreaterThan(15);
    }

    [Theory]
    [InlineData("Acme is the worst, really.")]
    [InlineData("@ana @bo @cy https://example.org/a https://example.org/b so bad")]
    [InlineData("非常糟糕的服务态度")]
    [InlineData("")]
    public void What_two_people_can_write_by_chance_has_none(string text) => SimHash.Of(null, text).ShouldBeNull();

    // In the places where it is kept, and for the other programs that compare it, it must never change.
    [Fact]
    public void The_fingerprint_of_a_text_is_for_good() => SimHash.Of(null, Complaint).ShouldBe(-9006333604776829627L);

    [Property]
    public void No_text_breaks_it(string text) => SimHash.Of(text, text ?? "").ShouldBe(SimHash.Of(text, text ?? ""));
}
