using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How long mentions took to a station.</summary>
/// <param name="Stage">The station: <c>seen</c>, <c>matched</c>, <c>scored</c>, <c>stored</c>, <c>alerted</c>, <c>delivered</c>, <c>opened</c>, <c>resolved</c>.</param>
/// <param name="From">What it is measured from: <c>published</c> for seen, <c>seen</c> for the others.</param>
/// <param name="Count">Mentions that reached it.</param>
/// <param name="P50Ms">Median, in milliseconds; null when none did.</param>
/// <param name="P95Ms">95th percentile, in milliseconds.</param>
public sealed record LatencyStage(string Stage, string From, long Count, double? P50Ms, double? P95Ms);

/// <summary>The product's own promise, measured: exact percentiles over the mentions seen in the last hours, backfill left out.</summary>
/// <param name="Hours">Hours looked back.</param>
/// <param name="Stages">In the order of the pipeline.</param>
public sealed record LatencyView(int Hours, IReadOnlyList<LatencyStage> Stages);

/// <summary>Reading the latency ledger.</summary>
internal static class ReadLatency
{
    private static readonly string[] Stages = ["seen", "matched", "scored", "stored", "alerted", "delivered", "opened", "resolved"];

    private static readonly string Sql = $"""
        select {string.Join(", ", Stages.Select(Expression))} from mentions.inbox
        where workspace = $1 and seen_at >= $2 and not backfill and ($3 or brand_id = any($4))
        """;

    public static async Task<Ok<LatencyView>> Handle(Guid[]? brand, int? hours, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var window = hours ?? 24;
        if (window is < 1 or > 168)
        {
            throw RuleViolation.Invalid("hours", "out_of_range", "hours takes 1 to 168.");
        }

        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(clock.GetUtcNow().AddHours(-window).UtcDateTime);
        command.Parameters.AddWithValue(brand is null or { Length: 0 });
        command.Parameters.AddWithValue(brand ?? []);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var stages = Stages.Select((stage, i) =>
        {
            var percentiles = reader.IsDBNull((i * 2) + 1) ? null : reader.GetFieldValue<double[]>((i * 2) + 1);
            return new LatencyStage(stage, i == 0 ? "published" : "seen", reader.GetInt64(i * 2), percentiles?[0], percentiles?[1]);
        });
        return TypedResults.Ok(new LatencyView(window, [.. stages]));
    }

    private static string Expression(string stage)
    {
        var from = stage == "seen" ? "published_at" : "seen_at";
        return $"count({stage}_at), percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from ({stage}_at - {from}))::float8 * 1000)";
    }
}
