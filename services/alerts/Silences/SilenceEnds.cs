using Marten;
using Npgsql;

namespace Serm.Alerts;

/// <summary>Has incidents told that began while a silence covered them, once none does any more and they are still open.</summary>
internal sealed class SilenceEnds(IDocumentStore store, NpgsqlDataSource dataSource, NoticeBook notices, TimeProvider clock)
{
    public async Task LookAsync(string workspace, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = await IncidentLog.ReadAsync(
            dataSource,
            """
            select state, alerts from alerts.incidents i where workspace = $1 and status = 0 and state ->> 'silence' is not null
                and not exists (select from alerts.silences s where s.workspace = i.workspace and s.id = (i.state ->> 'silence')::uuid and s.ends_at > $2)
            order by opened_at limit 100
            """,
            cancellationToken,
            workspace,
            now.UtcDateTime);
        foreach (var incident in found)
        {
            var next = (await notices.SilenceOfAsync(workspace, incident.State, cancellationToken))?.Id;
            await using var session = store.LightweightSession(workspace);
            await IncidentLog.ApplyAsync(session, dataSource, notices, incident.State.Id, s => IncidentDecider.EndSilence(s.State, next, now), now, cancellationToken);
        }
    }
}
