using Marten;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A person did something with a mention. The one event of its stream, whose id is that of the event in mentions.</summary>
/// <param name="MentionId">The mention.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="Change"><c>claimed</c>, <c>released</c>, <c>resolved</c>, <c>dismissed</c>, <c>reopened</c>, ...</param>
public sealed record Triaged(Guid MentionId, Guid BrandId, string Change, string By, DateTimeOffset At, string? TraceParent);

/// <summary>Takes in what people did with mentions, so that webhooks and the feed tell of it. A repeat meets its stream and changes nothing.</summary>
internal sealed class MentionTriagedConsumer(IDocumentStore store, TimeProvider clock) : IBatchConsumer<MentionTriaged>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<MentionTriaged> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await using var session = store.LightweightSession(group.Key);
            var streams = group.DistinctBy(m => m.EventId).Select(m => new Append(m.EventId, 0, [new Triaged(m.MentionId, m.BrandId, m.Change, m.By, m.At, m.TraceParent)])).ToList();
            await session.StartStreamsAsync(null, streams, clock.GetUtcNow(), cancellationToken);
            if (group.Where(m => m.Change == "dismissed").Select(m => m.MentionId).Distinct().ToArray() is { Length: > 0 } dismissed)
            {
                // What is put aside has no clock any more, and nobody waits for it.
                session.QueueSqlCommand('^', "update alerts.overdue set breached = false where workspace = ^ and mention_id = any(^)", group.Key, dismissed);
            }

            await session.SaveChangesAsync(cancellationToken);
        }
    }
}
