using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Defaults;

namespace Serm.Tests.Integration.Gateway;

/// <summary>The gateway with mentions and ingest behind it; sentiment and alerts are down. Called as the outside calls it.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    /// <summary>Pushes that a key may send at once.</summary>
    public const int IngestBurst = 30;

    private IBusControl _bus = null!;

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Of the admin that the command printed.</summary>
    public string Password { get; private set; } = "";

    /// <summary>A key with the role admin.</summary>
    public string AdminKey { get; private set; } = "";

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(
            Servers.Postgres,
            Servers.RabbitMq,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["RateLimits__Ingest__PerSecond"] = "1",
                ["RateLimits__Ingest__Burst"] = $"{IngestBurst}",
                ["RateLimits__Anonymous__PerSecond"] = "1000",
                ["RateLimits__Anonymous__Burst"] = "1000",
                ["RateLimits__SignIn__PerSecond"] = "1000",
                ["RateLimits__SignIn__Burst"] = "1000",
            });
        Password = (await Stack.Gateway.RunAsync("admin", "--name", "root")).TrimEnd();
        AdminKey = await KeyAsync("admin");
        await Stack.StartAsync(Token, "Gateway", "Mentions", "Ingest");
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        _bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
        });
        await _bus.StartAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    /// <summary>A new key, as the command line makes one.</summary>
    public async Task<string> KeyAsync(string role, string workspace = "main") => (await Stack.Gateway.RunAsync("key", "--role", role, "--workspace", workspace, "--new-workspace")).TrimEnd();

    public Task PublishAsync<T>(T message)
        where T : class => _bus.PublishAllAsync([(Guid.NewGuid(), message)], Token);

    /// <summary>A call from outside. <paramref name="key"/> "" sends none; null sends the admin's.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not "")
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? AdminKey);
        }

        // Then a body that will be refused is not sent at all, and no answer is missed while sending it.
        request.Headers.ExpectContinue = body is HttpContent;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => JsonContent.Create(body, options: Json),
        };
        return await Stack.Gateway.Http.SendAsync(request, Token);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? key = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, key, headers);

    public async Task<JsonElement> ReadAsync(string path, string? key = null)
    {
        using var answer = await GetAsync(path, key);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>Checks that an answer is problem details with this status and code.</summary>
    public static async Task<JsonElement> ShouldRefuseAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Token);
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code, text);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }
}
