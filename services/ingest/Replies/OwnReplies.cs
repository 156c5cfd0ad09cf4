using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;

namespace Serm.Ingest.Replies;

/// <summary>Answers of our own among posts that are read: by the id that the network gave them, and before it is known by what they read like and answer.</summary>
internal static class OwnReplies
{
    // Clocks differ.
    private const string Clocks = "interval '10 minutes'";

    private const string Known = """
        select p.place from unnest($2, $3, $4) as p(place, kind, native_id) join ingest.replies r on r.workspace = $1 and r.source_kind = p.kind and r.native_id = p.native_id
        """;

    // The id is learnt on the way, so that it is also known when somebody edits it.
    private const string Guessed = $"""
        with found as (
            select distinct on (r.reply_id) r.reply_id, p.place, p.native_id
            from unnest($2, $3, $4, $5, $6, $7) as p(place, kind, native_id, parent, said, at)
            join ingest.replies r on r.workspace = $1 and r.source_kind = p.kind and r.said = p.said and r.native_id is null and r.state <> 'refused'
                and p.native_id <> r.answered and (p.parent = '' or p.parent = r.answered) and p.at > r.begun_at - {Clocks}
                and (r.state = 'sent' or p.at < coalesce(r.settled_at, now()) + {Clocks})
            order by r.reply_id, p.at)
        , learnt as (update ingest.replies r set native_id = f.native_id from found f where r.reply_id = f.reply_id)
        select place from found
        """;

    /// <summary>The places of our own answers among the posts.</summary>
    public static async Task<HashSet<int>> PlacesAsync(NpgsqlDataSource dataSource, string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var said = posts.Select((p, i) => (Place: i, Post: p, Hash: Reply.Hash(p.Text))).Where(p => p.Hash is not null).ToList();
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(Guessed)
        {
            Parameters =
            {
                new() { Value = workspace },
                new() { Value = said.Select(p => p.Place).ToArray() },
                new() { Value = said.Select(p => p.Post.SourceKind).ToArray() },
                new() { Value = said.Select(p => p.Post.NativeId).ToArray() },
                new() { Value = said.Select(p => p.Post.ParentNativeId ?? "").ToArray() },
                new() { Value = said.Select(p => p.Hash!).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = said.Select(p => p.Post.PublishedAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        });
        batch.BatchCommands.Add(new(Known)
        {
            Parameters =
            {
                new() { Value = workspace },
                new() { Value = posts.Select((_, i) => i).ToArray() },
                new() { Value = posts.Select(p => p.SourceKind).ToArray() },
                new() { Value = posts.Select(p => p.NativeId).ToArray() },
            },
        });
        var places = new HashSet<int>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                places.Add(reader.GetInt32(0));
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
        return places;
    }
}
