using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Reads counts as rows without holes, and keeps what was learned from them for a while.</summary>
internal sealed class Counts(NpgsqlDataSource dataSource, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <summary>A source that was added lately would look like a burst of the brand: it counts once its rhythm is known.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromDays(3);

    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (long At, Baseline Baseline, Guid[] Sources)> learned = new(StringComparer.Ordinal);

    /// <summary>Brands with mentions in the last hours, with their names.</summary>
    public Task<List<BrandRef>> BrandsAsync(string workspace, CancellationToken cancellationToken) => NamesAsync(
        "select n.id, n.name from alerts.names n where n.workspace = $1 and n.kind = 'brand' and exists (select from alerts.counts_hour c where c.workspace = $1 and c.brand_id = n.id and c.at > $2)",
        workspace,
        clock.GetUtcNow().AddDays(-14),
        cancellationToken);

    /// <summary>Sources that told something in the last two weeks and since they were removed, if they were, with their names.</summary>
    public Task<List<BrandRef>> SourcesAsync(string workspace, CancellationToken cancellationToken) => NamesAsync(
        "select n.id, n.name from alerts.names n where n.workspace = $1 and n.kind = 'source' and exists (select from alerts.counts_hour c where c.workspace = $1 and c.source_id = n.id and c.at > greatest($2, n.removed_at))",
        workspace,
        clock.GetUtcNow().AddDays(-14),
        cancellationToken);

    /// <summary>What is ordinary for a brand in the sources that have told for a while, and which sources these are.</summary>
    /// <param name="brand">Null for all brands.</param>
    /// <param name="sources">Only these; null for all.</param>
    /// <param name="negative">Negative mentions alone.</param>
    public async Task<(Baseline Baseline, Guid[] Sources)> OrdinaryAsync(string workspace, Guid? brand, IReadOnlyList<Guid>? sources, bool negative, CancellationToken cancellationToken)
    {
        var key = $"{workspace}/{brand}/{negative}/{string.Join(',', sources ?? [])}";
        if (learned.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < Believed)
        {
            return (known.Baseline, known.Sources);
        }

        // The hours that the bursts are looked for in teach nothing yet.
        var to = Hour(clock.GetUtcNow().AddMinutes(-Burst.LookBack));
        var rows = await HoursAsync(workspace, brand, sources, negative, to.AddDays(-7 * options.Value.HistoryWeeks), to, cancellationToken);
        var settled = rows.GroupBy(r => r.Source).Where(g => g.Min(r => r.At) <= clock.GetUtcNow() - Settled).Select(g => g.Key).ToHashSet();
        var counted = rows.FindAll(r => settled.Contains(r.Source));
        var baseline = Baseline.Learn(to, []);
        if (counted.Count > 0)
        {
            var first = counted.Min(r => r.At);
            var hours = new double[(int)(to - first).TotalHours];
            counted.ForEach(r => hours[(int)(r.At - first).TotalHours] += r.Count);
            baseline = Baseline.Learn(first, hours);
        }

        Guid[] mine = [.. settled];
        learned[key] = (clock.GetTimestamp(), baseline, mine);
        return (baseline, mine);
    }

    /// <summary>Mentions by minute up to now.</summary>
    public async Task<(DateTimeOffset First, int[] Counts)> MinutesAsync(string workspace, Guid? brand, Guid[] sources, bool negative, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var last = Minute(until);
        var first = last.AddMinutes(-Burst.LookBack);
        await using var command = dataSource.CreateCommand(
            $"""
            select at, sum({(negative ? "negative" : "total")})::int from alerts.counts_minute
            where workspace = $1 and at >= $2 and at <= $3 and source_id = any($4) {(brand is null ? "" : "and brand_id = $5")} group by at
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(first.UtcDateTime);
        command.Parameters.AddWithValue(last.UtcDateTime);
        command.Parameters.AddWithValue(sources);
        if (brand is { } id)
        {
            command.Parameters.AddWithValue(id);
        }

        var counts = new int[Burst.LookBack + 1];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts[(int)(reader.GetFieldValue<DateTimeOffset>(0) - first).TotalMinutes] = reader.GetInt32(1);
        }

        return (first, counts);
    }

    /// <summary>Mentions by hour and source.</summary>
    public async Task<List<(DateTimeOffset At, Guid Source, int Count)>> HoursAsync(string workspace, Guid? brand, IReadOnlyList<Guid>? sources, bool negative, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select at, source_id, sum({(negative ? "negative" : "total")})::int from alerts.counts_hour
            where workspace = $1 and at >= $2 and at < $3 {(brand is null ? "" : "and brand_id = $4")} {(sources is null ? "" : $"and source_id = any(${(brand is null ? 4 : 5)})")}
            group by at, source_id
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        if (brand is { } id)
        {
            command.Parameters.AddWithValue(id);
        }

        if (sources is not null)
        {
            command.Parameters.AddWithValue(sources.ToArray());
        }

        var rows = new List<(DateTimeOffset, Guid, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetGuid(1), reader.GetInt32(2)));
        }

        return rows;
    }

    /// <summary>The full hour.</summary>
    public static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>The full minute.</summary>
    public static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private async Task<List<BrandRef>> NamesAsync(string sql, string workspace, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(since.UtcDateTime);
        var found = new List<BrandRef>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(reader.GetGuid(0), reader.GetString(1)));
        }

        return found;
    }
}
