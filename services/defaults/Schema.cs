using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Serm.Defaults;

/// <summary>Applies a service's own SQL (read tables that Marten does not manage) at start, one process at a time, and where it is not what was applied last. The script must be harmless when repeated.</summary>
public static class Schema
{
    // Running out of it is transient: the others get their turn, then it is tried again.
    internal const string LockTimeout = "2s";

    /// <summary>Registers the script, an embedded resource whose name ends in <c>Schema.sql</c>. Call it after <c>AddSermStore</c>, whose tables the script may speak of, and before <c>AddSermBus</c>.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="table">The oldest of the script's own tables: its comment tells which script was run last. A dump that is restored, of whatever version, replaces it.</param>
    /// <param name="assembly">The assembly that carries the script.</param>
    public static void AddSchema(this IHostApplicationBuilder builder, string table, Assembly assembly) =>
        builder.Services.AddHostedService(s => new SchemaSetup(s.GetRequiredService<NpgsqlDataSource>(), table, assembly, s.GetRequiredService<ILogger<SchemaSetup>>()));

    /// <summary>Runs the script under an advisory lock, unless the comment of <paramref name="table"/> says that it was the last to be run.</summary>
    /// <remarks>Even a statement that finds nothing to do locks its table, and whoever waits for a lock is waited for by all that come later: behind a dump everything would stand still.</remarks>
    public static async Task ApplyAsync(NpgsqlDataSource dataSource, string table, Assembly assembly, CancellationToken cancellationToken)
    {
        var name = assembly.GetManifestResourceNames().Single(n => n.EndsWith("Schema.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var script = await reader.ReadToEndAsync(cancellationToken);
        var mark = $"Schema.sql {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}";

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('serm-schema'))", connection, transaction) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = $"select obj_description(to_regclass('{table}'), 'pg_class')";
        if (await command.ExecuteScalarAsync(cancellationToken) as string == mark)
        {
            return;
        }

        command.CommandText = $"set local lock_timeout = '{LockTimeout}'; {script}\n; comment on table {table} is '{mark}'";
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed class SchemaSetup(NpgsqlDataSource dataSource, string table, Assembly assembly, ILogger<SchemaSetup> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) =>
            Transient.RetryAsync(ct => ApplyAsync(dataSource, table, assembly, ct), log, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
