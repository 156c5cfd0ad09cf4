using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class SigningVerdicts
{
    [Theory]
    [InlineData("594c5813a388", 0.3f, "594c5813a388+0.30")]
    [InlineData("594c5813a388", -1f, "594c5813a388-1.00")]
    [InlineData("bert-1.25", 2f, "bert-1.25+2.00")]
    public void What_a_verdict_is_signed_with_is_read_again(string model, float sensitivity, string signed)
    {
        Signature.Of(model, sensitivity).ShouldBe(signed);
        Signature.Read(signed).ShouldBe((model, sensitivity));
    }

    [Theory]
    [InlineData("594c5813a388")]
    [InlineData("594c5813a388+0.3")]
    [InlineData("594c5813a388+9.00")]
    [InlineData("594c5813a38810.30")]
    [InlineData("594c5813a3880.300")]
    [InlineData("594c5813a388+.300")]
    [InlineData("+0.30")]
    [InlineData("")]
    public void What_has_no_sensitivity_is_left_alone(string version) => Signature.Read(version).ShouldBeNull();

    [Fact]
    public void No_sensitivity_is_not_signed() => Signature.Of("594c5813a388", 0).ShouldBe("594c5813a388");
}
