using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Corrections;

/// <summary>Takes what erased posts said out of what models are shown on and learn from, for good, and tells how many texts those were.</summary>
internal sealed class ErasureAskedConsumer(NpgsqlDataSource dataSource, IBus bus, TimeProvider clock) : IBatchConsumer<ErasureAsked>
{
    private static readonly Guid Answers = new("6c1f0b84-5f5e-5b0e-8a0d-3f6a1c2f7d04");

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<ErasureAsked> messages, CancellationToken cancellationToken)
    {
        var answers = new List<(Guid, TextsErased)>(messages.Count);
        foreach (var asked in messages)
        {
            var rows = await RemovedRows.ForgetAsync(dataSource, [.. asked.Posts.Select(p => new RemovedRow(asked.Workspace, p.MentionId, int.MaxValue))], cancellationToken);
            answers.Add((NameBasedGuid.Create(asked.ErasureId, Answers.ToString(), $"{asked.Page}"), new(asked.Workspace, asked.ErasureId, asked.Page, "sentiment", rows, clock.GetUtcNow(), asked.TraceParent)));
        }

        await bus.PublishAllAsync(answers, cancellationToken);
    }
}
