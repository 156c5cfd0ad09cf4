using System.Text.Json;
using Marten;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The one way to write a setting of a workspace: a stream of its own for each kind, and a row with its state in the same transaction.</summary>
internal static class SettingsLog
{
    public const string Sla = "sla";
    public const string Automation = "automation";
    public const string Retention = "retention";

    /// <summary>How states are kept.</summary>
    public static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    private static readonly Guid Space = new("9b8d7c6a-2f0e-4c1b-8a59-3d4e5f607182");

    private const string Sql = """
        insert into mentions.settings (workspace, kind, version, state) values (^, ^, ^, ^::jsonb)
        on conflict (workspace, kind) do update set version = excluded.version, state = excluded.state
        """;

    /// <summary>Loads, decides, appends.</summary>
    /// <typeparam name="T">The state.</typeparam>
    /// <param name="session">Of the workspace.</param>
    /// <param name="kind">Which setting.</param>
    /// <param name="empty">The state before the first event.</param>
    /// <param name="apply">The state after one more event.</param>
    /// <param name="decide">State and version to events.</param>
    /// <param name="change">What people read of an event, of the states before and after; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state now, and its version.</returns>
    public static async Task<(T State, int Version)> ApplyAsync<T>(
        IDocumentSession session, string kind, T empty, Func<T, object, T> apply, Func<T, int, IReadOnlyList<object>> decide, Func<T, T, object, ChangeRow?> change, CancellationToken cancellationToken)
        where T : class
    {
        var id = NameBasedGuid.Create(Space, session.TenantId, kind);
        await session.HoldAsync([id], cancellationToken);
        var stored = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        var before = stored.Select(e => e.Data).Aggregate(empty, apply);
        var events = decide(before, stored.Count);
        var after = events.Aggregate(before, apply);
        var version = stored.Count + events.Count;
        if (events.Count == 0)
        {
            return (after, version);
        }

        if (stored.Count == 0)
        {
            session.Events.StartStream<T>(id, events);
        }
        else
        {
            session.Events.Append(id, version, events);
        }

        session.QueueAll("mentions", before, events, apply, change);
        session.QueueSqlCommand('^', Sql, session.TenantId, kind, version, JsonSerializer.Serialize(after, Json));
        await session.SaveChangesAsync(cancellationToken);
        return (after, version);
    }
}
