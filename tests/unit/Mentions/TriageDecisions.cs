using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class TriageDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Mention Fresh = new(Guid.Empty) { Brand = new BrandRef(Guid.Empty, "Acme"), Version = 2 };

    private static Mention ClaimedBy(string name) => Fresh with { Status = MentionStatus.Claimed, Owner = name };

    private static Person Moderator(string name) => new(name, Role.Moderator, Now, null);

    private static Person Manager(string name) => new(name, Role.Manager, Now, null);

    [Fact]
    public void Claiming_a_new_mention_makes_it_yours() =>
        Decide.Claim(Fresh, Moderator("ana")).ShouldBe([new Claimed("ana", Now, null)]);

    [Fact]
    public void Claiming_your_own_again_changes_nothing() =>
        Decide.Claim(ClaimedBy("ana"), Moderator("ana")).ShouldBeEmpty();

    [Fact]
    public void Claiming_what_another_has_is_refused_and_names_them()
    {
        var refusal = Should.Throw<RuleViolation>(() => Decide.Claim(ClaimedBy("ana"), Moderator("bo")));

        refusal.Code.ShouldBe("mention_claimed");
        refusal.Extensions!["owner"].ShouldBe("ana");
    }

    [Fact]
    public void A_moderator_cannot_close_what_another_has_but_a_manager_can()
    {
        Should.Throw<RuleViolation>(() => Decide.Resolve(ClaimedBy("ana"), Moderator("bo")));
        Should.Throw<RuleViolation>(() => Decide.Dismiss(ClaimedBy("ana"), Moderator("bo"), DismissReason.Spam));
        Decide.Resolve(ClaimedBy("ana"), Manager("mia")).ShouldBe([new Resolved("mia", Now, null)]);
    }

    [Fact]
    public void What_is_closed_must_be_reopened_first()
    {
        var dismissed = Fresh with { Status = MentionStatus.Dismissed };

        Should.Throw<RuleViolation>(() => Decide.Claim(dismissed, Moderator("ana"))).Code.ShouldBe("mention_closed");
        Should.Throw<RuleViolation>(() => Decide.Resolve(dismissed, Moderator("ana"))).Code.ShouldBe("mention_closed");
        Evolve.Apply(dismissed, Decide.Reopen(dismissed, Moderator("ana")).Single()).Status.ShouldBe(MentionStatus.New);
    }

    [Fact]
    public void Only_the_first_opening_counts()
    {
        var opened = Evolve.Apply(Fresh, Decide.Open(Fresh, Moderator("ana")).Single());

        Decide.Open(opened, Moderator("bo")).ShouldBeEmpty();
        opened.Ledger.OpenedAt.ShouldBe(Now);
    }
}
