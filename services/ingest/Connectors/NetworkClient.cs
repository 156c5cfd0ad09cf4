using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Connectors;

/// <summary>What all network clients share.</summary>
/// <param name="Http">Guarded against private addresses, without redirects, cookies or decompression.</param>
/// <param name="Pacer">Short windows.</param>
/// <param name="Quotas">Long ones.</param>
/// <param name="Tokens">Short-lived tokens that connectors got for their credentials, by bucket.</param>
internal sealed record NetworkGear(HttpMessageInvoker Http, Pacer Pacer, IQuotaStore Quotas, TokenCache Tokens, TimeProvider Clock);

/// <summary>A connector's way to its network: keeps the limits, bounds time and size, obeys the headers, and turns what goes wrong into <see cref="NetworkFailure"/>.</summary>
internal sealed class NetworkClient(NetworkGear gear, Account account, IReadOnlyList<RateLimit> limits, RateHeaders? headers)
{
    private const int MaxBytes = 20 * 1024 * 1024;
    private const int MaxRefusal = 64 * 1024;
    private const string Agent = "Serm/0.1 (social listening; self-hosted)";

    // A longer wait gives the place to another source.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a request may take by the wall, the body included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tokens of these credentials that live only for a while.</summary>
    public TokenCache Tokens => gear.Tokens;

    /// <summary>Stands for the credentials.</summary>
    public string Bucket => account.Bucket;

    /// <summary>The headers by which the network tells how much is left.</summary>
    public RateHeaders? Headers => headers;

    /// <summary>Listens to a web socket; see <see cref="NetworkSocket"/>.</summary>
    public IAsyncEnumerable<IReadOnlyList<JsonElement>> ListenAsync(Uri url, int largest, CancellationToken stop) => NetworkSocket.ListenAsync(gear.Http, url, largest, stop);

    /// <summary>Opens addresses and listens to the events that they send; see <see cref="NetworkEvents"/>.</summary>
    /// <exception cref="NetworkFailure">One was refused, or broke.</exception>
    public IAsyncEnumerable<IReadOnlyList<NetworkEvent>> EventsAsync(IReadOnlyList<Uri> urls, Cost cost, int largest, CancellationToken stop, params (string Name, string Value)[] extra) =>
        OpenAsync(urls, lines: false, cost, largest, null, [("Accept", "text/event-stream"), .. extra], stop);

    /// <summary>Opens an address that sends one thing a line, and empty lines as a sign of life.</summary>
    /// <param name="refusal">What a refusal means to the network; null for what it means to all.</param>
    /// <exception cref="NetworkFailure">It was refused, or broke.</exception>
    public IAsyncEnumerable<IReadOnlyList<NetworkEvent>> LinesAsync(Uri url, Cost cost, int largest, Func<NetworkAnswer, NetworkFailure?> refusal, CancellationToken stop, params (string Name, string Value)[] extra) =>
        OpenAsync([url], lines: true, cost, largest, refusal, extra, stop);

    /// <summary>Waits, by the clock of the limits.</summary>
    public Task PauseAsync(TimeSpan wait, CancellationToken stop) => Task.Delay(wait, gear.Clock, stop);

    private async IAsyncEnumerable<IReadOnlyList<NetworkEvent>> OpenAsync(IReadOnlyList<Uri> urls, bool lines, Cost cost, int largest, Func<NetworkAnswer, NetworkFailure?>? refusal, (string Name, string Value)[] extra, [EnumeratorCancellation] CancellationToken stop)
    {
        var answers = new List<HttpResponseMessage>();
        try
        {
            foreach (var url in urls)
            {
                answers.Add(await OpenAsync(url, cost, refusal, extra, stop));
            }

            var bodies = await Task.WhenAll(answers.Select(async (a, i) => (urls[i].Host, await a.Content.ReadAsStreamAsync(stop))));
            await foreach (var batch in NetworkEvents.ListenAsync(bodies, lines, largest, stop))
            {
                yield return batch;
            }
        }
        finally
        {
            answers.ForEach(a => a.Dispose());
        }
    }

    /// <summary>A path below a base address, which may have a path itself.</summary>
    public static Uri At(string address, string path) => new(address.TrimEnd('/') + path);

