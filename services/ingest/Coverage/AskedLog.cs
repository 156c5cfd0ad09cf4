using Marten;

namespace Serm.Ingest.Coverage;

/// <summary>The ledger of asking, by hour: how often each source was asked, what it answered, and how far behind it was. Written with every read, in its transaction.</summary>
internal static class AskedLog
{
    private const string Sql = """
        insert into ingest.asked (workspace, source_id, hour, asked, failed, taken, last_code, longest_wait) values (^, ^, date_trunc('hour', ^::timestamptz, 'UTC'), ^, ^, ^, nullif(^, ''), ^)
        on conflict (workspace, source_id, hour) do update set asked = ingest.asked.asked + excluded.asked, failed = ingest.asked.failed + excluded.failed,
            taken = ingest.asked.taken + excluded.taken, last_code = excluded.last_code, longest_wait = greatest(ingest.asked.longest_wait, excluded.longest_wait)
        """;

    /// <summary>Queues an entry.</summary>
    /// <param name="taken">New and edited posts.</param>
    /// <param name="code">Why it failed; null when it went well.</param>
    /// <param name="wait">Since the last good read before it: how far behind the source was.</param>
    public static void Queue(IDocumentSession session, Guid sourceId, int taken, string? code, TimeSpan wait, DateTimeOffset now) => session.QueueSqlCommand(
        '^', Sql, session.TenantId, sourceId, now.ToUniversalTime(), 1L, code is null ? 0L : 1L, (long)taken, code ?? "", wait.TotalSeconds);
}
