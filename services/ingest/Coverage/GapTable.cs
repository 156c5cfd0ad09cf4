using Marten;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Coverage;

/// <summary>The gaps of all sources, to be asked by time. Follows from the sources' events, and is written with them.</summary>
internal static class GapTable
{
    /// <summary>Queues what some events say of gaps.</summary>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<object> events)
    {
        foreach (var happened in events)
        {
            if (happened is GapOpened opened)
            {
                session.QueueSqlCommand(
                    '^',
                    "insert into ingest.gaps (workspace, gap_id, source_id, source_name, from_at, reason) values (^, ^, ^, ^, ^, ^) on conflict (workspace, gap_id) do nothing",
                    session.TenantId,
                    opened.GapId,
                    sourceId,
                    opened.SourceName,
                    opened.From.ToUniversalTime(),
                    opened.Reason);
            }
            else if (happened is GapClosed closed)
            {
                session.QueueSqlCommand('^', "update ingest.gaps set to_at = ^, backfilled = ^ where workspace = ^ and gap_id = ^", closed.To.ToUniversalTime(), closed.Backfilled, session.TenantId, closed.GapId);
            }
        }
    }
}
