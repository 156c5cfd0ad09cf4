using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Reddit;

/// <summary>What a Reddit source takes.</summary>
public sealed class RedditOptions
{
    /// <summary>The application.</summary>
    [Required(ErrorMessage = "Give the id of your application.")]
    [MaxLength(100)]
    [Display(Name = "Client id", Description = "Of an application that Reddit has approved for this use (Responsible Builder Policy): ask for it before you rely on it.")]
    public string ClientId { get; set; } = "";

    /// <summary>Its secret.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the secret of your application.")]
    [MaxLength(200)]
    [Display(Name = "Client secret")]
    public string ClientSecret { get; set; } = "";

    /// <summary>What is searched for.</summary>
    [MaxLength(50)]
    [Display(Name = "Search words", Description = "One search a line, over posts. Reddit has no search over comments: name subreddits for these.")]
    public string[] Terms { get; set; } = [];

    /// <summary>Subreddits that are read whole.</summary>
    [MaxLength(50)]
    [Display(Name = "Subreddits", Description = "One a line, without r/. All new posts and comments are read.")]
    public string[] Subreddits { get; set; } = [];

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 30)]
    [Display(Name = "Days of history", Description = "How far the first read goes back; Reddit lists about the newest 1,000. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 1;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Requests a minute")]
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Where tokens come from.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address for tokens")]
    public string TokenUrl { get; set; } = "https://www.reddit.com";

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://oauth.reddit.com";
}

/// <summary>Reddit: search over posts, and all new posts and comments of chosen subreddits. Ids are Reddit's full names.</summary>
internal sealed class RedditConnector : IPulled, IRechecked
{
    private const int PageSize = 100;

    // A listing ends near 1,000 posts, whatever there is, and shows no more those of them that are gone.
    private const int MostListed = 900;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    public ConnectorCard Card { get; } = new(
        "reddit",
        "Reddit",
        "Searches posts, and reads all posts and comments of the subreddits you name. Needs Reddit's approval; commercial use needs a contract.",
        "https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki",
        typeof(RedditOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement)
    {
        Headers = new("x-ratelimit-remaining", "x-ratelimit-reset", ResetForm.Seconds),
    };

    public int RecheckBatch => 100;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a minute", settings.As<RedditOptions>().RequestsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new(settings.As<RedditOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Reddit: {string.Join(", ", Lanes(settings.As<RedditOptions>()))}";

    public void Check(Settings settings)
    {
        if (Lanes(settings.As<RedditOptions>()).Count == 0)
        {
            throw RuleViolation.Invalid("options.terms", "option_missing", "Give search words or subreddits.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<RedditOptions>();
        var lanes = Lanes(options);
        return await reading.StateAs<Rounds<Sweep>>().ReadAsync(lanes, async (name, lane) =>
        {
            var path = name.StartsWith("search: ", StringComparison.Ordinal)
                ? $"/search?q={Uri.EscapeDataString(name["search: ".Length..])}&sort=new&t=month&type=link"
                : $"/{name}?";
            var answer = await CallAsync(reading, options, $"{path}&limit={PageSize}&raw_json=1{(lane.Next is null ? "" : $"&after={Uri.EscapeDataString(lane.Next)}")}", name, cancellationToken);
            var (dates, below) = (answer.Items("data", "children").Select(c => c.Time("data", "created_utc")).ToList(), answer.Text("data", "after"));
            var (after, more) = lane.After(dates, below, lane.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays)));
            return (new Page([.. Posts(answer, reading.Now)], null) { Hints = new(Missed: below is null ? lane.MissedBelow(dates, MostListed) : null) }, after, more);
        }, anew: lane => lane.Anew());
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(reading, reading.Options<RedditOptions>(), $"/api/info?id={Uri.EscapeDataString(string.Join(',', nativeIds))}&raw_json=1", "recheck", cancellationToken);
        var there = Posts(answer, reading.Now).ToList();

        // A deleted post is still listed, without author and text; who has taken it away its text says.
        var moderated = answer.Items("data", "children").Where(c => (c.Text("data", "body") ?? c.Text("data", "selftext")) == "[removed]").Select(c => c.Text("data", "name")).ToHashSet(StringComparer.Ordinal);
        return new(there, null)
        {
            Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now, moderated.Contains(id) ? RemovedPost.Moderated : RemovedPost.Deleted))],
        };
    }

    private static List<string> Lanes(RedditOptions options) =>
    [
        .. options.Terms.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => $"search: {t.Trim()}"),
        .. options.Subreddits.Select(s => s.Trim().Trim('/')).Select(s => s.StartsWith("r/", StringComparison.OrdinalIgnoreCase) ? s[2..] : s).Where(s => s.Length > 0)
            .SelectMany(s => new[] { $"r/{Uri.EscapeDataString(s)}/new", $"r/{Uri.EscapeDataString(s)}/comments" }),
    ];

    private static IEnumerable<NetworkPost> Posts(JsonElement listing, DateTimeOffset now) => listing.Items("data", "children").Select(c => Post(c, now)).OfType<NetworkPost>();

    private static NetworkPost? Post(JsonElement child, DateTimeOffset now)
    {
        if (child.At("data") is not { } data || data.Text("name") is not { } name || data.Text("author") is "[deleted]" || (data.Text("body") ?? data.Text("selftext")) is "[removed]" or "[deleted]")
        {
            return null;
        }

        var comment = name.StartsWith("t1_", StringComparison.Ordinal);
        return new(name, data.Text(comment ? "body" : "selftext") ?? "", data.Time("created_utc"))
        {
            Title = comment ? null : data.Text("title"),
            Url = data.Text("permalink") is { } link ? $"https://www.reddit.com{link}" : null,
            Author = data.Text("author") is { } author ? new Author(data.Text("author_fullname") ?? author, author, author, $"https://www.reddit.com/user/{Uri.EscapeDataString(author)}") : null,
            EditedAt = data.Time("edited"),
            Parent = data.Text("parent_id"),
            Root = data.Text("link_id"),
            Engagement = new(now, data.Long("score"), Replies: data.Long("num_comments")),
        };
    }

    private static async Task<JsonElement> CallAsync(Reading reading, RedditOptions options, string path, string lane, CancellationToken cancellationToken)
    {
        var token = reading.Http.Tokens.Find(reading.Http.Bucket, reading.Now) ?? await TokenAsync(reading, options, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.ApiUrl, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var answer = await reading.Http.SendAsync(request, new(lane), cancellationToken);
        if (answer.Status is HttpStatusCode.Unauthorized)
        {
            // Only the token has ended. Whether the application still holds, the next one tells.
            reading.Http.Tokens.Forget(reading.Http.Bucket);
            throw new NetworkFailure("session_ended", "Reddit ended the session. Serm signs in again.", retryAfter: TimeSpan.FromSeconds(1));
        }

        return answer.RequireSuccess(reading.Http.Headers).Json();
    }

    private static async Task<string> TokenAsync(Reading reading, RedditOptions options, CancellationToken cancellationToken)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ClientId}:{options.ClientSecret}"));
        var answer = (await reading.Http.PostFormAsync(
            NetworkClient.At(options.TokenUrl, "/api/v1/access_token"), [new("grant_type", "client_credentials")], new("sign-in"), cancellationToken, ("Authorization", $"Basic {basic}"))).Json();
        var token = answer.Text("access_token") ?? throw NetworkFailure.Refused(new Uri(options.TokenUrl).Host);
        return reading.Http.Tokens.Keep(reading.Http.Bucket, token, reading.Now.AddSeconds(Math.Clamp(answer.Long("expires_in") ?? 3_600, 120, 86_400)));
    }
}
