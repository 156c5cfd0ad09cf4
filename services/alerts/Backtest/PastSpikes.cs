using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Replays the watches of counts, terms and gaps. The baseline of each day is learned from what came before it, as it would have been then.</summary>
internal sealed class PastSpikes(NpgsqlDataSource dataSource, Counts counts, TopicWatch topics, IOptions<AlertOptions> options)
{
    // Live the watches look every few seconds; a burst is found minutes later here, and the same bursts are found.
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    private const int MostBrands = 50;

    public async Task<PastRun> BurstsAsync(string workspace, Rule rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var negative = rule.Kind == RuleKinds.NegativeSpike;
        var (incidents, mentions) = (new List<Standing>(), 0L);
        var brands = (await counts.BrandsAsync(workspace, cancellationToken)).FindAll(b => rule.Terms.BrandId is null || rule.Terms.BrandId == b.Id);
        foreach (var brand in brands.Take(MostBrands))
        {
            var series = await ReadAsync(workspace, brand.Id, rule.Terms.Filter?.Sources, negative, from, to, cancellationToken);
            mentions += series.Mentions;
            incidents.AddRange(Walk(rule, brand, SpikeWatch.Cause, null, null, series, negative, (b, first, c) => Burst.Find(b, first, c, Caution.Of(rule.Terms.Sensitivity), negative), cancellationToken));
        }

        return new([.. incidents.OrderBy(i => i.State.OpenedAt)], mentions, 0, brands.Count > MostBrands);
    }

    public async Task<PastRun> SilencesAsync(string workspace, Rule rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var chosen = rule.Terms.Filter?.Sources;
        var replay = new Replay(rule);
        var gaps = await GapsAsync(workspace, from, cancellationToken);
        foreach (var gap in gaps.Where(g => !g.Wanted && (chosen is null || chosen.Contains(g.Source)) && (g.Until ?? to) - g.Since >= TimeSpan.FromMinutes(rule.Terms.AfterMinutes)))
        {
            var at = gap.Since.AddMinutes(rule.Terms.AfterMinutes);
            if (at < from)
            {
                continue;
            }

            replay.Look(new(null, $"gap:{gap.Id:D}", gap.Name, gap.Source, new(0, 0, gap.Since, at, 0)), at);
        }

        var mentions = 0L;
        var sources = (await counts.SourcesAsync(workspace, cancellationToken)).FindAll(s => chosen is null || chosen.Contains(s.Id));
        var incidents = replay.Incidents;
        foreach (var source in sources.Take(MostBrands))
        {
            var series = await ReadAsync(workspace, null, [source.Id], false, from, to, cancellationToken);
            mentions += series.Mentions;
            incidents.AddRange(Walk(
                rule,
                null,
                $"fell:{source.Id:D}",
                source.Name,
                source.Id,
                series,
                false,
                (b, first, c) => gaps.Exists(g => g.Source == source.Id && g.Since < first.AddMinutes(Burst.LookBack) && (g.Until ?? to) > first) ? null : Burst.FindLull(b, first, c, Caution.Of(rule.Terms.Sensitivity)),
                cancellationToken));
        }

        return new([.. incidents.OrderBy(i => i.State.OpenedAt)], mentions, 0, sources.Count > MostBrands);
    }

    public async Task<PastRun> TopicsAsync(string workspace, Rule rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (incidents, mentions) = (new List<Standing>(), 0L);
        var brands = (await counts.BrandsAsync(workspace, cancellationToken)).FindAll(b => rule.Terms.BrandId is null || rule.Terms.BrandId == b.Id);
        var since = from < to - Topics.Kept + Rising.Before ? to - Topics.Kept + Rising.Before : from;
        foreach (var brand in brands.Take(MostBrands))
        {
            var replay = new Replay(rule);
            for (var now = since; now <= to; now = now.AddHours(Rising.Hours))
            {
                var (found, recent) = await topics.MeasureAsync(workspace, rule, brand.Id, now, cancellationToken);
                mentions += recent;
                foreach (var signal in TopicWatch.Match(found, [.. replay.Incidents.Where(i => i.State.Lasts)], brand, now))
                {
                    replay.Look(signal, now);
                }
            }

            incidents.AddRange(replay.Incidents);
        }

        return new([.. incidents.OrderBy(i => i.State.OpenedAt)], mentions, 0, brands.Count > MostBrands || since > from);
    }

