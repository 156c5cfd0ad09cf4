using Marten;
using Npgsql;
using Serm.Contracts;

namespace Serm.Ingest.Posts;

/// <summary>What a source has shown before.</summary>
/// <param name="ContentHash">Of the last revision.</param>
/// <param name="Revision">The last one.</param>
/// <param name="ListedAt">When it was last known to be listed, to the day.</param>
internal sealed record KnownItem(string ContentHash, int Revision, DateTimeOffset ListedAt);

/// <summary>Remembers every post of a source, so that none is taken twice and an edit is known as one.</summary>
internal static class ItemMemory
{
    private static readonly TimeSpan Relist = TimeSpan.FromDays(1);

    /// <summary>What is known of some posts.</summary>
    public static async Task<Dictionary<string, KnownItem>> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid sourceId, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, KnownItem>(StringComparer.Ordinal);
        if (posts.Count == 0)
        {
            return known;
        }

        await using var command = dataSource.CreateCommand("select native_id, content_hash, revision, listed_at from ingest.items where workspace = $1 and source_id = $2 and native_id = any($3)");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = posts.Select(p => p.NativeId).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetString(0)] = new(reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3));
        }

        return known;
    }

    /// <summary>The posts that are new or edited, with their revision.</summary>
    public static IReadOnlyList<Post> Changed(IReadOnlyList<Post> posts, IReadOnlyDictionary<string, KnownItem> known) =>
        [.. posts
            .Where(p => !known.TryGetValue(p.NativeId, out var item) || item.ContentHash != p.ContentHash)
            .Select(p => p with { Revision = known.TryGetValue(p.NativeId, out var item) ? item.Revision + 1 : 1 })];

    /// <summary>The unchanged posts whose day of listing is due to be written again: what is listed no more can be forgotten one day.</summary>
    public static IReadOnlyList<string> Relisted(IReadOnlyList<Post> posts, IReadOnlyDictionary<string, KnownItem> known, DateTimeOffset now) =>
        [.. posts.Select(p => p.NativeId).Where(id => known.TryGetValue(id, out var item) && now - item.ListedAt > Relist)];

    /// <summary>Queues what is to be remembered.</summary>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<Post> changed, IReadOnlyList<string> relisted, DateTimeOffset now)
    {
        if (changed.Count > 0)
        {
            // Rows are locked in one order, so that two writers cannot deadlock. A greater revision, written meanwhile, stays.
            var rows = changed.OrderBy(p => p.NativeId, StringComparer.Ordinal).ToArray();
            session.QueueSqlCommand(
                '^',
                """
                insert into ingest.items (workspace, source_id, native_id, content_hash, revision, listed_at)
                select ^, ^, n, h, r, ^ from unnest(^, ^, ^) as t(n, h, r)
                on conflict (workspace, source_id, native_id) do update set content_hash = excluded.content_hash, revision = excluded.revision, listed_at = excluded.listed_at
                where ingest.items.revision < excluded.revision
                """,
                session.TenantId,
                sourceId,
                now.ToUniversalTime(),
                Array.ConvertAll(rows, p => p.NativeId),
                Array.ConvertAll(rows, p => p.ContentHash),
                Array.ConvertAll(rows, p => p.Revision));
        }

        if (relisted.Count > 0)
        {
            session.QueueSqlCommand('^', "update ingest.items set listed_at = ^ where workspace = ^ and source_id = ^ and native_id = any(^)", now.ToUniversalTime(), session.TenantId, sourceId, relisted.ToArray());
        }
    }
}
