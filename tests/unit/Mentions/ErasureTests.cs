using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>What is erased stays erased, and is due when the workspace says.</summary>
public sealed class ErasureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 10, 17, 0, TimeSpan.Zero);

    [Property(MaxTest = 200, Arbitrary = [typeof(MentionLaws.Messages)])]
    public void Whatever_comes_before_or_after_an_erased_mention_stays_erased(MentionLaws.Delivery before, MentionLaws.Delivery after)
    {
        var erased = MentionLaws.Deliver([.. before.Messages]);
        erased = Decide.Erase(erased, Removed.Erased, Now, null).Aggregate(erased, Evolve.Apply);

        var later = after.Messages.Aggregate(erased, (state, message) => MentionLaws.Decided(message, state).Aggregate(state, Evolve.Apply));

        later.IsErased.ShouldBeTrue();
        later.IsRemoved.ShouldBeTrue();
        Decide.Erase(later, Removed.ByAge, Now, null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(30, null, null, null, null)]
    [InlineData(30, null, "2026-11-01T00:00:00Z", null, null)]
    [InlineData(30, null, "2026-10-29T09:59:59Z", "2026-10-29T09:59:59Z", "2026-10-29T10:00:00Z")]
    [InlineData(30, "2026-10-28T10:00:00Z", "2026-01-01T00:00:00Z", "2026-10-28T10:00:00Z", "2026-10-29T10:00:00Z")]
    [InlineData(30, "2026-10-28T11:00:00Z", "2026-01-01T00:00:00Z", null, null)]
    [InlineData(7, "2026-10-28T11:00:00Z", null, "2026-10-28T11:00:00Z", "2026-11-21T10:00:00Z")]
    public void An_erasure_by_age_is_due_once_a_day_and_begins_where_the_last_one_ended(int days, string? last, string? first, string? from, string? before)
    {
        var due = Retention.Due(days, At(last), At(first), Now);

        due.ShouldBe(from is null ? null : (At(from)!.Value, At(before)!.Value));
    }

    [Fact]
    public void An_erasure_names_one_thing()
    {
        var id = Guid.CreateVersion7();

        new ErasureRequest(Mention: id).Checked().ShouldBe((ErasureKind.Mention, id));
        new ErasureRequest(Author: id, Reference: new string('r', 100)).Checked().ShouldBe((ErasureKind.Author, id));
        Should.Throw<RuleViolation>(() => new ErasureRequest(Author: id, Reference: new string('r', 101)).Checked()).Field.ShouldBe("reference");
        Should.Throw<RuleViolation>(() => new ErasureRequest().Checked()).Field.ShouldBe("mention");
        Should.Throw<RuleViolation>(() => new ErasureRequest(id, id).Checked()).Field.ShouldBe("author");
    }

    private static DateTimeOffset? At(string? written) => written is null ? null : DateTimeOffset.Parse(written, System.Globalization.CultureInfo.InvariantCulture);
}
