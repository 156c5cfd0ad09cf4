using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A source that was removed is missed by nobody. What it tells later it tells because it was added again: from then on it is watched again.</summary>
internal sealed class SourceGoneConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<SourceGone>
{
    private const string Sql = """
        update alerts.names n set removed_at = greatest(n.removed_at, t.at)
        from (select workspace, source_id, max(at) as at from unnest($1, $2, $3) as t(workspace, source_id, at) group by workspace, source_id) t
        where n.workspace = t.workspace and n.kind = 'source' and n.id = t.source_id
        """;

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<SourceGone> messages, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(messages.Select(m => m.Workspace).ToArray());
        command.Parameters.AddWithValue(messages.Select(m => m.SourceId).ToArray());
        command.Parameters.AddWithValue(messages.Select(m => m.At.UtcDateTime).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
