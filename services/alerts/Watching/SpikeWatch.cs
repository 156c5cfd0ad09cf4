using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Looks for bursts of a brand's mentions.</summary>
internal sealed class SpikeWatch(Counts counts, SignalLog signals, NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>The cause of all bursts of a brand.</summary>
    public const string Cause = "burst";

    public async Task LookAsync(string workspace, Rule rule, CancellationToken cancellationToken)
    {
        var negative = rule.Kind == RuleKinds.NegativeSpike;
        var found = new List<Signal>();
        foreach (var brand in (await counts.BrandsAsync(workspace, cancellationToken)).Where(b => rule.Terms.BrandId is null || rule.Terms.BrandId == b.Id))
        {
            found.Add(new(brand, Cause, null, null, await MeasureAsync(workspace, rule, brand, negative, cancellationToken)));
        }

        found.AddRange(SignalDecider.Over(found, await IncidentLog.LastingAsync(dataSource, workspace, rule.Id, cancellationToken)));
        await signals.ApplyAsync(workspace, rule, found, cancellationToken);
    }

    private async Task<Measured?> MeasureAsync(string workspace, Rule rule, BrandRef brand, bool negative, CancellationToken cancellationToken)
    {
        var (baseline, sources) = await counts.OrdinaryAsync(workspace, brand.Id, rule.Terms.Filter?.Sources, negative, cancellationToken);
        if (baseline.Hours < Baseline.FewestHours)
        {
            return null;
        }

        var (first, minutes) = await counts.MinutesAsync(workspace, brand.Id, sources, negative, clock.GetUtcNow(), cancellationToken);
        return Burst.Find(baseline, first, minutes, Caution.Of(rule.Terms.Sensitivity), negative) is { } burst
            ? burst with { Mentions = await SamplesAsync(workspace, brand.Id, sources, burst, cancellationToken) }
            : null;
    }

    // The worst of the burst, for who looks at the incident.
    private async Task<List<Guid>> SamplesAsync(string workspace, Guid brand, Guid[] sources, Measured burst, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select mention_id from alerts.judged where workspace = $1 and brand_id = $2 and at >= $3 and at <= $4 and source_id = any($5) order by negative desc, mention_id limit 10");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(burst.From.UtcDateTime);
        command.Parameters.AddWithValue(burst.To.AddMinutes(1).UtcDateTime);
        command.Parameters.AddWithValue(sources);
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
