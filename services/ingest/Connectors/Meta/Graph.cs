using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Calls of the Graph API: the token goes in a header, refusals are read from their codes, and the usage headers hold calls back before Meta does.</summary>
internal static class Graph
{
    /// <summary>The code of what is not there, or not to be seen.</summary>
    public const string Gone = "not_found";

    /// <summary>The code of an account that has asked for too many hashtags.</summary>
    public const string HashtagsUsed = "hashtags_used";

    // Meta counts in a rolling hour, and does not say how many calls a percent is.
    private const int Full = 95, Last = 99;
    private static readonly string[] UsageHeaders = ["x-app-usage", "x-page-usage"];
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongRest = TimeSpan.FromHours(1);

    /// <summary>The limits of a source.</summary>
    public static IReadOnlyList<RateLimit> Limits(MetaOptions options) => [new("calls an hour", options.CallsPerHour, TimeSpan.FromHours(1))];

    /// <summary>Gets a path below the version.</summary>
    /// <exception cref="NetworkFailure">Meta refused.</exception>
    public static async Task<JsonElement> GetAsync(Reading reading, MetaOptions options, string path, Cost cost, CancellationToken stop)
    {
        var proof = options.AppSecret.Length == 0 ? "" : $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}appsecret_proof={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.AppSecret), Encoding.UTF8.GetBytes(options.AccessToken)))}";
        return await GetAsync(reading, options, path + proof, options.AccessToken, cost, stop);
    }

    /// <summary>When the token, or its access to data, ends. Asked once a day; null when it was, when it cannot be asked, or when neither ends.</summary>
    public static async Task<DateTimeOffset?> ExpiryAsync(Reading reading, MetaOptions options, Cost cost, CancellationToken stop)
    {
        var asked = $"{reading.Http.Bucket}:expiry";
        if (options.AppId is not { Length: > 0 } app || options.AppSecret.Length == 0 || reading.Http.Tokens.Find(asked, reading.Now) is not null)
        {
            return null;
        }

        var answer = await GetAsync(reading, options, $"debug_token?input_token={Uri.EscapeDataString(options.AccessToken)}", $"{app}|{options.AppSecret}", cost, stop);
        reading.Http.Tokens.Keep(asked, "asked", reading.Now.AddDays(1));
        if (answer.At("data", "is_valid") is { ValueKind: JsonValueKind.False })
        {
            throw NetworkFailure.Refused(new Uri(options.ApiUrl).Host);
        }

        // Zero stands for never.
        return new[] { answer.Time("data", "expires_at"), answer.Time("data", "data_access_expires_at") }.OfType<DateTimeOffset>().Order().Cast<DateTimeOffset?>().FirstOrDefault();
    }

    /// <summary>The page after an answer's; null when it is the last.</summary>
    public static string? After(JsonElement answer) => answer.At("paging", "next") is null ? null : answer.Text("paging", "cursors", "after");

    /// <summary>The parameter that asks for the page after.</summary>
    public static string At(string? after) => after is null ? "" : $"&after={Uri.EscapeDataString(after)}";

    private static async Task<JsonElement> GetAsync(Reading reading, MetaOptions options, string path, string token, Cost cost, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.ApiUrl, $"/{options.Version}/{path}"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var answer = await reading.Http.SendAsync(request, cost, stop);
        var (used, wait) = Usage(answer);
        if (used >= Full)
        {
            await reading.Http.RestAsync(answer.At + (wait ?? (used >= Last ? LongRest : Rest)), stop);
        }

        // Codes say more than the status, which is 400 for almost everything.
        if ((int)answer.Status is >= 400 and < 500 && answer.Status is not System.Net.HttpStatusCode.NotFound)
        {
            throw answer.Json().At("error") is { } error ? Failure(answer.Url.Host, error, wait) : NetworkFailure.Unreadable(answer.Url.Host);
        }

        return answer.RequireSuccess(null).Json();
    }

    /// <summary>The greatest of the usages that an answer's headers tell, in percent, and when there is room again.</summary>
    internal static (long Used, TimeSpan? Wait) Usage(NetworkAnswer answer)
    {
        var told = UsageHeaders.Select(answer.Header).Select(JsonReads.Parsed).OfType<JsonElement>()
            .Concat(JsonReads.Parsed(answer.Header("x-business-use-case-usage")) is { ValueKind: JsonValueKind.Object } cases ? cases.EnumerateObject().Where(c => c.Value.ValueKind == JsonValueKind.Array).SelectMany(c => c.Value.EnumerateArray()) : [])
            .ToList();
        var minutes = told.Select(u => u.Long("estimated_time_to_regain_access") ?? 0).Append(0).Max();
        return (told.SelectMany(u => new[] { u.Long("call_count"), u.Long("total_time"), u.Long("total_cputime") }).Select(p => p ?? 0).Append(0).Max(), minutes > 0 ? TimeSpan.FromMinutes(Math.Min(minutes, 1_440)) : null);
    }

    // Codes as in Meta's "Handle errors" and "Rate limits".
    private static NetworkFailure Failure(string host, JsonElement error, TimeSpan? wait) => (error.Long("code"), error.Long("error_subcode")) switch
    {
        (4 or 17 or 32 or 613 or (>= 80_000 and < 80_020), _) => NetworkFailure.Limited(host, wait ?? Rest),
        (190 or 102 or 104, _) => NetworkFailure.Refused(host),
        (1 or 2, _) => new("http_500", "Meta has a fault of its own. It is tried again."),
        (18, _) => new(HashtagsUsed, "Instagram does not let this account ask for more hashtags within 7 days."),
        (100, 33) or (803, _) or (24, _) => new(Gone, "Meta does not know it, or does not show it to this token. Check the ids and the token's rights.", permanent: true),
        (3 or 10 or (>= 200 and < 300), _) => new(NetworkFailure.NotAllowed, "Meta does not let this token read this. Check the permissions that your application was given.", permanent: true),
        var (code, _) => new(string.Create(CultureInfo.InvariantCulture, $"meta_{code ?? 0}"), string.Create(CultureInfo.InvariantCulture, $"Meta refuses the request (error {code ?? 0}). Check the options."), permanent: true),
    };
}
