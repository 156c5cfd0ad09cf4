using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

/// <summary>All services that keep texts, on real servers.</summary>
public sealed class ErasingFixture : IAsyncLifetime
{
    private IBusControl bus = null!;

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
        await Stack.StartAsync(Cancel, "Ingest", "Sentiment", "Mentions", "Alerts");
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
        });
        await bus.StartAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    public Task PublishAsync<T>(params IEnumerable<T> messages)
        where T : class => bus.PublishAllAsync(messages.Select(m => (Guid.NewGuid(), m)), Cancel);

    /// <summary>A call to a service, with the version that a change wants.</summary>
    public static async Task<HttpResponseMessage> SendAsync(ServiceProcess service, HttpMethod method, string path, string workspace, object? body = null, string? version = null, Role role = Role.Admin)
    {
        using var request = Stack.Request(method, path, workspace, role: role);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        request.Content = body is null ? null : JsonContent.Create(body, options: MentionsFixture.Json);
        return await service.Http.SendAsync(request, Cancel);
    }

    /// <summary>As <see cref="SendAsync"/>, of what must go well.</summary>
    public static async Task<JsonElement> DoAsync(ServiceProcess service, HttpMethod method, string path, string workspace, object? body = null, string? version = null)
    {
        using var answer = await SendAsync(service, method, path, workspace, body, version);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task DoAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Where a word is kept in the whole database, whatever the table: "schema.table". Bytes are looked into as UTF-8.</summary>
    public async Task<IReadOnlyList<string>> WhereAsync(string word)
    {
        var found = new List<string>();
        foreach (var (table, bytes) in await TablesAsync())
        {
            await using var command = Database.CreateCommand($"select exists (select from {table} t where t::text ilike $1 {string.Concat(bytes.Select(b => $"or position(convert_to($2, 'UTF8') in t.{b}) > 0"))})");
            command.Parameters.AddWithValue($"%{word}%");
            command.Parameters.AddWithValue(word);
            if ((bool)(await command.ExecuteScalarAsync(Cancel))!)
            {
                found.Add(table);
            }
        }

        return found;
    }

    private async Task<List<(string Table, string[] Bytes)>> TablesAsync()
    {
        await using var command = Database.CreateCommand("""
            select format('%I.%I', t.table_schema, t.table_name), array(
                select quote_ident(c.column_name) from information_schema.columns c where c.table_schema = t.table_schema and c.table_name = t.table_name and c.data_type = 'bytea')
            from information_schema.tables t where t.table_type = 'BASE TABLE' and t.table_schema in ('ingest', 'sentiment', 'mentions', 'alerts', 'gateway') order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var tables = new List<(string, string[])>();
        while (await reader.ReadAsync(Cancel))
        {
            tables.Add((reader.GetString(0), reader.GetFieldValue<string[]>(1)));
        }

        return tables;
    }
}
