using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Ingest.Erasures;
using Serm.Ingest.Queries.Matching;

namespace Serm.Ingest.Posts;

/// <summary>The latest posts of a workspace, matched or not: what a query preview is tried on.</summary>
internal static class RecentPosts
{
    /// <summary>Posts kept in a workspace.</summary>
    public const int MaxPosts = 2_000;

    // Of many at once a sample: in a flood the newest 2,000 would be those of one second, and keeping them the largest part of the work.
    private const int MaxAtOnce = 50;

    /// <summary>How long they are kept.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(14);

    /// <summary>What a post is kept under: its kind, a colon, its id.</summary>
    public static string Key(string sourceKind, string nativeId) => $"{sourceKind}:{nativeId}";

    /// <summary>Queues posts to be kept, of a large batch evenly spaced ones; and that nothing is kept of what is gone, nor of the earlier text of an edited one.</summary>
    /// <param name="session">What the rest of the page is saved with.</param>
    /// <param name="posts">New and edited ones.</param>
    /// <param name="removed">Keys of those that are gone, as <see cref="Key(string, string)"/> makes them.</param>
    /// <param name="seenAt">The moment.</param>
    public static void Queue(IDocumentSession session, IReadOnlyList<Post> posts, IEnumerable<string> removed, DateTimeOffset seenAt)
    {
        var every = Math.Max(1, (posts.Count + MaxAtOnce - 1) / MaxAtOnce);
        var gone = removed.ToHashSet(StringComparer.Ordinal);
        var rows = posts.Where((_, i) => i % every == 0).DistinctBy(Key).Where(p => !gone.Contains(Key(p))).OrderBy(Key, StringComparer.Ordinal).ToArray();
        gone.UnionWith(posts.Where((p, i) => i % every != 0 && p.Revision > 1).Select(Key));
        if (gone.Count > 0)
        {
            session.QueueSqlCommand('^', "delete from ingest.recent_posts where workspace = ^ and native_key = any(^)", session.TenantId, gone.ToArray());
        }

        if (rows.Length > 0)
        {
            Keep(session, rows, seenAt);
        }
    }

    /// <summary>Forgets what is too old or too much.</summary>
    public static async Task TrimAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            delete from ingest.recent_posts r using (
                select workspace, native_key from (
                    select workspace, native_key, seen_at, row_number() over (partition by workspace order by seen_at desc, native_key) as place from ingest.recent_posts) ranked
                where place > $1 or seen_at < $2
            ) old where r.workspace = old.workspace and r.native_key = old.native_key
            """);
        command.Parameters.Add(new() { Value = MaxPosts });
        command.Parameters.Add(new() { Value = (now - MaxAge).UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Keep(IDocumentSession session, Post[] rows, DateTimeOffset seenAt)
    {
        session.QueueSqlCommand(
            '^',
            """
            insert into ingest.recent_posts (workspace, native_key, source_name, title, text, url, author, language, published_at, seen_at, handle, followers, reach, engagement, author_key)
            select ^, k, s, t, x, u, a, l, p, ^, h, f, r, e, y from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^) as r(k, s, t, x, u, a, l, p, h, f, r, e, y)
            on conflict (workspace, native_key) do update set source_name = excluded.source_name, title = excluded.title, text = excluded.text, url = excluded.url,
                author = excluded.author, language = excluded.language, published_at = excluded.published_at, seen_at = excluded.seen_at,
                handle = excluded.handle, followers = excluded.followers, reach = excluded.reach, engagement = excluded.engagement, author_key = excluded.author_key
            """,
            session.TenantId,
            seenAt.ToUniversalTime(),
            Array.ConvertAll(rows, Key),
            Array.ConvertAll(rows, p => p.SourceName),
            Array.ConvertAll(rows, p => p.Title!),
            Array.ConvertAll(rows, p => p.Text),
            Array.ConvertAll(rows, p => p.Url!),
            Array.ConvertAll(rows, p => (p.Author?.Name ?? p.Author?.Handle)!),
            Array.ConvertAll(rows, p => p.Language),
            Array.ConvertAll(rows, p => p.PublishedAt.ToUniversalTime()),
            Array.ConvertAll(rows, p => p.Author?.Handle!),
            Array.ConvertAll(rows, p => p.Author?.Followers),
            Array.ConvertAll(rows, p => p.Reach),
            Array.ConvertAll(rows, p => PostText.Of(p).Engagement),
            Array.ConvertAll(rows, p => KeptOut.OfAuthor(session.TenantId, p)));
    }

    private static string Key(Post post) => Key(post.SourceKind, post.NativeId);
}
