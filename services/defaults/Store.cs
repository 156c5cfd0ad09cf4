using System.Security.Cryptography;
using System.Text;
using JasperFx;
using JasperFx.Events;
using JasperFx.MultiTenancy;
using Marten;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weasel.Core;

namespace Serm.Defaults;

/// <summary>Marten on PostgreSQL as all services use it: one schema a service, every stream and document in its workspace (conjoined tenancy).</summary>
public static class Store
{
    private const string EventsSource = "events";

    /// <summary>Registers the data source, the document store, sessions bound to the caller's workspace, the leader that runs the async daemon, and the readiness check.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="schema">The PostgreSQL schema that this service owns.</param>
    /// <param name="configure">Documents, events with explicit names, projections, relays.</param>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:Postgres</c> is missing.</exception>
    public static void AddSermStore(this IHostApplicationBuilder builder, string schema, Action<IServiceProvider, StoreOptions> configure)
    {
        var connection = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings:Postgres is not set: give an Npgsql connection string."))
        {
            ApplicationName = $"serm-{schema}",
            CommandTimeout = 30,
            Timeout = 10,
            KeepAlive = 15,

            // An append is the same few statements again and again: prepared, PostgreSQL need not read them each time.
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 3,

            // Nothing is left behind on a connection that the next user of it would have to be guarded from, and taking everything back costs a dozen statements.
            NoResetOnClose = true,

            // Lookups of a batch go by index, whatever the disk that the server's default was made for; none runs long enough to be worth compiling.
            Options = "-c idle_in_transaction_session_timeout=60000 -c random_page_cost=1.1 -c jit=off",
        };
        builder.Services.AddKeyedSingleton(EventsSource, (_, _) => new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = $"{connection.ApplicationName}-events" }.Build());

        // What is read is planned for its own values each time: a page of the inbox must not get the plan of another. What is appended need not be.
        var reading = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Options = connection.Options + " -c plan_cache_mode=force_custom_plan" };
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceBuilder(reading.ConnectionString) { Name = reading.ApplicationName }.Build());
        builder.Services.AddMarten(services =>
            {
                var options = new StoreOptions();
                options.Connection(services.GetRequiredKeyedService<NpgsqlDataSource>(EventsSource));
                options.DatabaseSchemaName = schema;
                options.AutoCreateSchemaObjects = AutoCreate.None;
                options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
                options.Logger(new QuietStoreLog());
                options.Events.StreamIdentity = StreamIdentity.AsGuid;
                options.Events.TenancyStyle = TenancyStyle.Conjoined;
                options.Events.AppendMode = EventAppendMode.Rich;
                options.Events.UseListenNotifyForEventAppends = true;
                options.Events.TimeProvider = services.GetRequiredService<TimeProvider>();
                options.Policies.AllDocumentsAreMultiTenanted();
                options.Projections.Errors.SkipApplyErrors = false;
                options.Projections.Errors.SkipSerializationErrors = false;
                options.Projections.Errors.SkipUnknownEvents = false;
                options.DisableNpgsqlLogging = true;
                configure(services, options);
                return options;
            })
            .BuildSessionsWith<CallerSessions>(ServiceLifetime.Scoped);
        builder.Services.AddHostedService<StoreSetup>();
        builder.Services.AddHealthChecks().AddCheck<PostgresCheck>("postgres", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
    }

    /// <summary>Runs this service's async projections and relays, in one process at a time.</summary>
    public static void AddDaemonLeader(this IHostApplicationBuilder builder) => builder.Services.AddHostedService<DaemonLeader>();

    /// <summary>Makes Marten's tables what this version expects, one process at a time and where the comment of the events does not say that they are; a dump that is restored brings its own comment. The foreign key from events to streams is taken away: for each
    /// event its stream was looked up and locked, though both are always written in one transaction.</summary>
    private sealed class StoreSetup(IDocumentStore store, NpgsqlDataSource dataSource, ILogger<StoreSetup> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Transient.RetryAsync(ApplyAsync, log, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task ApplyAsync(CancellationToken cancellationToken)
        {
            var schema = store.Options.DatabaseSchemaName;
            var mark = $"Marten {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(store.Storage.ToDatabaseScript())))}";
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

            // Another process that starts as well waits, however long it takes: two that make the same table at once both fail.
            await using var command = new NpgsqlCommand($"set local idle_in_transaction_session_timeout = 0; select pg_advisory_xact_lock(hashtext('serm-store-{schema}'))", connection, transaction) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync(cancellationToken);
            command.CommandText = $"select obj_description(to_regclass('{schema}.mt_events'), 'pg_class')";
            if (await command.ExecuteScalarAsync(cancellationToken) as string == mark)
            {
                return;
            }

            await store.Storage.Database.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: cancellationToken);
            command.CommandText = $"select conname from pg_constraint where conrelid = '{schema}.mt_events'::regclass and confrelid = '{schema}.mt_streams'::regclass and contype = 'f'";
            var drop = await command.ExecuteScalarAsync(cancellationToken) is string name ? $"alter table {schema}.mt_events drop constraint if exists {name}; " : "";
            command.CommandText = $"set local lock_timeout = '{Schema.LockTimeout}'; {drop}comment on table {schema}.mt_events is '{mark}'";
            await command.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private sealed class CallerSessions(IDocumentStore store, IHttpContextAccessor http) : ISessionFactory
    {
        public IQuerySession QuerySession() => store.QuerySession(Workspace);

        public IDocumentSession OpenSession() => store.LightweightSession(Workspace);

        private string Workspace => Caller.Of(http.HttpContext
            ?? throw new InvalidOperationException("Outside a request, open the session from IDocumentStore with the message's workspace.")).Workspace;
    }

    private sealed class PostgresCheck(NpgsqlDataSource dataSource) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = dataSource.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy("PostgreSQL does not answer");
            }
        }
    }
}