    /// <summary>Gets an address and demands success.</summary>
    public async Task<NetworkAnswer> GetAsync(Uri url, Cost cost, CancellationToken stop, params (string Name, string Value)[] extra)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        Add(request, extra);
        return (await SendAsync(request, cost, stop)).RequireSuccess(headers);
    }

    /// <summary>Posts a form and demands success.</summary>
    public async Task<NetworkAnswer> PostFormAsync(Uri url, IEnumerable<KeyValuePair<string, string>> form, Cost cost, CancellationToken stop, params (string Name, string Value)[] extra)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        Add(request, extra);
        return (await SendAsync(request, cost, stop)).RequireSuccess(headers);
    }

    /// <summary>Sends what the other methods cannot; the answer may be a refusal.</summary>
    public async Task<NetworkAnswer> SendAsync(HttpRequestMessage request, Cost cost, CancellationToken stop)
    {
        await TakeAsync(cost, stop);
        Add(request, [("User-Agent", Agent), ("Accept-Encoding", "gzip, br, deflate")]);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(Timeout);
        try
        {
            using var response = await gear.Http.SendAsync(request, timeout.Token);
            var body = await FeedBody.ReadAsync(response.Content, MaxBytes, timeout.Token) ?? throw new NetworkFailure("too_large", $"The answer of {request.RequestUri!.Host} is larger than {MaxBytes / (1024 * 1024)} MB.");
            var answer = new NetworkAnswer(request.RequestUri!, response.StatusCode, body, NetworkAnswer.HeadersOf(response), gear.Clock.GetUtcNow());
            if (headers?.BlockedUntil(answer.Header, answer.At) is { } until)
            {
                await gear.Quotas.BlockAsync(account, until, stop);
            }

            return answer;
        }
        catch (Exception e) when (e is not NetworkFailure && !stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            var failed = FetchFailures.Of(e, request.RequestUri!, Timeout);
            throw new NetworkFailure(failed.Code, failed.Message, failed.Permanent, failed.RetryAfter, e);
        }
    }

    /// <summary>Waits for a place within the limits, or fails when that takes long. For calls that do not go through <see cref="SendAsync"/>.</summary>
    public async Task TakeAsync(Cost cost, CancellationToken stop)
    {
        while (gear.Pacer.Take(account.Bucket, limits, gear.Clock.GetSteadyNow()) is var wait && wait > TimeSpan.Zero)
        {
            if (wait > Patience)
            {
                throw NetworkFailure.Held("pace", wait);
            }

            await Task.Delay(wait, gear.Clock, stop);
        }

        var now = gear.Clock.GetUtcNow();
        if (await gear.Quotas.TakeAsync(account, limits, cost, now, stop) is { } refused)
        {
            throw NetworkFailure.Held(refused.Limit, refused.FreeAt - now);
        }
    }

    /// <summary>The network asked in the answer itself to be left alone until a moment.</summary>
    public Task RestAsync(DateTimeOffset until, CancellationToken stop) => gear.Quotas.BlockAsync(account, until, stop);

    /// <summary>Corrects what the last call cost within a limit, once that is known.</summary>
    public Task SettleAsync(string limit, string lane, decimal difference, CancellationToken stop) =>
        difference != 0 && limits.FirstOrDefault(l => l.Name == limit) is { } known ? gear.Quotas.SettleAsync(account, known, lane, difference, gear.Clock.GetUtcNow(), stop) : Task.CompletedTask;

    private async Task<HttpResponseMessage> OpenAsync(Uri url, Cost cost, Func<NetworkAnswer, NetworkFailure?>? refusal, (string Name, string Value)[] extra, CancellationToken stop)
    {
        await TakeAsync(cost, stop);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        Add(request, [("User-Agent", Agent), .. extra]);
        try
        {
            var response = await gear.Http.SendAsync(request, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                using (response)
                {
                    var body = refusal is null ? default : await FeedBody.ReadAsync(response.Content, MaxRefusal, timeout.Token) ?? default;
                    var answer = new NetworkAnswer(url, response.StatusCode, body, NetworkAnswer.HeadersOf(response), gear.Clock.GetUtcNow());
                    throw refusal?.Invoke(answer) ?? answer.Failure(headers)!;
                }
            }

            return response;
        }
        catch (Exception e) when (e is not NetworkFailure && !stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            var failed = FetchFailures.Of(e, url, Timeout);
            throw new NetworkFailure(failed.Code, failed.Message, failed.Permanent, failed.RetryAfter, e);
        }
    }

    private static void Add(HttpRequestMessage request, (string Name, string Value)[] extra)
    {
        foreach (var (name, value) in extra)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}

