using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Posts;
using Serm.Ingest.Replies;

namespace Serm.Ingest.Erasures;

/// <summary>The posts and authors of a workspace that are not taken in any more, because they were erased, beside our own answers. Kept as hashes: a list of names of those who wish to be forgotten would be the worst that could be kept.</summary>
internal static class KeptOut
{
    // The namespace under which mentions makes its key of an author, which it hands over when an author is erased.
    private static readonly Guid Authors = new("0f4f1c63-7a55-4f0e-9f0b-8f6f5a0d8a11");

    /// <summary>Stands for a post: the SHA-256 of <see cref="RecentPosts.Key(string, string)"/>, 32 bytes. PostgreSQL makes the same.</summary>
    public static byte[] OfPost(string sourceKind, string nativeId) => SHA256.HashData(Encoding.UTF8.GetBytes(RecentPosts.Key(sourceKind, nativeId)));

    /// <summary>Stands for the author of a post; null when nobody is named.</summary>
    public static Guid? OfAuthor(string workspace, Post post) =>
        (post.Author?.Id ?? post.Author?.Handle ?? post.Author?.Name) is { Length: > 0 } id ? NameBasedGuid.Create(Authors, workspace, post.SourceKind, id) : null;

    /// <summary>An author among what is kept out: 16 bytes, as PostgreSQL sends a <c>uuid</c>.</summary>
    public static byte[] OfAuthor(Guid author) => author.ToByteArray(bigEndian: true);

    /// <summary>The posts that may be taken in, in their order: neither erased ones, nor answers of our own.</summary>
    public static async Task<IReadOnlyList<Post>> AllowedAsync(NpgsqlDataSource dataSource, string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var (erased, answered) = posts.Count == 0 ? (false, false) : await AnyAsync(dataSource, workspace, cancellationToken);
        var places = erased ? await ErasedAsync(dataSource, workspace, posts, cancellationToken) : [];
        if (answered)
        {
            places.UnionWith(await OwnReplies.PlacesAsync(dataSource, workspace, posts, cancellationToken));
        }

        return places.Count == 0 ? posts : [.. posts.Where((_, i) => !places.Contains(i))];
    }

    private static async Task<HashSet<int>> ErasedAsync(NpgsqlDataSource dataSource, string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select distinct k.place from unnest($2, $3) as k(place, key) join ingest.kept_out o on o.workspace = $1 and o.key = k.key
            """);
        var keys = posts.Select((p, i) => (Place: i, Key: OfPost(p.SourceKind, p.NativeId)))
            .Concat(posts.Select((p, i) => (Place: i, Author: OfAuthor(workspace, p))).Where(a => a.Author is not null).Select(a => (a.Place, Key: OfAuthor(a.Author!.Value))))
            .ToList();
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(keys.Select(k => k.Place).ToArray());
        command.Parameters.AddWithValue(keys.Select(k => k.Key).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var places = new HashSet<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            places.Add(reader.GetInt32(0));
        }

        return places;
    }

    // Most workspaces have erased and answered nothing, and need no more than this question.
    private static async Task<(bool Erased, bool Answered)> AnyAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select exists (select from ingest.kept_out where workspace = $1), exists (select from ingest.replies where workspace = $1)");
        command.Parameters.AddWithValue(workspace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }
}
