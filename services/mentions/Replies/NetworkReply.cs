using System.Collections.Immutable;

namespace Serm.Mentions;

/// <summary>What is known of an answer that was sent through the network, in the order of knowing more: a later word that knows less changes nothing.</summary>
public enum ReplyState
{
    /// <summary>Nobody has told what became of it.</summary>
    UnderWay = 0,

    /// <summary>It may be there.</summary>
    Unknown = 1,

    /// <summary>It is not there.</summary>
    Refused = 2,

    /// <summary>The network has it.</summary>
    Sent = 3,
}

/// <summary>An answer that was sent through the network.</summary>
/// <param name="Id">The reply.</param>
/// <param name="By">Who sent it.</param>
/// <param name="At">When they did.</param>
/// <param name="Then">What follows once it is sent.</param>
/// <param name="Status">The mention's status when it was sent.</param>
/// <param name="Owner">Whose the mention was then.</param>
/// <param name="State">What is known of it.</param>
/// <param name="ToldAt">Since when; null while it is under way.</param>
/// <param name="Code">Why it was refused, or what broke.</param>
/// <param name="DetailId">More of that, in the notes table.</param>
/// <param name="Settled">It asks for nobody any more: it is there, or was answered in another way.</param>
public sealed record NetworkReply(
    Guid Id, string By, DateTimeOffset At, MentionStatus? Then, MentionStatus Status, string? Owner, ReplyState State = ReplyState.UnderWay, DateTimeOffset? ToldAt = null, string? Code = null, Guid? DetailId = null,
    bool Settled = false);

/// <content>What was sent through the network.</content>
public sealed partial record Mention
{
    /// <summary>Every answer that was sent through the network, in order.</summary>
    public ImmutableList<NetworkReply> Replies { get; init; } = [];

    /// <summary>The last of them, while it is under way, refused or unknown and nobody has dealt with that; null otherwise.</summary>
    public NetworkReply? Reply => Replies is [.., { Settled: false } last] ? last : null;
}

/// <summary>Folds what was sent through the network.</summary>
internal static class EvolveReply
{
    public static Mention Apply(Mention state, ReplyOrdered e) =>
        state with { Replies = state.Replies.Add(new(e.ReplyId, e.By, e.At, e.Then, state.Status, state.Owner)), DraftId = null };

    public static Mention Apply(Mention state, ReplyRefused e) => Failed(state, e.ReplyId, e.At, r => r with { State = ReplyState.Refused, ToldAt = e.At, Code = e.Code, DetailId = e.DetailId });

    public static Mention Apply(Mention state, ReplyUnknown e) => Failed(state, e.ReplyId, e.At, r => r with { State = ReplyState.Unknown, ToldAt = e.At, Code = e.Code, DetailId = e.DetailId });

    /// <summary>An answer stands on the network: the one that was sent, or one that a person tells of. What they tell settles what was refused, and what may be there is there.</summary>
    public static Mention Apply(Mention state, Replied e)
    {
        var there = e.ReplyId ?? (state.Reply is { State: ReplyState.Unknown } last ? last.Id : null);
        return state with
        {
            RepliedAt = e.At,
            ReplyUrl = e.Url,
            FirstAnsweredAt = state.FirstAnsweredAt ?? e.At,

            // A draft that was written while it was under way is of another answer.
            DraftId = e.ReplyId is null || e.ReplyId == state.DraftId ? null : state.DraftId,
            Replies = state.Replies.ConvertAll(r => r.Id == there
                ? r with { State = ReplyState.Sent, ToldAt = e.At, Settled = true }
                : r with { Settled = r.Settled || (e.ReplyId is null && r.State != ReplyState.UnderWay) }),
        };
    }

    /// <summary>Nothing of it asks for anybody any more.</summary>
    public static Mention Settle(Mention state) => state.Replies.IsEmpty ? state : state with { Replies = state.Replies.ConvertAll(r => r with { Settled = true }) };

    // It comes back to open work, so that nobody overlooks it. What another answer came after is only remembered.
    private static Mention Failed(Mention state, Guid id, DateTimeOffset at, Func<NetworkReply, NetworkReply> told)
    {
        var isLast = state.Reply?.Id == id;
        var next = state with { Replies = state.Replies.ConvertAll(r => r.Id == id ? told(r) : r) };
        if (!isLast)
        {
            return next;
        }

        next = next with { DraftId = state.DraftId ?? id };
        return next.Status is MentionStatus.New or MentionStatus.Claimed
            ? next
            : EvolveDesk.Moved(next, next.Owner is null ? MentionStatus.New : MentionStatus.Claimed, at) with { FilteredBy = null, Ledger = next.Ledger with { ResolvedAt = null } };
    }
}
