using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Odnoklassniki;

/// <summary>Signed calls of Odnoklassniki's API; refusals come with status 200, a code in the body and in the header <c>invocation-error</c>.</summary>
internal static class OkApi
{
    /// <summary>The code of what is not there, as <see cref="CallAsync"/> tells it.</summary>
    public const string Gone = "not_found";

    /// <summary>Calls a method.</summary>
    /// <exception cref="NetworkFailure">The API refused.</exception>
    public static async Task<JsonElement> CallAsync(Reading reading, string method, string lane, IEnumerable<(string Name, string? Value)> parameters, CancellationToken stop)
    {
        var options = reading.Options<OkOptions>();
        var url = NetworkClient.At(options.ApiUrl, "/fb.do");
        var form = parameters.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Name, p.Value!)).Append(new("method", method)).Append(new("application_key", options.ApplicationKey)).Append(new("format", "json")).ToList();
        form.Add(new("sig", Sign(form, options.AccessToken, options.ApplicationSecret)));
        form.Add(new("access_token", options.AccessToken));
        var answer = (await reading.Http.PostFormAsync(url, form, new(lane), stop)).Json();
        return answer.Long("error_code") is { } code ? throw Failure(url.Host, code) : answer;
    }

    /// <summary>The signature of a call: MD5 of the parameters by name, without the token, and of the session's secret, which is MD5 of the token and the application's secret. Lower case. (apiok.ru, "Calling methods")</summary>
    public static string Sign(IEnumerable<KeyValuePair<string, string>> parameters, string token, string secret) =>
        Md5($"{string.Concat(parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}{Md5(token + secret)}");

    // The network's signature is MD5: nothing of ours rests on it.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    // Codes as in apiok.ru/dev/errors.
    private static NetworkFailure Failure(string host, long code) => code switch
    {
        101 or 102 or 103 or 104 or 105 or 401 or 453 => NetworkFailure.Refused(host),
        7 or 8 or 9 or 11 => NetworkFailure.Limited(host, TimeSpan.FromMinutes(10)),
        1 or 2 or 9999 => new($"ok_{code}", "Odnoklassniki has a fault of its own. It is tried again."),
        10 or 22 or 23 or 24 or 50 or (>= 200 and < 300) or 455 or 456 or 457 or 458 => new(NetworkFailure.NotAllowed, "Odnoklassniki does not let this token read this. Check that its account moderates the group, and the rights of the application.", permanent: true),
        106 or 300 or 704 => new(Gone, "Odnoklassniki does not know it. Check the groups.", permanent: true),
        _ => new($"ok_{code}", $"Odnoklassniki refuses the request (error {code}). Check the options.", permanent: true),
    };
}
