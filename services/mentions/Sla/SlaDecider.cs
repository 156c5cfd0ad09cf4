namespace Serm.Mentions;

/// <summary>What the inbox shows of the clocks of a mention, and when somebody has to look at them again. The same for the same stream and policies, whenever it is asked.</summary>
/// <param name="State">Of the clocks that run the one that presses most; null without a policy.</param>
/// <param name="DueAt">The next due time of those that run; null when all stand or are done.</param>
/// <param name="NextAt">When the next mark is to be set; null when there is none to set.</param>
internal sealed record SlaStanding(SlaState? State, DateTimeOffset? DueAt, DateTimeOffset? NextAt)
{
    public static readonly SlaStanding None = new(null, null, null);
}

/// <summary>Marks the clocks of a mention: due soon, breached, met.</summary>
internal static class SlaDecider
{
    /// <summary>The policy that a mention follows. Old news, what a rule filtered and what was dismissed follow none.</summary>
    public static SlaPolicy? PolicyOf(Mention state, SlaPolicies policies) =>
        policies.Policies.Count == 0 || state.Brand is null || state.Backfill || state.StoryId is not null || state.Status == MentionStatus.Dismissed
            ? null
            : policies.For(state.Brand.Id, state.Severity, state.Label);

    /// <summary>The marks that are due: each once, until the clock says something else.</summary>
    public static IReadOnlyList<object> Mark(Mention state, SlaPolicies policies, DateTimeOffset now) => PolicyOf(state, policies) is { } policy
        ? [.. SlaClocks.Read(policy, TimesOf(state))
            .Select(r => (Reading: r, State: r.At(now)))
            .Where(r => r.State is SlaState.DueSoon or SlaState.Breached or SlaState.Met && !IsMarked(state, r.Reading, r.State))
            .Select(r => new SlaMarked(r.Reading.Clock, r.State, policy.Name, policies.Version, r.Reading.DueAt ?? r.Reading.DoneAt!.Value, now, r.Reading.DoneAt is not null))]
        : [];

    /// <summary>What the inbox shows.</summary>
    public static SlaStanding Of(Mention state, SlaPolicies policies)
    {
        if (PolicyOf(state, policies) is not { } policy)
        {
            return SlaStanding.None;
        }

        SlaState? shown = null;
        DateTimeOffset? dueAt = null, nextAt = null;
        foreach (var reading in SlaClocks.Read(policy, TimesOf(state)))
        {
            // The last mark tells up to when somebody has looked: the row must not depend on when it is written.
            var says = reading.At(reading.DoneAt ?? (state.SlaMarks.TryGetValue(reading.Clock, out var mark) ? mark.At : state.Ledger.SeenAt!.Value));
            var next = says switch
            {
                SlaState.Paused => null,
                SlaState.Running => reading.WarnAt,
                SlaState.DueSoon => reading.DueAt,
                _ => reading.DoneAt is null || IsMarked(state, reading, says) ? null : reading.DoneAt,
            };
            shown = shown is { } other && Weight(other) >= Weight(says) ? shown : says;
            dueAt = reading.DoneAt is null ? Earlier(dueAt, reading.DueAt) : dueAt;
            nextAt = Earlier(nextAt, next);
        }

        return new(shown, dueAt, nextAt);
    }

    // What was breached is marked once more when it is done at last: who waits for it has to know.
    private static bool IsMarked(Mention state, SlaReading reading, SlaState says) =>
        state.SlaMarks.TryGetValue(reading.Clock, out var mark) && mark.State == says && mark.At >= (says switch
        {
            SlaState.DueSoon => reading.WarnAt,
            SlaState.Breached => reading.DoneAt ?? reading.DueAt,
            _ => reading.DoneAt,
        });

    private static SlaTimes TimesOf(Mention state) =>
        new(state.Ledger.SeenAt!.Value, state.FirstAnsweredAt, state.Status == MentionStatus.Resolved ? state.Ledger.ResolvedAt : null, state.Pauses);

    private static int Weight(SlaState state) => state switch
    {
        SlaState.Breached => 4,
        SlaState.DueSoon => 3,
        SlaState.Running => 2,
        SlaState.Paused => 1,
        _ => 0,
    };

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}
