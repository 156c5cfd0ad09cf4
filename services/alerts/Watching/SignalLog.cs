using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way by which watches write incidents.</summary>
internal sealed class SignalLog(IDocumentStore store, NpgsqlDataSource dataSource, NoticeBook notices, TimeProvider clock)
{
    /// <summary>Opens, measures, reopens or ends the incidents of a rule's causes. Harmless when repeated.</summary>
    public async Task ApplyAsync(string workspace, Rule rule, IReadOnlyList<Signal> signals, CancellationToken cancellationToken)
    {
        var terms = await notices.OfAsync(workspace, cancellationToken);
        foreach (var group in signals.GroupBy(s => s.Brand?.Id))
        {
            var now = clock.GetUtcNow();
            var seen = await IncidentLog.OfRuleAsync(dataSource, workspace, rule.Id, group.Key, now, cancellationToken);
            if (!group.Any(s => s.Measured is not null || seen.Exists(i => i.State.Lasts && i.State.Cause == s.Cause)))
            {
                continue;
            }

            await using var session = store.LightweightSession(workspace);
            await session.HoldAsync([Incident.LockOf(workspace, rule.Id, group.Key)], cancellationToken);
            var standing = await IncidentLog.OfRuleAsync(dataSource, workspace, rule.Id, group.Key, now, cancellationToken);
            foreach (var signal in group)
            {
                var (before, events) = SignalDecider.Decide(workspace, standing, rule, signal, o => terms.SilenceOf(o, null, now), now);
                var after = IncidentLog.Append(session, before, events, before.Alerts + events.Count(e => e is IncidentOpened or IncidentReopened), terms, now);
                standing.RemoveAll(s => s.State.Id == after.State.Id);
                standing.Add(after);
            }

            await session.SaveChangesAsync(cancellationToken);
        }
    }
}
