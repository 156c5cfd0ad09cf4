using System.Globalization;
using Npgsql;

namespace Serm.Tests.Integration.Faults;

/// <summary>What the stores hold of one brand's mentions, counted in the tables themselves.</summary>
/// <param name="Mentions">Rows of the inbox.</param>
/// <param name="FoundEvents">Stored <c>mention_found</c> events.</param>
/// <param name="Judged">Rows with a verdict.</param>
/// <param name="ScoredEvents">Stored events that tell a verdict.</param>
/// <param name="Counted">Sum of the hourly counts.</param>
/// <param name="Urgent">Rows at or over the rule's threshold.</param>
/// <param name="Alerts">Stored alerts.</param>
/// <param name="AlertEvents">Stored <c>alert_raised</c> events.</param>
/// <param name="AlertedRows">Inbox rows that know of their alert.</param>
/// <param name="LiveAlerts">Alerts in the live log.</param>
internal sealed record Tally(long Mentions, long FoundEvents, long Judged, long ScoredEvents, long Counted, long Urgent, long Alerts, long AlertEvents, long AlertedRows, long LiveAlerts)
{
    /// <summary>True when everything that was acknowledged is stored once, judged once, and alerted once if it should be.</summary>
    public bool IsSettled(int acknowledged) =>
        Mentions == acknowledged && FoundEvents == acknowledged && Judged == acknowledged && ScoredEvents == acknowledged && Counted == acknowledged
        && Urgent > 0 && Alerts == Urgent && AlertEvents == Urgent && AlertedRows == Urgent && LiveAlerts == Urgent;

    /// <summary>Counts.</summary>
    public static async Task<Tally> ReadAsync(NpgsqlDataSource database, Guid brand, float threshold, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with mine as (select id, label, negative, alerted_at from mentions.inbox where brand_id = $1),
                 raised as (select id from alerts.alerts where brand_id = $1)
            select (select count(*) from mine),
                   (select count(*) from mentions.mt_events e join mine on mine.id = e.stream_id where e.type = 'mention_found'),
                   (select count(*) from mine where label <> 3),
                   (select count(*) from mentions.mt_events e join mine on mine.id = e.stream_id where e.type = 'mention_scored' or (e.type = 'mention_found' and convert_from(e.bdata, 'UTF8')::jsonb ? 'verdict')),
                   (select coalesce(sum(mentions), 0)::bigint from mentions.dynamics where brand_id = $1),
                   (select count(*) from mine where negative >= $2),
                   (select count(*) from raised),
                   (select count(*) from alerts.mt_events e join raised on raised.id = e.stream_id where e.type = 'alert_raised'),
                   (select count(*) from mine where alerted_at is not null),
                   (select count(*) from gateway.live_log l join raised on raised.id = (l.payload ->> 'alertId')::uuid where l.type = 'alert')
            """);
        command.Parameters.Add(new() { Value = brand });
        command.Parameters.Add(new() { Value = threshold });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var n = Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToInt64(reader.GetValue(i), CultureInfo.InvariantCulture)).ToArray();
        return new(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]);
    }
}
