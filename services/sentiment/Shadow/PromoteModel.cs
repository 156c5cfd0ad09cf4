using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Shadow;

/// <summary>Puts a model into use in its workspace: a new one, an earlier one, or the shipped one again.</summary>
internal sealed class PromoteModel(WorkspaceModels models, NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>Promotes. All processes judge by it from their next batch on.</summary>
    /// <param name="version">Of the workspace's models, or the shipped one.</param>
    /// <exception cref="RuleViolation">There is no such model, it is not learnt yet, it adds to another shipped model, or something falls.</exception>
    public async Task RunAsync(string workspace, string version, string by, CancellationToken cancellationToken)
    {
        if (version == models.Shipped.Version)
        {
            await SetAsync(workspace, null, by, cancellationToken);
            return;
        }

        var model = await ModelRows.FindAsync(dataSource, workspace, version, models.Basis, cancellationToken) ?? throw RuleViolation.NotFound("model");
        if (model.Status != ModelStatus.Ready)
        {
            throw new RuleViolation("model_not_ready", $"It is {model.Status.ToString().ToLowerInvariant()}. Only a model that is ready can be promoted.");
        }

        ModelRows.RequireCurrent(model, models.Shipped.Version);

        if (model.Comparison is { Falls: [var first, ..] } && model.PromotedAt is null)
        {
            throw new RuleViolation("model_worse", $"It falls by more than is tolerated on {first}. Correct more mentions and train again.", field: "version", extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["falls"] = model.Comparison.Falls });
        }

        await SetAsync(workspace, model.Version, by, cancellationToken);
        await using var command = dataSource.CreateCommand("update sentiment.models set promoted_by = $3, promoted_at = $4 where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(model.Id);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task SetAsync(string workspace, string? version, string by, CancellationToken cancellationToken)
    {
        // Two people at once: the second sees what the first did and goes over it.
        SettingsRow settings;
        do
        {
            settings = await SettingsRow.LoadAsync(dataSource, workspace, cancellationToken);
        }
        while (!await (settings with { ModelVersion = version }).SaveAsync(dataSource, workspace, SentimentChanges.Promoted(settings.ModelVersion, version, models.Shipped.Version, by, clock.GetUtcNow()), cancellationToken));

        models.Forget(workspace);
    }
}
