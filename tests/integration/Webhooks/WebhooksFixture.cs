using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests.Integration.Alerts;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>The alerts service on real servers, a bus that plays sentiment, and receivers on this machine. Each test has a workspace of its own.</summary>
public sealed class WebhooksFixture : IAsyncLifetime
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(90);

    private IBusControl bus = null!;

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq, new Dictionary<string, string>(StringComparer.Ordinal) { ["Webhooks__TimeoutSeconds"] = "20" });
        await Stack.StartAsync(TestContext.Current.CancellationToken, "Alerts");
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
        });
        await bus.StartAsync(TimeSpan.FromSeconds(60));
    }

    public Task PublishAsync<T>(IEnumerable<T> messages)
        where T : class => bus.PublishAllAsync(messages.Select(m => (Guid.CreateVersion7(), m)), TestContext.Current.CancellationToken);

    /// <summary>Publishes mentions that raise an alert each, until the broker has taken them.</summary>
    public async Task RaiseAsync(string workspace, IEnumerable<string> nativeIds, BrandRef? brand = null)
    {
        var of = brand ?? new(NameBasedGuid.Create(Guid.Empty, workspace), "Acme");
        var scored = nativeIds.Select(id => (Guid.CreateVersion7(), AlertsFixture.AScored(of, id, workspace: workspace))).ToList();
        for (var done = false; !done;)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            try
            {
                await bus.PublishAllAsync(scored, patience.Token);
                done = true;
            }
            catch (Exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                // The broker is away, on purpose.
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }

    public async Task<HttpResponseMessage> SendAsync(string workspace, HttpMethod method, string path, object? body = null, long? version = null, Role role = Role.Integrator)
    {
        using var request = Stack.Request(method, path, workspace, role: role);
        if (version is { } seen)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{seen}\"");
        }

        request.Content = body is null ? null : JsonContent.Create(body, options: AlertsFixture.Json);
        return await Stack.Alerts.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> JsonAsync(string workspace, HttpMethod method, string path, object? body = null, long? version = null)
    {
        using var answer = await SendAsync(workspace, method, path, body, version);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Adds a webhook.</summary>
    public async Task<(Guid Id, string Secret)> AddAsync(string workspace, string url, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["url"] = url;
        var added = await JsonAsync(workspace, HttpMethod.Post, "/api/webhooks", body);
        return (added.GetProperty("webhook").GetProperty("id").GetGuid(), added.GetProperty("secret").GetString()!);
    }

    public Task<JsonElement> GetAsync(string workspace, string path) => JsonAsync(workspace, HttpMethod.Get, path);

    /// <summary>Waits until the newest delivery of a webhook is as wanted.</summary>
    public async Task<JsonElement> DeliveryAsync(string workspace, Guid webhook, Func<JsonElement, bool> until)
    {
        var page = await Eventually.Async(
            _ => GetAsync(workspace, $"/api/webhooks/{webhook}/deliveries"),
            p => p.GetProperty("items").GetArrayLength() > 0 && until(p.GetProperty("items")[0]),
            Soon,
            TestContext.Current.CancellationToken);
        return page.GetProperty("items")[0];
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }
}
