using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Width of a bar.</summary>
public enum Bucket
{
    Hour = 0,
    Day = 1,
}

/// <summary>Counts of one hour or day, of mentions that are not dismissed, by time of publication.</summary>
/// <param name="At">Start of the bucket, UTC. A day begins at midnight of the zone asked for; where that lies within an hour of UTC, with the next whole one, as counts are kept by those.</param>
public sealed record DynamicsPoint(DateTimeOffset At, long Negative, long Neutral, long Positive, long Unscored, long Reach);

/// <summary>A time in which a source was blind.</summary>
/// <param name="To">Null while it still is.</param>
public sealed record Gap(Guid SourceId, string SourceName, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>Volume by sentiment over time.</summary>
/// <param name="Zone">Whose midnights part the days: an IANA name.</param>
/// <param name="Starts">When each bucket begins, in order, those without mentions too; the first begins no later than was asked for.</param>
/// <param name="Points">Only buckets with mentions, in order; the others are zero, or blind where a gap says so.</param>
/// <param name="Gaps">Gaps that touch the time asked for.</param>
/// <param name="Spikes">Buckets that stand out against the brand's own rhythm, in order: none in which a source was blind, and none that is not over. By a model none are told.</param>
public sealed record DynamicsView(
    Guid BrandId, DateTimeOffset From, DateTimeOffset To, Bucket Bucket, string Zone, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<DynamicsPoint> Points, IReadOnlyList<Gap> Gaps, IReadOnlyList<Spike> Spikes);

/// <summary>Reading the dynamics of a brand.</summary>
internal static class ReadDynamics
{
    private const int MostStarts = 40_000;
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(14);
    private static readonly TimeSpan LongestByHour = TimeSpan.FromDays(93);
    private static readonly DateTimeOffset FirstDay = DateTimeOffset.UnixEpoch;

    private const string Counts = """
        select width_bucket(hour, $5), label, sum(mentions)::bigint, sum(reach)::bigint from mentions.dynamics
        where workspace = $1 and brand_id = $2 and hour >= $3 and hour < $4 group by 1, 2 having sum(mentions) <> 0 order by 1
        """;

    // By the model's own label, whatever people said; what that model has not judged is unscored.
    private const string CountsByModel = """
        select width_bucket(i.published_at, $5),
            coalesce(v.label, case when i.model_version = $6 then case i.why ->> 'label' when 'negative' then 0 when 'neutral' then 1 when 'positive' then 2 end end, 3)::smallint as label,
            count(*), sum(coalesce(i.reach, 0))::bigint
        from mentions.inbox i left join mentions.verdicts v on v.workspace = i.workspace and v.id = i.id and v.model_version = $6
        where i.workspace = $1 and i.brand_id = $2 and i.published_at >= $3 and i.published_at < $4 and i.status <> 3 group by 1, 2 order by 1
        """;

    private const string Gaps = """
        select source_id, source_name, from_at, to_at, reason from mentions.gaps
        where workspace = $1 and from_at < $3 and coalesce(to_at, 'infinity') > $2 order by from_at limit 1000
        """;

    public static async Task<Ok<DynamicsView>> Handle(
        Guid id, DateTimeOffset? from, DateTimeOffset? to, string? bucket, string? zone, string? model, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (start, end, width) = Asked(from, to, bucket, clock.GetUtcNow());

        // Counts are kept by whole hours: the range grows outwards to whole buckets, so that every bar is complete.
        var days = Zone(zone);
        var starts = Starts(start, end, width, days);
        var last = End(starts, end, width, days);
        var gaps = await GapsAsync(dataSource, caller.Workspace, starts[0], end, cancellationToken);
        if (model is not null || starts[0] - Spikes.History < FirstDay)
        {
            var points = await PointsAsync(dataSource, caller.Workspace, id, starts, last, model, cancellationToken);
            return TypedResults.Ok(new DynamicsView(id, starts[0], end, width, days.Id, starts, points, gaps, []));
        }

        // With the weeks before, which say what is ordinary.
        var back = Starts(starts[0] - Spikes.History, starts[0], width, days);
        DateTimeOffset[] all = [.. back, .. starts];
        var counted = await PointsAsync(dataSource, caller.Workspace, id, all, last, null, cancellationToken);
        var blind = await GapsAsync(dataSource, caller.Workspace, back[0], starts[0], cancellationToken);
        var spikes = Spikes.Find(Times(all, last, counted, [.. blind, .. gaps]), starts[0], clock.GetUtcNow());
        return TypedResults.Ok(new DynamicsView(id, starts[0], end, width, days.Id, starts, [.. counted.Where(p => p.At >= starts[0])], gaps, spikes));
    }

    private static List<CountedTime> Times(DateTimeOffset[] starts, DateTimeOffset end, List<DynamicsPoint> points, List<Gap> gaps)
    {
        var (times, at) = (new List<CountedTime>(starts.Length), 0);
        for (var i = 0; i < starts.Length; i++)
        {
            var (from, to) = (starts[i], i + 1 < starts.Length ? starts[i + 1] : end);
            var point = at < points.Count && points[at].At == from ? points[at++] : null;
            times.Add(new(from, to, point is null ? 0 : point.Negative + point.Neutral + point.Positive + point.Unscored, point?.Negative ?? 0, gaps.Exists(g => g.From < to && (g.To is null || g.To > from))));
        }

        return times;
    }

    /// <summary>The range and the width of its bars, where something was left out as it is without.</summary>
    internal static (DateTimeOffset From, DateTimeOffset To, Bucket Width) Asked(DateTimeOffset? from, DateTimeOffset? to, string? bucket, DateTimeOffset now)
    {
        // Buckets are counted a little beyond the range, and the calendar has an end on either side.
        var end = to ?? now;
        if (end.UtcDateTime.Year is < 2 or > 9998)
        {
            throw RuleViolation.Invalid("to", "out_of_range", "to takes a time in the years 2 to 9998.");
        }

        var start = from ?? end - DefaultSpan;
        var width = (bucket?.ToLowerInvariant()) switch
        {
            null => end - start > TimeSpan.FromDays(31) ? Bucket.Day : Bucket.Hour,
            "hour" => Bucket.Hour,
            "day" => Bucket.Day,
            _ => throw RuleViolation.Invalid("bucket", "value_unknown", "bucket takes hour or day."),
        };
        return start < end && (width == Bucket.Day || end - start <= LongestByHour)
            ? (start, end, width)
            : throw RuleViolation.Invalid("from", "out_of_range", $"from must be before to, and by hour at most {LongestByHour.TotalDays:0} days before it.");
    }

    /// <summary>When the hours or days of a range begin: the first no later than the range. Of a range longer than a century the last day is longer.</summary>
    internal static DateTimeOffset[] Starts(DateTimeOffset from, DateTimeOffset to, Bucket width, TimeZoneInfo zone)
    {
        // Nobody's days before computers had clocks need their midnight.
        var since = width == Bucket.Day && from >= FirstDay ? Day(from, zone) : Hour(from);
        var starts = new List<DateTimeOffset> { since };
        for (var at = Next(since, width, zone); at < to && starts.Count < MostStarts; at = Next(at, width, zone))
        {
            starts.Add(at);
        }

        return [.. starts];
    }

    /// <summary>When the last hour or day of a range ends: no earlier than the range.</summary>
    internal static DateTimeOffset End(DateTimeOffset[] starts, DateTimeOffset to, Bucket width, TimeZoneInfo zone) => Next(starts[^1], width, zone) is var end && end > to ? end : to;

    private static DateTimeOffset Next(DateTimeOffset at, Bucket width, TimeZoneInfo zone) =>
        width == Bucket.Hour ? at.AddHours(1) : at < FirstDay ? FirstDay : Day(at.AddHours(36), zone) is var next && next > at ? next : at.AddDays(1);

    // The day of a time, which in zones that are parts of an hour off begins with the next whole one.
    private static DateTimeOffset Day(DateTimeOffset time, TimeZoneInfo zone)
    {
        var day = TimeZoneInfo.ConvertTime(time, zone).Date;
        return Midnight(day, zone) is var start && start <= time ? start : Midnight(day.AddDays(-1), zone);
    }

    // Where clocks are put forward at midnight the day begins when they have been.
    private static DateTimeOffset Midnight(DateTime day, TimeZoneInfo zone)
    {
        var first = zone.IsInvalidTime(day) ? day.AddHours(1) : day;
        var start = new DateTimeOffset(first, TimeSpan.Zero) - zone.GetUtcOffset(first);
        return Hour(start.AddHours(1).AddTicks(-1));
    }

    /// <summary>The hour that a time lies in.</summary>
    internal static DateTimeOffset Hour(DateTimeOffset time) => new(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);

    /// <summary>The zone of this name, UTC without one.</summary>
    internal static TimeZoneInfo Zone(string? name) => name switch
    {
        null => TimeZoneInfo.Utc,
        _ when TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) && found.HasIanaId => found,
        _ => throw RuleViolation.Invalid("zone", "value_unknown", "zone takes an IANA name, such as Europe/Stockholm."),
    };

    private static async Task<List<DynamicsPoint>> PointsAsync(NpgsqlDataSource dataSource, string workspace, Guid brand, DateTimeOffset[] starts, DateTimeOffset to, string? model, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(model is null ? Counts : CountsByModel);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(starts[0].UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        command.Parameters.AddWithValue(Array.ConvertAll(starts, s => s.UtcDateTime));
        if (model is not null)
        {
            command.Parameters.AddWithValue(model);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var points = new SortedDictionary<DateTimeOffset, DynamicsPoint>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var at = starts[reader.GetInt32(0) - 1];
            var point = points.GetValueOrDefault(at) ?? new DynamicsPoint(at, 0, 0, 0, 0, 0);
            points[at] = With(point, reader.GetInt16(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        return [.. points.Values];
    }

    /// <summary>With what one label counts.</summary>
    internal static DynamicsPoint With(DynamicsPoint point, short label, long mentions, long reach) => label switch
    {
        (short)Sentiment.Negative => point with { Negative = mentions, Reach = point.Reach + reach },
        (short)Sentiment.Neutral => point with { Neutral = mentions, Reach = point.Reach + reach },
        (short)Sentiment.Positive => point with { Positive = mentions, Reach = point.Reach + reach },
        _ => point with { Unscored = mentions, Reach = point.Reach + reach },
    };

    /// <summary>Gaps that touch a time.</summary>
    internal static async Task<List<Gap>> GapsAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Gaps);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var gaps = new List<Gap>();
        while (await reader.ReadAsync(cancellationToken))
        {
            gaps.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4)));
        }

        return gaps;
    }
}
