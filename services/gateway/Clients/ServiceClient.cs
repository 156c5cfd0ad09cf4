using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Serm.Gateway.Proxy;

namespace Serm.Gateway.Clients;

/// <summary>Calls the services on behalf of the person whose page this is.</summary>
internal sealed class ServiceClient(IHttpClientFactory clients, ServiceAddresses addresses, CallerHeaders headers, AuthenticationStateProvider authentication, IStringLocalizer<Texts> texts)
{
    /// <summary>Name of the client in the factory.</summary>
    public const string Name = "pages";

    /// <summary>Name of the client that sends files, and waits longer.</summary>
    public const string Files = "pages-files";

    /// <summary>Members that a newer service adds are passed over.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public Task<T> GetAsync<T>(string service, string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, service, path, null, null, cancellationToken);

    /// <summary>Sends and reads the answer.</summary>
    /// <param name="body">Goes as JSON; bytes go as they are.</param>
    /// <param name="version">Goes into <c>If-Match</c>; null for none.</param>
    /// <exception cref="Refusal">The service refused or does not answer.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string service, string path, object? body, long? version, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(method, service, path, body, version, cancellationToken);
        return await ReadAsync<T>(service, method, answer, cancellationToken);
    }

    /// <summary>Sends; the answer has no body that matters.</summary>
    /// <exception cref="Refusal">The service refused or does not answer.</exception>
    public async Task SendAsync(HttpMethod method, string service, string path, object? body, long? version, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(method, service, path, body, version, cancellationToken);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string service, string path, object? body, long? version, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(addresses[service], path));
        headers.Set(request.Headers, (await authentication.GetAuthenticationStateAsync()).User);
        if (version is { } seen)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{seen}\""));
        }

        request.Content = body switch
        {
            null => null,
            byte[] file => new ByteArrayContent(file) { Headers = { ContentType = new("application/octet-stream") } },
            _ => JsonContent.Create(body, body.GetType(), options: Json),
        };
        try
        {
            var answer = await clients.CreateClient(body is byte[] ? Files : Name).SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw await RefusalOfAsync(service, method, answer, cancellationToken);
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Silent(service, method, ProxySetup.NeverReached(e));
        }
    }

    private async Task<T> ReadAsync<T>(string service, HttpMethod method, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken) ?? throw Silent(service, method);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw Silent(service, method);
        }
    }

    private async Task<Refusal> RefusalOfAsync(string service, HttpMethod method, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Json, cancellationToken);
            if (problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("code", out var code) && code.GetString() is { } known)
            {
                var detail = problem.TryGetProperty("detail", out var d) ? d.GetString() : null;
                return new Refusal((int)answer.StatusCode, known, detail ?? answer.ReasonPhrase ?? known, problem);
            }
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException or NotSupportedException)
        {
            // Not problem details: whatever answers there is not the service.
        }

        return answer.StatusCode == System.Net.HttpStatusCode.NotFound
            ? new Refusal(404, "not_found", texts["Service.NothingThere", service])
            : Silent(service, method);
    }

    private Refusal Silent(string service, HttpMethod method, bool neverReached = false) => method == HttpMethod.Get || neverReached
        ? new(0, Refusal.Unreachable, texts["Service.Silent", service])
        : new(0, Refusal.OutcomeUnknown, texts["Service.BrokeOff", service]);
}
