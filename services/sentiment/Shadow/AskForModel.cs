using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Shadow;

/// <summary>Asks for a model to be learnt from a workspace's corrections. One at a time a workspace.</summary>
internal static class AskForModel
{
    /// <summary>Fewer corrections teach nothing that could be told from chance.</summary>
    public const int FewestCorrections = 10;

    /// <summary>What a training is asked by when enough corrections have gathered.</summary>
    public const string Policy = "policy";

    /// <summary>Asks when the workspace has gathered as many corrections as it wants since the last time.</summary>
    public static async Task WhenDueAsync(NpgsqlDataSource dataSource, string workspace, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var settings = await SettingsRow.LoadAsync(dataSource, workspace, cancellationToken);
        if (settings.TrainAfter == 0)
        {
            return;
        }

        await using var command = dataSource.CreateCommand("select max(asked_at) from sentiment.models where workspace = $1");
        command.Parameters.AddWithValue(workspace);
        var last = await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : (DateTimeOffset?)null;
        var (all, since) = await CorrectionRows.CountAsync(dataSource, workspace, last, cancellationToken);
        if (since >= settings.TrainAfter && all >= FewestCorrections)
        {
            await AskAsync(dataSource, workspace, Policy, now, cancellationToken);
        }
    }

    /// <summary>Asks.</summary>
    /// <returns>The id of the training; null when one is asked for or running already.</returns>
    public static Task<Guid?> AskAsync(NpgsqlDataSource dataSource, string workspace, string by, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeRows.WithAsync(dataSource, "sentiment", workspace, c => AskAsync(c, workspace, by, now, cancellationToken), asked => asked is { } id ? SentimentChanges.Asked(id, by, now) : null, cancellationToken);

    private static async Task<Guid?> AskAsync(NpgsqlConnection connection, string workspace, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await using var command = new NpgsqlCommand("""
            insert into sentiment.models (workspace, id, shipped, status, asked_by, asked_at) values ($1, $2, '', 'queued', $3, $4) on conflict do nothing
            """, connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(now.UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 ? id : null;
    }

    /// <summary>The refusal when there is too little to learn from.</summary>
    public static RuleViolation TooFew(int corrections) => new(
        "too_few_corrections", $"There are {corrections} corrections; it takes {FewestCorrections} to learn from. Correct more mentions first.");
}
