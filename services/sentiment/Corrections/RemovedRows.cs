using Npgsql;

namespace Serm.Sentiments.Corrections;

/// <summary>A post that is gone.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="MentionId">The mention that was made of it.</param>
/// <param name="Revision">The last one that is gone.</param>
internal readonly record struct RemovedRow(string Workspace, Guid MentionId, int Revision);

/// <summary>The posts that are gone, and up to which revision: a late message does not bring their text back.</summary>
internal static class RemovedRows
{
    /// <summary>First statement of a transaction that stores texts: none of them is marked meanwhile.</summary>
    public const string Share = "select pg_advisory_xact_lock_shared(hashtextextended('serm.sentiment.removed', 0))";

    /// <summary>First statement of a transaction that marks: no text is stored meanwhile.</summary>
    public const string Alone = "select pg_advisory_xact_lock(hashtextextended('serm.sentiment.removed', 0))";

    private const string Mark = """
        insert into sentiment.removed as r (workspace, mention_id, revision) select $1, * from unnest($2, $3)
        on conflict (workspace, mention_id) do update set revision = greatest(r.revision, excluded.revision)
        """;

    private const string Sample = """
        delete from sentiment.recent r using unnest($2, $3) as t(id, revision) where r.workspace = $1 and r.mention_id = t.id and r.revision <= t.revision
        """;

    // The label stays: it says how often people and model agreed, and nothing of the post.
    private const string Corrections = """
        update sentiment.corrections c set title = null, text = '', names = null
        from unnest($2, $3) as t(id, revision) where c.workspace = $1 and c.mention_id = t.id and c.revision <= t.revision and c.text <> ''
        """;

    /// <summary>Marks posts as gone and takes their texts away.</summary>
    /// <returns>Texts that there were.</returns>
    public static async Task<long> ForgetAsync(NpgsqlDataSource dataSource, IReadOnlyList<RemovedRow> gone, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(Alone));
        foreach (var group in gone.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            var removed = group.GroupBy(m => m.MentionId).Select(g => (Id: g.Key, Revision: g.Max(m => m.Revision))).ToArray();
            foreach (var sql in new[] { Mark, Sample, Corrections })
            {
                batch.BatchCommands.Add(new(sql)
                {
                    Parameters = { new() { Value = group.Key }, new() { Value = Array.ConvertAll(removed, r => r.Id) }, new() { Value = Array.ConvertAll(removed, r => r.Revision) } },
                });
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        return batch.BatchCommands.OfType<NpgsqlBatchCommand>().Where(c => c.CommandText is Sample or Corrections).Sum(c => Math.Max(0L, c.RecordsAffected));
    }
}
