using Npgsql;
using Serm.Contracts;

namespace Serm.Ingest.Posts;

/// <summary>Finds the post that began the thread of an answer whose network names only the post that it answers: by what the source has shown before, and by the page itself.</summary>
internal static class ThreadRoots
{
    // Hostile pages may answer each other in a circle.
    private const int Deepest = 100;

    /// <summary>The roots that are remembered of posts of a source, by their id; a post that began its thread is its own.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid sourceId, IReadOnlyCollection<string> nativeIds, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        if (nativeIds.Count == 0)
        {
            return known;
        }

        await using var command = dataSource.CreateCommand("select native_id, root from ingest.items where workspace = $1 and source_id = $2 and native_id = any($3) and root is not null");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = nativeIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetString(0)] = reader.GetString(1);
        }

        return known;
    }

    /// <summary>The posts that answer one whose thread may be known, by the ids of these.</summary>
    public static IReadOnlyCollection<string> Wanted(IEnumerable<Post> posts) => [.. posts.Where(p => p is { ParentNativeId: not null, RootNativeId: null }).Select(p => p.ParentNativeId!).Distinct(StringComparer.Ordinal)];

    /// <summary>The posts with the roots that can be found. What the network itself says stands.</summary>
    /// <param name="posts">New and edited ones of a page.</param>
    /// <param name="known">As from <see cref="LoadAsync"/>.</param>
    public static IReadOnlyList<Post> Fill(IReadOnlyList<Post> posts, IReadOnlyDictionary<string, string> known)
    {
        if (Wanted(posts).Count == 0)
        {
            return posts;
        }

        var page = posts.ToDictionary(p => p.NativeId, StringComparer.Ordinal);
        return [.. posts.Select(p => p is { ParentNativeId: { } parent, RootNativeId: null } ? p with { RootNativeId = RootOf(parent, page, known) } : p)];
    }

    /// <summary>What is remembered as a post's root: its own id where it began the thread, null when nobody knows.</summary>
    public static string? Remembered(Post post) => post.RootNativeId ?? (post.ParentNativeId is null ? post.NativeId : null);

    private static string? RootOf(string id, Dictionary<string, Post> page, IReadOnlyDictionary<string, string> known)
    {
        for (var depth = 0; depth < Deepest; depth++)
        {
            if (known.TryGetValue(id, out var root))
            {
                return root;
            }

            if (!page.TryGetValue(id, out var post))
            {
                return null;
            }

            if (Remembered(post) is { } found)
            {
                return found;
            }

            id = post.ParentNativeId!;
        }

        return null;
    }
}
