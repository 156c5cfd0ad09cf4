using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What was said of a brand in a time, and its part in what was said of all that are compared.</summary>
/// <param name="Mentions">Those that are not dismissed. What names two brands is a mention of each.</param>
/// <param name="ShareOfVoice">Mentions of those of all that are compared, 0 to 1; null when there are none.</param>
/// <param name="NegativeShare">Negative of those that are judged, 0 to 1; null when none is.</param>
public sealed record VoiceFigures(long Mentions, double? ShareOfVoice, long Negative, long Neutral, long Positive, long Unscored, double? NegativeShare, long Reach);

/// <summary>What is now against what was before; null where there was nothing to compare with.</summary>
/// <param name="Mentions">More or fewer, of those before: 0.5 is half as many again.</param>
/// <param name="ShareOfVoice">The difference of the shares: 0.05 is five points more.</param>
/// <param name="NegativeShare">The difference of the shares.</param>
public sealed record VoiceChange(double? Mentions, double? ShareOfVoice, double? NegativeShare);

/// <summary>One of the brands that are compared.</summary>
/// <param name="Now">Of the time asked for.</param>
/// <param name="Before">Of the time before it.</param>
/// <param name="OpenNegative">New or claimed, and negative: now, whenever they were published.</param>
/// <param name="Points">Only buckets with mentions, in order; the others are zero, or blind where a gap says so.</param>
public sealed record ComparedBrand(Guid BrandId, VoiceFigures Now, VoiceFigures Before, VoiceChange Change, long OpenNegative, IReadOnlyList<DynamicsPoint> Points);

/// <summary>The time that is compared with: as long, and some whole days earlier, so that it has the same hours of the day.</summary>
/// <param name="Blind">A source was blind in it: a rise may be no more than that.</param>
public sealed record ComparedWith(DateTimeOffset From, DateTimeOffset To, bool Blind);

/// <summary>Brands side by side.</summary>
/// <param name="Zone">Whose midnights part the days: an IANA name.</param>
/// <param name="Before">The time before it.</param>
/// <param name="Starts">When each bucket begins, in order, those without mentions too; the first begins no later than was asked for.</param>
/// <param name="Brands">Those with the most mentions first.</param>
/// <param name="Gaps">Gaps that touch the time asked for. A source is read for all brands: while it is blind all of them are.</param>
public sealed record ComparisonView(
    DateTimeOffset From, DateTimeOffset To, Bucket Bucket, string Zone, ComparedWith Before, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<ComparedBrand> Brands, IReadOnlyList<Gap> Gaps);

