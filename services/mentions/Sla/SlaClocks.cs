namespace Serm.Mentions;

/// <summary>What a clock tells of a mention.</summary>
/// <param name="Clock">Which.</param>
/// <param name="WarnAt">When it is due soon; null while the clock stands before that.</param>
/// <param name="DueAt">When it is due; null while the clock stands before that.</param>
/// <param name="DoneAt">When it was stopped for good; null while it is not.</param>
/// <param name="Spent">Business time until it was done; null while it is not.</param>
public sealed record SlaReading(SlaClock Clock, DateTimeOffset? WarnAt, DateTimeOffset? DueAt, DateTimeOffset? DoneAt, TimeSpan? Spent)
{
    /// <summary>What it says at a time.</summary>
    public SlaState At(DateTimeOffset now) => DoneAt is { } done
        ? DueAt is { } due && done > due ? SlaState.Breached : SlaState.Met
        : DueAt is null ? SlaState.Paused
        : DueAt <= now ? SlaState.Breached
        : WarnAt <= now ? SlaState.DueSoon : SlaState.Running;
}

/// <summary>What has to be known of a mention to read its clocks.</summary>
/// <param name="SeenAt">When the clocks begin.</param>
/// <param name="FirstAnsweredAt">When it was first answered, or closed.</param>
/// <param name="ResolvedAt">When it was resolved; null while it is open.</param>
/// <param name="Pauses">When it waited, slept or was closed.</param>
public sealed record SlaTimes(DateTimeOffset SeenAt, DateTimeOffset? FirstAnsweredAt, DateTimeOffset? ResolvedAt, IReadOnlyList<Pause> Pauses);

/// <summary>The clocks of the service level: pure functions of what happened and of the policy, so that another policy tells another past.</summary>
internal static class SlaClocks
{
    /// <summary>The clocks that a policy sets.</summary>
    public static IEnumerable<SlaReading> Read(SlaPolicy policy, SlaTimes times)
    {
        if (policy.Target(SlaClock.FirstAnswer) is { } first)
        {
            yield return Read(policy, SlaClock.FirstAnswer, first, times, times.FirstAnsweredAt);
        }

        if (policy.Target(SlaClock.Resolve) is { } resolve)
        {
            yield return Read(policy, SlaClock.Resolve, resolve, times, times.ResolvedAt);
        }
    }

    /// <summary>Business time between two moments, without the pauses.</summary>
    public static TimeSpan Spent(BusinessHours hours, IEnumerable<Pause> pauses, DateTimeOffset from, DateTimeOffset to) =>
        Running(hours, pauses, from).TakeWhile(s => s.From < to).Aggregate(TimeSpan.Zero, (sum, s) => sum + ((s.To < to ? s.To : to) - s.From));

    private static SlaReading Read(SlaPolicy policy, SlaClock clock, TimeSpan target, SlaTimes times, DateTimeOffset? done)
    {
        var pauses = times.Pauses.Where(p => Stops(policy, p.Status) && p.From < (done ?? DateTimeOffset.MaxValue)).ToList();
        return new(
            clock,
            After(policy.Hours, pauses, times.SeenAt, target * (policy.WarnPercent / 100.0)),
            After(policy.Hours, pauses, times.SeenAt, target),
            done,
            done is { } at ? Spent(policy.Hours, pauses, times.SeenAt, at) : null);
    }

    private static bool Stops(SlaPolicy policy, MentionStatus status) => status switch
    {
        MentionStatus.Waiting => policy.StopWhileWaiting,
        MentionStatus.Snoozed => policy.StopWhileSnoozed,
        _ => true,
    };

    // The moment at which the clock has run for so long; null when it stands before, or that lies years away.
    private static DateTimeOffset? After(BusinessHours hours, IEnumerable<Pause> pauses, DateTimeOffset from, TimeSpan target)
    {
        foreach (var (start, end) in Running(hours, pauses, from))
        {
            if (end - start >= target)
            {
                return start + target;
            }

            target -= end - start;
        }

        return null;
    }

    // Business hours without the pauses.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Running(BusinessHours hours, IEnumerable<Pause> pauses, DateTimeOffset from)
    {
        var stops = pauses.OrderBy(p => p.From).ToList();
        foreach (var (opens, closes) in hours.Spans(from))
        {
            var start = opens;
            foreach (var stop in stops.Where(s => s.From < closes && (s.To ?? DateTimeOffset.MaxValue) > opens))
            {
                if (stop.From > start)
                {
                    yield return (start, stop.From);
                }

                if (stop.To is not { } goesOn)
                {
                    yield break;
                }

                start = goesOn > start ? goesOn : start;
            }

            if (start < closes)
            {
                yield return (start, closes);
            }
        }
    }
}
