using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Store;

/// <summary>Creates what is missing of the gateway's tables before anything is served. Waits for a server that is not up yet; many replicas may run it at once.</summary>
internal sealed class SchemaSetup(NpgsqlDataSource database, ILogger<SchemaSetup> log) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Transient.RetryAsync(ApplyAsync, log, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // A batch is one transaction: a second replica waits here until the first has committed.
                new NpgsqlBatchCommand("select pg_advisory_xact_lock(hashtextextended('serm.gateway.schema', 0))"),
            },
        };
        foreach (var statement in Statements)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // Additive only: an older replica goes on working beside a newer one.
    private static readonly string[] Statements =
    [
        "create schema if not exists gateway",
        """
        create table if not exists gateway.users (
            id uuid primary key,
            name text not null,
            workspace text not null,
            role text not null,
            password_hash text not null,
            stamp text not null,
            created_at timestamptz not null)
        """,
        "create unique index if not exists users_name on gateway.users (lower(name))",

        // Not "if not exists": that would lock the table at every start, and wait behind a dump with everybody who signs in.
        """
        do $$ begin
            if not exists (select from pg_attribute where attrelid = 'gateway.users'::regclass and attname = 'last_sign_in_at') then
                set local lock_timeout = '2s';
                alter table gateway.users add column last_sign_in_at timestamptz;
            end if;
        end $$
        """,
        "create table if not exists gateway.ended_sessions (id text primary key, ended_at timestamptz not null)",
        """
        create table if not exists gateway.api_keys (
            id uuid primary key,
            hash bytea not null unique,
            workspace text not null,
            name text not null,
            role text not null,
            created_by text not null,
            created_at timestamptz not null,
            expires_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz)
        """,
        "create index if not exists api_keys_workspace on gateway.api_keys (workspace)",
        """
        create table if not exists gateway.sign_in_failures (
            subject text primary key,
            failures int not null,
            last_at timestamptz not null)
        """,
        """
        create table if not exists gateway.data_protection_keys (
            name text primary key,
            xml text not null,
            created_at timestamptz not null)
        """,
        """
        create table if not exists gateway.live_log (
            seq bigint generated always as identity primary key,
            event_id uuid not null unique,
            workspace text not null,
            type text not null,
            mention_id uuid not null,
            brand_id uuid not null,
            payload json not null,
            trace_parent text,
            at timestamptz not null,
            delivered_at timestamptz)
        """,
        "create index if not exists live_log_workspace on gateway.live_log (workspace, seq)",
        "alter table gateway.live_log alter column payload set statistics 0, alter column trace_parent set statistics 0",
        "alter table gateway.live_log set (autovacuum_analyze_scale_factor = 0.5)",
        "create table if not exists gateway.live_trim (one boolean primary key default true check (one), seq bigint not null)",
        """
        create table if not exists gateway.changes (
            workspace text not null,
            id uuid not null,
            at timestamptz not null,
            by text not null,
            kind text not null,
            about_id text,
            about text,
            fields jsonb not null,
            admins_only boolean not null,
            primary key (workspace, at, id))
        """,
        "create index if not exists changes_about on gateway.changes (workspace, about_id, at, id)",
        "insert into gateway.live_trim (seq) values (0) on conflict do nothing",
    ];
}
