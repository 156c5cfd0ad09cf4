using Npgsql;

namespace Serm.Tests.Integration.Faults;

/// <summary>What a service that starts does to tables that are in use: nothing where nothing has changed, and what has changed without holding up the others.</summary>
public sealed class StartingBesideADump(StartingBesideADump.Whole whole) : IClassFixture<StartingBesideADump.Whole>
{
    private static readonly string[] Services = ["Ingest", "Sentiment", "Mentions", "Alerts"];
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(180);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_database_gets_all_that_is_said_also_of_the_tables_of_the_event_store()
    {
        (await whole.ScalarAsync<bool>("select reloptions @> '{fillfactor=70}' from pg_class where oid = 'mentions.mt_streams'::regclass")).ShouldBeTrue();
        foreach (var schema in new[] { "mentions", "alerts" })
        {
            (await whole.ScalarAsync<bool>($"select reloptions @> '{{autovacuum_analyze_scale_factor=0.5}}' from pg_class where oid = '{schema}.mt_events'::regclass")).ShouldBeTrue();
            (await whole.ScalarAsync<long>($"select count(*) from pg_attribute where attrelid = '{schema}.mt_events'::regclass and attname in ('data', 'bdata') and attstattarget = 0")).ShouldBe(2);
        }
    }

    [Fact]
    public async Task Nothing_is_locked_where_nothing_has_changed()
    {
        await using var dump = await whole.DumpAsync();
        foreach (var service in Services)
        {
            await using var replica = whole.Stack.Replica(service);
            replica.Start();
            await replica.ReadyAsync(Starting, Cancel);
        }
    }

    [Fact]
    public async Task Tables_of_before_are_changed_between_the_steps_of_others()
    {
        await whole.ExecuteAsync("alter table mentions.content drop column removed; comment on table mentions.content is null");
        await using var replica = whole.Stack.Replica("Mentions");
        await using (await whole.DumpAsync())
        {
            replica.Start();
            await Eventually.AsyncTrue(
                async _ => await whole.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = 'serm-mentions' and wait_event_type = 'Lock' and datname = current_database()") > 0,
                Starting,
                () => replica.LogTail(),
                Cancel);

            // Whoever writes waits behind it for seconds, not until the dump has ended.
            await whole.ExecuteAsync("insert into mentions.content (workspace, mention_id, revision, text) values ('main', gen_random_uuid(), 1, '')");
        }

        await replica.ReadyAsync(Starting, Cancel);
        (await whole.ScalarAsync<long>("select count(removed) from mentions.content")).ShouldBePositive();
    }

    /// <summary>The services with tables of their own, and a hand in their database.</summary>
    public sealed class Whole : IAsyncLifetime
    {
        private NpgsqlDataSource database = null!;

        public Stack Stack { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
            await Stack.StartAsync(Cancel, Services);
            database = NpgsqlDataSource.Create(Stack.Postgres);
        }

        /// <summary>Holds what pg_dump holds while it reads, until it is disposed.</summary>
        public async Task<NpgsqlConnection> DumpAsync()
        {
            var connection = await database.OpenConnectionAsync(Cancel);
            await using var command = new NpgsqlCommand(
                """
                begin;
                do $$ declare name text; begin
                    for name in select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('ingest', 'sentiment', 'mentions', 'alerts') loop
                        execute 'lock table ' || name || ' in access share mode';
                    end loop;
                end $$
                """,
                connection);
            await command.ExecuteNonQueryAsync(Cancel);
            return connection;
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            command.CommandTimeout = 60;
            await command.ExecuteNonQueryAsync(Cancel);
        }

        public async Task<T> ScalarAsync<T>(string sql)
        {
            await using var command = database.CreateCommand(sql);
            return (T)(await command.ExecuteScalarAsync(Cancel))!;
        }

        public async ValueTask DisposeAsync()
        {
            await database.DisposeAsync();
            await Stack.DisposeAsync();
        }
    }
}
