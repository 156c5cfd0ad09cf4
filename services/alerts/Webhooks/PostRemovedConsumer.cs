using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Takes what a removed post said out of what alerts quote and out of the public feed, also for deliveries that are sent again. Events, ids and places stay.</summary>
internal sealed class PostRemovedConsumer(NpgsqlDataSource dataSource, TimeProvider clock) : IBatchConsumer<PostRemoved>
{
    // A fan-out that had read the text before it went writes it a moment later: what was removed lately is looked at again.
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    private const string Mark = """
        insert into alerts.removed as r (workspace, mention_id, revision, at) select $1, t.id, max(t.revision), $2 from unnest($3, $4) as t(id, revision) group by t.id
        on conflict (workspace, mention_id) do update set revision = greatest(r.revision, excluded.revision), at = excluded.at
        """;

    private const string Forget = """
        delete from alerts.mentions m using alerts.removed r
        where r.at >= $1 and m.workspace = r.workspace and m.id = r.mention_id and (m.content #>> '{mention,post,revision}')::int <= r.revision
        """;

    // The members stay, so that whoever reads them finds null and not nothing. What was raised after the post had come back is told of the new text.
    private const string Redact = """
        update alerts.public_events e set data = jsonb_set(e.data::jsonb, '{mention}', (e.data::jsonb -> 'mention') || '{"url":null,"title":null,"text":null,"textIsCut":false,"author":null,"verdict":null}')::text
        from alerts.removed r
        where r.at >= $1 and e.workspace = r.workspace and e.mention_id = r.mention_id and e.at <= r.at and e.data::jsonb #>> '{mention,text}' is not null
        """;

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<PostRemoved> messages, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var removed = group.OrderBy(m => m.MentionId).ToArray();
            await using var mark = new NpgsqlCommand(Mark, connection);
            mark.Parameters.AddWithValue(group.Key);
            mark.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
            mark.Parameters.Add(new() { Value = Array.ConvertAll(removed, m => m.MentionId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            mark.Parameters.Add(new() { Value = Array.ConvertAll(removed, m => m.Revision), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            await mark.ExecuteNonQueryAsync(cancellationToken);
        }

        await ForgetAsync(connection, clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes out the texts of what was removed lately.</summary>
    public static async Task ForgetAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var sql in new[] { Forget, Redact })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddWithValue((now - Lately).UtcDateTime);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
