using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Serm.Defaults;

/// <summary>PostgreSQL for a service that keeps tables and no events.</summary>
public static class PlainDatabase
{
    /// <summary>Registers the data source and the readiness check.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="schema">The PostgreSQL schema that this service owns.</param>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:Postgres</c> is missing.</exception>
    public static void AddSermDatabase(this IHostApplicationBuilder builder, string schema)
    {
        var connection = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings:Postgres is not set: give an Npgsql connection string."))
        {
            ApplicationName = $"serm-{schema}",
            CommandTimeout = 30,
            Timeout = 10,
            KeepAlive = 15,
            Options = "-c idle_in_transaction_session_timeout=60000",
        };
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = connection.ApplicationName }.Build());
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("postgres", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
    }

    private sealed class DatabaseCheck(NpgsqlDataSource dataSource) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = dataSource.CreateCommand("select 1");
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
