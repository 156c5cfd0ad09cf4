using Marten;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way to write alerts: streams and rows in one transaction.</summary>
internal static class AlertLog
{
    // A stream is started once, whoever starts it; the row follows the stream.
    private const string Sql = """
        insert into alerts.alerts (workspace, id, rule_id, rule_name, mention_id, brand_id, brand_name, negative, reach, seen_at, raised_at)
        select ^, t.id, t.rule_id, t.rule_name, t.mention_id, t.brand_id, t.brand_name, t.negative, nullif(t.reach, -1), t.seen_at, t.raised_at
        from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^) as t(id, rule_id, rule_name, mention_id, brand_id, brand_name, negative, reach, seen_at, raised_at)
        on conflict (workspace, id) do nothing
        """;

    /// <summary>Stores the alerts of one workspace that are not stored yet.</summary>
    /// <param name="store">The events.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="alerts">May be stored already.</param>
    /// <param name="mentions">The mentions that they are about: what outsiders are told of them is kept as well.</param>
    /// <param name="now">When it happens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that were new.</returns>
    public static async Task<IReadOnlyCollection<Raised>> RaiseAsync(IDocumentStore store, string workspace, IEnumerable<Raised> alerts, IReadOnlyCollection<MentionScored> mentions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var wanted = new Dictionary<Guid, Raised>();
        foreach (var alert in alerts)
        {
            wanted.TryAdd(AlertIds.Of(workspace, alert.RuleId, alert.MentionId), alert);
        }

        if (wanted.Count == 0)
        {
            return [];
        }

        await using var session = store.LightweightSession(workspace);
        var started = await session.StartStreamsAsync(null, [.. wanted.Select(w => new Append(w.Key, 0, [w.Value]))], now, cancellationToken);
        if (started.Count == 0)
        {
            return [];
        }

        QueueRows(session, workspace, [.. wanted.Where(w => started.Contains(w.Key))]);
        var quoted = started.Select(id => wanted[id].MentionId).ToHashSet();
        AlertedMentions.Queue(session, [.. mentions.Where(m => quoted.Contains(m.Mention.MentionId))], now);
        await session.SaveChangesAsync(cancellationToken);
        return [.. started.Select(id => wanted[id])];
    }

    private static void QueueRows(IDocumentSession session, string workspace, KeyValuePair<Guid, Raised>[] rows) => session.QueueSqlCommand(
        '^',
        Sql,
        workspace,
        Array.ConvertAll(rows, r => r.Key),
        Array.ConvertAll(rows, r => r.Value.RuleId),
        Array.ConvertAll(rows, r => r.Value.RuleName),
        Array.ConvertAll(rows, r => r.Value.MentionId),
        Array.ConvertAll(rows, r => r.Value.Brand.Id),
        Array.ConvertAll(rows, r => r.Value.Brand.Name),
        Array.ConvertAll(rows, r => r.Value.Negative),
        Array.ConvertAll(rows, r => r.Value.Reach ?? -1),
        Array.ConvertAll(rows, r => r.Value.SeenAt.ToUniversalTime()),
        Array.ConvertAll(rows, r => r.Value.RaisedAt.ToUniversalTime()));
}
