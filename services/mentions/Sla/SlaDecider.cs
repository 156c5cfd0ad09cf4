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
    /// <summary>The policy that a mention follows. Old news, what a rule filtered, what was dismissed and what only a rescoring brought under it follow none.</summary>
    public static SlaPolicy? PolicyOf(Mention state, SlaPolicies policies) =>
        policies.Policies.Count == 0 || state.Brand is null || state.Backfill || state.StoryId is not null || state.Status == MentionStatus.Dismissed
            ? null
            : policies.For(state.Brand.Id, state.Severity, state.Label, state.LabelAtFirst);

    /// <summary>The marks that are due: each once, until the clock says something else or the mention is reopened.</summary>
    public static IReadOnlyList<object> Mark(Mention state, SlaPolicies policies, DateTimeOffset now)
    {
        var policy = PolicyOf(state, policies);
        var readings = Readings(state, policy);
        return
        [
            .. readings
                .Select(r => (Reading: r, State: r.At(now)))
                .Where(r => r.State is SlaState.DueSoon or SlaState.Breached or SlaState.Met && !IsMarked(state, r.Reading, r.State))
                .Select(r => new SlaMarked(r.Reading.Clock, r.State, policy!.Name, policies.Version, r.Reading.DueAt ?? r.Reading.DoneAt!.Value, now, r.Reading.DoneAt is not null)),
            .. Obsolete(state, readings, _ => now).Select(m => new SlaMarked(m.Key, SlaState.Paused, m.Value.Policy, policies.Version, m.Value.DueAt, now)),
        ];
    }

    /// <summary>What the inbox shows.</summary>
    public static SlaStanding Of(Mention state, SlaPolicies policies)
    {
        var policy = PolicyOf(state, policies);
        if (policy is null && state.SlaMarks.IsEmpty)
        {
            return SlaStanding.None;
        }

        SlaState? shown = null;
        DateTimeOffset? dueAt = null, nextAt = null;
        var readings = Readings(state, policy);
        foreach (var reading in readings)
        {
            // The last mark tells up to when somebody has looked: the row must not depend on when it is written.
            var says = reading.At(reading.DoneAt ?? (state.SlaMarks.TryGetValue(reading.Clock, out var mark) ? mark.At : state.Ledger.SeenAt!.Value));
            var next = says switch
            {
                SlaState.Paused => null,
                SlaState.Running => reading.WarnAt,
                _ when !IsMarked(state, reading, says) => Since(state, reading, says),
                SlaState.DueSoon => reading.DueAt,
                _ => null,
            };
            shown = shown is { } other && Weight(other) >= Weight(says) ? shown : says;
            dueAt = reading.DoneAt is null ? Earlier(dueAt, reading.DueAt) : dueAt;
            nextAt = Earlier(nextAt, next);
        }

        return new(shown, dueAt, Obsolete(state, readings, m => m.At).Aggregate(nextAt, (next, m) => Earlier(next, m.Value.At)));
    }

    private static List<SlaReading> Readings(Mention state, SlaPolicy? policy) => policy is null ? [] : [.. SlaClocks.Read(policy, TimesOf(state))];

    private static bool IsMarked(Mention state, SlaReading reading, SlaState says) =>
        state.SlaMarks.TryGetValue(reading.Clock, out var mark) && mark.State == says && mark.At >= Since(state, reading, says);

    // Since when there is something to tell. What was breached is told once more when it is done at last, as somebody waits for it, and when it is reopened, as everybody took it for done.
    private static DateTimeOffset? Since(Mention state, SlaReading reading, SlaState says) => says switch
    {
        SlaState.DueSoon => Later(reading.WarnAt, ReopenedAt(state)),
        SlaState.Breached => reading.DoneAt ?? Later(reading.DueAt, ReopenedAt(state)),
        _ => reading.DoneAt,
    };

    // Clocks that were told to be over their time and do not say so any more: dismissed, a sighting of another story, or by another policy.
    private static IEnumerable<KeyValuePair<SlaClock, SlaMark>> Obsolete(Mention state, IReadOnlyList<SlaReading> readings, Func<SlaMark, DateTimeOffset> at) => state.SlaMarks
        .Where(m => m.Value is { State: SlaState.Breached, Done: false } && readings.FirstOrDefault(r => r.Clock == m.Key)?.At(at(m.Value)) is null or SlaState.Running or SlaState.Paused);

    private static DateTimeOffset? ReopenedAt(Mention state) => state.Pauses.FindLast(p => p.Status is MentionStatus.Resolved or MentionStatus.Dismissed)?.To;

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

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => b is null || a > b ? a : b;
}
