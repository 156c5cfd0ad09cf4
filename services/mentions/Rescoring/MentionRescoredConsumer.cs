using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A model judged a mention of the history again; the earlier verdicts stay in its life.</summary>
/// <param name="RescoreId">The job that wanted it.</param>
/// <param name="Revision">The revision that was judged.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record Rescored(Guid RescoreId, int Revision, Verdict Verdict, string? TraceParent);

/// <summary>Stores verdicts of the history's rescoring.</summary>
internal sealed class MentionRescoredConsumer(IDocumentStore store, NpgsqlDataSource dataSource, Playbooks books, TimeProvider clock) : IBatchConsumer<MentionRescored>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<MentionRescored> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, _) => Decide(m, s)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
            foreach (var job in group.GroupBy(m => m.RescoreId))
            {
                await RescoreRows.CountAsync(dataSource, group.Key, job.Key, job.Select(m => m.MentionId), clock.GetUtcNow(), cancellationToken);
            }
        }
    }

    /// <summary>Nothing for a mention that is not known, nor where this model's verdict of this revision is the one that counts already. Pure.</summary>
    internal static IReadOnlyList<object> Decide(MentionRescored message, Mention state) =>
        state.Brand is null || !state.Revisions.ContainsKey(message.Revision)
        || (state.Verdicts.TryGetValue((message.Revision, message.Verdict.ModelVersion), out var known) && ReferenceEquals(known, state.Verdict))
            ? []
            : [new Rescored(message.RescoreId, message.Revision, message.Verdict, message.TraceParent)];
}
