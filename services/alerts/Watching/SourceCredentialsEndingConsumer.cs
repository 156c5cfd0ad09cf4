using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Credentials that end soon are an incident by themselves, over once there are new ones. The latest word about a source counts, whatever order the messages come in.</summary>
internal sealed class SourceCredentialsEndingConsumer(NpgsqlDataSource dataSource, SignalLog signals) : IBatchConsumer<SourceCredentialsEnding>
{
    private const string Sql = """
        insert into alerts.credentials (workspace, source_id, source_name, end_at, at)
        select distinct on (t.workspace, t.source_id) t.workspace, t.source_id, t.source_name, nullif(t.end_at, 'epoch'::timestamptz), t.at
        from unnest($1, $2, $3, $4, $5) as t(workspace, source_id, source_name, end_at, at)
        order by t.workspace, t.source_id, t.at desc
        on conflict (workspace, source_id) do update set source_name = excluded.source_name, end_at = excluded.end_at, at = excluded.at where credentials.at < excluded.at
        """;

    /// <summary>The rule that nobody wrote.</summary>
    private static readonly Rule Ours = new(new Guid("7c1d5b02-4c8e-4f0b-9a6d-20b1f3a9d654"))
    {
        Kind = RuleKinds.CredentialsEnd,
        Version = 1,
        Terms = new("Credentials end", null, 0, null, UnknownReach.Alert, true, Severity: IncidentSeverity.Warning),
    };

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<SourceCredentialsEnding> messages, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        Add(command, messages, NpgsqlDbType.Text, m => m.Workspace);
        Add(command, messages, NpgsqlDbType.Uuid, m => m.SourceId);
        Add(command, messages, NpgsqlDbType.Text, m => m.SourceName);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.EndAt?.UtcDateTime ?? DateTime.UnixEpoch);
        Add(command, messages, NpgsqlDbType.TimestampTz, m => m.At.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var workspace in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            await signals.ApplyAsync(workspace.Key, Ours, await LatestAsync(workspace.Key, [.. workspace.Select(m => m.SourceId).Distinct()], cancellationToken), cancellationToken);
        }
    }

    // The moment that it was told makes the incident's id; where its window ends the credentials do.
    private async Task<List<Signal>> LatestAsync(string workspace, Guid[] sources, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select source_id, source_name, end_at, at from alerts.credentials where workspace = $1 and source_id = any($2)");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(sources);
        var found = new List<Signal>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            found.Add(new(null, r.GetGuid(0).ToString("D"), r.GetString(1), r.GetGuid(0), r.IsDBNull(2) ? null : new(0, 0, r.GetFieldValue<DateTimeOffset>(3), r.GetFieldValue<DateTimeOffset>(2), 0)));
        }

        return found;
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<SourceCredentialsEnding> rows, NpgsqlDbType type, Func<SourceCredentialsEnding, T> value) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
