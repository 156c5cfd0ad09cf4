using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Shadow;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Corrections;

/// <summary>Gathers what people said instead of the model, and asks for a new model when a workspace has gathered enough.</summary>
internal sealed class MentionCorrectedConsumer(NpgsqlDataSource dataSource, WorkspaceModels models, TimeProvider clock) : IBatchConsumer<MentionCorrected>
{
    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<MentionCorrected> messages, CancellationToken cancellationToken)
    {
        await CorrectionRows.KeepAsync(dataSource, messages, cancellationToken);
        if (models.Transformer is not null)
        {
            return;
        }

        foreach (var workspace in messages.Select(m => m.Workspace).Distinct(StringComparer.Ordinal))
        {
            await AskForModel.WhenDueAsync(dataSource, workspace, clock.GetUtcNow(), cancellationToken);
        }
    }
}
