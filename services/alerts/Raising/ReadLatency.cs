using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>How long the alerts of one brand or source took. Seconds; null when there are none.</summary>
/// <param name="By"><c>brand</c> or <c>source</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Alerts">Alerts that were counted.</param>
/// <param name="RaisedP50">From published to the alert, median.</param>
/// <param name="RaisedP95">From published to the alert, 95th percentile.</param>
/// <param name="ToldP50">From the alert to the first channel that took its incident, median.</param>
/// <param name="ToldP95">The same, 95th percentile.</param>
/// <param name="AcknowledgedP50">From the alert to the first acknowledgement of its incident, median.</param>
/// <param name="AcknowledgedP95">The same, 95th percentile.</param>
public sealed record AlertLatency(string By, string Name, long Alerts, double? RaisedP50, double? RaisedP95, double? ToldP50, double? ToldP95, double? AcknowledgedP50, double? AcknowledgedP95);

/// <summary>How long alerts took.</summary>
/// <param name="Days">How far it looks back.</param>
/// <param name="Rows">By brand and by source, the busiest first; at most 50 of each.</param>
public sealed record AlertLatencies(int Days, IReadOnlyList<AlertLatency> Rows);

/// <summary><c>GET /api/latency/alerts</c>: our own promise, measured.</summary>
internal static class ReadLatency
{
    private const int Days = 7;

    // The first alert of an incident is what people were told of; those that joined later were known already.
    private const string Sql = """
        with firsts as (
            select distinct on (a.incident_id) a.incident_id, a.brand_name, coalesce(n.name, '–') as source_name, j.at, a.raised_at,
                (i.state ->> 'acknowledgedAt')::timestamptz as acknowledged_at,
                (select min(x.delivered_at) from alerts.notices x where x.workspace = a.workspace and x.incident_id = a.incident_id and x.state = 'delivered') as told_at
            from alerts.alerts a
            join alerts.incidents i on i.workspace = a.workspace and i.id = a.incident_id
            join alerts.judged j on j.workspace = a.workspace and j.mention_id = a.mention_id
            left join alerts.names n on n.workspace = a.workspace and n.kind = 'source' and n.id = j.source_id
            where a.workspace = $1 and a.raised_at > $2
            order by a.incident_id, a.raised_at),
        both_ways as (select 'brand' as by, brand_name as name, f.* from firsts f union all select 'source', source_name, f.* from firsts f)
        select by, name, count(*),
            percentile_cont(0.5) within group (order by extract(epoch from raised_at - at)), percentile_cont(0.95) within group (order by extract(epoch from raised_at - at)),
            percentile_cont(0.5) within group (order by extract(epoch from told_at - raised_at)), percentile_cont(0.95) within group (order by extract(epoch from told_at - raised_at)),
            percentile_cont(0.5) within group (order by extract(epoch from acknowledged_at - raised_at)), percentile_cont(0.95) within group (order by extract(epoch from acknowledged_at - raised_at))
        from both_ways group by by, name order by by, count(*) desc, name
        """;

    public static void MapAlertLatency(this IEndpointRouteBuilder app) => app.MapGet("/api/latency/alerts", AnswerAsync)
        .WithTags("Alerts").WithName("GetAlertLatency").WithSummary("How long incidents of single mentions took from published to told to acknowledged, by brand and source").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);

    private static async Task<Ok<AlertLatencies>> AnswerAsync(Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(clock.GetUtcNow().AddDays(-Days).UtcDateTime);
        var rows = new List<AlertLatency>();
        await using var r = await command.ExecuteReaderAsync(ct);
        while (await r.ReadAsync(ct))
        {
            rows.Add(new(r.GetString(0), r.GetString(1), r.GetInt64(2), Value(3), Value(4), Value(5), Value(6), Value(7), Value(8)));
        }

        return TypedResults.Ok(new AlertLatencies(Days, [.. rows.GroupBy(x => x.By, StringComparer.Ordinal).SelectMany(g => g.Take(50))]));

        double? Value(int column) => r.IsDBNull(column) ? null : r.GetDouble(column);
    }
}
