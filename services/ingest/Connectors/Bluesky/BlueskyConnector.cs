using System.Net;
using System.Text;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Bluesky;

/// <summary>Where a search stands.</summary>
internal sealed record BlueskyLane
{
    /// <summary>Posts up to this moment are safe.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The newest moment of the pass under way.</summary>
    public DateTimeOffset? Top { get; init; }

    /// <summary>The page that the pass goes on with; null between passes.</summary>
    public string? Cursor { get; init; }
}

/// <summary>Bluesky: search with an account, or the stream of all public posts (Jetstream, both protocols) without one.</summary>
internal sealed class BlueskyConnector : IPulled, IStreamed, IRechecked
{
    private const int PageSize = 100;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    public ConnectorCard Card { get; } = new(
        "bluesky",
        "Bluesky",
        "Every public post as it is written, or what a search finds. Posts cannot be edited there; deletions are followed.",
        "https://docs.bsky.app/docs/api/app-bsky-feed-search-posts",
        typeof(BlueskyOptions),
        Ability.Search | Ability.Backfill | Ability.Deletes | Ability.Engagement)
    {
        Headers = new("ratelimit-remaining", "ratelimit-reset", ResetForm.UnixSeconds),
    };

    public int RecheckBatch => 25;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests in 5 minutes", settings.As<BlueskyOptions>().RequestsPerFiveMinutes, TimeSpan.FromMinutes(5))];

    public Uri? Address(Settings settings) => new(Streams(settings) ? settings.As<BlueskyOptions>().Jetstream : settings.As<BlueskyOptions>().Service);

    public bool Streams(Settings settings) => settings.As<BlueskyOptions>().Mode == "stream";

    public string NameOf(Settings settings) => Streams(settings) ? "Bluesky: all posts" : $"Bluesky: {string.Join(", ", settings.As<BlueskyOptions>().Terms)}";

    public void Check(Settings settings)
    {
        var options = settings.As<BlueskyOptions>();
        if (options.Mode == "search" && options.Terms.Length == 0)
        {
            throw RuleViolation.Invalid("options.terms", "option_missing", "Give search words, or choose the stream.");
        }

        if (options.Mode == "search" && (options.Handle.Length == 0 || options.AppPassword.Length == 0))
        {
            throw RuleViolation.Invalid(options.Handle.Length == 0 ? "options.handle" : "credentials.appPassword", "option_missing", "Searching needs an account: give its handle and an app password.");
        }
    }

    public IAsyncEnumerable<Page> ListenAsync(Reading reading, CancellationToken cancellationToken) => Jetstream.ListenAsync(reading, reading.Options<BlueskyOptions>(), cancellationToken);

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<BlueskyOptions>();
        var lanes = options.Terms.ToList();
        return await reading.StateAs<Rounds<BlueskyLane>>().ReadAsync(lanes, async (term, lane) =>
        {
            var since = lane.Since - Overlap ?? reading.Now.AddDays(-options.HistoryDays);
            var path = $"/xrpc/app.bsky.feed.searchPosts?q={Uri.EscapeDataString(term)}&sort=latest&limit={PageSize}&since={since.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}{(lane.Cursor is null ? "" : $"&cursor={Uri.EscapeDataString(lane.Cursor)}")}";
            var answer = await CallAsync(reading, options, path, $"search: {term}", cancellationToken);
            var posts = answer.Items("posts").Select(p => BlueskyPosts.OfView(p, reading.Now)).OfType<NetworkPost>().ToList();

            // A date in the future is the author's own; the mark must not run ahead of the clock.
            var top = posts.Select(p => p.PublishedAt).Append(lane.Top).Where(t => t <= reading.Now).Max();
            var more = answer.Text("cursor") is { } cursor && cursor != lane.Cursor && answer.Items("posts").Any();
            return (new Page(posts, null), more ? lane with { Top = top, Cursor = answer.Text("cursor") } : new() { Since = top ?? lane.Since }, more);
        }, anew: lane => lane.Cursor is null ? null : lane with { Cursor = null });
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<BlueskyOptions>();
        if (options.AppPassword.Length == 0)
        {
            // The stream itself tells of deletions.
            return Page.Nothing();
        }

        var answer = await CallAsync(reading, options, $"/xrpc/app.bsky.feed.getPosts?{string.Join('&', nativeIds.Select(i => $"uris={Uri.EscapeDataString(i)}"))}", "recheck", cancellationToken);
        var there = answer.Items("posts").Select(p => BlueskyPosts.OfView(p, reading.Now)).OfType<NetworkPost>().ToList();
        return new(there, null) { Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    private static async Task<JsonElement> CallAsync(Reading reading, BlueskyOptions options, string path, string lane, CancellationToken cancellationToken)
    {
        var token = reading.Http.Tokens.Find(reading.Http.Bucket, reading.Now) ?? await SignInAsync(reading, options, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.Service, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var answer = await reading.Http.SendAsync(request, new(lane), cancellationToken);
        if (answer.Status is HttpStatusCode.Unauthorized || (answer.Status is HttpStatusCode.BadRequest && answer.Json().Text("error") is "ExpiredToken" or "InvalidToken"))
        {
            // Only the session has ended: the next try signs in anew, and is refused for good if the password does not hold.
            reading.Http.Tokens.Forget(reading.Http.Bucket);
            throw answer.Json().Text("error") is "ExpiredToken" ? new NetworkFailure("session_ended", "Bluesky ended the session. Serm signs in again.", retryAfter: TimeSpan.FromSeconds(1)) : NetworkFailure.Refused(answer.Url.Host);
        }

        return answer.RequireSuccess(reading.Http.Headers).Json();
    }

    private static async Task<string> SignInAsync(Reading reading, BlueskyOptions options, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, NetworkClient.At(options.Service, "/xrpc/com.atproto.server.createSession"))
        {
            Content = new StringContent(JsonSerializer.Serialize(new { identifier = options.Handle, password = options.AppPassword }), Encoding.UTF8, "application/json"),
        };
        var answer = (await reading.Http.SendAsync(request, new("sign-in"), cancellationToken)).RequireSuccess(reading.Http.Headers).Json();
        return reading.Http.Tokens.Keep(reading.Http.Bucket, answer.Text("accessJwt") ?? throw NetworkFailure.Unreadable(new Uri(options.Service).Host), reading.Now + TokenLife);
    }
}
