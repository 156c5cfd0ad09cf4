using FsCheck.Xunit;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class InboxOrder
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Property]
    public void Of_two_equal_in_all_else_the_more_negative_the_farther_reaching_and_the_newer_comes_first(byte a, byte b, ushort reach, ushort minutes)
    {
        var (low, high) = (Math.Min(a, b) / 255f, Math.Max(a, b) / 255f);

        Urgency.Of(new(high, reach, Now)).ShouldBeGreaterThanOrEqualTo(Urgency.Of(new(low, reach, Now)));
        Urgency.Of(new(low, reach + 1L, Now)).ShouldBeGreaterThan(Urgency.Of(new(low, reach, Now)));
        Urgency.Of(new(low, reach, Now)).ShouldBeGreaterThanOrEqualTo(Urgency.Of(new(low, reach, Now.AddMinutes(-minutes))));
    }

    [Fact]
    public void Whatever_reach_is_claimed_urgency_is_a_number() => double.IsFinite(Urgency.Of(new(0.5f, long.MaxValue, Now))).ShouldBeTrue();

    [Property]
    public void The_parts_explain_the_difference_between_any_two(byte a, byte b, ushort minutes)
    {
        var (first, second) = (Urgency.Explain(new(a / 255f, 10, Now), Now), Urgency.Explain(new(b / 255f, null, Now.AddMinutes(-minutes)), Now));
        var explained = first.Negative + first.Reach + first.Age - second.Negative - second.Reach - second.Age;

        (Urgency.Of(new(a / 255f, 10, Now)) - Urgency.Of(new(b / 255f, null, Now.AddMinutes(-minutes)))).ShouldBe(explained, 1e-6);
    }
}
