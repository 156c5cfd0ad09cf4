using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Store;

/// <summary>The gateway's own tables, in the schema <c>gateway</c>. Plain SQL: there is no history to keep here, and an API key has to be found in one round trip.</summary>
internal static class Database
{
    public static void AddDatabase(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => Open(builder.Configuration));
        builder.Services.AddSingleton<SchemaSetup>();
        builder.Services.AddHostedService(s => s.GetRequiredService<SchemaSetup>());
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("postgres", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
    }

    /// <summary>The pool of connections that every part of the gateway shares.</summary>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:Postgres</c> is missing.</exception>
    public static NpgsqlDataSource Open(IConfiguration configuration)
    {
        var connection = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings:Postgres is not set: give an Npgsql connection string."))
        {
            ApplicationName = "serm-gateway",
            CommandTimeout = 10,
            Timeout = 10,
            KeepAlive = 15,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 3,
            NoResetOnClose = true,
            Options = "-c idle_in_transaction_session_timeout=60000 -c jit=off",
        };
        return new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = connection.ApplicationName }.Build();
    }

    private sealed class DatabaseCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (Transient.Is(e))
            {
                return HealthCheckResult.Unhealthy("PostgreSQL does not answer");
            }
        }
    }
}
