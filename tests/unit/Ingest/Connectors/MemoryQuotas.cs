using Serm.Ingest.Connectors;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Quotas in memory, by the same windows.</summary>
internal sealed class MemoryQuotas : IQuotaStore
{
    private readonly Dictionary<(string, string, DateTimeOffset), decimal> used = [];
    private readonly Dictionary<string, DateTimeOffset> blocked = new(StringComparer.Ordinal);

    public Task<(string Limit, DateTimeOffset FreeAt)?> TakeAsync(Account account, IReadOnlyList<RateLimit> limits, Cost cost, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (blocked.TryGetValue(account.Bucket, out var until) && until > now)
        {
            return Task.FromResult<(string, DateTimeOffset)?>(("the network's own", until));
        }

        foreach (var limit in limits.Where(l => l.Lasting))
        {
            var (_, since, freeAt) = limit.At(now);
            if (used.Where(u => u.Key.Item1 == account.Bucket && u.Key.Item2 == limit.Name && u.Key.Item3 >= since).Sum(u => u.Value) + cost.Of(limit) > limit.Most)
            {
                return Task.FromResult<(string, DateTimeOffset)?>((limit.Name, freeAt));
            }
        }

        foreach (var limit in limits)
        {
            Add(account, limit, cost.Of(limit), now);
        }

        return Task.FromResult<(string, DateTimeOffset)?>(null);
    }

    public Task SettleAsync(Account account, RateLimit limit, string lane, decimal difference, DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        Add(account, limit, difference, takenAt);
        return Task.CompletedTask;
    }

    public Task BlockAsync(Account account, DateTimeOffset until, CancellationToken cancellationToken)
    {
        blocked[account.Bucket] = until;
        return Task.CompletedTask;
    }

    private void Add(Account account, RateLimit limit, decimal units, DateTimeOffset at)
    {
        var key = (account.Bucket, limit.Name, limit.At(at).Slot);
        used[key] = used.GetValueOrDefault(key) + units;
    }
}
