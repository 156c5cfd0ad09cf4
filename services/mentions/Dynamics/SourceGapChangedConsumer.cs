using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Keeps the gaps that charts draw: where a source was blind, zero mentions means nothing.</summary>
public sealed class SourceGapChangedConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<SourceGapChanged>
{
    // The closing may overtake the opening: whoever comes second must not undo it.
    private const string Sql = """
        insert into mentions.gaps (workspace, gap_id, source_id, source_name, from_at, to_at, reason)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (workspace, gap_id) do update
        set from_at = least(mentions.gaps.from_at, excluded.from_at), to_at = coalesce(mentions.gaps.to_at, excluded.to_at)
        """;

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<SourceGapChanged> messages, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var gap in messages)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
            {
                Parameters =
                {
                    new() { Value = gap.Workspace },
                    new() { Value = gap.GapId },
                    new() { Value = gap.SourceId },
                    new() { Value = gap.SourceName },
                    new() { Value = gap.From.UtcDateTime },
                    new() { Value = (object?)gap.To?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
                    new() { Value = gap.Reason },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
