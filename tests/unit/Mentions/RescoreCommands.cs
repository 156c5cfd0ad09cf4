using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class RescoreCommands
{
    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("stop")]
    [InlineData("list")]
    [InlineData("--per-secnd", "5")]
    [InlineData("--brand")]
    [InlineData("--workspace", "--per-second", "5")]
    [InlineData("pause", "resume")]
    [InlineData("--workspace", "main", "--workspace", "main")]
    public async Task What_is_not_understood_is_told_and_starts_nothing(params string[] args)
    {
        var output = new StringWriter();

        // Whatever asked the database would fail.
        (await RescoreCommand.RunAsync(["rescore", .. args], null!, TimeProvider.System, output, TestContext.Current.CancellationToken)).ShouldBe(args[0].EndsWith("help", StringComparison.Ordinal) ? 0 : 2);
        output.ToString().ShouldContain("rescore [status|pause|resume|cancel]");
    }

    [Theory]
    [InlineData("--per-second", "99999999999")]
    [InlineData("--per-second", "0")]
    [InlineData("--per-second", "many")]
    [InlineData("--brand", "acme")]
    [InlineData("--from", "yesterday")]
    [InlineData("--from", "2026-03-02", "--to", "2026-03-01")]
    public async Task A_value_that_cannot_be_starts_nothing(params string[] args)
    {
        var output = new StringWriter();

        (await RescoreCommand.RunAsync(["rescore", .. args], null!, TimeProvider.System, output, TestContext.Current.CancellationToken)).ShouldBe(2);
        output.ToString().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(RescoreStatus.Done, 5, "done      5/7 judged")]
    [InlineData(RescoreStatus.Running, 0, "running   0/7 judged")]
    [InlineData(RescoreStatus.Done, 2, "done      2/7 judged; no verdict of 3 came for a minute: they come when sentiment is back (./serm status), or are parked (./serm parked)")]
    public void What_was_waited_for_in_vain_is_told_at_the_end(RescoreStatus status, long judged, string line) =>
        RescoreCommand.Line(new(Guid.Empty, status, null, null, default, null, 200, 7, 5, judged, "me", default, default)).ShouldBe(line);
}
