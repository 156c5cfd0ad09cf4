using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A step of the on-call order as it is planned for an incident.</summary>
/// <param name="Id">The notice.</param>
/// <param name="ChannelId">Who is to be told.</param>
/// <param name="Step">Its number.</param>
/// <param name="State">What became of it.</param>
/// <param name="Missing">Why its channel cannot tell it; null when it can.</param>
internal sealed record PlannedStep(Guid Id, Guid ChannelId, int Step, string State, string? Missing);

/// <summary>Passes on what a step of the on-call order cannot tell because its channel was removed or turned off: the incident's timeline says so, and the next step, or everybody, is told in its place.</summary>
internal sealed class MissedSteps(IDocumentStore store, NpgsqlDataSource dataSource, NoticeBook book, TimeProvider clock)
{
    private const string Fail = "update alerts.notices set state = ^, error = ^, due_at = ^, locked_until = null where workspace = ^ and id = ^ and state = 'due'";
    private const string Hasten = "update alerts.notices set due_at = least(due_at, ^) where workspace = ^ and id = ^ and state = 'due'";
    private const string Insert = """
        insert into alerts.notices (workspace, id, channel_id, incident_id, kind, step, state, due_at, attempts, created_at) values (^, ^, ^, ^, 'escalated', ^, 'due', ^, 0, ^)
        on conflict (workspace, id) do nothing
        """;

    public async Task LookAsync(string workspace, CancellationToken cancellationToken)
    {
        foreach (var (incident, step, since) in await MissedAsync(workspace, cancellationToken))
        {
            await PassOnAsync(workspace, incident, step, since, cancellationToken);
        }
    }

    // The first that was missed of each incident.
    private async Task<List<(Guid Incident, int Step, DateTimeOffset Since)>> MissedAsync(string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select distinct on (n.incident_id) n.incident_id, n.step, n.created_at from alerts.notices n left join alerts.channels c on c.workspace = n.workspace and c.id = n.channel_id
            where n.workspace = $1 and n.state = 'due' and n.kind = 'escalated' and n.due_at <= $2 and (c.id is null or not (c.state ->> 'enabled')::boolean)
            order by n.incident_id, n.step limit 100
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        var found = new List<(Guid, int, DateTimeOffset)>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            found.Add((r.GetGuid(0), r.GetInt32(1), r.GetFieldValue<DateTimeOffset>(2)));
        }

        return found;
    }

    // Under the lock of who acknowledges or ends the incident: that takes back what is due.
    private async Task PassOnAsync(string workspace, Guid id, int step, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (now, terms) = (clock.GetUtcNow(), await book.OfAsync(workspace, cancellationToken));
        var seen = (await IncidentLog.OneAsync(dataSource, workspace, id, cancellationToken)).State;
        await using var session = store.LightweightSession(workspace);
        await session.HoldAsync([Incident.LockOf(workspace, seen.RuleId, seen.Brand?.Id)], cancellationToken);
        var incident = (await IncidentLog.OneAsync(dataSource, workspace, id, cancellationToken)).State;
        var (passed, next) = NoticePlan.PassOn(await RoundAsync(workspace, id, since, cancellationToken), step);
        var open = incident.Status == IncidentStatus.Open;
        foreach (var missed in passed)
        {
            var why = $"{missed.Missing} {(next is null ? "All channels are" : "The next step is")} told in its place.";
            session.QueueSqlCommand('^', Fail, open ? "failed" : "obsolete", why, now.ToUniversalTime(), workspace, missed.Id);
        }

        if (passed.Count > 0 && open)
        {
            if (next is null)
            {
                foreach (var n in NoticePlan.Everybody(workspace, incident, step, terms.Channels, terms.Quiet, now))
                {
                    session.QueueSqlCommand('^', Insert, workspace, n.Id, n.ChannelId, id, n.Step, n.DueAt.ToUniversalTime(), now.ToUniversalTime());
                }
            }
            else if (terms.Channels.FirstOrDefault(c => c.Id == next.ChannelId) is { } channel)
            {
                session.QueueSqlCommand('^', Hasten, channel.NextAllowed(now, incident.Severity, terms.Quiet).ToUniversalTime(), workspace, next.Id);
            }
        }

        await session.SaveChangesAsync(cancellationToken);
    }

    // What was planned before the incident was reopened is another round.
    private async Task<List<PlannedStep>> RoundAsync(string workspace, Guid incident, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select n.id, n.channel_id, n.step, n.state, case when c.id is null then 'The channel was removed.' when not (c.state ->> 'enabled')::boolean then 'The channel is turned off.' end
            from alerts.notices n left join alerts.channels c on c.workspace = n.workspace and c.id = n.channel_id
            where n.workspace = $1 and n.incident_id = $2 and n.kind = 'escalated' and n.created_at >= $3 order by n.step, n.id
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(incident);
        command.Parameters.AddWithValue(since.ToUniversalTime());
        var round = new List<PlannedStep>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            round.Add(new(r.GetGuid(0), r.GetGuid(1), r.GetInt32(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4)));
        }

        return round;
    }
}
