using Marten;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A message turned into work on one stream.</summary>
/// <param name="MentionId">The stream.</param>
/// <param name="Decide">State to events; called again after a collision.</param>
/// <param name="Content">The text that the message carries; null when it carries none.</param>
internal sealed record Change(Guid MentionId, Func<Mention, DateTimeOffset, IReadOnlyList<object>> Decide, MentionFound? Content = null);

/// <summary>The one way into the event store: events, text, inbox rows and counts in one transaction.</summary>
internal static class MentionLog
{
    /// <summary>Applies changes of one workspace. Whoever else writes to one of these streams waits for his turn.</summary>
    /// <returns>The new states of the streams that changed.</returns>
    public static async Task<IReadOnlyCollection<Mention>> ApplyAsync(IDocumentStore store, string workspace, IReadOnlyList<Change> changes, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        var ids = changes.Select(c => c.MentionId).Distinct().ToArray();
        await session.HoldAsync(ids, cancellationToken);
        var before = await LoadAsync(session, ids, cancellationToken);
        var now = clock.GetUtcNow();
        var states = new Dictionary<Guid, Mention>(before);
        var appended = new Dictionary<Guid, List<object>>();
        var contents = new List<MentionFound>();
        foreach (var change in changes)
        {
            var state = states.GetValueOrDefault(change.MentionId) ?? new Mention(change.MentionId);
            var events = change.Decide(state, now);
            if (events.Count == 0)
            {
                continue;
            }

            states[change.MentionId] = events.Aggregate(state, Evolve.Apply);
            appended.GetOrAdd(change.MentionId).AddRange(events);
            if (change.Content is not null && events.Any(e => e is Found or Edited))
            {
                contents.Add(change.Content);
            }
        }

        if (appended.Count == 0)
        {
            return [];
        }

        Append(session, before, appended);
        ContentRows.Queue(session, workspace, contents);
        var changed = appended.Keys.Select(id => states[id]).ToList();
        InboxRows.Queue(session, workspace, changed);
        await session.SaveChangesAsync(cancellationToken);
        return changed;
    }

    /// <summary>The states of the streams that exist.</summary>
    public static async Task<Dictionary<Guid, Mention>> LoadAsync(IQuerySession session, Guid[] ids, CancellationToken cancellationToken)
    {
        var events = await session.Events.QueryAllRawEvents()
            .Where(e => e.StreamId.IsOneOf(ids))
            .OrderBy(e => e.Sequence)
            .ToListAsync(cancellationToken);
        return events
            .GroupBy(e => e.StreamId)
            .ToDictionary(g => g.Key, g => Evolve.Fold(g.Key, g.OrderBy(e => e.Version).Select(e => e.Data)));
    }

    private static void Append(IDocumentSession session, Dictionary<Guid, Mention> before, Dictionary<Guid, List<object>> appended)
    {
        foreach (var (id, events) in appended)
        {
            if (before.TryGetValue(id, out var known))
            {
                session.Events.Append(id, known.Version + events.Count, events);
            }
            else
            {
                session.Events.StartStream<Mention>(id, events);
            }
        }
    }

    private static List<object> GetOrAdd(this Dictionary<Guid, List<object>> map, Guid id) =>
        map.TryGetValue(id, out var list) ? list : map[id] = [];
}
