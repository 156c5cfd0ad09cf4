using Marten;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Serm.Alerts;

/// <summary>Ends incidents of single mentions to which nothing has come for long and that nobody has taken, those whose rule is gone, and those of channels by which nobody is told any more.</summary>
internal sealed class QuietWatch(IDocumentStore store, NpgsqlDataSource dataSource, NoticeBook notices, RuleBook book, IOptions<AlertOptions> options, TimeProvider clock)
{
    public async Task LookAsync(string workspace, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var quiet = await IncidentLog.ReadAsync(
            dataSource,
            "select state, alerts from alerts.incidents where workspace = $1 and status = 0 and last_at < $2 and kind = any($3) order by last_at limit 100",
            cancellationToken,
            workspace,
            now.AddHours(-options.Value.QuietHours).UtcDateTime,
            new[] { RuleKinds.NegativeMention, RuleKinds.Mention });
        await EndAsync(workspace, quiet, "quiet", now, cancellationToken);

        // What watches no more cannot see the end of a cause.
        var watching = (await book.OfAsync(workspace, cancellationToken)).Where(r => r.Terms.Enabled).Select(r => r.Id).ToArray();
        var orphans = await IncidentLog.ReadAsync(
            dataSource,
            "select state, alerts from alerts.incidents where workspace = $1 and status < 2 and kind = any($2) and not rule_id = any($3) limit 100",
            cancellationToken,
            workspace,
            new[] { RuleKinds.VolumeSpike, RuleKinds.NegativeSpike, RuleKinds.RisingTopic, RuleKinds.SourceSilence, RuleKinds.SlaBreach },
            watching);
        await EndAsync(workspace, orphans, "ruleGone", now, cancellationToken);

        // Nor does a channel that was removed or turned off deliver again, whatever a try of it that ran meanwhile came to.
        var unused = await IncidentLog.ReadAsync(
            dataSource,
            """
            select state, alerts from alerts.incidents i where workspace = $1 and status < 2 and kind = $2
                and not exists (select from alerts.channels c where c.workspace = i.workspace and c.id::text = i.state ->> 'cause' and (c.state ->> 'enabled')::boolean)
            limit 100
            """,
            cancellationToken,
            workspace,
            RuleKinds.ChannelFailing);
        await EndAsync(workspace, unused, "causeOver", now, cancellationToken);
    }

    private async Task EndAsync(string workspace, List<Standing> incidents, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var incident in incidents)
        {
            await using var session = store.LightweightSession(workspace);
            await IncidentLog.ApplyAsync(session, dataSource, notices, incident.State.Id, s => IncidentDecider.Resolve(s.State, null, reason, Incident.Ourselves, now), now, cancellationToken);
        }
    }
}
