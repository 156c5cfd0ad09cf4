using System.Runtime.CompilerServices;
using Marten;
using Marten.Events;
using Npgsql;
using NpgsqlTypes;

namespace Serm.Defaults;

/// <summary>Events for one stream.</summary>
/// <param name="Id">The stream.</param>
/// <param name="Version">Events in it so far; 0 for a stream that is to be started.</param>
/// <param name="Events">What is appended, in order; at least one.</param>
public sealed record Append(Guid Id, int Version, IReadOnlyList<object> Events);

/// <summary>Appends to many streams with one statement. The document session sends a statement a stream and one an event, which for batches of hundreds costs the database several times the writing itself.
/// The rows are those that Marten writes: its reading, its daemon and its own appends go on as ever.</summary>
public static class EventRows
{
    // Sequence numbers are given in the order of the list, so that the events of a stream keep theirs.
    private const string Events = """
        insert into {0}.mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type)
        select nextval('{0}.mt_events_sequence'), e.id, e.stream_id, e.version, e.data, e.bdata, e.type, $1, $2, e.dotnet_type
        from unnest($5, $6, $7, $8, $9, $10, $11) with ordinality as e(id, stream_id, version, data, bdata, type, dotnet_type, n)
        join written w on w.id = e.stream_id order by e.n
        """;

    // Whoever starts a stream at the same moment is waited for; then it is his.
    private const string Start = """
        with written as (
            insert into {0}.mt_streams (tenant_id, id, type, version, timestamp)
            select $2, t.id, $12, t.version, $1 from unnest($3, $4) as t(id, version) order by t.id
            on conflict do nothing returning id
        ), events as (
        """ + Events + """
        )
        select id from written
        """;

    private const string Extend = """
        with written as (
            update {0}.mt_streams s set version = t.version, timestamp = $1 from unnest($3, $4, $12) as t(id, version, before)
            where s.tenant_id = $2 and s.id = t.id and s.version = t.before returning s.id
        ), events as (
        """ + Events + """
        )
        select id from written
        """;

    private static readonly ConditionalWeakTable<IReadOnlyStoreOptions, Writer> Writers = [];

    /// <summary>Starts those of the streams that do not exist yet, with their events. Begins the session's transaction if there is none.</summary>
    /// <param name="session">Saves the rest of the transaction.</param>
    /// <param name="type">What the streams are of: Marten's alias of the aggregate; null when they are of none.</param>
    /// <param name="streams">Each once.</param>
    /// <param name="now">When it happens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The streams that were started. The others exist already: load them and append.</returns>
    public static Task<HashSet<Guid>> StartStreamsAsync(this IDocumentSession session, string? type, IReadOnlyList<Append> streams, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(session, Start, streams, now, new() { Value = (object?)type ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar }, cancellationToken);

    /// <summary>Appends to streams that exist. Hold them, load them and decide in the same transaction before.</summary>
    /// <exception cref="JasperFx.ConcurrencyException">Somebody who did not hold the streams was faster. Transient.</exception>
    public static async Task ExtendStreamsAsync(this IDocumentSession session, IReadOnlyList<Append> streams, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = new NpgsqlParameter { Value = streams.Select(s => (long)s.Version).ToArray() };
        var written = await WriteAsync(session, Extend, streams, now, before, cancellationToken);
        if (written.Count < streams.Count)
        {
            throw new JasperFx.ConcurrencyException(typeof(Append), streams.First(s => !written.Contains(s.Id)).Id);
        }
    }

    private static async Task<HashSet<Guid>> WriteAsync(IDocumentSession session, string sql, IReadOnlyList<Append> streams, DateTimeOffset now, NpgsqlParameter last, CancellationToken cancellationToken)
    {
        var written = new HashSet<Guid>(streams.Count);
        if (streams.Count == 0)
        {
            return written;
        }

        await session.BeginTransactionAsync(cancellationToken);
        await using var command = Writers.GetValue(session.DocumentStore.Options, static o => new(o)).Command(sql, session.TenantId, streams, now.ToUniversalTime());
        command.Parameters.Add(last);
        await using (var reader = await session.ExecuteReaderAsync(command, cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                written.Add(reader.GetGuid(0));
            }
        }

        // The daemon hears of it when the transaction commits.
        session.QueueSqlCommand("notify mt_events_appended");
        return written;
    }

    private sealed class Writer(IReadOnlyStoreOptions options)
    {
        private readonly ISerializer serializer = options.Serializer();
        private readonly Dictionary<Type, EventMapping> mappings = options.Events.AllKnownEventTypes().OfType<EventMapping>().ToDictionary(e => e.DocumentType);

        public NpgsqlCommand Command(string sql, string workspace, IReadOnlyList<Append> streams, DateTimeOffset now)
        {
            var count = streams.Sum(s => s.Events.Count);
            var (ids, of, versions) = (new Guid[count], new Guid[count], new long[count]);
            var (data, bytes, types, dotnet) = (new string[count], new byte[]?[count], new string[count], new string[count]);
            var i = 0;
            foreach (var stream in streams)
            {
                for (var e = 0; e < stream.Events.Count; e++, i++)
                {
                    var mapping = mappings[stream.Events[e].GetType()];
                    (ids[i], of[i], versions[i]) = (Guid.CreateVersion7(now), stream.Id, stream.Version + e + 1);
                    (types[i], dotnet[i]) = (mapping.EventTypeName, mapping.DotNetTypeName);
                    (data[i], bytes[i]) = mapping.BinarySerializer is { } binary ? ("{}", binary.Serialize(mapping.DocumentType, stream.Events[e])) : (serializer.ToJson(stream.Events[e]), null);
                }
            }

            return new NpgsqlCommand(sql.Replace("{0}", options.DatabaseSchemaName, StringComparison.Ordinal))
            {
                Parameters =
                {
                    new() { Value = now },
                    new() { Value = workspace },
                    new() { Value = streams.Select(s => s.Id).ToArray() },
                    new() { Value = streams.Select(s => (long)(s.Version + s.Events.Count)).ToArray() },
                    new() { Value = ids },
                    new() { Value = of },
                    new() { Value = versions },
                    new() { Value = data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                    new() { Value = bytes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                    new() { Value = types },
                    new() { Value = dotnet },
                },
            };
        }
    }
}
