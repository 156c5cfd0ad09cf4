using System.Text.Json;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Calls of VKontakte's API: version 5.199, form posts, errors inside of answers with status 200.</summary>
internal static class VkApi
{
    private const string Version = "5.199";

    // Codes as in the API's schema (errors.json).
    private const int Auth = 5, TooMany = 6, Permission = 7, Flood = 9, Server = 10, Captcha = 14, Access = 15, Validation = 17, Limit = 29, GroupAuth = 27, AppAuth = 28;

    /// <summary>The code of a method that this kind of token cannot call at all.</summary>
    public const string MethodClosed = "vk_method";

    /// <summary>Calls a method and returns its <c>response</c>.</summary>
    /// <exception cref="NetworkFailure">The API refused.</exception>
    public static async Task<JsonElement> CallAsync(Reading reading, string method, string lane, IEnumerable<(string Name, string Value)> parameters, CancellationToken stop)
    {
        using var request = Request(reading.Options<VkOptions>(), method, parameters);
        return Response((await reading.Http.SendAsync(request, new(lane), stop)).RequireSuccess(reading.Http.Headers));
    }

    /// <summary>The request that calls a method.</summary>
    public static HttpRequestMessage Request(VkOptions options, string method, IEnumerable<(string Name, string Value)> parameters)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, NetworkClient.At(options.ApiUrl, $"/method/{method}"))
        {
            Content = new FormUrlEncodedContent(parameters.Append(("v", Version)).Select(p => KeyValuePair.Create(p.Item1, p.Item2))),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.AccessToken}");
        return request;
    }

    /// <summary>The <c>response</c> of an answer.</summary>
    /// <param name="answer">A success by its status.</param>
    /// <param name="refusal">What an error means to this method; null for what it means to all.</param>
    /// <exception cref="NetworkFailure">The API refused.</exception>
    public static JsonElement Response(NetworkAnswer answer, Func<string, JsonElement, NetworkFailure?>? refusal = null)
    {
        var (host, body) = (answer.Url.Host, answer.Json());
        return body.At("error") is { } error ? throw refusal?.Invoke(host, error) ?? Failure(host, error) : body.At("response") ?? throw NetworkFailure.Unreadable(host);
    }

    private static NetworkFailure Failure(string host, JsonElement error) => error.Long("error_code") switch
    {
        GroupAuth or AppAuth when error.Text("error_msg")?.Contains("method is unavailable", StringComparison.OrdinalIgnoreCase) == true =>
            new(MethodClosed, "VKontakte does not let this kind of token ask for this.", permanent: true),
        Auth or GroupAuth or AppAuth or Validation => NetworkFailure.Refused(host),
        TooMany => NetworkFailure.Limited(host, TimeSpan.FromSeconds(1)),
        Flood or Captcha => NetworkFailure.Limited(host, TimeSpan.FromMinutes(10)),
        Limit => NetworkFailure.Limited(host, TimeSpan.FromHours(1)),
        Server or 1 => new($"vk_{error.Long("error_code")}", "VKontakte has a fault of its own. It is tried again."),
        Access or Permission or 18 or 30 => new(NetworkFailure.NotAllowed, "VKontakte does not let this token read this. Check the community's settings and the token's rights.", permanent: true),
        var code => new($"vk_{code}", $"VKontakte refuses the request (error {code}). Check the options.", permanent: true),
    };
}
