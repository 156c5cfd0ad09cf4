using Npgsql;
using Serm.Defaults;

namespace Serm.Sentiments.Workspaces;

/// <summary>Who decides that a new model takes over.</summary>
internal enum Promotion
{
    /// <summary>A person does.</summary>
    Person = 0,

    /// <summary>It takes over by itself when it is better on the corrections and nothing falls.</summary>
    Automatic = 1,
}

/// <summary>How a workspace has its mentions judged.</summary>
/// <param name="Sensitivity">Added to the negative logit.</param>
/// <param name="TrainAfter">New corrections after which a model is trained by itself; 0 for never.</param>
/// <param name="Promotion">Who decides that it takes over.</param>
/// <param name="ModelVersion">The workspace's model in use; null for the shipped one.</param>
/// <param name="Version">Changes so far: what <c>If-Match</c> wants.</param>
internal sealed record SettingsRow(float Sensitivity, int TrainAfter, Promotion Promotion, string? ModelVersion, int Version)
{
    /// <summary>Of a workspace that never changed anything.</summary>
    public static readonly SettingsRow Default = new(0, 50, Promotion.Person, null, 0);

    /// <summary>The channel on which processes tell each other that a workspace changed.</summary>
    public const string Channel = "serm_sentiment";

    public static async Task<SettingsRow> LoadAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select sensitivity, train_after, promotion, model_version, version from sentiment.settings where workspace = $1");
        command.Parameters.AddWithValue(workspace);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetFloat(0), reader.GetInt32(1), Enum.Parse<Promotion>(reader.GetString(2), ignoreCase: true), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetInt32(4))
            : Default;
    }

    /// <summary>Stores it as the next version and tells all processes, in one transaction.</summary>
    /// <param name="change">What people read of it: who, when.</param>
    /// <returns>False when somebody else changed it meanwhile.</returns>
    public Task<bool> SaveAsync(NpgsqlDataSource dataSource, string workspace, ChangeRow change, CancellationToken cancellationToken) =>
        ChangeRows.WithAsync(dataSource, "sentiment", workspace, c => SaveAsync(c, workspace, change.By, change.At, cancellationToken), saved => saved ? change : null, cancellationToken);

    private async Task<bool> SaveAsync(NpgsqlConnection connection, string workspace, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with saved as (
                insert into sentiment.settings (workspace, sensitivity, train_after, promotion, model_version, version, changed_by, changed_at)
                values ($1, $2, $3, $4, $5, $6 + 1, $7, $8)
                on conflict (workspace) do update set
                    sensitivity = excluded.sensitivity, train_after = excluded.train_after, promotion = excluded.promotion, model_version = excluded.model_version,
                    version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at
                where sentiment.settings.version = $6 returning 1)
            select count(*), (select pg_notify($9, $1) where exists (select 1 from saved)) from saved
            """, connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(Sensitivity);
        command.Parameters.AddWithValue(TrainAfter);
        command.Parameters.AddWithValue(Promotion.ToString().ToLowerInvariant());
        command.Parameters.Add(new() { Value = (object?)ModelVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(Version);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(at.UtcDateTime);
        command.Parameters.AddWithValue(Channel);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0) > 0;
    }
}
