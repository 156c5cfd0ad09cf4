using JasperFx.Events;
using Npgsql;

namespace Serm.Alerts;

/// <summary>What happened to an incident as lines for people.</summary>
internal static class Timeline
{
    /// <summary>A stored event as a line.</summary>
    public static TimelineItem Of(IEvent stored, IReadOnlyDictionary<Guid, string> notes)
    {
        var name = EventNames.Of(stored.Data);
        return stored.Data switch
        {
            IncidentOpened e => Line(name, null, e.At, null, ("severity", e.Severity), ("cause", e.Cause), ("observed", e.Measured?.Observed), ("expected", e.Measured?.Expected), ("terms", e.Measured?.Terms), ("silence", e.Silence)),
            AlertsAttached e => Line(name, null, e.At, null, ("alerts", e.Alerts), ("negative", e.Negative), ("mentions", e.Mentions)),
            IncidentMeasured e => Line(name, null, e.At, null, ("observed", e.Measured.Observed), ("expected", e.Measured.Expected), ("terms", e.Measured.Terms)),
            IncidentAcknowledged e => Line(name, e.By, e.At, null),
            IncidentAssigned e => Line(name, e.By, e.At, null, ("owner", e.Owner)),
            IncidentNoted e => Line(name, e.By, e.At, notes.GetValueOrDefault(e.NoteId)),
            IncidentResolved e => Line(name, e.By, e.At, null, ("reason", e.Reason)),
            IncidentReopened e => Line(name, e.By, e.At, null, ("reason", e.Reason)),
            IncidentMerged e => Line(name, e.By, e.At, null, ("into", e.Into)),
            IncidentAbsorbed e => Line(name, e.By, e.At, null, ("from", e.From), ("alerts", e.Alerts)),
            IncidentEscalated e => Line(name, null, e.At, null, ("step", e.Step), ("channel", e.Channel)),
            IncidentSilenceEnded e => Line(name, null, e.At, null, ("silence", e.Silence), ("next", e.Next)),
            _ => Line(name, null, stored.Timestamp, null),
        };
    }

    /// <summary>Who was told, or is to be told, of an incident.</summary>
    public static async Task<List<TimelineItem>> NoticesAsync(NpgsqlDataSource dataSource, string workspace, Guid incident, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select n.kind, n.step, n.state, n.due_at, n.delivered_at, n.attempts, n.error, c.state ->> 'name'
            from alerts.notices n left join alerts.channels c on c.workspace = n.workspace and c.id = n.channel_id
            where n.workspace = $1 and n.incident_id = $2 order by n.created_at limit 200
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(incident);
        var items = new List<TimelineItem>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            items.Add(Line(
                "notice", null, r.IsDBNull(4) ? r.GetFieldValue<DateTimeOffset>(3) : r.GetFieldValue<DateTimeOffset>(4), r.IsDBNull(6) ? null : r.GetString(6),
                ("kind", r.GetString(0)), ("step", r.GetInt32(1)), ("state", r.GetString(2)), ("attempts", r.GetInt32(5)), ("channel", r.IsDBNull(7) ? null : r.GetString(7))));
        }

        return items;
    }

    private static TimelineItem Line(string change, string? by, DateTimeOffset at, string? text, params (string Key, object? Value)[] detail) =>
        new(change, by, at, text, detail.Where(d => d.Value is not null).ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal));
}
