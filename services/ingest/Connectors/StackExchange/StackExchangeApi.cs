using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serm.Ingest.Connectors.StackExchange;

/// <summary>Calls of the Stack Exchange API 2.3: a wrapper around every answer with the quota that is left and, now and then, a time to back off; refusals by <c>error_id</c> with status 400.</summary>
internal static partial class StackExchangeApi
{
    // https://api.stackexchange.com/docs/error-handling
    private const long BadParameter = 400, TokenNeeded = 401, BadToken = 402, AccessDenied = 403, NoMethod = 404, KeyNeeded = 405, TokenLeaked = 406, Fault = 500, Throttled = 502, Unavailable = 503;

    // A thread in one answer: a filter names the members that are wanted, is made once and never ends.
    private const string Members = "question.body;question.answers;question.comments;answer.body;answer.comments;answer.link;comment.body;comment.link;comment.post_type";

    /// <summary>The items of an answer, and whether there is another page.</summary>
    /// <param name="path">With its first parameter: <c>/questions?tagged=acme</c>.</param>
    /// <exception cref="NetworkFailure">The API refused.</exception>
    public static async Task<(List<JsonElement> Items, bool More)> CallAsync(Reading reading, string path, string lane, CancellationToken stop)
    {
        var options = reading.Options<StackExchangeOptions>();
        var filter = reading.Http.Tokens.Find(reading.Http.Bucket, reading.Now) ?? await FilterAsync(reading, options, stop);
        var answer = await GetAsync(reading, options, $"{path}&site={Uri.EscapeDataString(options.Site)}&filter={Uri.EscapeDataString(filter)}", lane, stop);
        return ([.. answer.Items("items")], answer.Flag("has_more"));
    }

    private static async Task<string> FilterAsync(Reading reading, StackExchangeOptions options, CancellationToken stop)
    {
        var answer = await GetAsync(reading, options, $"/filters/create?include={Uri.EscapeDataString(Members)}&base=default&unsafe=false", "filter", stop);
        var filter = answer.Items("items").Select(i => i.Text("filter")).FirstOrDefault() ?? throw NetworkFailure.Unreadable(new Uri(options.ApiUrl).Host);
        return reading.Http.Tokens.Keep(reading.Http.Bucket, filter, reading.Now.AddDays(30));
    }

    private static async Task<JsonElement> GetAsync(Reading reading, StackExchangeOptions options, string path, string lane, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.ApiUrl, $"/2.3{path}{(options.Key.Length > 0 ? $"&key={Uri.EscapeDataString(options.Key)}" : "")}"));
        var sent = await reading.Http.SendAsync(request, new(lane), stop);
        if (sent.Status != System.Net.HttpStatusCode.BadRequest)
        {
            sent.RequireSuccess(null);
        }

        var answer = sent.Json();
        if (answer.Long("error_id") is { } error)
        {
            throw Failure(sent.Url.Host, error, answer.Text("error_message") ?? "");
        }

        // Both must be obeyed by whoever calls with these credentials, in whatever process.
        var wait = answer.Long("backoff") is > 0 and var seconds ? sent.At.AddSeconds(Math.Min(seconds, 86_400)) : (DateTimeOffset?)null;
        if ((answer.Long("quota_remaining") == 0 ? new DateTimeOffset(sent.At.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) : wait) is { } until)
        {
            await reading.Http.RestAsync(until, stop);
        }

        return answer;
    }

    private static NetworkFailure Failure(string host, long error, string message) => error switch
    {
        Throttled => NetworkFailure.Limited(host, Seconds().Match(message) is { Success: true } said ? TimeSpan.FromSeconds(Math.Min(long.Parse(said.Groups["n"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), 86_400)) : TimeSpan.FromMinutes(5)),
        TokenNeeded or BadToken or AccessDenied or KeyNeeded or TokenLeaked => NetworkFailure.Refused(host),
        BadParameter when message.Contains("key", StringComparison.OrdinalIgnoreCase) => NetworkFailure.Refused(host),
        Fault or Unavailable => new($"stackexchange_{error}", "Stack Exchange has a fault of its own. It is tried again."),
        NoMethod or _ => new($"stackexchange_{error}", $"Stack Exchange refuses the request (error {error}). Check the options, above all the name of the site.", permanent: true),
    };

    [GeneratedRegex(@"available in (?<n>\d{1,9}) seconds", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Seconds();
}
