using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Attempts of one hour.</summary>
/// <param name="Hour">Its beginning.</param>
/// <param name="Delivered">Attempts that were answered 2xx.</param>
/// <param name="Failed">Attempts that failed.</param>
/// <param name="P50Ms">Half of all attempts took at most so many milliseconds.</param>
/// <param name="P95Ms">19 of 20 attempts took at most so many milliseconds.</param>
public sealed record HourStats(DateTimeOffset Hour, long Delivered, long Failed, double P50Ms, double P95Ms);

/// <summary>How a receiver did, hour by hour.</summary>
internal static class ReadStats
{
    private const string Sql = """
        select date_trunc('hour', at, 'UTC'), count(*) filter (where error is null), count(*) filter (where error is not null),
               percentile_cont(0.5) within group (order by ms), percentile_cont(0.95) within group (order by ms)
        from (
            select last_attempt_at, last_error, last_ms from alerts.deliveries where webhook_id = $1 and last_attempt_at >= $2 and last_url is not null
            union all
            select at, error, ms from alerts.delivery_attempts where webhook_id = $1 and at >= $2) as a(at, error, ms)
        group by 1 order by 1
        """;

    public static void MapStats(this IEndpointRouteBuilder app) => app.MapGet("/api/webhooks/{id:guid}/stats", StatsAsync).WithTags("Webhooks").WithName("WebhookStats")
        .WithSummary("Attempts of the last 24 hours, hour by hour; hours without any are left out").RequireRole(WebhookEndpoints.Integrators);

    private static async Task<Ok<List<HourStats>>> StatsAsync(Guid id, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        await WebhookLog.OneAsync(dataSource, caller.Workspace, id, cancellationToken);
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(clock.GetUtcNow().AddHours(-24));
        var hours = new List<HourStats>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            hours.Add(new(r.GetFieldValue<DateTimeOffset>(0), r.GetInt64(1), r.GetInt64(2), r.GetDouble(3), r.GetDouble(4)));
        }

        return TypedResults.Ok(hours);
    }
}