/// <summary>What a network answered.</summary>
/// <param name="Url">What was asked.</param>
/// <param name="Body">Decompressed.</param>
/// <param name="At">When.</param>
internal sealed record NetworkAnswer(Uri Url, HttpStatusCode Status, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Headers, DateTimeOffset At)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>A header; null when it is not there.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>The body as JSON.</summary>
    /// <exception cref="NetworkFailure">It is none.</exception>
    public JsonElement Json()
    {
        try
        {
            return JsonElement.Parse(Body.Span, new JsonDocumentOptions { MaxDepth = 128 });
        }
        catch (JsonException e)
        {
            throw NetworkFailure.Unreadable(Url.Host, e);
        }
    }

    /// <summary>The body as text.</summary>
    public string Text() => Encoding.UTF8.GetString(Body.Span);

    /// <summary>How long the network asks to wait: Retry-After, else the reset of its rate headers; at most a day.</summary>
    public TimeSpan? Wait(RateHeaders? rates)
    {
        var wait = RetryAfter() ?? (rates?.ResetAt(Header, At) is { } reset ? reset - At : null);
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks)) : null;
    }

    private TimeSpan? RetryAfter() => RetryConditionHeaderValue.TryParse(Header("retry-after"), out var asked) ? asked.Delta ?? asked.Date - At : null;

    /// <summary>This answer, if it is a success.</summary>
    /// <exception cref="NetworkFailure">It is none.</exception>
    public NetworkAnswer RequireSuccess(RateHeaders? rates) => Failure(rates) is { } failure ? throw failure : this;

    /// <summary>What this answer means, going by its status; null for a success.</summary>
    public NetworkFailure? Failure(RateHeaders? rates)
    {
        var status = (int)Status;
        return Status switch
        {
            _ when status is >= 200 and < 300 => null,
            HttpStatusCode.TooManyRequests => NetworkFailure.Limited(Url.Host, Wait(rates)),
            HttpStatusCode.Unauthorized => NetworkFailure.Refused(Url.Host),
            HttpStatusCode.Forbidden => new NetworkFailure(NetworkFailure.NotAllowed, $"{Url.Host} does not allow this with these credentials (403).", permanent: true, Wait(null)),
            >= HttpStatusCode.InternalServerError => new NetworkFailure($"http_{status}", $"{Url.Host} has a fault of its own ({status}).", retryAfter: Wait(null)),
            _ => new NetworkFailure($"http_{status}", $"{Url.Host} does not know what it is asked for ({status}). Check the options.", permanent: status is >= 400 and not 408 and not 425, Wait(null)),
        };
    }

    /// <summary>The headers of a response, names in lower case.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(HttpResponseMessage response) => response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
        .GroupBy(h => h.Key.ToLowerInvariant(), StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First().Value.ToString(), StringComparer.Ordinal);
}

/// <summary>Tokens that were got for credentials and end by themselves. In memory only: after a restart they are got again.</summary>
internal sealed class TokenCache
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (string Token, DateTimeOffset Until)> tokens = new(StringComparer.Ordinal);

    /// <summary>The token of a bucket; null when there is none that still holds.</summary>
    public string? Find(string bucket, DateTimeOffset now) => tokens.TryGetValue(bucket, out var found) && found.Until > now ? found.Token : null;

    /// <summary>Keeps a token until a minute before its end.</summary>
    public string Keep(string bucket, string token, DateTimeOffset until)
    {
        tokens[bucket] = (token, until.AddMinutes(-1));
        return token;
    }

    /// <summary>Forgets a token that was refused.</summary>
    public void Forget(string bucket) => tokens.TryRemove(bucket, out _);
}
