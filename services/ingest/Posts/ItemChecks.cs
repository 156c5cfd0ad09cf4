using Marten;
using Npgsql;

namespace Serm.Ingest.Posts;

/// <summary>When a post that some brand matched is asked for again, to notice edits and removals: ever more seldom as it ages, and no more after two weeks.</summary>
internal static class ItemChecks
{
    // Most edits and deletions come within the first hour.
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Until = TimeSpan.FromDays(14);

    /// <summary>The first check of a post that was just taken.</summary>
    public static DateTimeOffset First(DateTimeOffset takenAt) => takenAt + FirstAfter;

    /// <summary>Posts whose check is due, the longest due first.</summary>
    public static async Task<IReadOnlyList<string>> DueAsync(NpgsqlDataSource dataSource, string workspace, Guid sourceId, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select native_id from ingest.items where workspace = $1 and source_id = $2 and check_at <= $3 order by check_at limit $4");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = most });
        var due = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(reader.GetString(0));
        }

        return due;
    }

    /// <summary>Queues the next check of posts that were asked for: after as long again as they are old by now.</summary>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<string>? asked, DateTimeOffset now)
    {
        if (asked is { Count: > 0 })
        {
            session.QueueSqlCommand(
                '^',
                "update ingest.items set check_at = case when removed_at is null and ^::timestamptz - taken_at < ^ then ^::timestamptz + (^::timestamptz - taken_at) end where workspace = ^ and source_id = ^ and native_id = any(^)",
                now.ToUniversalTime(),
                Until,
                now.ToUniversalTime(),
                now.ToUniversalTime(),
                session.TenantId,
                sourceId,
                asked.ToArray());
        }
    }

    /// <summary>Queues that posts are asked for at once of which the network only told the ids: before all whose check is due, as nothing or something old is known of them.</summary>
    public static void QueueNamed(IDocumentSession session, Guid sourceId, IReadOnlyList<string> named, DateTimeOffset now)
    {
        if (named.Count > 0)
        {
            session.QueueSqlCommand(
                '^',
                """
                insert into ingest.items (workspace, source_id, native_id, content_hash, revision, listed_at, taken_at, check_at)
                select ^, ^, n, '', 0, ^, ^, ^ from unnest(^) as t(n) order by n
                on conflict (workspace, source_id, native_id) do update set check_at = excluded.check_at
                """,
                session.TenantId,
                sourceId,
                now.ToUniversalTime(),
                now.ToUniversalTime(),
                DateTimeOffset.UnixEpoch,
                named.Distinct(StringComparer.Ordinal).ToArray());
        }
    }
}
