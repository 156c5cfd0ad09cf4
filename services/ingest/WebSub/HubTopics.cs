using Marten;
using Npgsql;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.WebSub;

/// <summary>What a source may be pushed by its hub, and what the hub has agreed to. A plain table, as a subscription is no fact about a mention.</summary>
internal static class HubTopics
{
    private static readonly TimeSpan Unanswered = TimeSpan.FromMinutes(30);

    /// <summary>A topic that is to be subscribed to, again or for the first time.</summary>
    internal sealed record Due(Guid SourceId, Uri Topic, Uri Hub);

    /// <summary>Queues topics that a read told of; what is known of them stays, unless they moved to another hub. Others are not the source's any more. Null when nothing was told.</summary>
    public static void Queue(IDocumentSession session, Guid sourceId, IReadOnlyList<HubTopic>? topics, DateTimeOffset now)
    {
        if (topics is not null)
        {
            session.QueueSqlCommand('^', "delete from ingest.hub_topics where source_id = ^ and topic <> all(^)", sourceId, topics.Select(t => t.Topic.AbsoluteUri).ToArray());
        }

        foreach (var topic in topics ?? [])
        {
            session.QueueSqlCommand(
                '^',
                """
                insert into ingest.hub_topics (source_id, workspace, topic, hub, renew_at) values (^, ^, ^, ^, ^)
                on conflict (source_id, topic) do update set hub = excluded.hub, renew_at = excluded.renew_at, lease_until = null where ingest.hub_topics.hub <> excluded.hub
                """,
                sourceId,
                session.TenantId,
                topic.Topic.AbsoluteUri,
                topic.Hub.AbsoluteUri,
                now.ToUniversalTime());
        }
    }

    /// <summary>True while a hub may push a topic; without one, while it may push any of the source's.</summary>
    public static async Task<bool> IsGrantedAsync(NpgsqlDataSource dataSource, Guid sourceId, string? topic, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = dataSource.CreateCommand("select 1 from ingest.hub_topics where source_id = $1 and lease_until > $2 and ($3::text is null or topic = $3) limit 1");
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = (object?)topic ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(stop) is not null;
    }

    /// <summary>Takes topics that are due. A hub that does not come back to verify is asked again, after twice as long each time, up to a day.</summary>
    public static async Task<IReadOnlyList<Due>> ClaimAsync(NpgsqlDataSource dataSource, int most, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = dataSource.CreateCommand("""
            with due as (
                select t.source_id, t.topic from ingest.hub_topics t join ingest.sources s on s.workspace = t.workspace and s.id = t.source_id
                where t.renew_at <= $1 order by t.renew_at limit $2 for update of t skip locked
            )
            update ingest.hub_topics t set asked = asked + 1, renew_at = $1 + least($3 * power(2, least(t.asked, 8)), interval '1 day')
            from due where t.source_id = due.source_id and t.topic = due.topic
            returning t.source_id, t.topic, t.hub
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = Unanswered });
        var due = new List<Due>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            due.Add(new(reader.GetGuid(0), new(reader.GetString(1)), new(reader.GetString(2))));
        }

        return due;
    }

    /// <summary>Writes down that a hub granted a lease; false for a topic that nobody asked for.</summary>
    public static async Task<bool> GrantAsync(NpgsqlDataSource dataSource, Guid sourceId, string topic, TimeSpan lease, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = dataSource.CreateCommand("update ingest.hub_topics set lease_until = $3, renew_at = $4, asked = 0 where source_id = $1 and topic = $2 and (asked > 0 or lease_until is not null)");
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = (now + lease).UtcDateTime });
        command.Parameters.Add(new() { Value = (now + (lease / 2)).UtcDateTime });
        return await command.ExecuteNonQueryAsync(stop) > 0;
    }

    /// <summary>Writes down that a hub will not: it is asked again after a day.</summary>
    public static async Task DenyAsync(NpgsqlDataSource dataSource, Guid sourceId, string topic, DateTimeOffset now, CancellationToken stop)
    {
        await using var command = dataSource.CreateCommand("update ingest.hub_topics set lease_until = null, renew_at = $3 where source_id = $1 and topic = $2");
        command.Parameters.Add(new() { Value = sourceId });
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = now.AddDays(1).UtcDateTime });
        await command.ExecuteNonQueryAsync(stop);
    }
}
