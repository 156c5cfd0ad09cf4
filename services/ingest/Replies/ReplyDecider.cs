using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Replies;

/// <summary>Whether a source can answer, and what follows from what its network said.</summary>
internal static class ReplyDecider
{
    /// <summary>The network's answer was lost.</summary>
    public const string AnswerLost = "answer_lost";

    /// <summary>Asked for so long ago that nobody expects it any more: the queue stood, or the database was put back to a time before it was sent.</summary>
    public const string TooLate = "too_late";

    private const int MostDetail = 500;
    private static readonly TimeSpan Expected = TimeSpan.FromHours(6);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2), LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Why nothing can be sent through a source; null when it can.</summary>
    /// <param name="connector">Of the source's kind; null when there is none.</param>
    /// <param name="paused">The source is.</param>
    /// <param name="settings">Its options; credentials are not needed.</param>
    public static (string Code, string Detail)? WhyNot(IConnector? connector, bool paused, Settings settings) => connector switch
    {
        not IReplies => (Answering.CannotReply, "Serm sends no answers on this network. Answer there by hand."),
        IReplies replies when !replies.Sends(settings) => ("replies_off", "Answers are switched off in the options of the source. A manager can switch them on, with credentials that may write."),
        _ when paused => ("source_paused", "The source is paused. A manager can resume it."),
        _ => null,
    };

    /// <summary>Why an answer is not sent, whatever its network says; null when it is.</summary>
    /// <param name="source">The source that the mention came by; null when it is gone.</param>
    public static (string Code, string Detail)? Refusal(Reply reply, Source? source, IConnector? connector, Settings settings)
    {
        if (reply.Since - reply.AskedAt > Expected)
        {
            return (TooLate, "It could not be sent for six hours. Look whether it is still the answer to give, and whether it is on the network, and send it again.");
        }

        if (source is null || source.Removed || source.Kind != reply.SourceKind)
        {
            return ("source_gone", "The source that the mention came by was removed. Answer on the network by hand.");
        }

        if (WhyNot(connector, source.Paused, settings) is { } why)
        {
            return why;
        }

        var length = ((IReplies)connector!).Length(settings);
        return string.IsNullOrWhiteSpace(reply.Text) || reply.Text.Length < length.Min ? (Answering.TooShort, $"The answer is too short: at least {length.Min} characters.")
            : reply.Text.Length > length.Max ? (Answering.TooLong, $"The answer is too long: at most {length.Max} characters.")
            : null;
    }

    /// <summary>What becomes of an answer that was not sent.</summary>
    /// <param name="reply">As it was taken in hand.</param>
    /// <param name="failure">What happened.</param>
    /// <param name="begun">The network was asked to take it, in this try.</param>
    /// <param name="remembers">For how long the network knows its id again; null when it does not.</param>
    /// <param name="patience">For how long it is tried again.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static Next After(Reply reply, NetworkFailure failure, bool begun, TimeSpan? remembers, TimeSpan patience, DateTimeOffset now, double jitter)
    {
        var doubt = reply.BegunAt is not null || (begun && Answering.Maybe(failure));
        var begunAt = reply.BegunAt ?? (doubt ? now : null);
        var wait = (failure.RetryAfter ?? Backoff(reply.Tries)) * (1 + (jitter / 4));
        var waits = !failure.Permanent && now + wait <= reply.Since + patience;
        return (doubt, waits) switch
        {
            (false, true) => new Next.Again(now + wait, null),
            (false, false) => new Next.Done(Refused(failure.Code, failure.Message, now)),
            (true, true) when MayAskAgain(begunAt, remembers, now + wait) => new Next.Again(now + wait, begunAt),
            _ => new Next.Done(Lost(now)),
        };
    }

    /// <summary>True when a network that may have an answer can be asked again without harm.</summary>
    public static bool MayAskAgain(DateTimeOffset? begunAt, TimeSpan? remembers, DateTimeOffset at) => begunAt is null || at < begunAt + remembers;

    /// <summary>It is not there.</summary>
    public static Settled Refused(string code, string detail, DateTimeOffset now) => new(ReplyOutcome.Refused, null, null, code, detail.Length > MostDetail ? detail[..MostDetail] : detail, now);

    /// <summary>It may be there.</summary>
    public static Settled Lost(DateTimeOffset now) =>
        new(ReplyOutcome.Unknown, null, null, AnswerLost, "The network was asked to take the answer, and what it said was lost. Look there whether it is to be read before you answer again.", now);

    private static TimeSpan Backoff(int tries) => TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Clamp(tries - 1, 0, 10)));
}

/// <summary>What follows for an answer.</summary>
internal abstract record Next
{
    /// <summary>It is tried again.</summary>
    /// <param name="At">When.</param>
    /// <param name="BegunAt">When the network was first asked, if it may have it; null when it surely has nothing.</param>
    public sealed record Again(DateTimeOffset At, DateTimeOffset? BegunAt) : Next;

    /// <summary>It is settled.</summary>
    public sealed record Done(Settled Settled) : Next;
}
