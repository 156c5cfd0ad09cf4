using Serm.Demo;

namespace Serm.Tests.Unit.Demo;

public sealed class OptionsTests
{
    [Fact]
    public void The_key_comes_from_the_environment()
    {
        var options = DemoOptions.Parse(["run", "--gateway", "http://127.0.0.1:9000", "--port", "9009", "--networks-port", "9008", "--key-env", "MY_KEY", "--speed", "2.5", "--state", "s.json"], name => name == "MY_KEY" ? " serm_x\n" : null);
        options.ShouldBe(new(new("http://127.0.0.1:9000"), 9009, 9008, "serm_x", 2.5, "s.json"));
        options.Site.AbsoluteUri.ShouldBe("http://127.0.0.1:9009/");
    }

    [Theory]
    [InlineData()]
    [InlineData("serve")]
    [InlineData("run", "--port")]
    [InlineData("run", "--port", "0")]
    [InlineData("run", "--networks-port", "70000")]
    [InlineData("run", "--speed", "fast")]
    [InlineData("run", "--speed", "NaN")]
    [InlineData("run", "--gateway", "ftp://x")]
    [InlineData("run", "--what", "x")]
    public void What_cannot_be_understood_is_refused_with_the_usage(params string[] args) =>
        Should.Throw<FormatException>(() => DemoOptions.Parse(args, _ => null)).Message.ShouldContain("Usage:");
}
