using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Ends rescorings by a model that is not there.</summary>
internal sealed class RescoreRefusedConsumer(NpgsqlDataSource dataSource, TimeProvider clock) : IBatchConsumer<RescoreRefused>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<RescoreRefused> messages, CancellationToken cancellationToken)
    {
        foreach (var job in messages.DistinctBy(m => m.RescoreId))
        {
            await RescoreRows.SetAsync(dataSource, job.Workspace, job.RescoreId, RescoreStatus.Failed, null, clock.GetUtcNow(), cancellationToken);
        }
    }
}
