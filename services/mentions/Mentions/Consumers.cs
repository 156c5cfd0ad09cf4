using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Stores judged mentions: the main road into the event store.</summary>
internal sealed class MentionScoredConsumer(IDocumentStore store, Playbooks books, Judging judging, StoredStories stories, JustStored just, EarlyAlerts early, TimeProvider clock) : IBatchConsumer<MentionScored>
{
    /// <inheritdoc/>
    public Task ConsumeAsync(IReadOnlyList<MentionScored> messages, CancellationToken cancellationToken) => judging.DuringAsync(messages, () => StoreAsync(messages, cancellationToken));

    private async Task StoreAsync(IReadOnlyList<MentionScored> messages, CancellationToken cancellationToken)
    {
        using var spans = Spans.Of(messages.Select(m => m.TraceParent ?? m.Mention.TraceParent));
        foreach (var group in messages.GroupBy(m => m.Mention.Workspace, StringComparer.Ordinal))
        {
            var book = await books.OfAsync(group.Key, cancellationToken);
            var leads = stories.LeadsOf(group.Select(m => m.Mention), together: !book.PutsAside);
            var changes = group.Select(m => new Change(m.Mention.MentionId, (s, now) => Automation.After(Decide.On(m, s, now, leads.GetValueOrDefault(m.Mention.MentionId)), s, m.Mention, book, now), m.Mention)).ToList();
            var alerts = group.Select(m => m.Mention.MentionId).Distinct().SelectMany(id => early.Of(group.Key, id)).ToList();
            changes.AddRange(alerts.Select(a => new Change(a.Alert.MentionId, (s, _) => Decide.On(a.Alert, s))));
            var stored = await MentionLog.ApplyAsync(store, group.Key, changes, book, clock, cancellationToken);
            just.Note(group.Key, stored);
            early.Stored(alerts);
            stories.Take(group.Key, stored);
        }
    }
}

/// <summary>Stores mentions whose judgement is late, so that a sentiment outage hides nothing. Works off the bus a second behind, or as far as judging is, and leaves alone what was judged and stored meanwhile.</summary>
internal sealed class LateCopyConsumer(IDocumentStore store, NpgsqlDataSource dataSource, Playbooks books, Judging judging, JustStored just, TimeProvider clock) : IBatchConsumer<LateCopy>
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<LateCopy> messages, CancellationToken cancellationToken)
    {
        while (messages.Any(m => judging.MayStillCome(m.MatchedAt)))
        {
            await Task.Delay(Glance, clock, cancellationToken);
        }

        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            var asked = group.Where(m => just.RevisionOf(group.Key, m.MentionId) < m.Revision).ToList();
            if (asked.Count == 0)
            {
                continue;
            }

            var stored = await StoredAsync(group.Key, asked.Select(m => m.MentionId).ToArray(), cancellationToken);
            var late = asked.Where(m => stored.GetValueOrDefault(m.MentionId) < m.Revision).Select(m => m.Read()).ToList();
            if (late.Count > 0)
            {
                var changes = late.ConvertAll(m => new Change(m.MentionId, (s, now) => Decide.On(m, s, now), m));
                await MentionLog.ApplyAsync(store, group.Key, changes, await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
            }
        }
    }

    private async Task<Dictionary<Guid, int>> StoredAsync(string workspace, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id, revision from mentions.inbox where workspace = $1 and id = any($2)");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(ids);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var revisions = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            revisions[reader.GetGuid(0)] = reader.GetInt32(1);
        }

        return revisions;
    }
}

/// <summary>Notes that a post is gone, and takes its text away.</summary>
internal sealed class PostRemovedConsumer(IDocumentStore store, Playbooks books, TimeProvider clock) : IBatchConsumer<PostRemoved>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<PostRemoved> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, _) => Decide.On(m, s)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
        }
    }
}

/// <summary>Notes how people react to a post.</summary>
internal sealed class EngagementChangedConsumer(IDocumentStore store, Playbooks books, TimeProvider clock) : IBatchConsumer<EngagementChanged>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<EngagementChanged> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, _) => Decide.On(m, s)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
        }
    }
}

/// <summary>Notes in a mention's life that a rule asked for attention. An alert that overtook its mention waits for it while judged mentions come in, to be stored with it.</summary>
internal sealed class AlertRaisedConsumer(IDocumentStore store, Playbooks books, Judging judging, JustStored just, EarlyAlerts early, TimeProvider clock) : IBatchConsumer<AlertRaised>, IDisposable
{
    /// <summary>Batches that may wait for their mentions at once: alerts that wait in the queue behind others would be known too late.</summary>
    public const int AtOnce = 50;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private readonly SemaphoreSlim turn = new(1);

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<AlertRaised> messages, CancellationToken cancellationToken)
    {
        using var kept = early.Keep(messages.Where(IsEarly));
        while (kept.Left().Any(IsEarly))
        {
            await Task.Delay(Glance, clock, cancellationToken);
        }

        var alone = messages.Except(kept.All.Where(e => e.IsStored).Select(e => e.Alert)).ToLookup(m => m.Workspace, StringComparer.Ordinal);
        await turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var group in alone)
            {
                await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, _) => Decide.On(m, s)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private bool IsEarly(AlertRaised alert) => just.RevisionOf(alert.Workspace, alert.MentionId) == 0 && judging.MayStillCome(alert.SeenAt);
}

/// <summary>Notes in a mention's life that its alert reached somebody.</summary>
internal sealed class AlertDeliveredConsumer(IDocumentStore store, Playbooks books, TimeProvider clock) : IBatchConsumer<AlertDelivered>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<AlertDelivered> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(m => new Change(m.MentionId, (s, _) => Decide.On(m, s)))], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
        }
    }
}
