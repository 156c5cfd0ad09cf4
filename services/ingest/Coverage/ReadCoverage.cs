using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Coverage;

/// <summary>What was seen of a source in a week.</summary>
/// <param name="Week">Monday 00:00 UTC.</param>
/// <param name="Covered">Share of the week's time, so far as it has passed and the source was there, in which it was seen or what it missed was read later: 0 to 1. Null when none of it counts.</param>
/// <param name="BlindSeconds">Seconds in which it was blind, and that were not read later.</param>
/// <param name="Asked">How often it was asked.</param>
/// <param name="Failed">How often it gave no answer that could be read.</param>
/// <param name="Taken">New and edited posts.</param>
/// <param name="LongestWaitSeconds">The longest time between two good reads: how far behind it was at worst.</param>
/// <param name="LastCode">Why its last read of the week failed; null when it went well.</param>
public sealed record CoverageWeek(DateTimeOffset Week, double? Covered, double BlindSeconds, long Asked, long Failed, long Taken, double LongestWaitSeconds, string? LastCode);

/// <summary>A time in which a source was blind.</summary>
/// <param name="To">Null while it still is.</param>
/// <param name="Backfilled">What was written meanwhile was read later.</param>
public sealed record CoverageGap(Guid Id, DateTimeOffset From, DateTimeOffset? To, string Reason, bool Backfilled);

/// <summary>What was seen of a source.</summary>
/// <param name="Weeks">Every week that the time asked for touches, in order.</param>
/// <param name="Gaps">Gaps in that time, newest first, at most 200.</param>
public sealed record SourceCoverage(Guid SourceId, string Kind, string Name, SourceState State, IReadOnlyList<CoverageWeek> Weeks, IReadOnlyList<CoverageGap> Gaps);

/// <summary>What was seen, by source and week.</summary>
public sealed record CoverageView(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SourceCoverage> Sources);

/// <summary>What an hour's ledger says.</summary>
internal sealed record AskedHour(Guid SourceId, DateTimeOffset Hour, long Asked, long Failed, long Taken, double LongestWait, string? LastCode);

/// <summary>Reading the coverage ledger.</summary>
internal static class ReadCoverage
{
    private const int MostGaps = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(371);
    private static readonly TimeSpan Usual = TimeSpan.FromDays(35);

    public static void MapCoverage(this IEndpointRouteBuilder app) => app.MapGet("/api/coverage", RunAsync)
        .WithTags("Sources")
        .WithName("GetCoverage")
        .WithSummary("What was seen of each source, week by week, and when it was blind")
        .RequireRole(Role.Integrator, Role.Moderator, Role.Manager);

    private static async Task<Ok<CoverageView>> RunAsync(DateTimeOffset? from, DateTimeOffset? to, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var end = to is { } asked && asked < now ? asked : now;
        var start = Monday(from ?? (end.UtcDateTime.Year < 2 ? end : end - Usual));
        if (start >= end || end - start > Longest)
        {
            throw RuleViolation.Invalid("from", "out_of_range", "from must be before to, and at most 53 weeks before it.");
        }

        var sources = await SourceView.LoadAsync(dataSource, caller.Workspace, null, now, ct);
        var hours = (await HoursAsync(dataSource, caller.Workspace, start, end, ct)).ToLookup(h => h.SourceId);
        var gaps = (await GapsAsync(dataSource, caller.Workspace, start, end, ct)).ToLookup(g => g.SourceId, g => g.Gap);
        return TypedResults.Ok(new CoverageView(start, end, [.. sources.Select(s => new SourceCoverage(
            s.Id,
            s.Kind,
            s.Name,
            s.State,
            Weeks(start, end, s.CreatedAt, [.. hours[s.Id]], [.. gaps[s.Id]]),
            [.. gaps[s.Id].OrderByDescending(g => g.From).Take(MostGaps)]))]));
    }

    /// <summary>The weeks of a source. A gap counts only where it was not read later; overlapping gaps count once.</summary>
    public static IReadOnlyList<CoverageWeek> Weeks(DateTimeOffset from, DateTimeOffset to, DateTimeOffset createdAt, IReadOnlyList<AskedHour> hours, IReadOnlyList<CoverageGap> gaps)
    {
        var weeks = new List<CoverageWeek>();
        for (var week = Monday(from); week < to; week = week.AddDays(7))
        {
            var (begin, end) = (Later(week, createdAt), Earlier(week.AddDays(7), to));
            var there = Math.Max(0, (end - begin).TotalSeconds);
            var blind = there == 0 ? 0 : Blind(begin, end, gaps);
            var asked = hours.Where(h => h.Hour >= week && h.Hour < week.AddDays(7)).OrderBy(h => h.Hour).ToList();
            weeks.Add(new(
                week,
                there == 0 ? null : Math.Round(1 - (blind / there), 6),
                Math.Round(blind, 1),
                asked.Sum(h => h.Asked),
                asked.Sum(h => h.Failed),
                asked.Sum(h => h.Taken),
                asked.Count == 0 ? 0 : Math.Round(asked.Max(h => h.LongestWait), 1),
                asked.LastOrDefault()?.LastCode));
        }

        return weeks;
    }

    private static double Blind(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<CoverageGap> gaps)
    {
        var blind = TimeSpan.Zero;
        var reached = from;
        foreach (var gap in gaps.Where(g => !g.Backfilled).OrderBy(g => g.From))
        {
            var (begin, end) = (Later(gap.From, reached), Earlier(gap.To ?? to, to));
            if (end > begin)
            {
                blind += end - begin;
                reached = end;
            }
        }

        return blind.TotalSeconds;
    }

    private static DateTimeOffset Monday(DateTimeOffset at)
    {
        var day = at.UtcDateTime.Date;
        return new DateTimeOffset(day.AddDays(-(((int)day.DayOfWeek + 6) % 7)), TimeSpan.Zero);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static async Task<List<AskedHour>> HoursAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("""
            select source_id, date_trunc('week', hour, 'UTC'), sum(asked)::bigint, sum(failed)::bigint, sum(taken)::bigint, max(longest_wait), (array_agg(last_code order by hour desc))[1]
            from ingest.asked where workspace = $1 and hour >= $2 and hour < $3 group by 1, 2
            """);
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = from.UtcDateTime });
        command.Parameters.Add(new() { Value = to.UtcDateTime });
        var hours = new List<AskedHour>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            hours.Add(new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetDouble(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return hours;
    }

    private static async Task<List<(Guid SourceId, CoverageGap Gap)>> GapsAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select source_id, gap_id, from_at, to_at, reason, backfilled from ingest.gaps where workspace = $1 and from_at < $3 and coalesce(to_at, 'infinity') > $2 order by from_at limit 100000");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = from.UtcDateTime });
        command.Parameters.Add(new() { Value = to.UtcDateTime });
        var gaps = new List<(Guid, CoverageGap)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            gaps.Add((reader.GetGuid(0), new(reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4), reader.GetBoolean(5))));
        }

        return gaps;
    }
}
