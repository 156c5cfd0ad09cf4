using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors.YouTube;

/// <summary>What a YouTube source takes.</summary>
public sealed class YouTubeOptions
{
    /// <summary>For all calls.</summary>
    [Secret]
    [Required(ErrorMessage = "Give an API key of the YouTube Data API.")]
    [MaxLength(200)]
    [Display(Name = "API key", Description = "From the Google Cloud console, for the YouTube Data API v3.")]
    public string ApiKey { get; set; } = "";

    /// <summary>Channels whose comments are read.</summary>
    [MaxLength(50)]
    [Display(Name = "Channels", Description = "Ids of channels, such as UC..., whose comments under all videos are read.")]
    public string[] Channels { get; set; } = [];

    /// <summary>Videos whose comments are read.</summary>
    [MaxLength(200)]
    [Display(Name = "Videos", Description = "Ids of single videos whose comments are read.")]
    public string[] Videos { get; set; } = [];

    /// <summary>What is searched for.</summary>
    [MaxLength(20)]
    [Display(Name = "Search words", Description = "One search a line, over titles and descriptions of new videos. YouTube allows 100 searches a day.")]
    public string[] Terms { get; set; } = [];

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 10_000_000)]
    [Display(Name = "Units a day", Description = "As in the Google Cloud console; a page of comments costs one.")]
    public int UnitsPerDay { get; set; } = 10_000;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 1_000_000)]
    [Display(Name = "Searches a day")]
    public int SearchesPerDay { get; set; } = 100;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://www.googleapis.com";

    /// <summary>Where channels push their new videos.</summary>
    [Advanced]
    [Url]
    [Display(Name = "Address of the hub", Description = "It tells of new videos of the channels at once, if the operator has set Ingest:WebSub:PublicAddress.")]
    public string HubUrl { get; set; } = "https://pubsubhubbub.appspot.com/subscribe";
}

/// <summary>Where a channel, video or search stands.</summary>
internal sealed record YouTubeLane
{
    private const int MostTries = 10, MostLater = 200;

    /// <summary>The pass over threads, or over found videos.</summary>
    public Sweep Sweep { get; init; } = new();

    /// <summary>Threads whose further replies are still to be read.</summary>
    public List<string> Threads { get; init; } = [];

    /// <summary>The page of the first of them; null for its first page.</summary>
    public string? Replies { get; init; }

    /// <summary>Threads whose further replies were refused, and how often: they are asked for again with the next pass, as no list has them again.</summary>
    public Dictionary<string, int>? Later { get; init; }

    /// <summary>Videos that a page of a search found, still to be asked for.</summary>
    public List<string> Found { get; init; } = [];

    /// <summary>Videos that this listing of a search has given so far.</summary>
    public int Listed { get; init; }

    /// <summary>A search goes on below this second, as YouTube lists no more than some 500 videos of one.</summary>
    public long? Until { get; init; }

    /// <summary>Without the thread that is under way, which is asked for some more times unless it is gone; null when none is.</summary>
    public YouTubeLane? Past(NetworkFailure failure) => Threads is not [var thread, .. var others]
        ? null
        : this with { Threads = others, Replies = null, Later = With(thread, (Later?.GetValueOrDefault(thread) ?? 0) + 1 is var tries && !failure.Gone && tries < MostTries ? tries : null) };

    /// <summary>With the thread that is under way read to its end.</summary>
    public YouTubeLane Done() => this with { Threads = Threads[1..], Replies = null, Later = With(Threads[0], null) };

    private Dictionary<string, int>? With(string thread, int? tries)
    {
        var all = (Later ?? []).Where(l => l.Key != thread).TakeLast(MostLater).ToDictionary(StringComparer.Ordinal);
        if (tries is { } some)
        {
            all[thread] = some;
        }

        return all.Count == 0 ? null : all;
    }
}

/// <summary>YouTube: comments and replies under channels and videos, and a search for new videos. Quotas count by the day of California.</summary>
internal sealed class YouTubeConnector : IPushed, IRechecked
{
    private const string Units = "units a day", Searches = "searches a day", Zone = "America/Los_Angeles";
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>What most calls cost, and what a search does.</summary>
    internal static readonly Dictionary<string, decimal> OneUnit = new(StringComparer.Ordinal) { [Units] = 1, [Searches] = 0 }, OneSearch = new(StringComparer.Ordinal) { [Units] = 0, [Searches] = 1 };