/// <summary>Comparing brands. Which brands there are the service of mentions does not know: one that has none, or that is of no brand of the workspace, has zeros.</summary>
internal static class ReadComparison
{
    /// <summary>No more can be told apart.</summary>
    private const int MostBrands = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);
    private static readonly DynamicsPoint Nothing = new(default, 0, 0, 0, 0, 0);

    // Hours of the time before are in bucket 0. Who names no brand means those that most was said of.
    private static readonly string Counts = $"""
        with compared as (
            select unnest($2) as brand_id
            union
            (select brand_id from mentions.dynamics where cardinality($2) = 0 and workspace = $1 and hour >= $4 and hour < $5 group by brand_id having sum(mentions) > 0
                order by sum(mentions) desc, brand_id limit {MostBrands})
        )
        select c.brand_id, width_bucket(d.hour, $3), d.label, sum(d.mentions)::bigint, sum(d.reach)::bigint
        from compared c left join mentions.dynamics d on d.workspace = $1 and d.brand_id = c.brand_id and d.hour >= $6 and d.hour < $5 and (d.hour < $7 or d.hour >= $4)
        group by 1, 2, 3 order by 1, 2
        """;

    private const string OpenNegative = "select brand_id, sum(mentions)::bigint from mentions.totals where workspace = $1 and status <= 1 and label = 0 group by 1";

    /// <summary>Brands side by side.</summary>
    /// <param name="brand">2 to 10 brands; without any the 10 of which most was said in that time.</param>
    public static async Task<Ok<ComparisonView>> Handle(
        Guid[]? brand, DateTimeOffset? from, DateTimeOffset? to, string? bucket, string? zone, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var brands = (brand ?? []).ToHashSet();
        if (brands.Count is 1 or > MostBrands)
        {
            throw RuleViolation.Invalid("brand", "out_of_range", $"Name 2 to {MostBrands} different brands, each as brand=; or none, for those of which most was said.");
        }

        var (start, end, width) = ReadDynamics.Asked(from, to, bucket, now);
        if (end - start > Longest || start < DateTimeOffset.UnixEpoch)
        {
            throw RuleViolation.Invalid("from", "out_of_range", $"from takes a time since 1970, at most {Longest.TotalDays:0} days before to.");
        }

        var days = ReadDynamics.Zone(zone);
        var starts = ReadDynamics.Starts(start, end, width, days);
        var last = ReadDynamics.End(starts, end, width, days);
        var (beforeFrom, beforeTo) = Before(starts[0], last, now, days);
        var read = await ReadAsync(dataSource, caller.Workspace, brands, starts, last, beforeFrom, beforeTo, cancellationToken);
        var gaps = await ReadDynamics.GapsAsync(dataSource, caller.Workspace, starts[0], end, cancellationToken);
        var blindBefore = await ReadDynamics.GapsAsync(dataSource, caller.Workspace, beforeFrom, beforeTo, cancellationToken);
        return TypedResults.Ok(new ComparisonView(starts[0], end, width, days.Id, new(beforeFrom, beforeTo, blindBefore.Count > 0), starts, Compare(read), gaps));
    }

    /// <summary>The same hours, as many whole days earlier as the time has, begun ones too. What has not come yet is not compared.</summary>
    internal static (DateTimeOffset From, DateTimeOffset To) Before(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, TimeZoneInfo zone)
    {
        var soon = ReadDynamics.Hour(now).AddHours(1);
        var end = to > soon && soon > from ? soon : to;
        var days = (int)Math.Ceiling((Clock(end) - Clock(from)).TotalDays);
        var back = Back(end);
        return (Back(from), back < from ? back : from);

        DateTime Clock(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone).DateTime;

        // By the clock on the wall: a week with a day of 23 hours is as long as any.
        DateTimeOffset Back(DateTimeOffset time) => Clock(time).AddDays(-days) is var wall ? ReadDynamics.Hour(new(wall - zone.GetUtcOffset(wall), TimeSpan.Zero)) : default;
    }

    /// <summary>The figures of all, those with the most mentions first.</summary>
    internal static IReadOnlyList<ComparedBrand> Compare(IReadOnlyCollection<BrandCounts> read)
    {
        var (all, allBefore) = (read.Sum(b => b.Points.Sum(Total)), read.Sum(b => Total(b.Before)));
        return [.. read.Select(One).OrderByDescending(b => b.Now.Mentions).ThenBy(b => b.BrandId)];

        ComparedBrand One(BrandCounts b)
        {
            var now = Figures(b.Points.Aggregate(Nothing, Plus), all);
            var before = Figures(b.Before, allBefore);
            var change = new VoiceChange(
                before.Mentions == 0 ? null : Round((now.Mentions - before.Mentions) / (double)before.Mentions), Round(now.ShareOfVoice - before.ShareOfVoice), Round(now.NegativeShare - before.NegativeShare));
            return new(b.BrandId, now, before, change, b.OpenNegative, b.Points);
        }
    }

    private static VoiceFigures Figures(DynamicsPoint p, long all) =>
        new(Total(p), Share(Total(p), all), p.Negative, p.Neutral, p.Positive, p.Unscored, Share(p.Negative, Total(p) - p.Unscored), p.Reach);

    private static double? Share(long part, long of) => of == 0 ? null : Round((double)part / of);

    private static double? Round(double? share) => share is { } s ? Math.Round(s, 4) : null;

    private static long Total(DynamicsPoint p) => p.Negative + p.Neutral + p.Positive + p.Unscored;

    private static DynamicsPoint Plus(DynamicsPoint a, DynamicsPoint b) =>
        new(a.At, a.Negative + b.Negative, a.Neutral + b.Neutral, a.Positive + b.Positive, a.Unscored + b.Unscored, a.Reach + b.Reach);

    private static async Task<List<BrandCounts>> ReadAsync(
        NpgsqlDataSource dataSource, string workspace, HashSet<Guid> brands, DateTimeOffset[] starts, DateTimeOffset to, DateTimeOffset beforeFrom, DateTimeOffset beforeTo, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(OpenNegative) { Parameters = { new() { Value = workspace } } });
        batch.BatchCommands.Add(new(Counts)
        {
            Parameters =
            {
                new() { Value = workspace },
                new() { Value = brands.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = Array.ConvertAll(starts, s => s.UtcDateTime) },
                new() { Value = starts[0].UtcDateTime },
                new() { Value = to.UtcDateTime },
                new() { Value = beforeFrom.UtcDateTime },
                new() { Value = beforeTo.UtcDateTime },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var open = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            open[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        await reader.NextResultAsync(cancellationToken);
        var read = new List<BrandCounts>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            if (read is not [.., var counts] || counts.BrandId != id)
            {
                read.Add(counts = new(id, open.GetValueOrDefault(id), [], Nothing));
            }

            // A brand without any has a row of nothing.
            if (reader.IsDBNull(1))
            {
                continue;
            }

            var (at, label, mentions, reach) = (reader.GetInt32(1), reader.GetInt16(2), reader.GetInt64(3), reader.GetInt64(4));
            if (at == 0)
            {
                read[^1] = counts with { Before = ReadDynamics.With(counts.Before, label, mentions, reach) };
            }
            else if (mentions != 0)
            {
                var begins = starts[at - 1];
                if (counts.Points is not [.., var point] || point.At != begins)
                {
                    counts.Points.Add(point = Nothing with { At = begins });
                }

                counts.Points[^1] = ReadDynamics.With(point, label, mentions, reach);
            }
        }

        return read;
    }

    /// <summary>What is read of a brand.</summary>
    internal sealed record BrandCounts(Guid BrandId, long OpenNegative, List<DynamicsPoint> Points, DynamicsPoint Before);
}
