using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Serm.Defaults;

/// <summary>Applies a service's own SQL (read tables that Marten does not manage) at start, one process at a time. The script must be harmless when repeated.</summary>
public static class Schema
{
    /// <summary>Registers the script, an embedded resource whose name ends in <c>Schema.sql</c>. Call it after <c>AddSermStore</c> and before <c>AddSermBus</c>.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="assembly">The assembly that carries the script.</param>
    public static void AddSchema(this IHostApplicationBuilder builder, Assembly assembly) =>
        builder.Services.AddHostedService(s => new SchemaSetup(s.GetRequiredService<NpgsqlDataSource>(), assembly, s.GetRequiredService<ILogger<SchemaSetup>>()));

    /// <summary>Runs the script once, under an advisory lock.</summary>
    public static async Task ApplyAsync(NpgsqlDataSource dataSource, Assembly assembly, CancellationToken cancellationToken)
    {
        var name = assembly.GetManifestResourceNames().Single(n => n.EndsWith("Schema.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var script = await reader.ReadToEndAsync(cancellationToken);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock(hashtext('serm-schema')); {script}", connection, transaction)
        {
            CommandTimeout = 600,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed class SchemaSetup(NpgsqlDataSource dataSource, Assembly assembly, ILogger<SchemaSetup> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) =>
            Transient.RetryAsync(ct => ApplyAsync(dataSource, assembly, ct), log, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
