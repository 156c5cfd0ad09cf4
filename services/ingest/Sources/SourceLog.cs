using System.Text.Json;
using Marten;
using Serm.Defaults;
using Serm.Ingest.Coverage;

namespace Serm.Ingest.Sources;

/// <summary>The one way to write a source: its events, its row and its cursor in one transaction.</summary>
internal static class SourceLog
{
    /// <summary>How states and cursors are stored.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The state by its events; version 0 when there are none.</summary>
    public static async Task<Source> LoadAsync(IQuerySession session, Guid id, CancellationToken cancellationToken)
    {
        var events = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        return events.Select(e => e.Data).Aggregate(new Source(id), Source.Apply);
    }

    /// <summary>Loads, decides, appends. Saves also what <paramref name="also"/> queued when nothing happened to the source itself.</summary>
    /// <exception cref="JasperFx.ConcurrencyException">Somebody else wrote in between; nothing was saved.</exception>
    public static async Task<Source> ApplyAsync(IDocumentSession session, Guid id, Func<Source, IReadOnlyList<object>> decide, Action<IDocumentSession, Source>? also, CancellationToken cancellationToken)
    {
        var before = await LoadAsync(session, id, cancellationToken);
        var events = decide(before);
        var after = events.Aggregate(before, Source.Apply);
        if (events.Count > 0)
        {
            Append(session, before, after, events);
            session.QueueAll("ingest", before, events, Source.Apply, SourceChanges.Of);
        }

        also?.Invoke(session, after);
        await session.SaveChangesAsync(cancellationToken);
        return after;
    }

    private static void Append(IDocumentSession session, Source before, Source after, IReadOnlyList<object> events)
    {
        if (before.Version == 0)
        {
            session.Events.StartStream(after.Id, events);
        }
        else
        {
            session.Events.Append(after.Id, after.Version, events);
        }

        GapTable.Queue(session, after.Id, events);
        if (after.Removed)
        {
            foreach (var table in (ReadOnlySpan<string>)["sources where id", "cursors where source_id", "items where source_id", "credentials where source_id", "spending where source_id", "hub_topics where source_id"])
            {
                session.QueueSqlCommand('^', $"delete from ingest.{table} = ^ and workspace = ^", after.Id, session.TenantId);
            }

            return;
        }

        session.QueueSqlCommand(
            '^',
            "insert into ingest.sources (workspace, id, url, state) values (^, ^, nullif(^, ''), ^::jsonb) on conflict (workspace, id) do update set url = excluded.url, state = excluded.state",
            session.TenantId,
            after.Id,
            after.Url ?? "",
            JsonSerializer.Serialize(after, Json));
        if (after.Kind != Source.PushKind)
        {
            var newCredentials = before.Version > 0 && events.Any(e => e is SourceCredentialsChanged);
            QueueSchedule(session, before, after, newCredentials);
            if (newCredentials)
            {
                // When the old ones end says nothing of the new ones.
                session.QueueSqlCommand('^', "update ingest.cursors set state = state || '{\"expiresAt\":null}' where workspace = ^ and source_id = ^", session.TenantId, after.Id);
            }
        }
    }

    // A changed address is another page: its validators are worthless and it is read at once. Taking the lease away makes a read that is under way leave the cursor alone.
    private static void QueueSchedule(IDocumentSession session, Source before, Source after, bool newCredentials)
    {
        var byPerson = before.Url != after.Url && before.Identity != after.Identity;
        if (before.Version == 0 || byPerson)
        {
            session.QueueSqlCommand(
                '^',
                """
                insert into ingest.cursors (workspace, source_id, host, due_at, state) values (^, ^, ^, ^::timestamptz, ^::jsonb)
                on conflict (workspace, source_id) do update set host = excluded.host, due_at = excluded.due_at, lease = null, lease_until = null,
                    state = ingest.cursors.state || '{"state":null}'::jsonb
                """,
                session.TenantId,
                after.Id,
                Host(after),
                after.Paused || after.Url is null ? "infinity" : "-infinity",
                JsonSerializer.Serialize(new SourceCursor(), Json));

            // What its hub pushes is of the old address.
            session.QueueSqlCommand('^', "delete from ingest.hub_topics where source_id = ^", after.Id);
        }
        else if (before.Paused != after.Paused)
        {
            session.QueueSqlCommand('^', "update ingest.cursors set due_at = ^::timestamptz, lease = null, lease_until = null where workspace = ^ and source_id = ^", after.Paused || after.Url is null ? "infinity" : "-infinity", session.TenantId, after.Id);
        }
        else if (before.Options != after.Options || newCredentials)
        {
            // A read that is under way goes by what held before: it must not save, and the next comes at once.
            session.QueueSqlCommand('^', "update ingest.cursors set due_at = '-infinity', lease = null, lease_until = null where workspace = ^ and source_id = ^ and due_at < 'infinity'", session.TenantId, after.Id);
        }
        else if (before.Url != after.Url)
        {
            session.QueueSqlCommand('^', "update ingest.cursors set host = ^ where workspace = ^ and source_id = ^", Host(after), session.TenantId, after.Id);
        }
        else if (before.IntervalSeconds != after.IntervalSeconds)
        {
            session.QueueSqlCommand('^', "update ingest.cursors set due_at = '-infinity' where workspace = ^ and source_id = ^ and due_at < 'infinity'", session.TenantId, after.Id);
        }
    }

    private static string Host(Source source) => source.Url is null ? "" : new Uri(source.Url).IdnHost;
}
