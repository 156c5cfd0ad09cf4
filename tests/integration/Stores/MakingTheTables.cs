using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Serm.Defaults;

namespace Serm.Tests.Integration.Stores;

/// <summary>What a service does to the tables of its event store when it starts.</summary>
public sealed class MakingTheTables : IAsyncLifetime
{
    private const string Document = "made.mt_doc_makingthetables_note";

    private NpgsqlDataSource database = null!;
    private Stack stack = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
        database = NpgsqlDataSource.Create(stack.Postgres);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await stack.DisposeAsync();
    }

    [Fact]
    public async Task Processes_that_start_at_once_make_them_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));

        await ShouldStandAsync(await MarkAsync());
    }

    [Fact]
    public async Task Tables_of_another_version_are_made_anew_and_those_of_this_one_are_left_alone()
    {
        await StartAsync();
        var mark = await MarkAsync();
        await ShouldStandAsync(mark);

        await ExecuteAsync(
            $"""
            drop table {Document};
            alter table made.mt_events add constraint of_before foreign key (tenant_id, stream_id) references made.mt_streams (tenant_id, id);
            comment on table made.mt_events is 'Marten before'
            """);
        await StartAsync();
        await ShouldStandAsync(mark);

        await ExecuteAsync($"drop table {Document}");
        await StartAsync();
        (await ScalarAsync<bool>($"select to_regclass('{Document}') is null")).ShouldBeTrue("nothing is looked at where the mark says that all is there");
    }

    private async Task ShouldStandAsync(string mark)
    {
        mark.ShouldMatch("^Marten [0-9a-f]{64}$");
        (await MarkAsync()).ShouldBe(mark);
        (await ScalarAsync<bool>($"select to_regclass('{Document}') is not null")).ShouldBeTrue();
        (await ScalarAsync<long>("select count(*) from pg_constraint where contype = 'f' and conrelid = 'made.mt_events'::regclass")).ShouldBe(0, "events are not looked up in their streams");
    }

    private Task<string> MarkAsync() => ScalarAsync<string>("select coalesce(obj_description('made.mt_events'::regclass, 'pg_class'), '')");

    private async Task StartAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["ConnectionStrings:Postgres"] = stack.Postgres;
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSermStore("made", (_, options) =>
        {
            options.Schema.For<Note>();
            options.Events.AddEventType<Noted>();
        });
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        await host.StopAsync(Cancel);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    internal sealed record Note(Guid Id);

    internal sealed record Noted(string Text);
}
