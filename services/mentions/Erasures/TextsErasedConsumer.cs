using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Notes that services have taken out what they kept.</summary>
internal sealed class TextsErasedConsumer(NpgsqlDataSource dataSource) : IBatchConsumer<TextsErased>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<TextsErased> messages, CancellationToken cancellationToken)
    {
        foreach (var answer in messages)
        {
            await ErasureRows.AnsweredAsync(dataSource, answer, cancellationToken);
        }
    }
}
