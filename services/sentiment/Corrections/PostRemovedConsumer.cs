using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Corrections;

/// <summary>Takes what a removed post said out of what models are shown on and learn from.</summary>
internal sealed class PostRemovedConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<PostRemoved>
{
    /// <inheritdoc/>
    public Task ConsumeAsync(IReadOnlyList<PostRemoved> messages, CancellationToken cancellationToken) =>
        RemovedRows.ForgetAsync(dataSource, [.. messages.Select(m => new RemovedRow(m.Workspace, m.MentionId, m.Revision))], cancellationToken);
}
