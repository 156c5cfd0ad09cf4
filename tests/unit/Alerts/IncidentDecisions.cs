using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Alerts;

/// <summary>What may happen to an incident.</summary>
public sealed class IncidentDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Who_acknowledges_first_has_it_and_nobody_acknowledges_twice()
    {
        var incident = Open();
        var seen = Fold(incident, IncidentDecider.Acknowledge(incident, 1, "ann", Now));

        seen.Status.ShouldBe(IncidentStatus.Acknowledged);
        seen.Owner.ShouldBe("ann");
        seen.AcknowledgedAt.ShouldBe(Now);
        IncidentDecider.Acknowledge(seen, 2, "bob", Now).ShouldBeEmpty();
        var late = Should.Throw<RuleViolation>(() => IncidentDecider.Acknowledge(seen, 1, "bob", Now));
        late.Status.ShouldBe(412);
        late.Extensions!["owner"].ShouldBe("ann");
    }

    [Fact]
    public void The_end_of_a_silence_is_told_once_and_not_of_what_somebody_has_seen_or_another_silence_covers()
    {
        var (first, second) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        var silenced = Open() with { Silence = first };

        IncidentDecider.EndSilence(silenced, first, Now).ShouldBeEmpty();
        var further = Fold(silenced, IncidentDecider.EndSilence(silenced, second, Now));
        further.Silence.ShouldBe(second);
        var told = Fold(further, IncidentDecider.EndSilence(further, null, Now));
        told.Silence.ShouldBeNull();
        IncidentDecider.EndSilence(told, null, Now).ShouldBeEmpty();
        IncidentDecider.EndSilence(Fold(silenced, IncidentDecider.Acknowledge(silenced, 1, "ann", Now)), null, Now).ShouldBeEmpty();
        IncidentDecider.EndSilence(Fold(silenced, IncidentDecider.Resolve(silenced, 1, "person", "ann", Now)), null, Now).ShouldBeEmpty();
    }

    [Fact]
    public void Giving_it_to_somebody_says_that_it_was_seen()
    {
        var given = Fold(Open(), IncidentDecider.Assign(Open(), 1, "bob", "ann", Now));

        given.Owner.ShouldBe("bob");
        given.Status.ShouldBe(IncidentStatus.Acknowledged);
        IncidentDecider.Assign(given, given.Version, "bob", "ann", Now).ShouldBeEmpty();
        Fold(given, IncidentDecider.Assign(given, given.Version, null, "ann", Now)).Owner.ShouldBeNull();
    }

    [Fact]
    public void What_is_over_is_reopened_before_anything_else()
    {
        var over = Fold(Open(), IncidentDecider.Resolve(Open(), 1, "person", "ann", Now));

        over.ResolvedAt.ShouldBe(Now);
        IncidentDecider.Resolve(over, 2, "person", "ann", Now).ShouldBeEmpty();
        Should.Throw<RuleViolation>(() => IncidentDecider.Acknowledge(over, 2, "ann", Now)).Code.ShouldBe("incident_closed");
        Should.Throw<RuleViolation>(() => IncidentDecider.Assign(over, 2, "bob", "ann", Now)).Code.ShouldBe("incident_closed");
        var again = Fold(over, IncidentDecider.Reopen(over, 2, "bob", Now));
        again.Status.ShouldBe(IncidentStatus.Open);
        again.ResolvedAt.ShouldBeNull();
        again.Reopened.ShouldBe(1);
    }

    [Fact]
    public void A_merged_incident_goes_on_in_the_other_one_alone()
    {
        var (a, b) = (Open(1), Open(2, IncidentSeverity.Critical));
        var (from, into) = IncidentDecider.Merge(b, 7, a, 1, "ann", Now);
        var (gone, stays) = (Fold(b, from), Fold(a, into));

        gone.Status.ShouldBe(IncidentStatus.Merged);
        gone.MergedInto.ShouldBe(a.Id);
        stays.Told.ShouldBe(7);
        stays.Severity.ShouldBe(IncidentSeverity.Critical);
        IncidentDecider.Merge(gone, 7, stays, 2, "ann", Now).ShouldBe(([], []));
        Should.Throw<RuleViolation>(() => IncidentDecider.Merge(stays, 1, gone, 2, "ann", Now)).Code.ShouldBe("incident_merged");
        Should.Throw<RuleViolation>(() => IncidentDecider.Merge(stays, 1, stays, 2, "ann", Now)).Code.ShouldBe("same_incident");
        Should.Throw<RuleViolation>(() => IncidentDecider.Reopen(gone, 2, "ann", Now)).Extensions!["mergedInto"].ShouldBe(a.Id);
    }

    [Fact]
    public void What_is_not_there_is_not_found() =>
        Should.Throw<RuleViolation>(() => IncidentDecider.Acknowledge(new(Guid.Empty), 0, "ann", Now)).Status.ShouldBe(404);

    private static Incident Open(int n = 1, IncidentSeverity severity = IncidentSeverity.Warning) => Fold(
        new(new Guid(n, 0, 0, new byte[8])),
        [new IncidentOpened(RuleKinds.NegativeMention, Guid.Empty, "rule", severity, new(Guid.Empty, "Acme"), "story:1", null, null, 60, null, null, Now)]);

    private static Incident Fold(Incident incident, IReadOnlyList<object> events) => events.Aggregate(incident, Incident.Apply);
}
