using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class EarlyAlertTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly EarlyAlerts early = new();

    [Fact]
    public void An_alert_waits_for_its_mention_until_it_is_stored()
    {
        var (alert, other) = (Raised(), Raised());
        using var kept = early.Keep([alert, other]);
        early.Of("other", alert.MentionId).ShouldBeEmpty();

        early.Stored(early.Of("main", alert.MentionId));

        kept.Left().ShouldBe([other]);
        early.Of("main", alert.MentionId).ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_while_the_mention_is_stored_was_not_stored_with_it()
    {
        var alert = Raised();
        using var first = early.Keep([alert]);
        var taken = early.Of("main", alert.MentionId);
        var second = alert with { AlertId = Guid.CreateVersion7() };
        using var later = early.Keep([second]);

        early.Stored(taken);

        first.Left().ShouldBeEmpty();
        later.Left().ShouldBe([second]);
    }

    [Fact]
    public void Each_telling_of_an_alert_waits_by_itself()
    {
        var alert = Raised();
        using var first = early.Keep([alert]);
        using (early.Keep([alert with { RuleName = alert.RuleName }]))
        {
            early.Of("main", alert.MentionId).Count.ShouldBe(2);
        }

        early.Of("main", alert.MentionId).Select(e => e.Alert).ShouldBe([alert]);
        first.Left().ShouldBe([alert]);
    }

    [Fact]
    public void Who_gives_up_is_waited_for_no_longer()
    {
        var alert = Raised();
        early.Keep([alert]).Dispose();

        early.Of("main", alert.MentionId).ShouldBeEmpty();
    }

    private static AlertRaised Raised() => new(Guid.CreateVersion7(), "main", Guid.CreateVersion7(), Guid.CreateVersion7(), "Negative", Guid.CreateVersion7(), new(Guid.CreateVersion7(), "Acme"), 0.9f, null, Now, Now);
}
