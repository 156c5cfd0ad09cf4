using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way to write a webhook, its events and its row in one transaction, and to read them.</summary>
internal static class WebhookLog
{
    private const string Sql = """
        insert into alerts.webhooks (workspace, id, removed, delivers, state) values (^, ^, ^, ^, ^::jsonb)
        on conflict (workspace, id) do update set removed = excluded.removed, delivers = excluded.delivers, state = excluded.state
        """;

    /// <summary>Takes a turn at the webhook, loads, decides, appends.</summary>
    /// <param name="session">Of its workspace, not yet in a transaction.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="decide">State to events.</param>
    /// <param name="also">Queues what has to be written with the events.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Webhook> ApplyAsync(IDocumentSession session, Guid id, Func<Webhook, IReadOnlyList<object>> decide, Action<IDocumentSession, Webhook>? also, CancellationToken cancellationToken)
    {
        await session.HoldAsync([id], cancellationToken);
        var stored = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        var before = stored.Select(e => e.Data).Aggregate(new Webhook(id), Webhook.Apply);
        var events = decide(before);
        var after = events.Aggregate(before, Webhook.Apply);
        also?.Invoke(session, after);
        if (events.Count > 0)
        {
            if (before.Version == 0)
            {
                session.Events.StartStream<Webhook>(id, events);
            }
            else
            {
                session.Events.Append(id, after.Version, events);
            }

            session.QueueAll("alerts", before, events, Webhook.Apply, WebhookChanges.Of);
            session.QueueSqlCommand('^', Sql, session.TenantId, id, after.Removed, after.Delivers, JsonSerializer.Serialize(after, RuleLog.Json));

            // Whoever delivers reads the webhooks anew.
            session.QueueSqlCommand($"notify {FanOut.Channel}, 'webhooks'");
        }

        await session.SaveChangesAsync(cancellationToken);
        return after;
    }

    /// <summary>The webhooks of some workspaces that are not removed.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<Webhook>>> StandingAsync(NpgsqlDataSource dataSource, string[] workspaces, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, List<Webhook>>(StringComparer.Ordinal);
        if (workspaces.Length > 0)
        {
            await using var command = dataSource.CreateCommand("select workspace, state::text from alerts.webhooks where workspace = any($1) and not removed order by id");
            command.Parameters.AddWithValue(workspaces);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!found.TryGetValue(reader.GetString(0), out var list))
                {
                    found[reader.GetString(0)] = list = [];
                }

                list.Add(JsonSerializer.Deserialize<Webhook>(reader.GetString(1), RuleLog.Json)!);
            }
        }

        return found.ToDictionary(f => f.Key, IReadOnlyList<Webhook> (f) => f.Value, StringComparer.Ordinal);
    }

    /// <summary>One that is not removed.</summary>
    /// <exception cref="RuleViolation">404.</exception>
    public static async Task<Webhook> OneAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select state::text from alerts.webhooks where workspace = $1 and id = $2 and not removed");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) is string state
            ? JsonSerializer.Deserialize<Webhook>(state, RuleLog.Json)!
            : throw RuleViolation.NotFound("webhook");
    }
}