    /// <summary>Looks again and again at a series, and relearns what is ordinary every day.</summary>
    internal static List<Standing> Walk(
        Rule rule, BrandRef? brand, string cause, string? subject, Guid? source, Series series, bool negative, Look look, CancellationToken cancellationToken)
    {
        var replay = new Replay(rule);
        var (baseline, learned) = (Baseline.Learn(series.FirstHour, []), DateTimeOffset.MinValue);
        for (var now = series.FirstMinute.AddMinutes(Burst.LookBack); now <= series.FirstMinute.AddMinutes(series.Minutes.Length); now += Step)
        {
            if (now - learned >= TimeSpan.FromDays(1))
            {
                cancellationToken.ThrowIfCancellationRequested();
                series.Settle(now);
                var hours = (int)(now.AddMinutes(-Burst.LookBack) - series.FirstHour).TotalHours;
                (baseline, learned) = (Baseline.Learn(series.FirstHour, series.Hours.AsSpan(0, Math.Clamp(hours, 0, series.Hours.Length))), now);
            }

            var end = (int)(now - series.FirstMinute).TotalMinutes;
            var measured = look(baseline, now.AddMinutes(-Burst.LookBack), series.Minutes.AsSpan(end - Burst.LookBack, Burst.LookBack));
            replay.Look(new(brand, cause, subject, source, measured is null ? null : measured with { Negative = negative }), now);
        }

        return replay.Incidents;
    }

    private async Task<Series> ReadAsync(string workspace, Guid? brand, IReadOnlyList<Guid>? sources, bool negative, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var oldest = Counts.Hour(to.AddDays(-7 * options.Value.HistoryWeeks));
        var rows = await counts.HoursAsync(workspace, brand, sources, negative, oldest, to, cancellationToken);
        var firstHour = rows.Count > 0 ? rows.Min(r => r.At) : oldest;
        var hours = new double[(int)(Counts.Hour(to) - firstHour).TotalHours + 1];
        var newcomers = rows.GroupBy(r => r.Source).ToDictionary(g => g.Key, g => new Newcomer(g.Min(r => r.At) + Counts.Settled, [.. g.Select(r => ((int)(r.At - firstHour).TotalHours, r.Count))], []));
        var first = Counts.Minute(from > firstHour ? from : firstHour);
        var minutes = new int[Math.Max(0, (int)(to - first).TotalMinutes) + 1];
        await using var command = dataSource.CreateCommand(
            $"""
            select date_trunc('minute', at) as minute, count(*)::int, source_id from alerts.judged
            where workspace = $1 and at >= $2 and at <= $3 {(negative ? "and label = 0" : "")} {(sources is null ? "" : "and source_id = any($4)")} {(brand is null ? "" : $"and brand_id = ${(sources is null ? 4 : 5)}")}
            group by 1, 3
            """);
        command.CommandTimeout = 20;
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(first.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        if (sources is not null)
        {
            command.Parameters.AddWithValue(sources.ToArray());
        }

        if (brand is { } id)
        {
            command.Parameters.AddWithValue(id);
        }

        var mentions = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (minute, count) = ((int)(reader.GetFieldValue<DateTimeOffset>(0) - first).TotalMinutes, reader.GetInt32(1));
            mentions += count;
            newcomers.GetValueOrDefault(reader.GetGuid(2))?.Minutes.Add((minute, count));
        }

        return new(firstHour, hours, first, minutes, mentions) { Newcomers = new(newcomers.Values.OrderBy(n => n.SettlesAt)) };
    }

    private async Task<List<(Guid Id, Guid Source, string Name, DateTimeOffset Since, DateTimeOffset? Until, bool Wanted)>> GapsAsync(string workspace, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id, source_id, source_name, since, until, reason = 'paused' from alerts.gaps where workspace = $1 and (until is null or until > $2) order by since limit 5000");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        var gaps = new List<(Guid, Guid, string, DateTimeOffset, DateTimeOffset?, bool)>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            gaps.Add((r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.IsDBNull(4) ? null : r.GetFieldValue<DateTimeOffset>(4), r.GetBoolean(5)));
        }

        return gaps;
    }

    /// <summary>Looks at minutes.</summary>
    internal delegate Measured? Look(Baseline baseline, DateTimeOffset first, ReadOnlySpan<int> minutes);

    /// <summary>Counts by hour to learn from, and by minute to look at.</summary>
    internal sealed record Series(DateTimeOffset FirstHour, double[] Hours, DateTimeOffset FirstMinute, int[] Minutes, long Mentions)
    {
        /// <summary>Sources that do not count yet, in the order in which they will.</summary>
        public Queue<Newcomer> Newcomers { get; init; } = new();

        /// <summary>Takes in the sources that count at a moment.</summary>
        public void Settle(DateTimeOffset now)
        {
            while (Newcomers.TryPeek(out var next) && next.SettlesAt <= now)
            {
                Newcomers.Dequeue();
                next.Hours.ForEach(h => Hours[h.At] += h.Count);
                next.Minutes.ForEach(m => Minutes[m.At] += m.Count);
            }
        }
    }

    /// <summary>What a source told, from its beginning on: like live it counts once its rhythm is known.</summary>
    internal sealed record Newcomer(DateTimeOffset SettlesAt, List<(int At, int Count)> Hours, List<(int At, int Count)> Minutes);
}
