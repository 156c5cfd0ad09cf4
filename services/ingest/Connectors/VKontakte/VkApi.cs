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
        var options = reading.Options<VkOptions>();
        var url = NetworkClient.At(options.ApiUrl, $"/method/{method}");
        var form = parameters.Append(("v", Version)).Select(p => KeyValuePair.Create(p.Item1, p.Item2));
        var answer = (await reading.Http.PostFormAsync(url, form, new(lane), stop, ("Authorization", $"Bearer {options.AccessToken}"))).Json();
        return answer.At("error") is { } error ? throw Failure(url.Host, error) : answer.At("response") ?? throw NetworkFailure.Unreadable(url.Host);
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
