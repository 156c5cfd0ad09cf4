using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Takes what a removed post said out of what alerts quote and out of the public feed, also for deliveries that are sent again. Events, ids and places stay.</summary>
internal sealed class PostRemovedConsumer(NpgsqlDataSource dataSource, TimeProvider clock) : IBatchConsumer<PostRemoved>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<PostRemoved> messages, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            await RemovedTexts.MarkAsync(connection, group.Key, [.. group.Select(m => (m.MentionId, m.Revision))], clock.GetUtcNow(), cancellationToken);
        }

        await RemovedTexts.ForgetAsync(connection, [.. messages.Select(m => m.MentionId)], clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
