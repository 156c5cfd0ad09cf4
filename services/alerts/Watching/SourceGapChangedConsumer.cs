using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Keeps the gaps of sources: a gap that lasts is told by rules, and a known gap keeps "told far less than usual" quiet.</summary>
internal sealed class SourceGapChangedConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<SourceGapChanged>
{
    // A gap once closed stays closed, whatever order the messages come in.
    private const string Sql = """
        insert into alerts.gaps (workspace, id, source_id, source_name, reason, since, until)
        select distinct on (t.workspace, t.id) t.workspace, t.id, t.source_id, t.source_name, t.reason, t.since, nullif(t.until, 'epoch'::timestamptz)
        from unnest($1, $2, $3, $4, $5, $6, $7) as t(workspace, id, source_id, source_name, reason, since, until)
        order by t.workspace, t.id, t.until desc
        on conflict (workspace, id) do update set until = coalesce(gaps.until, excluded.until), source_name = excluded.source_name
        """;

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<SourceGapChanged> messages, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        Add(command, messages, NpgsqlDbType.Text, m => m.Workspace);
        Add(command, messages, NpgsqlDbType.Uuid, m => m.GapId);
        Add(command, messages, NpgsqlDbType.Uuid, m => m.SourceId);
        Add(command, messages, NpgsqlDbType.Text, m => m.SourceName);
        Add(command, messages, NpgsqlDbType.Text, m => m.Reason);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.From.UtcDateTime);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.To?.UtcDateTime ?? DateTime.UnixEpoch);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<SourceGapChanged> rows, NpgsqlDbType type, Func<SourceGapChanged, T> value) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
