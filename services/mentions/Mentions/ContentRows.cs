using System.Text.Json;
using Marten;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Writes the texts of mentions: personal data, kept out of the events.</summary>
internal static class ContentRows
{
    /// <summary>For mentions whose streams the transaction started: nobody can have stored a text of them.</summary>
    public const string Insert = """
        insert into mentions.content (workspace, mention_id, revision, url, title, text, author, search, names)
        select ^, t.mention_id, t.revision, t.url, t.title, t.text, t.author::jsonb, t.search::tsvector, t.names::jsonb
        from unnest(^, ^, ^, ^, ^, ^, ^, ^) as t(mention_id, revision, url, title, text, author, search, names)
        """;

    /// <summary>For all others. The larger hash wins a tie of revision numbers, as in the fold; a stored revision is otherwise never overwritten.</summary>
    public const string Upsert = $"""
        {Insert}
        on conflict (workspace, mention_id, revision) do update
        set url = excluded.url, title = excluded.title, text = excluded.text, author = excluded.author, search = excluded.search, names = excluded.names, removed = false
        """;

    /// <summary>Queues the texts for the session's transaction, by one of the statements above.</summary>
    public static void Queue(IDocumentSession session, string workspace, IReadOnlyCollection<MentionFound> contents, string sql)
    {
        if (contents.Count == 0)
        {
            return;
        }

        var rows = contents
            .GroupBy(c => (c.MentionId, c.Post.Revision))
            .Select(g => g.MaxBy(c => c.Post.ContentHash, StringComparer.Ordinal)!)
            .OrderBy(c => c.MentionId)
            .ToArray();
        session.QueueSqlCommand(
            '^',
            sql,
            workspace,
            Array.ConvertAll(rows, r => r.MentionId),
            Array.ConvertAll(rows, r => r.Post.Revision),
            Array.ConvertAll(rows, r => Clean(r.Post.Url)!),
            Array.ConvertAll(rows, r => Clean(r.Post.Title)!),
            Array.ConvertAll(rows, r => Clean(r.Post.Text)!),
            Array.ConvertAll(rows, r => r.Post.Author is null ? null! : Clean(JsonSerializer.Serialize(r.Post.Author, JsonSerializerOptions.Web))!),
            Array.ConvertAll(rows, r => SearchText.ToTsVector(r.Post.Title, r.Post.Text, r.Post.Author?.Name, r.Post.Author?.Handle)),
            Array.ConvertAll(rows, r => r.Names is { Count: > 0 } names ? JsonSerializer.Serialize(names, JsonSerializerOptions.Web) : null!));
    }

    /// <summary>Queues that texts are taken away with who wrote them and where, of every revision up to the one that is gone. After <see cref="Queue"/>, as a text can come later than the word that it is gone.</summary>
    public static void Blank(IDocumentSession session, string workspace, IReadOnlyList<Mention> removed)
    {
        if (removed.Count == 0)
        {
            return;
        }

        var rows = removed.OrderBy(m => m.Id).ToArray();
        session.QueueSqlCommand(
            '^',
            """
            update mentions.content c set url = null, text = '', title = null, author = null, search = null, names = null, removed = true
            from unnest(^, ^) as t(mention_id, revision) where c.workspace = ^ and c.mention_id = t.mention_id and c.revision <= t.revision and not c.removed
            """,
            Array.ConvertAll(rows, m => m.Id),
            Array.ConvertAll(rows, m => m.RemovedRevision),
            workspace);
    }

    /// <summary>Where a text names brands, as it was told; null when it was not.</summary>
    public static IReadOnlyList<NameSpan>? Names(System.Data.Common.DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : JsonSerializer.Deserialize<List<NameSpan>>(reader.GetString(column), JsonSerializerOptions.Web);

    // PostgreSQL has no U+0000, and lone surrogates have no UTF-8.
    private static string? Clean(string? text) => text is null || (!text.Contains('\0') && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        ? text
        : System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)).Replace("\0", "", StringComparison.Ordinal);
}
