using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Keeps which mentions are over their time. The latest mark of a clock counts, whatever order the messages come in.</summary>
internal sealed class SlaStateChangedConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<SlaStateChanged>
{
    private const string Breached = "breached";

    private const string Sql = """
        insert into alerts.overdue (workspace, mention_id, clock, brand_id, brand_name, breached, due_at, at)
        select distinct on (t.workspace, t.mention_id, t.clock) t.* from unnest($1, $2, $3, $4, $5, $6, $7, $8) as t(workspace, mention_id, clock, brand_id, brand_name, breached, due_at, at)
        order by t.workspace, t.mention_id, t.clock, t.at desc, t.breached
        on conflict (workspace, mention_id, clock) do update set brand_id = excluded.brand_id, brand_name = excluded.brand_name, breached = excluded.breached, due_at = excluded.due_at, at = excluded.at
        where overdue.at < excluded.at or (overdue.at = excluded.at and not excluded.breached)
        """;

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<SlaStateChanged> messages, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        Add(command, messages, NpgsqlDbType.Text, m => m.Workspace);
        Add(command, messages, NpgsqlDbType.Uuid, m => m.MentionId);
        Add(command, messages, NpgsqlDbType.Text, m => m.Clock);
        Add(command, messages, NpgsqlDbType.Uuid, m => m.Brand.Id);
        Add(command, messages, NpgsqlDbType.Text, m => m.Brand.Name);
        Add(command, messages, NpgsqlDbType.Boolean, m => m.State == Breached);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.DueAt.UtcDateTime);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.At.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<SlaStateChanged> rows, NpgsqlDbType type, Func<SlaStateChanged, T> value) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
