using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;
using Serm.Tests.Unit.Ingest.Connectors;

namespace Serm.Tests.Unit.Ingest.Sources;

/// <summary>When something that a source has left at its network is to be taken back.</summary>
public sealed class LeftoverTests
{
    private const string Token = """{"bearerToken":"one"}""";
    private const string Listens = """{"mode":"stream","queries":["acme"]}""";
    private static readonly ITakesBack X = (ITakesBack)Books.All["x"];
    private static readonly Source Before = new(Guid.Empty) { Kind = "x", Options = Listens, Version = 1 };

    [Theory]
    [InlineData(Listens, Token, false)]
    [InlineData("""{"mode":"stream","queries":["zenith"]}""", Token, false)]
    [InlineData("""{"mode":"stream","queries":[],"accounts":["1"]}""", Token, true)]
    [InlineData("""{"mode":"search","queries":["acme"]}""", Token, true)]
    [InlineData(Listens, """{"bearerToken":"two"}""", true)]
    [InlineData("""{"mode":"stream","queries":["acme"],"apiUrl":"https://elsewhere.example"}""", Token, true)]
    public void A_change_leaves_something_when_reading_no_longer_keeps_it_in_order(string options, string secrets, bool leaves) =>
        Leftover.Is(X, (Before, Settings.Of(Listens, Token)), (Before with { Options = options }, Settings.Of(options, secrets))).ShouldBe(leaves);

    [Fact]
    public void A_source_that_is_removed_or_stopped_leaves_something_once()
    {
        var settings = Settings.Of(Listens, Token);
        Leftover.Is(X, (Before, settings), (Before with { Removed = true }, settings)).ShouldBeTrue();
        Leftover.Is(X, (Before, settings), (Before with { Paused = true }, settings)).ShouldBeTrue();
        Leftover.Is(X, (Before with { Paused = true }, settings), (Before with { Removed = true }, settings)).ShouldBeFalse("stopping it has taken it back");
        var searches = Settings.Of("""{"mode":"search","queries":["acme"]}""", Token);
        Leftover.Is(X, (Before, searches), (Before with { Removed = true }, searches)).ShouldBeFalse();
    }

    [Fact]
    public void It_is_tried_ever_more_seldom_for_two_days_and_then_given_up()
    {
        var waits = Enumerable.Range(1, 40).Select(Leftover.WaitAfter).TakeWhile(w => w is not null).Select(w => w!.Value).ToList();
        waits[0].ShouldBe(TimeSpan.FromMinutes(1));
        waits.ShouldBe(waits.Order());
        waits.Aggregate(TimeSpan.Zero, (a, b) => a + b).TotalDays.ShouldBeInRange(1.5, 2.5);
    }

    [Fact]
    public void What_is_left_is_named_so_that_people_find_it() => X.LeftBy(Before).ShouldContain($"serm:{Guid.Empty:N}");
}
