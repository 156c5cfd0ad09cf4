using Npgsql;
using NpgsqlTypes;

namespace Serm.Alerts;

/// <summary>The posts whose texts are gone, up to which revision: what quotes them is taken out, and stays out.</summary>
internal static class RemovedTexts
{
    // A fan-out that had read the text before it went writes it a moment later: what was removed lately is looked at again.
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    private const string Mark = """
        insert into alerts.removed as r (workspace, mention_id, revision, at) select $1, t.id, max(t.revision), $2 from unnest($3, $4) as t(id, revision) group by t.id
        on conflict (workspace, mention_id) do update set revision = greatest(r.revision, excluded.revision), at = excluded.at
        """;

    private const string Forget = """
        delete from alerts.mentions m using alerts.removed r
        where r.at >= $1 and ($2::uuid[] is null or r.mention_id = any($2)) and m.workspace = r.workspace and m.id = r.mention_id and (m.content #>> '{mention,post,revision}')::int <= r.revision
        """;

    // The members stay, so that whoever reads them finds null and not nothing. What was raised after the post had come back is told of the new text.
    private const string Redact = """
        update alerts.public_events e set data = jsonb_set(e.data::jsonb, '{mention}', (e.data::jsonb -> 'mention') || '{"url":null,"title":null,"text":null,"textIsCut":false,"author":null,"verdict":null}')::text
        from alerts.removed r
        where r.at >= $1 and ($2::uuid[] is null or r.mention_id = any($2)) and e.workspace = r.workspace and e.mention_id = r.mention_id and e.at <= r.at and e.data::jsonb #>> '{mention,text}' is not null
        """;

    // Of each term the first mentions are known. One of which none is left was theirs alone, as far as anybody can tell.
    private const string Terms = """
        with hours as (select distinct brand_id, date_trunc('hour', at, 'UTC') as hour from alerts.judged where workspace = $1 and mention_id = any($2)),
        said as (
            select t.workspace, t.brand_id, t.hour, t.term, array(select m from unnest(t.mentions) m where m <> all ($2)) as left_over
            from hours h join alerts.terms t on t.workspace = $1 and t.brand_id = h.brand_id and t.hour = h.hour where t.mentions && $2),
        gone as (
            delete from alerts.terms t using said s where t.workspace = s.workspace and t.brand_id = s.brand_id and t.hour = s.hour and t.term = s.term and t.term <> '' and s.left_over = '{}')
        update alerts.terms t set mentions = s.left_over, n = greatest(1, t.n - cardinality(t.mentions) + cardinality(s.left_over))
        from said s where t.workspace = s.workspace and t.brand_id = s.brand_id and t.hour = s.hour and t.term = s.term and (t.term = '' or s.left_over <> '{}')
        """;

    /// <summary>Marks posts of a workspace as gone, and takes their words out of what is counted of topics.</summary>
    public static async Task MarkAsync(NpgsqlConnection connection, string workspace, IReadOnlyCollection<(Guid MentionId, int Revision)> removed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = removed.OrderBy(r => r.MentionId).ToArray();
        await using var mark = new NpgsqlCommand(Mark, connection);
        mark.Parameters.AddWithValue(workspace);
        mark.Parameters.AddWithValue(now.UtcDateTime);
        mark.Parameters.Add(new() { Value = Array.ConvertAll(rows, r => r.MentionId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        mark.Parameters.Add(new() { Value = Array.ConvertAll(rows, r => r.Revision), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await mark.ExecuteNonQueryAsync(cancellationToken);
        await using var terms = new NpgsqlCommand(Terms, connection) { Parameters = { new() { Value = workspace }, new() { Value = Array.ConvertAll(rows, r => r.MentionId) } } };
        await terms.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes out the texts of what was removed lately.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="mentions">Only of these; null for all, which takes the longer the more there are.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task ForgetAsync(NpgsqlConnection connection, Guid[]? mentions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var sql in new[] { Forget, Redact })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddWithValue((now - Lately).UtcDateTime);
            command.Parameters.Add(new() { Value = (object?)mentions ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
