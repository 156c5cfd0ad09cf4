using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Replies;

/// <summary>What one try is made with.</summary>
/// <param name="Begin">Notes, before the network is asked to take it, what the answer reads like there; throws when it is no longer ours.</param>
internal sealed record Try(Reply Reply, Source? Source, IConnector? Connector, Settings Settings, Func<IReplies, Reading> Reading, Func<string, CancellationToken, Task> Begin);

/// <summary>One try to send one answer: at most once towards the network, whatever dies when.</summary>
internal static class SendReply
{
    /// <summary>Tries.</summary>
    /// <param name="at">What with.</param>
    /// <param name="patience">For how long an answer is tried again.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="stop">Gives up this try.</param>
    public static async Task<Next> RunAsync(Try at, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var reply = at.Reply;
        if (ReplyDecider.Refusal(reply, at.Source, at.Connector, at.Settings) is var (code, detail))
        {
            // What was begun before may be there all the same.
            return new Next.Done(reply.BegunAt is null ? ReplyDecider.Refused(code, detail, clock.GetUtcNow()) : ReplyDecider.Lost(clock.GetUtcNow()));
        }

        var connector = (IReplies)at.Connector!;
        if (!ReplyDecider.MayAskAgain(reply.BegunAt, connector.Remembers, clock.GetUtcNow()))
        {
            return new Next.Done(ReplyDecider.Lost(clock.GetUtcNow()));
        }

        var answering = new Answering(at.Reading(connector), reply.Id, reply.Answered, reply.Text!, at.Begin);
        try
        {
            var sent = await connector.ReplyAsync(answering, stop);
            return new Next.Done(new(ReplyOutcome.Sent, sent.NativeId is { } id ? NetworkPosts.Id(id) : null, sent.Url, null, null, clock.GetUtcNow()));
        }
        catch (Exception e) when (e is NetworkFailure or OperationCanceledException || !Transient.Is(e))
        {
            var failure = e as NetworkFailure ?? (stop.IsCancellationRequested
                ? new NetworkFailure("timeout", $"{connector.Card.Name} took too long.", inner: e)
                : NetworkFailure.Unreadable(connector.Card.Name, e));
            return ReplyDecider.After(reply, failure, answering.Begun, connector.Remembers, patience, clock.GetUtcNow(), Random.Shared.NextDouble());
        }
    }
}
