using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Serm.Defaults;

namespace Serm.Tests.Integration.Gateway;

/// <summary>All of Serm, called as the outside calls it.</summary>
public sealed class AuditFixture : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Of the first admin, whom the command made.</summary>
    public string Password { get; private set; } = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(
            Servers.Postgres,
            Servers.RabbitMq,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["RateLimits__SignIn__PerSecond"] = "1000", ["RateLimits__SignIn__Burst"] = "1000" });
        Password = (await Stack.Gateway.RunAsync("admin", "--name", "root")).TrimEnd();
        await Stack.StartAsync(Token);
        Database = NpgsqlDataSource.Create(Stack.Postgres);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    /// <summary>A new key, as the command line makes one.</summary>
    public async Task<string> KeyAsync(string role, string workspace, string name) =>
        (await Stack.Gateway.RunAsync("key", "--role", role, "--workspace", workspace, "--name", name, "--new-workspace")).TrimEnd();

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string key, object? body = null, string? version = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        request.Content = body is null ? null : body as HttpContent ?? JsonContent.Create(body, options: Json);
        return await Stack.Gateway.Http.SendAsync(request, Token);
    }

    /// <summary>Does something that has to succeed.</summary>
    /// <returns>Its answer, and the version that it tells.</returns>
    public async Task<(JsonElement Body, string? Version)> DoAsync(HttpMethod method, string path, string key, object? body = null, string? version = null)
    {
        using var answer = await SendAsync(method, path, key, body, version);
        var text = await answer.Content.ReadAsStringAsync(Token);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return (text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, answer.Headers.ETag?.Tag);
    }

    public async Task<JsonElement> AuditAsync(string key, string query = "")
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/api/audit?{query}", key);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }
}