    public ConnectorCard Card { get; } = new(
        "youtube",
        "YouTube",
        "Comments and replies under your channels and videos, new videos of your channels as soon as they appear, and videos that a search finds. New replies to threads older than what was read last are not listed by YouTube.",
        "https://developers.google.com/youtube/v3/docs/commentThreads/list",
        typeof(YouTubeOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 50;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => settings.As<YouTubeOptions>() is var o
        ? [new(Units, o.UnitsPerDay, TimeSpan.FromDays(1), Zone), new(Searches, o.SearchesPerDay, TimeSpan.FromDays(1), Zone)]
        : [];

    public Uri? Address(Settings settings) => new(settings.As<YouTubeOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"YouTube: {string.Join(", ", Lanes(settings.As<YouTubeOptions>()))}";

    public void Check(Settings settings)
    {
        if (Lanes(settings.As<YouTubeOptions>()).Count == 0)
        {
            throw RuleViolation.Invalid("options.channels", "option_missing", "Give channels, videos or search words.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<YouTubeOptions>();
        var lanes = Lanes(options);
        var page = await reading.StateAs<Rounds<YouTubeLane>>().ReadAsync(
            lanes,
            async (name, lane) =>
            {
                var (posts, after) = name.StartsWith("search: ", StringComparison.Ordinal)
                    ? await YouTubeSearch.ReadAsync(reading, options, name, lane, cancellationToken)
                    : lane.Threads.Count > 0 ? await RepliesAsync(reading, options, name, lane, cancellationToken) : await ThreadsAsync(reading, options, name, lane, cancellationToken);
                return (new Page(posts, null), after, GoesOn(after));
            },
            (lane, failure) => lane.Past(failure) is { } rest ? (rest, GoesOn(rest)) : null,
            lane => lane.Sweep.Anew() is { } first ? lane with { Sweep = first } : null,
            apart: Searches);
        var topics = options.HubUrl.Length == 0 ? [] : options.Channels.Select(c => new HubTopic(new(options.HubUrl), YouTubePush.Topic(c.Trim()))).ToList();
        return page with { Hints = new(Topics: page.More ? null : topics) };
    }

    public Page Delivered(Source source, HookCall call, DateTimeOffset now) => YouTubePush.Read(call.Body, now);

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        // Videos carry a prefix of their own.
        var options = reading.Options<YouTubeOptions>();
        var videos = nativeIds.Where(i => i.StartsWith(YouTubeSearch.Prefix, StringComparison.Ordinal)).ToList();
        var comments = nativeIds.Except(videos, StringComparer.Ordinal).ToList();
        var there = new List<NetworkPost>();
        if (comments.Count > 0)
        {
            var answer = await GetAsync(reading, options, $"comments?part=id,snippet&textFormat=plainText&id={string.Join(',', comments.Select(Uri.EscapeDataString))}", new("recheck", OneUnit), cancellationToken);
            there.AddRange(answer.Items("items").Select(c => Comment(c, null, reading.Now)).OfType<NetworkPost>());
        }

        if (videos.Count > 0)
        {
            there.AddRange(await YouTubeSearch.VideosAsync(reading, options, [.. videos.Select(v => v[YouTubeSearch.Prefix.Length..])], "recheck", cancellationToken));
        }

        return new(there, null) { Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    private static bool GoesOn(YouTubeLane lane) => lane.Threads.Count > 0 || lane.Found.Count > 0 || lane.Until is not null || lane.Sweep.Next is not null;

    private static List<string> Lanes(YouTubeOptions options) =>
    [
        .. options.Channels.Select(c => $"channel: {c.Trim()}"), .. options.Videos.Select(v => $"video: {v.Trim()}"), .. options.Terms.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => $"search: {t.Trim()}"),
    ];

    private static async Task<(List<NetworkPost>, YouTubeLane)> ThreadsAsync(Reading reading, YouTubeOptions options, string name, YouTubeLane lane, CancellationToken cancellationToken)
    {
        var of = name.StartsWith("channel: ", StringComparison.Ordinal) ? $"allThreadsRelatedToChannelId={Uri.EscapeDataString(name["channel: ".Length..])}" : $"videoId={Uri.EscapeDataString(name["video: ".Length..])}";
        var answer = await GetAsync(reading, options, $"commentThreads?part=id,snippet,replies&order=time&maxResults=100&textFormat=plainText&{of}{Next(lane.Sweep.Next)}", new(name, OneUnit), cancellationToken);
        var threads = answer.Items("items").ToList();
        var posts = threads.SelectMany(t => t.Items("replies", "comments").Prepend(t.At("snippet", "topLevelComment") ?? default).Select(c => Comment(c, t.Text("snippet", "videoId"), reading.Now))).OfType<NetworkPost>().ToList();

        // A thread comes with at most five of its replies.
        var longer = threads.Where(t => t.Long("snippet", "totalReplyCount") > t.Items("replies", "comments").Count()).Select(t => t.Text("id")).OfType<string>();
        var (sweep, _) = lane.Sweep.After(threads.Select(t => t.Time("snippet", "topLevelComment", "snippet", "publishedAt")), answer.Text("nextPageToken"), lane.Sweep.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays)));
        var again = lane.Sweep.Next is null ? lane.Later?.Keys.ToList() ?? [] : [];
        return (posts, lane with { Sweep = sweep, Threads = [.. longer.Union(again, StringComparer.Ordinal)] });
    }

    private static async Task<(List<NetworkPost>, YouTubeLane)> RepliesAsync(Reading reading, YouTubeOptions options, string name, YouTubeLane lane, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(reading, options, $"comments?part=id,snippet&textFormat=plainText&maxResults=100&parentId={Uri.EscapeDataString(lane.Threads[0])}{Next(lane.Replies)}", new(name, OneUnit), cancellationToken);
        var next = answer.Text("nextPageToken");
        var posts = answer.Items("items").Select(c => Comment(c, null, reading.Now)).OfType<NetworkPost>().ToList();
        return (posts, next is null || next == lane.Replies ? lane.Done() : lane with { Replies = next });
    }

    /// <summary>The parameter that asks for a page; none for the first.</summary>
    internal static string Next(string? token) => token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}";

    private static NetworkPost? Comment(JsonElement comment, string? videoId, DateTimeOffset now)
    {
        if (comment.ValueKind != JsonValueKind.Object || comment.Text("id") is not { } id || comment.At("snippet") is not { } snippet)
        {
            return null;
        }

        var video = snippet.Text("videoId") ?? videoId;
        var published = snippet.Time("publishedAt");
        return new(id, snippet.Text("textOriginal") ?? snippet.Text("textDisplay") ?? "", published)
        {
            Url = video is null ? null : $"https://www.youtube.com/watch?v={video}&lc={id}",
            Author = snippet.Text("authorDisplayName") is { } name ? new Author(snippet.Text("authorChannelId", "value") ?? name, name, name, snippet.Text("authorChannelUrl")) : null,
            EditedAt = snippet.Time("updatedAt") is { } updated && updated > published ? updated : null,
            Parent = snippet.Text("parentId"),
            Root = snippet.Text("parentId"),
            Engagement = new(now, snippet.Long("likeCount")),
        };
    }

    /// <summary>Gets a path of the API.</summary>
    /// <exception cref="NetworkFailure">YouTube refused.</exception>
    internal static async Task<JsonElement> GetAsync(Reading reading, YouTubeOptions options, string path, Cost cost, CancellationToken cancellationToken)
    {
        // The key goes in a header: addresses end up in logs.
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.ApiUrl, $"/youtube/v3/{path}"));
        request.Headers.TryAddWithoutValidation("X-Goog-Api-Key", options.ApiKey);
        var answer = await reading.Http.SendAsync(request, cost, cancellationToken);
        if (answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests)
        {
            throw Failure(answer, reading.Now);
        }

        return answer.RequireSuccess(null).Json();
    }

    private static NetworkFailure Failure(NetworkAnswer answer, DateTimeOffset now) => answer.Json().Items("error", "errors").Select(e => e.Text("reason")).FirstOrDefault() switch
    {
        "quotaExceeded" or "dailyLimitExceeded" => NetworkFailure.Limited(answer.Url.Host, new RateLimit(Units, 1, TimeSpan.FromDays(1), Zone).At(now).FreeAt - now),
        "rateLimitExceeded" or "userRateLimitExceeded" => NetworkFailure.Limited(answer.Url.Host, answer.Wait(null) ?? TimeSpan.FromMinutes(1)),
        "keyInvalid" or "keyExpired" or "badRequest" or "authError" => NetworkFailure.Refused(answer.Url.Host),
        "processingFailure" or "backendError" or "internalError" => new("http_500", "YouTube has a fault of its own. It is tried again."),
        "commentsDisabled" => new(NetworkFailure.NotAllowed, "Comments are switched off there.", permanent: true),
        var reason => new(NetworkFailure.NotAllowed, $"YouTube does not allow this ({reason ?? "no reason given"}).", permanent: true),
    };
}
