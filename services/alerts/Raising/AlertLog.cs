using Marten;
using Npgsql;
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
    /// <param name="dataSource">The rows.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="alerts">May be stored already.</param>
    /// <param name="mentions">The mentions that they are about: what outsiders are told of them is kept as well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that were new.</returns>
    public static async Task<IReadOnlyCollection<Raised>> RaiseAsync(IDocumentStore store, NpgsqlDataSource dataSource, string workspace, IEnumerable<Raised> alerts, IReadOnlyCollection<MentionScored> mentions, CancellationToken cancellationToken)
    {
        var wanted = new SortedDictionary<Guid, Raised>();
        foreach (var alert in alerts)
        {
            wanted.TryAdd(AlertIds.Of(workspace, alert.RuleId, alert.MentionId), alert);
        }

        if (wanted.Count == 0)
        {
            return [];
        }

        await using var session = store.LightweightSession(workspace);
        await session.HoldAsync(wanted.Keys, cancellationToken);
        foreach (var id in await StoredAsync(dataSource, workspace, [.. wanted.Keys], cancellationToken))
        {
            wanted.Remove(id);
        }

        if (wanted.Count == 0)
        {
            return [];
        }

        foreach (var (id, alert) in wanted)
        {
            session.Events.StartStream(id, alert);
        }

        QueueRows(session, workspace, [.. wanted]);
        var quoted = wanted.Values.Select(a => a.MentionId).ToHashSet();
        AlertedMentions.Queue(session, [.. mentions.Where(m => quoted.Contains(m.Mention.MentionId))], wanted.Values.Max(a => a.RaisedAt));
        await session.SaveChangesAsync(cancellationToken);
        return wanted.Values;
    }

    private static async Task<List<Guid>> StoredAsync(NpgsqlDataSource dataSource, string workspace, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from alerts.alerts where workspace = $1 and id = any($2)");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(ids);
        var stored = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(reader.GetGuid(0));
        }

        return stored;
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
