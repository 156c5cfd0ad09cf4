using Marten;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Notes what became of answers that were sent through networks.</summary>
internal sealed class ReplyToldConsumer(IDocumentStore store, Playbooks books, TimeProvider clock) : IBatchConsumer<ReplyTold>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<ReplyTold> messages, CancellationToken cancellationToken)
    {
        using var spans = Spans.Of(messages.Select(m => m.TraceParent));
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await MentionLog.ApplyAsync(
                store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, now) => Decide.On(m, s, now), Note: Decide.DetailOf(m)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
        }
    }
}
