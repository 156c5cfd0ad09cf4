using System.Globalization;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <content>Answers through the network.</content>
internal static partial class Decide
{
    /// <summary>Characters of an answer.</summary>
    public const int MaxReply = 4_000;

    /// <summary>Characters of an address.</summary>
    public const int MaxUrl = 2_000;

    private const int MaxCode = 50;
    private const int MaxDetail = 500;
    private const int MaxNativeId = 500;

    private static readonly Guid Details = new("b7f0a1de-6f43-5a0c-9c1e-0d8f5a7e9c31");

    /// <summary>Sends an answer through the network. Refused where it could not be told of, where nothing is left to answer, and while another one is under way.</summary>
    /// <param name="replyId">The new reply.</param>
    /// <param name="then">What follows once it is sent.</param>
    /// <param name="again">The person has looked for the last one, which may be there, and it is not.</param>
    /// <exception cref="RuleViolation">409 <c>mention_removed</c>, <c>reply_under_way</c>, <c>reply_unknown</c>, or what an answer told of is refused with.</exception>
    public static IReadOnlyList<object> Send(Mention state, Person by, Guid replyId, MentionStatus? then, bool again)
    {
        _ = Reply(state, by, null, then);
        if (state.IsRemoved)
        {
            throw new RuleViolation("mention_removed", "The post is gone: there is nothing to answer.", extensions: Extensions(state));
        }

        return state.Reply switch
        {
            { State: ReplyState.UnderWay } other => throw new RuleViolation(
                "reply_under_way",
                string.Create(CultureInfo.InvariantCulture, $"{other.By} has been sending an answer since {other.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z. Wait for what becomes of it."),
                extensions: new Dictionary<string, object?>(Extensions(state), StringComparer.Ordinal) { ["by"] = other.By, ["since"] = other.At }),
            { State: ReplyState.Unknown } other when !again => throw new RuleViolation(
                "reply_unknown",
                $"The last answer, by {other.By}, may be on the network. Look there: say that it is (replied), or send with \"again\": true.",
                extensions: new Dictionary<string, object?>(Extensions(state), StringComparer.Ordinal) { ["by"] = other.By, ["since"] = other.At }),
            _ => [new ReplyOrdered(by.Name, by.At, replyId, state.SourceId, state.SourceKind, state.NativeId, then, by.TraceParent)],
        };
    }

    /// <summary>It was told what became of an answer. Nothing for a repeat, for what knows less than is known, and for an answer that nobody sent.</summary>
    public static IReadOnlyList<object> On(ReplyTold message, Mention state, DateTimeOffset now)
    {
        if (state.Replies.Find(r => r.Id == message.ReplyId) is not { } reply || Known(message.Outcome) <= reply.State)
        {
            return [];
        }

        var detail = state.IsErased ? null : DetailOf(message)?.Id;
        return message.Outcome switch
        {
            ReplyOutcome.Sent => Sent(message, state, reply, now),
            ReplyOutcome.Refused => [new ReplyRefused(reply.By, now, reply.Id, Code(message.Code), detail, message.TraceParent)],
            _ => [new ReplyUnknown(reply.By, now, reply.Id, Code(message.Code), detail, message.TraceParent)],
        };
    }

    /// <summary>What a network said, as it is kept; null when it said nothing.</summary>
    public static (Guid Id, string Text)? DetailOf(ReplyTold message)
    {
        var text = new string([.. (message.Detail ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxDetail)]).Trim();
        return message.Outcome == ReplyOutcome.Sent || text.Length == 0 ? null : (NameBasedGuid.Create(Details, message.ReplyId.ToString("N"), message.Outcome.ToString()), text);
    }

    /// <summary>The address of a page, as it is kept and shown as a link; null when it is none.</summary>
    public static string? PageAddress(string? url) =>
        url is { Length: <= MaxUrl } && Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0
            ? address.AbsoluteUri
            : null;

    // What it says counts from when the network had it: whoever waited for this message is not late by that.
    private static IReadOnlyList<object> Sent(ReplyTold message, Mention state, NetworkReply reply, DateTimeOffset now)
    {
        var at = message.At < reply.At ? reply.At : message.At > now ? now : message.At;
        var replied = new Replied(reply.By, at, PageAddress(message.Url), message.TraceParent, reply.Id, message.NativeId is { Length: <= MaxNativeId } id && !id.Any(char.IsControl) ? id : null);
        var after = EvolveDesk.Apply(state, replied);
        var by = new Person(reply.By, Role.Manager, now, message.TraceParent);
        return [replied, .. reply.Then switch
        {
            _ when !StandsAs(reply, state) => [],
            MentionStatus.Waiting => Wait(after, by),
            MentionStatus.Resolved => Resolve(after, by),
            _ => [],
        }];
    }

    // What somebody has closed, put off or taken since is left as it is.
    private static bool StandsAs(NetworkReply reply, Mention state) => !IsClosed(state)
        && (state.Status != MentionStatus.Snoozed || reply.Status == MentionStatus.Snoozed)
        && (state.Owner is null || state.Owner == reply.By || state.Owner == reply.Owner);

    private static ReplyState Known(ReplyOutcome outcome) => outcome switch
    {
        ReplyOutcome.Sent => ReplyState.Sent,
        ReplyOutcome.Refused => ReplyState.Refused,
        _ => ReplyState.Unknown,
    };

    private static string Code(string? code) => code is { Length: > 0 and <= MaxCode } && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? code : "other";
}
