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
/// <param name="At">Start of the bucket, UTC.</param>
public sealed record DynamicsPoint(DateTimeOffset At, long Negative, long Neutral, long Positive, long Unscored, long Reach);

/// <summary>A time in which a source was blind.</summary>
/// <param name="To">Null while it still is.</param>
public sealed record Gap(Guid SourceId, string SourceName, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>Volume by sentiment over time.</summary>
/// <param name="Points">Only buckets with mentions, in order; the others are zero, or blind where a gap says so.</param>
/// <param name="Gaps">Gaps that touch the time asked for.</param>
public sealed record DynamicsView(Guid BrandId, DateTimeOffset From, DateTimeOffset To, Bucket Bucket, IReadOnlyList<DynamicsPoint> Points, IReadOnlyList<Gap> Gaps);

/// <summary>Reading the dynamics of a brand.</summary>
internal static class ReadDynamics
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(14);
    private static readonly TimeSpan LongestByHour = TimeSpan.FromDays(93);

    private const string Counts = """
        select date_trunc($5, hour, 'UTC') as at, label, sum(mentions)::bigint, sum(reach)::bigint from mentions.dynamics
        where workspace = $1 and brand_id = $2 and hour >= $3 and hour < $4 group by at, label having sum(mentions) <> 0 order by at
        """;

    // By the model's own label, whatever people said; what that model has not judged is unscored.
    private const string CountsByModel = """
        select date_trunc($5, i.published_at, 'UTC') as at,
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
        Guid id, DateTimeOffset? from, DateTimeOffset? to, string? bucket, string? model, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var end = to ?? clock.GetUtcNow();
        var start = from ?? end - DefaultSpan;
        var width = (bucket?.ToLowerInvariant()) switch
        {
            null => end - start > TimeSpan.FromDays(31) ? Bucket.Day : Bucket.Hour,
            "hour" => Bucket.Hour,
            "day" => Bucket.Day,
            _ => throw RuleViolation.Invalid("bucket", "value_unknown", "bucket takes hour or day."),
        };
        if (start >= end || (width == Bucket.Hour && end - start > LongestByHour))
        {
            throw RuleViolation.Invalid("from", "out_of_range", $"from must be before to, and by hour at most {LongestByHour.TotalDays:0} days before it.");
        }

        // Counts are kept by whole hours: the range grows outwards to whole buckets, so that every bar is complete.
        var first = Floor(start, width);
        var points = await PointsAsync(dataSource, caller.Workspace, id, first, end, width, model, cancellationToken);
        return TypedResults.Ok(new DynamicsView(id, first, end, width, points, await GapsAsync(dataSource, caller.Workspace, first, end, cancellationToken)));
    }

    private static DateTimeOffset Floor(DateTimeOffset time, Bucket width)
    {
        var utc = time.UtcDateTime;
        return width == Bucket.Day ? new DateTimeOffset(utc.Date, TimeSpan.Zero) : new DateTimeOffset(utc.Date.AddHours(utc.Hour), TimeSpan.Zero);
    }

    private static async Task<List<DynamicsPoint>> PointsAsync(NpgsqlDataSource dataSource, string workspace, Guid brand, DateTimeOffset from, DateTimeOffset to, Bucket width, string? model, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(model is null ? Counts : CountsByModel);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        command.Parameters.AddWithValue(width == Bucket.Day ? "day" : "hour");
        if (model is not null)
        {
            command.Parameters.AddWithValue(model);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var points = new SortedDictionary<DateTimeOffset, DynamicsPoint>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var at = reader.GetFieldValue<DateTimeOffset>(0);
            var point = points.GetValueOrDefault(at) ?? new DynamicsPoint(at, 0, 0, 0, 0, 0);
            var count = reader.GetInt64(2);
            point = point with { Reach = point.Reach + reader.GetInt64(3) };
            points[at] = reader.GetInt16(1) switch
            {
                (short)Sentiment.Negative => point with { Negative = count },
                (short)Sentiment.Neutral => point with { Neutral = count },
                (short)Sentiment.Positive => point with { Positive = count },
                _ => point with { Unscored = count },
            };
        }

        return [.. points.Values];
    }

    private static async Task<List<Gap>> GapsAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
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
