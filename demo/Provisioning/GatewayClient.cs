using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Serm.Demo.Provisioning;

/// <summary>What the public API answered, in the words that a person needs.</summary>
internal sealed class GatewayException(string message, bool mayPass) : Exception(message)
{
    /// <summary>True for what may be over in a moment: a service that is just starting.</summary>
    public bool MayPass => mayPass;
}

/// <summary>The few calls of the public API that the demo makes.</summary>
internal sealed class GatewayClient(HttpClient http, DemoOptions options)
{
    public const string Name = "gateway";

    /// <summary>Reads a path; null when there is no such path.</summary>
    public Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Posts a body; null when there is no such path.</summary>
    public Task<JsonElement?> PostAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    private async Task<JsonElement?> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Gateway, path));
        request.Headers.Authorization = options.Key is null ? null : new AuthenticationHeaderValue("Bearer", options.Key);
        request.Content = body is null ? null : JsonContent.Create(body);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(text.Length == 0 ? "null" : text).RootElement : throw Refused(response.StatusCode, $"{method} {path}", text);
        }
        catch (HttpRequestException e)
        {
            throw new GatewayException($"The gateway at {options.Gateway} does not answer ({e.HttpRequestError}).", mayPass: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GatewayException($"The gateway at {options.Gateway} took too long.", mayPass: true);
        }
        catch (JsonException)
        {
            throw new GatewayException($"What answers at {options.Gateway} is not the gateway.", mayPass: false);
        }
    }

    private static GatewayException Refused(HttpStatusCode status, string what, string body) => status switch
    {
        HttpStatusCode.Unauthorized => new("The gateway does not know this key. Give an admin key of the workspace in the environment variable that --key-env names.", mayPass: false),
        HttpStatusCode.Forbidden => new("The key may not add brands and sources. Give an admin key.", mayPass: false),
        _ => new($"{what} answered {(int)status}: {(body.Length > 300 ? body[..300] : body)}", mayPass: status >= HttpStatusCode.InternalServerError || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout),
    };
}
