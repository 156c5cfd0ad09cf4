using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Decides what people and the watches may do to an incident; says nothing twice.</summary>
internal static class IncidentDecider
{
    public static IReadOnlyList<object> Acknowledge(Incident incident, long expected, string by, DateTimeOffset now)
    {
        Require(incident, expected);
        return incident.Status switch
        {
            IncidentStatus.Open => [new IncidentAcknowledged(by, now)],
            IncidentStatus.Acknowledged => [],
            _ => throw Closed("acknowledged"),
        };
    }

    public static IReadOnlyList<object> Assign(Incident incident, long expected, string? owner, string by, DateTimeOffset now)
    {
        Require(incident, expected);
        if (!incident.Lasts)
        {
            throw Closed("assigned");
        }

        // Who takes it has seen it.
        IReadOnlyList<object> seen = owner is not null && incident.Status == IncidentStatus.Open ? [new IncidentAcknowledged(by, now)] : [];
        var state = seen.Aggregate(incident, Incident.Apply);
        return string.Equals(state.Owner, owner, StringComparison.Ordinal) ? seen : [.. seen, new IncidentAssigned(owner, by, now)];
    }

    /// <summary>A note contradicts nobody: it needs no version.</summary>
    public static IReadOnlyList<object> Note(Incident incident, Guid note, string by, DateTimeOffset now)
    {
        Require(incident, null);
        return [new IncidentNoted(note, by, now)];
    }

    public static IReadOnlyList<object> Resolve(Incident incident, long? expected, string reason, string by, DateTimeOffset now)
    {
        Require(incident, expected);
        return incident.Status switch
        {
            IncidentStatus.Resolved => [],
            IncidentStatus.Merged => throw Closed("resolved"),
            _ => [new IncidentResolved(reason, by, now)],
        };
    }

    public static IReadOnlyList<object> Reopen(Incident incident, long expected, string by, DateTimeOffset now)
    {
        Require(incident, expected);
        return incident.Status switch
        {
            IncidentStatus.Resolved => [new IncidentReopened("person", by, now)],
            IncidentStatus.Merged => throw new RuleViolation("incident_merged", "This incident goes on in another one. Work on that one.", extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["mergedInto"] = incident.MergedInto }),
            _ => [],
        };
    }

    /// <summary>Its silence has ended: whoever looks first tells it, and what somebody has handled meanwhile is told nobody.</summary>
    /// <param name="incident">As it is.</param>
    /// <param name="next">The silence that covers it now; null when none does.</param>
    /// <param name="now">The moment.</param>
    public static IReadOnlyList<object> EndSilence(Incident incident, Guid? next, DateTimeOffset now) =>
        incident is { Status: IncidentStatus.Open, Silence: { } ended } && next != ended ? [new IncidentSilenceEnded(ended, next, now)] : [];

    /// <summary>Puts <paramref name="from"/> into <paramref name="into"/>.</summary>
    /// <returns>The events of each.</returns>
    public static (IReadOnlyList<object> From, IReadOnlyList<object> Into) Merge(Incident from, long alerts, Incident into, long expected, string by, DateTimeOffset now)
    {
        Require(from, expected);
        if (into.Version == 0)
        {
            throw RuleViolation.Invalid("into", "not_found", "There is no such incident in this workspace. Check the id in \"into\".");
        }

        if (from.Id == into.Id)
        {
            throw RuleViolation.Invalid("into", "same_incident", "An incident cannot be put into itself. Name another one in \"into\".");
        }

        if (from.Status == IncidentStatus.Merged)
        {
            return from.MergedInto == into.Id ? ([], []) : throw Closed("merged");
        }

        return into.Status == IncidentStatus.Merged
            ? throw RuleViolation.Invalid("into", "incident_merged", "That incident itself goes on in another one. Name that one in \"into\".")
            : ([new IncidentMerged(into.Id, alerts, by, now)], [new IncidentAbsorbed(from.Id, alerts, [.. from.Mentions.Take(20)], from.Severity, by, now)]);
    }

    private static void Require(Incident incident, long? expected)
    {
        if (incident.Version == 0)
        {
            throw RuleViolation.NotFound("incident");
        }

        if (expected is { } version && version != incident.Version)
        {
            throw RuleViolation.Stale(incident.Version, new Dictionary<string, object?>(StringComparer.Ordinal) { ["owner"] = incident.Owner, ["status"] = incident.Status });
        }
    }

    private static RuleViolation Closed(string verb) => new("incident_closed", $"An incident that is over cannot be {verb}. Reopen it first.");
}
