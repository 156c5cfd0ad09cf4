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
            string[] causes = [.. group.Select(s => s.Cause).Distinct(StringComparer.Ordinal)];
            var seen = await IncidentLog.OfCausesAsync(dataSource, workspace, rule.Id, group.Key, causes, cancellationToken);
            if (!group.Any(s => s.Measured is not null || seen.GetValueOrDefault(s.Cause)?.Last?.State.Lasts == true))
            {
                continue;
            }

            await using var session = store.LightweightSession(workspace);
            await session.HoldAsync([Incident.LockOf(workspace, rule.Id, group.Key)], cancellationToken);
            var past = await IncidentLog.OfCausesAsync(dataSource, workspace, rule.Id, group.Key, causes, cancellationToken);
            foreach (var signal in group.DistinctBy(s => s.Cause, StringComparer.Ordinal))
            {
                var (before, events) = SignalDecider.Decide(workspace, past.GetValueOrDefault(signal.Cause, CausePast.None), rule, signal, o => terms.SilenceOf(o, null, now), now);
                IncidentLog.Append(session, before, events, before.Alerts + events.Count(e => e is IncidentOpened or IncidentReopened), terms, now);
            }

            await session.SaveChangesAsync(cancellationToken);
        }
    }
}
