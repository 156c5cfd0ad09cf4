using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Ingest.Sources;

/// <summary>A limit and what is used of it, over all sources with the same credentials.</summary>
/// <param name="Name">What is counted.</param>
/// <param name="Most">At most so much in a window.</param>
/// <param name="WindowSeconds">Length of the window; 2,678,400 for a calendar month.</param>
/// <param name="Used">Used in the present window.</param>
/// <param name="FreeAt">When the next part of it is free again.</param>
public sealed record LimitUse(string Name, decimal Most, double WindowSeconds, decimal Used, DateTimeOffset FreeAt);

/// <summary>What a query or channel of the source spent in the last seven days.</summary>
/// <param name="Lane">The query or channel.</param>
/// <param name="Limit">What is counted.</param>
/// <param name="Calls">Calls to the network.</param>
/// <param name="Used">Cost, in the limit's unit.</param>
/// <param name="PerDay">Mean cost of a day on which it was read at all.</param>
/// <param name="DaysLeft">How many days what is left of the window lasts at that pace; null when it does not end.</param>
public sealed record LaneUse(string Lane, string Limit, long Calls, decimal Used, decimal PerDay, double? DaysLeft);

/// <summary>What a source spends.</summary>
/// <param name="Limits">Its limits.</param>
/// <param name="Lanes">Who spends, the dearest first.</param>
/// <param name="BlockedUntil">Until when the network refuses; null when it does not.</param>
public sealed record SourceBudget(IReadOnlyList<LimitUse> Limits, IReadOnlyList<LaneUse> Lanes, DateTimeOffset? BlockedUntil);

/// <summary>The planner of a source's quota and money.</summary>
internal static class ReadBudget
{
    private const string LanesSql = "select lane, limit_name, sum(calls)::bigint, sum(used), count(distinct day) from ingest.spending where workspace = $1 and source_id = $2 and day > $3 group by 1, 2 order by 4 desc, 1 limit 500";

    public static async Task<Ok<SourceBudget>> RunAsync(Guid id, [AsParameters] SourceDesk desk, CancellationToken ct)
    {
        var source = await SourceLog.LoadAsync(desk.Session, id, ct);
        if (source.Version == 0 || source.Removed)
        {
            throw RuleViolation.NotFound("source");
        }

        var connector = desk.Book[source.Kind];
        var settings = await desk.Credentials.LoadAsync(desk.Caller.Workspace, source, ct);
        var bucket = settings.Bucket(connector.Card);
        var now = desk.Clock.GetUtcNow();
        var limits = new List<LimitUse>();
        foreach (var limit in connector.Limits(settings))
        {
            var (_, since, freeAt) = limit.At(now);
            limits.Add(new(limit.Name, limit.Most, limit.Window.TotalSeconds, await UsedAsync(desk.DataSource, bucket, limit.Name, since, ct), freeAt));
        }

        return TypedResults.Ok(new SourceBudget(limits, await LanesAsync(desk, id, limits, now, ct), await BlockedAsync(desk.DataSource, bucket, now, ct)));
    }

    private static async Task<decimal> UsedAsync(NpgsqlDataSource dataSource, string bucket, string limit, DateTimeOffset since, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select coalesce(sum(used), 0) from ingest.quotas where bucket = $1 and limit_name = $2 and slot >= $3");
        command.Parameters.Add(new() { Value = bucket });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        return (decimal)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<DateTimeOffset?> BlockedAsync(NpgsqlDataSource dataSource, string bucket, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select until from ingest.quota_blocks where bucket = $1 and until > $2");
        command.Parameters.Add(new() { Value = bucket });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        return await command.ExecuteScalarAsync(ct) is DateTime until ? new DateTimeOffset(until, TimeSpan.Zero) : null;
    }

    private static async Task<List<LaneUse>> LanesAsync(SourceDesk desk, Guid id, List<LimitUse> limits, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = desk.DataSource.CreateCommand(LanesSql);
        command.Parameters.Add(new() { Value = desk.Caller.Workspace });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(now.UtcDateTime.AddDays(-7)) });
        var lanes = new List<LaneUse>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (used, name) = (reader.GetDecimal(3), reader.GetString(1));
            var perDay = Math.Round(used / reader.GetInt64(4), 4);
            var left = limits.Find(l => l.Name == name) is { WindowSeconds: >= 86_400 } limit && perDay > 0 ? (double)Math.Max(0, (limit.Most - limit.Used) / perDay) : (double?)null;
            lanes.Add(new(reader.GetString(0), name, reader.GetInt64(2), used, perDay, left is { } days ? Math.Round(days, 1) : null));
        }

        return lanes;
    }
}
