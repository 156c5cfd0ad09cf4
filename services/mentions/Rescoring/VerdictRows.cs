using Marten;

namespace Serm.Mentions;

/// <summary>What each model said of a mention that several have judged, so that dynamics can be read by model. Mentions with one verdict have it in the inbox, and cost nothing here.</summary>
internal static class VerdictRows
{
    private const string Sql = """
        insert into mentions.verdicts (workspace, id, model_version, label)
        select ^::text, t.* from unnest(^, ^, ^) as t(id, model_version, label) order by 2, 3
        on conflict (workspace, id, model_version) do update set label = excluded.label
        """;

    /// <summary>Queues the rows for the session's transaction.</summary>
    public static void Queue(IDocumentSession session, string workspace, IEnumerable<Mention> mentions)
    {
        var rows = mentions
            .Where(m => m.Verdicts.Count > 1)
            .SelectMany(m => m.Verdicts.GroupBy(v => v.Key.Model, StringComparer.Ordinal).Select(g => (m.Id, Model: g.Key, g.MaxBy(v => v.Key.Revision).Value.Label)))
            .ToArray();
        if (rows.Length > 0)
        {
            session.QueueSqlCommand('^', Sql, workspace, Array.ConvertAll(rows, r => r.Id), Array.ConvertAll(rows, r => r.Model), Array.ConvertAll(rows, r => (short)r.Label));
        }
    }
}
