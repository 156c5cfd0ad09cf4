using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Sentiments.Corrections;

namespace Serm.Sentiments.Shadow;

/// <summary>A mention of the sample.</summary>
internal sealed record RecentMention(Guid MentionId, Guid BrandId, string Language, string? Title, string Text, IReadOnlyList<NameSpan>? Names, DateTimeOffset SeenAt);

/// <summary>A sample of what was judged last in each workspace: a few a second, so that it costs the live flow next to nothing.</summary>
internal static class RecentMentions
{
    private const int LongestText = 2000;

    /// <summary>Keeps mentions but those whose post is gone, and takes the oldest away.</summary>
    public static async Task KeepAsync(NpgsqlDataSource dataSource, IReadOnlyList<MentionFound> mentions, int most, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(RemovedRows.Share));
        foreach (var group in mentions.Where(m => !m.Backfill).GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            foreach (var m in group.OrderBy(m => m.MentionId))
            {
                batch.BatchCommands.Add(Insert(m));
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                delete from sentiment.recent where workspace = $1 and seen_at < (select seen_at from sentiment.recent where workspace = $1 order by seen_at desc offset $2 limit 1)
                """)
            {
                Parameters = { new() { Value = group.Key }, new() { Value = most - 1 } },
            });
        }

        if (batch.BatchCommands.Count > 1)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The sample, the newest first.</summary>
    /// <param name="corrected">False to leave out what a person corrected.</param>
    public static async Task<List<RecentMention>> LoadAsync(NpgsqlDataSource dataSource, string workspace, bool corrected, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select mention_id, brand_id, language, title, text, names, seen_at from sentiment.recent r where workspace = $1
            and ($2 or not exists (select 1 from sentiment.corrections c where c.workspace = r.workspace and c.mention_id = r.mention_id and c.label is not null))
            order by seen_at desc, mention_id
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(corrected);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var mentions = new List<RecentMention>();
        while (await reader.ReadAsync(cancellationToken))
        {
            mentions.Add(new(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4),
                CorrectionRows.NamesAt(reader, 5), reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return mentions;
    }

    private static NpgsqlBatchCommand Insert(MentionFound m) => new("""
        insert into sentiment.recent (workspace, mention_id, brand_id, revision, language, title, text, names, seen_at) select $1, $2, $3, $4, $5, $6, $7, $8, $9
        where not exists (select 1 from sentiment.removed where workspace = $1 and mention_id = $2 and revision >= $4)
        on conflict (workspace, mention_id) do update set revision = excluded.revision, language = excluded.language, title = excluded.title, text = excluded.text, names = excluded.names
        where sentiment.recent.revision <= excluded.revision
        """)
    {
        Parameters =
        {
            new() { Value = m.Workspace },
            new() { Value = m.MentionId },
            new() { Value = m.Brand.Id },
            new() { Value = m.Post.Revision },
            new() { Value = m.Post.Language },
            CorrectionRows.Nullable(Clean(m.Post.Title), NpgsqlDbType.Text),
            new() { Value = Clean(m.Post.Text)! },
            CorrectionRows.Nullable(CorrectionRows.Serialized(m.Names), NpgsqlDbType.Jsonb),
            new() { Value = m.SeenAt.UtcDateTime },
        },
    };

    // PostgreSQL has no U+0000, and lone surrogates have no UTF-8.
    private static string? Clean(string? text)
    {
        var start = text is { Length: > LongestText } ? text[..LongestText] : text;
        return start is null ? null : System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(start)).Replace("\0", "", StringComparison.Ordinal);
    }
}
