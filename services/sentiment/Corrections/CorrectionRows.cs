using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Corrections;

/// <summary>A text and what a person says of it.</summary>
/// <param name="MentionId">The mention.</param>
/// <param name="Language">ISO code; <c>und</c> when not known.</param>
/// <param name="Title">Null where there is none.</param>
/// <param name="Text">The text.</param>
/// <param name="Names">Where it names brands.</param>
/// <param name="Label">What it really says.</param>
/// <param name="Was">What the model had said; null when it had not.</param>
internal sealed record CorrectedText(Guid MentionId, string Language, string? Title, string Text, IReadOnlyList<NameSpan>? Names, Sentiment Label, Sentiment? Was);

/// <summary>How often people and model agreed in one language.</summary>
/// <param name="Language">ISO code.</param>
/// <param name="Checked">Verdicts that a person looked at and gave a label.</param>
/// <param name="Agreed">Those where it was the model's.</param>
/// <param name="MissedNegative">Negative mentions that the model called otherwise.</param>
/// <param name="FalseNegative">Mentions that the model called negative and people did not.</param>
internal sealed record Agreement(string Language, int Checked, int Agreed, int MissedNegative, int FalseNegative);

/// <summary>The corrections of workspaces.</summary>
internal static class CorrectionRows
{
    private const string Upsert = """
        insert into sentiment.corrections (workspace, mention_id, brand_id, revision, version, label, was, model_version, language, title, text, names, corrected_at)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, case when not gone then $10 end, case when gone then '' else $11 end, case when not gone then $12 end, $13
        from (select exists (select 1 from sentiment.removed where workspace = $1 and mention_id = $2 and revision >= $4)) as r(gone)
        on conflict (workspace, mention_id) do update set
            brand_id = excluded.brand_id, revision = excluded.revision, version = excluded.version, label = excluded.label, was = excluded.was,
            model_version = excluded.model_version, language = excluded.language, title = excluded.title, text = excluded.text, names = excluded.names, corrected_at = excluded.corrected_at
        where sentiment.corrections.version < excluded.version
        """;

    // What a removed post said teaches nothing any more.
    private const string Teaches = "label is not null and (text <> '' or title is not null)";

    /// <summary>Keeps the last word on each mention, whatever the order of the messages; without the text of a post that is gone.</summary>
    public static async Task KeepAsync(NpgsqlDataSource dataSource, IReadOnlyList<MentionCorrected> messages, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(RemovedRows.Share));
        foreach (var m in messages.OrderBy(m => m.MentionId).ThenBy(m => m.Version))
        {
            var withdrawn = m.Label is null;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    new() { Value = m.Workspace },
                    new() { Value = m.MentionId },
                    new() { Value = m.Brand.Id },
                    new() { Value = m.Revision },
                    new() { Value = m.Version },
                    Nullable((short?)m.Label, NpgsqlDbType.Smallint),
                    Nullable((short?)m.Was, NpgsqlDbType.Smallint),
                    Nullable(m.ModelVersion, NpgsqlDbType.Text),
                    new() { Value = m.Language },
                    Nullable(withdrawn ? null : m.Title, NpgsqlDbType.Text),
                    new() { Value = withdrawn ? "" : m.Text },
                    Nullable(withdrawn ? null : Serialized(m.Names), NpgsqlDbType.Jsonb),
                    new() { Value = m.At.UtcDateTime },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The newest corrections that teach something, in order of mention: the same rows give the same model.</summary>
    public static async Task<List<CorrectedText>> NewestAsync(NpgsqlDataSource dataSource, string workspace, int most, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            select mention_id, language, title, text, names, label, was from sentiment.corrections
            where workspace = $1 and {Teaches} order by corrected_at desc, mention_id limit $2
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<CorrectedText>();
        while (await reader.ReadAsync(cancellationToken))
        {
            texts.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3), NamesAt(reader, 4),
                (Sentiment)reader.GetInt16(5), reader.IsDBNull(6) ? null : (Sentiment)reader.GetInt16(6)));
        }

        texts.Sort((a, b) => a.MentionId.CompareTo(b.MentionId));
        return texts;
    }

    /// <summary>How often people and the models agreed, by language; the most often checked first.</summary>
    public static async Task<List<Agreement>> AgreementAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select language, count(*)::int, count(*) filter (where label = was)::int, count(*) filter (where label = 0 and was <> 0)::int, count(*) filter (where label <> 0 and was = 0)::int
            from sentiment.corrections where workspace = $1 and label is not null and was is not null group by language order by 2 desc, 1
            """);
        command.Parameters.AddWithValue(workspace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var figures = new List<Agreement>();
        while (await reader.ReadAsync(cancellationToken))
        {
            figures.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4)));
        }

        return figures;
    }

    /// <summary>Corrections that teach something in all, and since a time.</summary>
    public static async Task<(int All, int Since)> CountAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            select count(*)::int, count(*) filter (where corrected_at > $2)::int from sentiment.corrections where workspace = $1 and {Teaches}
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue((since ?? DateTimeOffset.UnixEpoch).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    /// <summary>Forgets what is known of a mention, and marks it, so that no late message and no edit brings it back.</summary>
    /// <param name="change">What people read of it, where a person asked for it.</param>
    /// <returns>True when there was something.</returns>
    public static Task<bool> EraseAsync(NpgsqlDataSource dataSource, string workspace, Guid mention, CancellationToken cancellationToken, ChangeRow? change = null) =>
        ChangeRows.WithAsync(dataSource, "sentiment", workspace, c => EraseAsync(c, workspace, mention, cancellationToken), gone => gone ? change : null, cancellationToken);

    private static async Task<bool> EraseAsync(NpgsqlConnection connection, string workspace, Guid mention, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(RemovedRows.Alone));
        batch.BatchCommands.Add(new("""
            with gone as (delete from sentiment.recent where workspace = $1 and mention_id = $2 returning mention_id),
            emptied as (
                update sentiment.corrections set label = null, was = null, title = null, text = '', names = null, version = 2147483647
                where workspace = $1 and mention_id = $2 and version < 2147483647 returning mention_id)
            insert into sentiment.removed (workspace, mention_id, revision) select $1, mention_id, 2147483647 from gone union select $1, mention_id, 2147483647 from emptied
            on conflict (workspace, mention_id) do update set revision = excluded.revision
            """)
        {
            Parameters = { new() { Value = workspace }, new() { Value = mention } },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return batch.BatchCommands[1].RecordsAffected > 0;
    }

    public static string? Serialized(IReadOnlyList<NameSpan>? names) => names is { Count: > 0 } ? JsonSerializer.Serialize(names, JsonSerializerOptions.Web) : null;

    public static List<NameSpan>? NamesAt(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : JsonSerializer.Deserialize<List<NameSpan>>(reader.GetString(column), JsonSerializerOptions.Web);

    public static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
