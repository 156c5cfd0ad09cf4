using Marten;
using Npgsql;
using Serm.Contracts;

namespace Serm.Ingest.Posts;

/// <summary>What a source has shown before.</summary>
/// <param name="ContentHash">Of the last revision.</param>
/// <param name="Revision">The last one.</param>
/// <param name="ListedAt">When it was last known to be listed, to the day.</param>
/// <param name="VersionAt">When that revision was written, as far as known.</param>
/// <param name="Removed">It was gone when last heard of.</param>
/// <param name="Brands">The brands that any revision matched.</param>
internal sealed record KnownItem(string ContentHash, int Revision, DateTimeOffset ListedAt, DateTimeOffset? VersionAt = null, bool Removed = false, IReadOnlyList<Guid>? Brands = null);

/// <summary>Remembers every post of a source, so that none is taken twice and an edit is known as one.</summary>
internal static class ItemMemory
{
    private static readonly TimeSpan Relist = TimeSpan.FromDays(1);

    /// <summary>What is known of some posts.</summary>
    public static async Task<Dictionary<string, KnownItem>> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid sourceId, IReadOnlyCollection<string> nativeIds, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, KnownItem>(StringComparer.Ordinal);
        if (nativeIds.Count == 0)
        {
            return known;
        }

        // Each is looked up by its key. Asked for all at once, as long as the table has no statistics, PostgreSQL reads all that the source has ever shown.
        await using var command = dataSource.CreateCommand(
            """
            select i.* from unnest($3) as n(id) cross join lateral (
                select native_id, content_hash, revision, listed_at, version_at, removed_at is not null, brands from ingest.items where workspace = $1 and source_id = $2 and native_id = n.id limit 1) i
            """);
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = nativeIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetString(0)] = new(reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4), reader.GetBoolean(5), reader.GetFieldValue<Guid[]>(6));
        }

        return known;
    }

    /// <summary>The posts that are new, edited or back again, with their revision. A form older than the known one is none of these.</summary>
    /// <param name="posts">Each id once.</param>
    /// <param name="known">As loaded.</param>
    /// <param name="versions">When the given form was written, by id; null when nobody knows.</param>
    public static IReadOnlyList<Post> Changed(IReadOnlyList<Post> posts, IReadOnlyDictionary<string, KnownItem> known, IReadOnlyDictionary<string, DateTimeOffset>? versions = null) =>
        [.. posts
            .Where(p => !known.TryGetValue(p.NativeId, out var item) || ((item.ContentHash != p.ContentHash || item.Removed) && !(versions is not null && versions.TryGetValue(p.NativeId, out var at) && at < item.VersionAt)))
            .Select(p => p with { Revision = known.TryGetValue(p.NativeId, out var item) ? item.Revision + 1 : 1 })];

    /// <summary>The unchanged posts whose day of listing is due to be written again: what is listed no more can be forgotten one day.</summary>
    public static IReadOnlyList<string> Relisted(IReadOnlyList<Post> posts, IReadOnlyDictionary<string, KnownItem> known, DateTimeOffset now) =>
        [.. posts.Select(p => p.NativeId).Where(id => known.TryGetValue(id, out var item) && now - item.ListedAt > Relist)];

    /// <summary>Queues what is to be remembered.</summary>
    /// <param name="session">What the rest of the page is saved with.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="taken">New and edited posts with their brands.</param>
    /// <param name="versions">As for <see cref="Changed"/>.</param>
    /// <param name="relisted">As from <see cref="Relisted"/>.</param>
    /// <param name="checkAt">When to ask again what has become of those that some brand matched; null for never.</param>
    /// <param name="now">The moment.</param>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<TakenPost> taken, IReadOnlyDictionary<string, DateTimeOffset>? versions, IReadOnlyList<string> relisted, DateTimeOffset? checkAt, DateTimeOffset now)
    {
        if (taken.Count > 0)
        {
            // Rows are locked in one order, so that two writers cannot deadlock. A greater revision, written meanwhile, stays.
            var rows = taken.OrderBy(t => t.Post.NativeId, StringComparer.Ordinal).ToArray();
            session.QueueSqlCommand(
                '^',
                """
                insert into ingest.items (workspace, source_id, native_id, content_hash, revision, listed_at, taken_at, version_at, brands, check_at, root)
                select ^, ^, n, h, r, ^, ^, nullif(v, '-infinity'), case when b = '' then '{}' else string_to_array(b, ' ')::uuid[] end, case when b = '' then null else nullif(^::timestamptz, 'infinity') end, nullif(o, '')
                from unnest(^, ^, ^, ^, ^, ^) as t(n, h, r, v, b, o)
                on conflict (workspace, source_id, native_id) do update set content_hash = excluded.content_hash, revision = excluded.revision, listed_at = excluded.listed_at, removed_at = null,
                    version_at = excluded.version_at, brands = array(select distinct unnest(ingest.items.brands || excluded.brands)), check_at = coalesce(ingest.items.check_at, excluded.check_at), root = coalesce(excluded.root, ingest.items.root)
                where ingest.items.revision < excluded.revision
                """,
                session.TenantId,
                sourceId,
                now.ToUniversalTime(),
                now.ToUniversalTime(),
                checkAt?.ToUniversalTime() ?? DateTimeOffset.MaxValue,
                Array.ConvertAll(rows, t => t.Post.NativeId),
                Array.ConvertAll(rows, t => t.Post.ContentHash),
                Array.ConvertAll(rows, t => t.Post.Revision),
                Array.ConvertAll(rows, t => versions is not null && versions.TryGetValue(t.Post.NativeId, out var at) ? at.ToUniversalTime() : DateTimeOffset.MinValue),
                Array.ConvertAll(rows, t => string.Join(' ', t.Brands.Select(b => b.Brand.Id))),
                Array.ConvertAll(rows, t => ThreadRoots.Remembered(t.Post) ?? ""));
        }

        if (relisted.Count > 0)
        {
            session.QueueSqlCommand('^', "update ingest.items set listed_at = ^ where workspace = ^ and source_id = ^ and native_id = any(^)", now.ToUniversalTime(), session.TenantId, sourceId, relisted.ToArray());
        }
    }
}
