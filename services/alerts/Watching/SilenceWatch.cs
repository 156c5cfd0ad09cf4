using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Looks for sources that are blind, and for those that tell far less than they do at this time of the week. A known gap keeps the second quiet: it is explained already.</summary>
internal sealed class SilenceWatch(Counts counts, SignalLog signals, NpgsqlDataSource dataSource, TimeProvider clock)
{
    // Posts reach us late: the last half hour is not judged yet.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(30);

    public async Task LookAsync(string workspace, Rule rule, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gaps = await GapsAsync(workspace, now, cancellationToken);
        var chosen = rule.Terms.Filter?.Sources;
        var found = gaps
            .Where(g => chosen is null || chosen.Contains(g.Source))
            .Select(g => new Signal(null, $"gap:{g.Id:D}", g.Name, g.Source, g.Until is null && !g.Wanted && now - g.Since >= TimeSpan.FromMinutes(rule.Terms.AfterMinutes) ? new(0, 0, g.Since, now, 0) : null))
            .ToList();
        foreach (var source in (await counts.SourcesAsync(workspace, cancellationToken)).Where(s => chosen is null || chosen.Contains(s.Id)))
        {
            found.Add(new(null, $"fell:{source.Id:D}", source.Name, source.Id, await LullAsync(workspace, rule, source, gaps, now, cancellationToken)));
        }

        found.AddRange(SignalDecider.Over(found, await IncidentLog.LastingAsync(dataSource, workspace, rule.Id, cancellationToken)));
        await signals.ApplyAsync(workspace, rule, found, cancellationToken);
    }

    private async Task<Measured?> LullAsync(string workspace, Rule rule, BrandRef source, List<Gap> gaps, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddMinutes(-Burst.LookBack);
        if (gaps.Exists(g => g.Source == source.Id && (g.Until is null || g.Until > since)))
        {
            return null;
        }

        var (baseline, _) = await counts.OrdinaryAsync(workspace, null, [source.Id], negative: false, cancellationToken);
        if (baseline.Hours < Baseline.FewestHours)
        {
            return null;
        }

        var (first, minutes) = await counts.MinutesAsync(workspace, null, [source.Id], negative: false, now - Late, cancellationToken);
        return Burst.FindLull(baseline, first, minutes, Caution.Of(rule.Terms.Sensitivity));
    }

    // Those that are open, and those that closed within a day, so that their incidents end.
    private async Task<List<Gap>> GapsAsync(string workspace, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id, source_id, source_name, since, until, reason = 'paused' from alerts.gaps where workspace = $1 and (until is null or until > $2) order by until desc nulls first limit 5000");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(now.AddDays(-1).UtcDateTime);
        var gaps = new List<Gap>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            gaps.Add(new(r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.IsDBNull(4) ? null : r.GetFieldValue<DateTimeOffset>(4), r.GetBoolean(5)));
        }

        return gaps;
    }

    // Wanted: a person paused the source, and need not be told.
    private sealed record Gap(Guid Id, Guid Source, string Name, DateTimeOffset Since, DateTimeOffset? Until, bool Wanted);
}
