using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Replies;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Answers, as the sender handles them: what it notes in its table is kept here, and survives a kill.</summary>
internal sealed partial class Host
{
    private static readonly TimeSpan AnswersPatience = TimeSpan.FromSeconds(new ReplyOptions().PatienceSeconds);

    /// <summary>What answers read like, as was noted before the network was asked to take them.</summary>
    public List<string> Said { get; } = [];

    /// <summary>Answers a post, again and again until it is known what became of it.</summary>
    /// <param name="nativeId">The post.</param>
    /// <param name="text">What is said.</param>
    /// <param name="paused">The source is.</param>
    public async Task<Settled> AnswerAsync(string nativeId, string text, bool paused = false)
    {
        var reply = new Reply(Guid.CreateVersion7(clock.GetUtcNow()), "kit", Guid.Empty, source.Id, source.Kind, nativeId, text, clock.GetUtcNow(), clock.GetUtcNow(), null, 0, null, null);
        for (var tries = 1; tries < 50; tries++)
        {
            reply = reply with { Tries = tries };
            DateTimeOffset? begunAt = reply.BegunAt;
            var deaths = Deaths;
            var next = await SendReply.RunAsync(new(reply, source with { Paused = paused }, connector, settings, _ => Reading(), Begin), AnswersPatience, clock, TestContext.Current.CancellationToken);
            if (Deaths > deaths)
            {
                // Nothing of what followed was written; somebody else takes it over.
                clock.Advance(TimeSpan.FromSeconds(new ReplyOptions().LeaseSeconds));
                (http, pacer, tokens) = (Client(), new(clock.GetSteadyNow()), new());
                reply = reply with { BegunAt = begunAt };
                continue;
            }

            if (next is Next.Done done)
            {
                return done.Settled;
            }

            var again = (Next.Again)next;
            reply = reply with { BegunAt = again.BegunAt };
            clock.Advance(again.At - clock.GetUtcNow());

            Task Begin(string said, CancellationToken stop)
            {
                begunAt ??= clock.GetUtcNow();
                Said.Add(said);
                return Task.CompletedTask;
            }
        }

        throw new InvalidOperationException($"{connector.Card.Kind} does not come to an end with an answer");
    }
}
