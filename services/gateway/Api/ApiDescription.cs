using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Serm.Defaults;
using Serm.Gateway.Proxy;

namespace Serm.Gateway.Api;

/// <summary>The whole API as one OpenAPI 3.1 document: what the services say of themselves, as far as a route leads there, and the gateway's own.</summary>
internal sealed partial class ApiDescription(IHttpClientFactory http, ServiceAddresses addresses, ApiRoutes routes, IServiceProvider services, TimeProvider clock, ILogger<ApiDescription> log) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What each service said last: good enough while it is down.
    private readonly ConcurrentDictionary<string, string> _said = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1);
    private (byte[] Json, string Tag, DateTimeOffset Until)? _whole;

    /// <summary>The document in UTF-8 and its ETag. Services that never answered are named in <c>x-serm-missing</c>.</summary>
    public async Task<(byte[] Json, string Tag)> ReadAsync(CancellationToken cancellationToken)
    {
        if (_whole is { } cached && clock.GetSteadyNow() < cached.Until)
        {
            return (cached.Json, cached.Tag);
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_whole is { } meanwhile && clock.GetSteadyNow() < meanwhile.Until)
            {
                return (meanwhile.Json, meanwhile.Tag);
            }

            await Task.WhenAll(ServiceAddresses.Names.Select(s => AskAsync(s, cancellationToken)));
            var parts = ServiceAddresses.Names.ToDictionary(s => s, s => _said.TryGetValue(s, out var said) ? JsonNode.Parse(said)!.AsObject() : null, StringComparer.Ordinal);
            var json = JsonSerializer.SerializeToUtf8Bytes(ApiMerge.Merge(await OwnAsync(cancellationToken), parts, routes), Readable);
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..16]}\"";
            _whole = (json, tag, clock.GetSteadyNow() + (parts.Values.Any(p => p is null) ? TimeSpan.FromSeconds(1) : Fresh));
            return (json, tag);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task AskAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(nameof(ApiDescription));
            var said = await client.GetStringAsync(new Uri(addresses[service], ApiDocument.Path), cancellationToken);
            JsonNode.Parse(said)!.AsObject();
            _said[service] = said;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException)
        {
            LogSilent(log, service, e.GetType().Name);
        }
    }

    private async Task<JsonObject> OwnAsync(CancellationToken cancellationToken)
    {
        var own = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync(cancellationToken);
        return JsonNode.Parse(await own.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken))!.AsObject();
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Warning, Message = "The service {Service} does not say what it offers ({Error})")]
    private static partial void LogSilent(ILogger log, string service, string error);
}

/// <summary>Serves the description.</summary>
internal static class ApiDescriptionEndpoint
{
    public static void AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(nameof(ApiDescription), c => c.Timeout = TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton<ApiRoutes>();
        builder.Services.AddSingleton<ApiDescription>();
    }

    public static void MapApiDescription(this IEndpointRouteBuilder app) => app.MapGet(
        ApiDocument.Path,
        async (ApiDescription description, HttpContext context, CancellationToken cancellationToken) =>
        {
            var (json, tag) = await description.ReadAsync(cancellationToken);
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(json, "application/json; charset=utf-8", entityTag: new(tag));
        }).AllowAnonymous().ExcludeFromDescription();
}
