using System.Collections.Concurrent;

namespace Serm.Ingest.Connectors;

/// <summary>What a call costs, and what for.</summary>
/// <param name="Lane">The query or channel that the call is for: the planner shows what each spends. At most 200 characters.</param>
/// <param name="Units">Cost by the limit's name; what is not named costs 1.</param>
internal sealed record Cost(string Lane, IReadOnlyDictionary<string, decimal>? Units = null)
{
    /// <summary>The cost within a limit.</summary>
    public decimal Of(RateLimit limit) => Units?.TryGetValue(limit.Name, out var units) == true ? units : 1;
}

/// <summary>Whose account is charged.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="SourceId">The source that the planner shows it at.</param>
/// <param name="Bucket">Stands for the credentials: sources that share them share the limits.</param>
internal sealed record Account(string Workspace, Guid SourceId, string Bucket);

/// <summary>What was used, durably, so that neither a restart nor a second process exceeds a limit.</summary>
internal interface IQuotaStore
{
    /// <summary>Takes a cost out of all lasting limits, or out of none.</summary>
    /// <returns>Null when taken; else the limit that refused and when there may be room.</returns>
    Task<(string Limit, DateTimeOffset FreeAt)?> TakeAsync(Account account, IReadOnlyList<RateLimit> limits, Cost cost, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Corrects what a call cost, once that is known.</summary>
    Task SettleAsync(Account account, RateLimit limit, string lane, decimal difference, DateTimeOffset takenAt, CancellationToken cancellationToken);

    /// <summary>The network said that nothing is left.</summary>
    Task BlockAsync(Account account, DateTimeOffset until, CancellationToken cancellationToken);
}

/// <summary>Keeps short windows, in this process only: each process of the service paces by itself, and what two of them exceed together the network refuses for a moment.</summary>
/// <param name="startedAt">When this process began, by the time that runs, as is all that it is asked. It cannot know what one that just ended has called, so it begins with every window used up.</param>
internal sealed class Pacer(DateTimeOffset startedAt)
{
    private readonly ConcurrentDictionary<(string Bucket, string Limit), Queue<DateTimeOffset>> calls = new();

    /// <summary>Takes a place in all windows, or says how long to wait.</summary>
    public TimeSpan Take(string bucket, IReadOnlyList<RateLimit> limits, DateTimeOffset now)
    {
        var queues = limits.Where(l => !l.Lasting).Select(l => (Limit: l, Queue: calls.GetOrAdd((bucket, l.Name), _ => new(Enumerable.Repeat(startedAt, (int)l.Most))))).ToList();
        if (queues.Count == 0)
        {
            return TimeSpan.Zero;
        }

        // One lock for all: a place is taken in every window or in none.
        lock (calls)
        {
            var wait = queues.Select(q => Wait(q.Queue, q.Limit, now)).Max();
            if (wait == TimeSpan.Zero)
            {
                queues.ForEach(q => q.Queue.Enqueue(now));
            }

            return wait;
        }
    }

    private static TimeSpan Wait(Queue<DateTimeOffset> taken, RateLimit limit, DateTimeOffset now)
    {
        while (taken.TryPeek(out var oldest) && now - oldest >= limit.Window)
        {
            taken.Dequeue();
        }

        return taken.Count < limit.Most ? TimeSpan.Zero : limit.Window - (now - taken.Peek());
    }
}
