using Npgsql;
using Serm.Defaults;

namespace Serm.Sentiments.Workspaces;

/// <summary>Hears from the database which workspaces changed their model or settings, in whichever process. After a lost connection everything is read anew.</summary>
internal sealed class ModelChanges(WorkspaceModels models, IConfiguration configuration, ILogger<ModelChanges> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var address = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Postgres")) { Pooling = false, Timeout = 5, KeepAlive = 15, ApplicationName = "serm-sentiment-listen" }.ConnectionString;
        await Transient.RetryAsync(
            async ct =>
            {
                await using var connection = new NpgsqlConnection(address);
                connection.Notification += (_, e) => models.Forget(e.Payload);
                await connection.OpenAsync(ct);
                await using (var listen = new NpgsqlCommand($"listen {SettingsRow.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(ct);
                }

                models.ForgetAll();
                while (true)
                {
                    await connection.WaitAsync(ct);
                }
            },
            log,
            stoppingToken);
    }
}
