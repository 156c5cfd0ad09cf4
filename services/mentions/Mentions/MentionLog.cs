using Marten;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A message turned into work on one stream.</summary>
/// <param name="MentionId">The stream.</param>
/// <param name="Decide">State to events; called again after a collision.</param>
/// <param name="Content">The text that the message carries; null when it carries none.</param>
/// <param name="Note">Words for the notes table that an event names by their id; null when there are none.</param>
internal sealed record Change(Guid MentionId, Func<Mention, DateTimeOffset, IReadOnlyList<object>> Decide, MentionFound? Content = null, (Guid Id, string Text)? Note = null);

/// <summary>The one way into the event store: events, text, inbox rows and counts in one transaction.</summary>
internal static class MentionLog
{
    private const string StreamType = "mention";

    /// <summary>Applies changes of one workspace. Whoever else writes to one of these streams waits for his turn.</summary>
    /// <param name="store">The store.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="changes">In order.</param>
    /// <param name="book">What the workspace has laid down.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new states of the streams that changed.</returns>
    public static async Task<IReadOnlyCollection<Mention>> ApplyAsync(IDocumentStore store, string workspace, IReadOnlyList<Change> changes, Playbook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        var now = clock.GetUtcNow();

        // Nearly all are new. What becomes of a new one is known without asking; the database says which were none.
        var guesses = Decided(changes, [], now);
        var started = await session.StartStreamsAsync(StreamType, [.. guesses.Select(d => d.Append)], now, cancellationToken);
        var fresh = guesses.FindAll(d => started.Contains(d.Id));
        var others = changes.Where(c => !started.Contains(c.MentionId)).ToList();
        var extended = others.Count > 0 ? await ExtendAsync(session, others, now, cancellationToken) : [];
        Mention[] changed = [.. fresh.Select(d => d.State), .. extended.Select(d => d.State)];
        if (changed.Length == 0)
        {
            return [];
        }

        ContentRows.Queue(session, workspace, [.. fresh.SelectMany(d => d.Contents)], ContentRows.Insert);
        ContentRows.Queue(session, workspace, [.. extended.SelectMany(d => d.Contents)], ContentRows.Upsert);
        ContentRows.Blank(session, workspace, [.. changed.Where(m => m.RemovedRevision > 0)]);
        foreach (var (mention, note) in extended.SelectMany(d => d.Notes.Select(n => (d.Id, n))))
        {
            session.QueueSqlCommand('^', "insert into mentions.notes (workspace, mention_id, note_id, text) values (^, ^, ^, ^) on conflict do nothing", workspace, mention, note.Id, note.Text);
        }

        InboxRows.Queue(session, workspace, extended.Select(d => d.State), book.Sla, fresh.Select(d => d.State));
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

    private static async Task<List<Decision>> ExtendAsync(IDocumentSession session, List<Change> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ids = changes.Select(c => c.MentionId).Distinct().ToArray();
        await session.HoldAsync(ids, cancellationToken);
        var decided = Decided(changes, await LoadAsync(session, ids, cancellationToken), now);
        await session.ExtendStreamsAsync([.. decided.Select(d => d.Append)], now, cancellationToken);
        return decided;
    }

    // Only those that something happens to.
    private static List<Decision> Decided(IEnumerable<Change> changes, Dictionary<Guid, Mention> before, DateTimeOffset now)
    {
        var decisions = new Dictionary<Guid, Decision>();
        foreach (var change in changes)
        {
            if (!decisions.TryGetValue(change.MentionId, out var decision))
            {
                decision = decisions[change.MentionId] = new(before.GetValueOrDefault(change.MentionId) ?? new Mention(change.MentionId));
            }

            decision.Add(change, now);
        }

        return [.. decisions.Values.Where(d => d.Append.Events.Count > 0)];
    }

    private sealed class Decision(Mention before)
    {
        private readonly List<object> events = [];

        private readonly int version = before.Version;

        public Guid Id => State.Id;

        public Mention State { get; private set; } = before;

        public List<MentionFound> Contents { get; } = [];

        public IReadOnlyList<(Guid Id, string Text)> Notes { get; private set; } = [];

        public Append Append => new(Id, version, events);

        public void Add(Change change, DateTimeOffset now)
        {
            var more = change.Decide(State, now);
            State = more.Aggregate(State, Evolve.Apply);
            events.AddRange(more);
            if (change.Content is not null && more.Any(e => e is Found or Edited))
            {
                Contents.Add(change.Content);
            }

            if (change.Note is { } note && more.Any(e => e is ReplyRefused { DetailId: { } refused } ? refused == note.Id : e is ReplyUnknown { DetailId: { } unknown } && unknown == note.Id))
            {
                Notes = [.. Notes, note];
            }
        }
    }
}
