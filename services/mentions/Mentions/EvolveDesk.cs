using System.Collections.Immutable;

namespace Serm.Mentions;

/// <summary>Folds what people, rules, stories and clocks did.</summary>
internal static class EvolveDesk
{
    public static Mention Apply(Mention state, object data)
    {
        var next = data switch
        {
            Claimed e => Moved(state, MentionStatus.Claimed, e.At) with { Owner = e.By },
            Released e => Moved(state, MentionStatus.New, e.At) with { Owner = null },
            Noted => state,
            Resolved e => Closed(state, MentionStatus.Resolved, e.At),
            Dismissed e => Closed(state, MentionStatus.Dismissed, e.At),
            Reopened e => Moved(state, MentionStatus.New, e.At) with { Owner = null, FilteredBy = null, StoryId = state.FilteredBy is null ? state.StoryId : null, Ledger = state.Ledger with { ResolvedAt = null } },
            AwaitedAuthor e => Moved(state, MentionStatus.Waiting, e.At) with { Owner = state.Owner ?? e.By, FirstAnsweredAt = state.FirstAnsweredAt ?? e.At },
            AuthorAnswered e => Moved(state, state.Owner is null ? MentionStatus.New : MentionStatus.Claimed, e.At),
            Snoozed e => Moved(state, MentionStatus.Snoozed, e.At) with { SnoozedUntil = e.Until, Before = state.Status == MentionStatus.Snoozed ? state.Before : state.Status },
            Woke e => Moved(state, state.Before, e.At),
            Assigned e => Moved(state, state.Status == MentionStatus.Waiting ? MentionStatus.Waiting : MentionStatus.Claimed, e.At) with { Owner = e.To },
            Tagged e => state with { Tags = state.Tags.Add(e.Tag) },
            Untagged e => state with { Tags = state.Tags.Remove(e.Tag) },
            SeveritySet e => state with { Severity = e.Severity },
            Drafted e => state with { DraftId = e.DraftId },
            Replied e => EvolveReply.Apply(state, e),
            ReplyOrdered e => EvolveReply.Apply(state, e),
            ReplyRefused e => EvolveReply.Apply(state, e),
            ReplyUnknown e => EvolveReply.Apply(state, e),
            Automated e => OnAutomated(state, e),
            Undone e => OnUndone(state, e),
            JoinedStory e => state with { StoryId = e.StoryId },
            LeadsStory => state with { StoryId = null },
            StoryGrew e => state with { Sightings = e.Sightings, PerHour = e.PerHour, GrewAt = e.At },
            SlaMarked e => state with { SlaMarks = state.SlaMarks.SetItem(e.Clock, new(e.State, e.At, e.Done, e.Policy, e.DueAt)) },
            _ => throw new InvalidOperationException($"The event {data.GetType().Name} is not one of a mention's."),
        };
        return next with { Touched = true, Relevant = Relevant(state, data), StandsSince = data is SlaMarked or StoryGrew or JoinedStory or LeadsStory ? state.StandsSince : state.Version + 1 };
    }

    // Whoever takes it up says that it is worth their time. A rule says nothing: it only repeats what people laid down.
    private static bool? Relevant(Mention state, object data) => data switch
    {
        Claimed or Assigned or AwaitedAuthor or ReplyOrdered or Replied or Resolved => true,
        Dismissed e => e.Reason is DismissReason.Irrelevant or DismissReason.NotUs ? false : null,
        Released or Reopened => null,
        Undone e => e.To.Relevant ?? (e.To.Status is MentionStatus.Claimed or MentionStatus.Waiting or MentionStatus.Resolved ? true : null),
        _ => state.Relevant,
    };

    /// <summary>Another status: what stopped the clocks before has ended, what stops them now begins.</summary>
    internal static Mention Moved(Mention state, MentionStatus to, DateTimeOffset at)
    {
        var pauses = state.Pauses;
        if (to != state.Status)
        {
            if (pauses is [.., { To: null } last])
            {
                pauses = pauses.SetItem(pauses.Count - 1, last with { To = at });
            }

            if (to is not (MentionStatus.New or MentionStatus.Claimed))
            {
                pauses = pauses.Add(new(to, at, null));
            }
        }

        return state with { Status = to, SnoozedUntil = null, Pauses = pauses };
    }

    private static Mention Closed(Mention state, MentionStatus to, DateTimeOffset at) =>
        Moved(state, to, at) with { Ledger = state.Ledger with { ResolvedAt = at }, FirstAnsweredAt = state.FirstAnsweredAt ?? at };

    private static Mention OnAutomated(Mention state, Automated e)
    {
        var next = state with
        {
            Rules = state.Rules.Add(e.Rule.Id),
            Tags = state.Tags.Union(e.Tags),
            Severity = e.Severity ?? state.Severity,
            Flagged = state.Flagged || e.Flag,
        };
        return e.Dismiss is not null
            ? Closed(next, MentionStatus.Dismissed, e.At) with { FilteredBy = e.Rule, FirstAnsweredAt = state.FirstAnsweredAt }
            : e.AssignTo is null ? next : Moved(next, MentionStatus.Claimed, e.At) with { Owner = e.AssignTo };
    }

    private static Mention OnUndone(Mention state, Undone e) => Moved(state, e.To.Status, e.At) with
    {
        Owner = e.To.Owner,
        SnoozedUntil = e.To.SnoozedUntil,
        Before = e.To.Before,
        Severity = e.To.Severity,
        Tags = e.To.Tags.ToImmutableSortedSet(StringComparer.Ordinal),
        FilteredBy = e.To.FilteredBy,
        FirstAnsweredAt = e.To.FirstAnsweredAt,
        Ledger = state.Ledger with { ResolvedAt = e.To.Status is MentionStatus.Resolved or MentionStatus.Dismissed ? e.To.ResolvedAt ?? state.Ledger.ResolvedAt ?? e.At : null },
    };
}
