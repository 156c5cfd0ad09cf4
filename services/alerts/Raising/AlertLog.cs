using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way to write alerts of single mentions: streams, rows and the incidents that they belong to in one transaction.</summary>
internal sealed class AlertLog(IDocumentStore store, NpgsqlDataSource dataSource, NoticeBook notices)
{
    // A stream is started once, whoever starts it; the row follows the stream.
    private const string Sql = """
        insert into alerts.alerts (workspace, id, rule_id, rule_name, mention_id, brand_id, brand_name, negative, reach, seen_at, raised_at, incident_id)
        select ^, t.id, t.rule_id, t.rule_name, t.mention_id, t.brand_id, t.brand_name, t.negative, nullif(t.reach, -1), t.seen_at, t.raised_at, t.incident_id
        from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^) as t(id, rule_id, rule_name, mention_id, brand_id, brand_name, negative, reach, seen_at, raised_at, incident_id)
        on conflict (workspace, id) do nothing
        """;

    /// <summary>Stores the alerts of one workspace that are not stored yet, and puts them into incidents.</summary>
    /// <param name="workspace">The tenant.</param>
    /// <param name="rules">The rules that raised them.</param>
    /// <param name="alerts">With the mention that each is about: silences ask for its words, and what people are told of it is kept.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Those that were new.</returns>
    public async Task<IReadOnlyCollection<Raised>> RaiseAsync(string workspace, IReadOnlyList<Rule> rules, IEnumerable<(Raised Alert, Judged Judged)> alerts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var wanted = new SortedDictionary<Guid, (Raised Alert, Judged Judged)>();
        foreach (var alert in alerts)
        {
            wanted.TryAdd(AlertIds.Of(workspace, alert.Alert.RuleId, alert.Alert.MentionId), alert);
        }

        if (wanted.Count == 0)
        {
            return [];
        }

        var terms = await notices.OfAsync(workspace, cancellationToken);
        Guid[] fired = [.. wanted.Values.Select(w => w.Alert.RuleId).Distinct()];
        Guid[] brands = [.. wanted.Values.Select(w => w.Alert.Brand.Id).Distinct()];
        var seen = await IncidentLog.MergedAsync(dataSource, workspace, fired, brands, now, cancellationToken);
        var locks = wanted.Values.Select(w => Incident.LockOf(workspace, w.Alert.RuleId, w.Alert.Brand.Id)).Concat(seen.SelectMany(s => s).Select(m => LockOf(workspace, m))).ToHashSet();
        await using var session = store.LightweightSession(workspace);
        await session.HoldAsync(locks, cancellationToken);
        var stored = await StoredAsync(workspace, [.. wanted.Keys], cancellationToken);
        if (stored.Count == wanted.Count)
        {
            return [];
        }

        var merged = await IncidentLog.MergedAsync(dataSource, workspace, fired, brands, now, cancellationToken);
        var groups = new List<RuleAlerts>();
        var touched = wanted.Where(w => !stored.ContainsKey(w.Key)).Select(w => w.Value.Alert.Brand.Id).ToHashSet();
        foreach (var group in wanted.Where(w => touched.Contains(w.Value.Alert.Brand.Id)).GroupBy(w => (w.Value.Alert.RuleId, Brand: w.Value.Alert.Brand.Id)))
        {
            var standing = await IncidentLog.OfRuleAsync(dataSource, workspace, group.Key.RuleId, group.Key.Brand, now, cancellationToken);
            Guid[] rest = [.. standing.Where(s => s.State.Cause == Story.Many).Select(s => s.State.Id)];
            groups.Add(new(
                AsTold(rules.First(r => r.Id == group.Key.RuleId), terms),
                standing,
                [.. group.Where(g => !stored.ContainsKey(g.Key)).Select(g => (g.Key, g.Value.Alert))],
                group.Where(g => stored.GetValueOrDefault(g.Key) is not null).ToDictionary(g => g.Value.Alert.MentionId, g => stored[g.Key]!.Value),
                // One that was put into an incident whose lock was not known to be needed is looked at the next time.
                [.. merged[group.Key].Where(m => locks.Contains(LockOf(workspace, m)))],
                rest.Length == 0 ? 0 : await IncidentLog.StoriesAsync(dataSource, workspace, rest, now.AddHours(-1), cancellationToken)));
        }

        var words = wanted.Values.DistinctBy(w => (w.Alert.Brand.Id, w.Alert.Cause)).ToDictionary(w => (w.Alert.Brand.Id, w.Alert.Cause), w => w.Judged.Facts.Words);
        var raised = new List<(Guid Id, Raised Alert)>(wanted.Count);
        foreach (var t in Grouping.Assign(workspace, groups, o => terms.SilenceOf(o, words.GetValueOrDefault((o.Brand!.Id, o.Cause)), now), now))
        {
            IncidentLog.Append(session, t.Before, t.Events, t.Before.Alerts + t.Alerts.Count, terms, now);
            raised.AddRange(t.Alerts.Select(a => (a.Id, a.Alert with { IncidentId = t.After.Id })));
        }

        await session.StartStreamsAsync(null, [.. raised.Select(r => new Append(r.Id, 0, [r.Alert]))], now, cancellationToken);
        QueueRows(session, workspace, raised);
        AlertedMentions.Queue(session, [.. wanted.Where(w => !stored.ContainsKey(w.Key)).Select(w => w.Value.Judged.Scored)], now);
        await session.SaveChangesAsync(cancellationToken);
        return raised.ConvertAll(r => r.Alert);
    }

    // Whether one incident tells whom another would is asked of the channels that there are.
    private static Rule AsTold(Rule rule, NoticeTerms terms) => rule with { Terms = rule.Terms with { Channels = NoticePlan.Chosen(rule.Terms.Channels, terms.Channels) } };

    private static Guid LockOf(string workspace, Merged merged) => Incident.LockOf(workspace, merged.GoesOn.State.RuleId, merged.GoesOn.State.Brand?.Id);

    // With the incident of each; null for those from before there were incidents.
    private async Task<Dictionary<Guid, Guid?>> StoredAsync(string workspace, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id, incident_id from alerts.alerts where workspace = $1 and id = any($2)");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(ids);
        var stored = new Dictionary<Guid, Guid?>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
        }

        return stored;
    }

    private static void QueueRows(IDocumentSession session, string workspace, List<(Guid Id, Raised Alert)> rows) => session.QueueSqlCommand(
        '^',
        Sql,
        workspace,
        Column(rows, r => r.Id),
        Column(rows, r => r.Alert.RuleId),
        Column(rows, r => r.Alert.RuleName),
        Column(rows, r => r.Alert.MentionId),
        Column(rows, r => r.Alert.Brand.Id),
        Column(rows, r => r.Alert.Brand.Name),
        Column(rows, r => r.Alert.Negative),
        Column(rows, r => r.Alert.Reach ?? -1),
        Column(rows, r => r.Alert.SeenAt.ToUniversalTime()),
        Column(rows, r => r.Alert.RaisedAt.ToUniversalTime()),
        Column(rows, r => r.Alert.IncidentId ?? Guid.Empty));

    private static T[] Column<T>(List<(Guid Id, Raised Alert)> rows, Func<(Guid Id, Raised Alert), T> value) => [.. rows.Select(value)];
}
