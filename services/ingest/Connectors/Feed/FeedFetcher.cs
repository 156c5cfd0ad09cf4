using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Fetches feeds: conditional GET, redirects followed by hand, bodies bounded in size and time. Never throws on what a server does.</summary>
/// <param name="clients">Gives the client named <see cref="ClientName"/>: without automatic redirects, decompression, cookies or proxy, and guarded against private addresses.</param>
/// <param name="clock">For Retry-After dates and the timeout.</param>
public sealed class FeedFetcher(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "sources";

    private const int MaxRedirects = 5;
    private const int MaxRobots = 512 * 1024;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>How long a fetch may take, all redirects and the body included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body, decompressed, in bytes.</summary>
    public int MaxBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>How hosts are treated; null to ask at once and whatever their robots.txt says.</summary>
    internal HostManners? Manners { get; init; }

    /// <summary>Fetches an address.</summary>
    /// <param name="url">Absolute http(s) address.</param>
    /// <param name="known">Validators of the last good read; null for the first.</param>
    /// <param name="stop">Gives up at once: the only thing that is thrown.</param>
    /// <param name="respectRobots">False to read it whatever the host's robots.txt says.</param>
    public async Task<FetchResult> FetchAsync(Uri url, FetchValidators? known, CancellationToken stop, bool respectRobots = true)
    {
        // Waiting for our turn is not the host's slowness.
        using var turn = Manners is null ? null : await Manners.EnterAsync(url, stop);
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            if (respectRobots && Manners is not null && !await Manners.AllowsAsync(url, RobotsAsync, either.Token))
            {
                return new FetchResult.Failed("robots_disallowed", $"The robots.txt of {url.Host} asks programs not to read this address. Ask the site's owner; if they allow it, turn obeying it off in this source's options.", Permanent: true);
            }

            return await FollowAsync(url, known, either.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            return FetchFailures.Of(e, url, Timeout);
        }
    }

    private async Task<(byte[]? Body, HttpStatusCode? Status)> RobotsAsync(Uri url, CancellationToken stop)
    {
        try
        {
            // Hosts that send everybody to https or to another name send programs for this file there too (RFC 9309, 2.3.1.2).
            for (var hop = 0; ; hop++)
            {
                using var request = Request(url, null);
                using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                if (IsRedirect(response.StatusCode) && hop < MaxRedirects && Next(url, response) is { } next)
                {
                    url = next;
                    continue;
                }

                return response.StatusCode == HttpStatusCode.OK ? (await FeedBody.ReadAsync(response.Content, MaxRobots, stop) ?? [], response.StatusCode) : (null, response.StatusCode);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return (null, null);
        }
    }

    private async Task<FetchResult> FollowAsync(Uri url, FetchValidators? known, CancellationToken stop)
    {
        var at = url;
        var permanent = true;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            using var request = Request(at, known);
            using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (!IsRedirect(response.StatusCode))
            {
                return await AnswerAsync(response, at, permanent && hop > 0 ? at : null, stop);
            }

            if (Next(at, response) is not { } next)
            {
                return new FetchResult.Failed("bad_redirect", $"{at.Host} redirects to something that is no http(s) address.", Permanent: true);
            }

            permanent &= response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.PermanentRedirect;
            at = next;
        }

        return new FetchResult.Failed("too_many_redirects", $"{url.Host} redirects more than {MaxRedirects} times.", Permanent: true);
    }

    private async Task<FetchResult> AnswerAsync(HttpResponseMessage response, Uri at, Uri? movedTo, CancellationToken stop)
    {
        var maxAge = response.Headers.CacheControl?.MaxAge;
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return new FetchResult.NotModified(movedTo, maxAge);
        }

        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NonAuthoritativeInformation or (HttpStatusCode)226))
        {
            return FetchFailures.Of(response, at, clock.GetUtcNow());
        }

        var body = await FeedBody.ReadAsync(response.Content, MaxBytes, stop);
        if (body is null)
        {
            return new FetchResult.Failed("too_large", $"The feed at {at.Host} is larger than {MaxBytes / (1024 * 1024)} MB.", Permanent: false);
        }

        var links = LinkHeader.Read(response.Headers.NonValidated.TryGetValues("Link", out var values) ? values : [], at).ToList();
        return new FetchResult.Fetched(body, Header(response.Content.Headers, "Content-Type"), at, Validators(response), movedTo, maxAge)
        {
            Hub = links.Find(l => l.Relation == "hub").Address,
            Self = links.Find(l => l.Relation == "self").Address,
        };
    }

    // Dates know seconds: what changes in the second of the answer, after it, would never be sent (RFC 9110, 8.8.2.2). WordPress makes its ETag of that date as well.
    // Only written headers are read: one that was parsed is no longer as received.
    private FetchValidators Validators(HttpResponseMessage response)
    {
        var kept = new FetchValidators(Header(response.Headers, "ETag"), Header(response.Content.Headers, "Last-Modified"));
        return Date(kept.LastModified) is { } modified && ((Date(Header(response.Headers, "Date")) ?? clock.GetUtcNow()) - modified).Duration() < Settled ? new(null, null) : kept;
    }

    private static DateTimeOffset? Date(string? header) => DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private static HttpRequestMessage Request(Uri url, FetchValidators? known)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "Serm/0.1 (feed reader; self-hosted)");
        request.Headers.TryAddWithoutValidation("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br, deflate");

        // Both: some servers know only one of them. As received, since servers compare the bytes.
        if (known?.ETag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        if (known?.LastModified is { } modified)
        {
            request.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
        }

        return request;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri? Next(Uri at, HttpResponseMessage response) =>
        Header(response.Headers, "Location") is { } location && Uri.TryCreate(at, location.Trim(), out var next) && FeedLinks.IsWeb(next) && next.UserInfo.Length == 0 ? next : null;

    private static string? Header(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 and <= 4_096 } value ? value : null;
}
