using System.Globalization;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.VKontakte;

/// <summary>Where reading a search or a wall stands.</summary>
internal sealed record VkLane
{
    /// <summary>Search: posts up to this second are safe. Discussions: when a topic was last written in.</summary>
    public long Since { get; init; }

    /// <summary>Search: the newest second of the pass under way.</summary>
    public long Top { get; init; }

    /// <summary>Search: the page that the pass goes on with.</summary>
    public string? From { get; init; }

    /// <summary>Search: the pass goes on below this second, as the network lists no more than 1,000 posts of one search.</summary>
    public long? Until { get; init; }

    /// <summary>Search: posts that this listing has given so far.</summary>
    public int Listed { get; init; }

    /// <summary>Wall: comments of each followed post when they were last read to the end. Discussions: of each topic.</summary>
    public Dictionary<string, long> Counts { get; init; } = [];

    /// <summary>Wall: what is still to be read: <c>post</c>, or <c>post:comment</c> for a thread below a comment. Discussions: <c>topic:offset</c>.</summary>
    public List<string> Pending { get; init; } = [];

    /// <summary>Wall: comments of the first of them that are read.</summary>
    public int Offset { get; init; }
}

/// <summary>VKontakte: search over public posts, walls and comments of own communities, and the Callback API.</summary>
internal sealed class VkConnector : IPulled, IRechecked, IWebhook, IReplies
{
    private const int PageSize = 200;
    private const int MostListed = 1_000;

    /// <summary>What is asked for of authors.</summary>
    public const string Fields = "followers_count,members_count,screen_name";

    // The search's index lags behind the clock of the posts.
    private const int Overlap = 120;

    public ConnectorCard Card { get; } = new(
        "vk",
        "VKontakte",
        "Searches all public posts, reads the posts, comments and discussions of your own communities, and takes their events at once through the Callback API.",
        "https://dev.vk.com/ru/api/getting-started",
        typeof(VkOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement | Ability.Replies);

    public int RecheckBatch => 25;

    // For how long is not documented.
    public TimeSpan? Remembers { get; } = TimeSpan.FromMinutes(10);

    public bool Sends(Settings settings) => settings.As<VkOptions>().Replies;

    public ReplyLength Length(Settings settings) => new(1, null);

    public Task<SentReply> ReplyAsync(Answering answering, CancellationToken cancellationToken) => VkReplies.SendAsync(answering, cancellationToken);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a second", settings.As<VkOptions>().RequestsPerSecond, TimeSpan.FromSeconds(1))];

    public Uri? Address(Settings settings) => settings.As<VkOptions>() is var o && o.Terms.Length + o.Communities.Length + o.Discussions.Length > 0 ? new Uri(o.ApiUrl) : null;

    public string NameOf(Settings settings) => settings.As<VkOptions>() is var o && o.Terms.Length > 0 ? $"VKontakte: {string.Join(", ", o.Terms)}" : "VKontakte";

    public void Check(Settings settings)
    {
        var options = settings.As<VkOptions>();
        if (options.Terms.Length == 0 && options.Communities.Length == 0 && options.Discussions.Length == 0 && options.Confirmation.Length == 0)
        {
            throw RuleViolation.Invalid("options.terms", "option_missing", "Give search words, own communities, discussions, or the confirmation string of a Callback API server.");
        }

        if (options.AccessToken.Length == 0 && (options.Replies || options.Terms.Length + options.Communities.Length + options.Discussions.Length > 0))
        {
            throw RuleViolation.Invalid("credentials.accessToken", "option_missing", "Searching, reading walls and answering needs an access token.");
        }

        if (options.Confirmation.Length > 0 && options.CallbackSecret.Length == 0)
        {
            throw RuleViolation.Invalid("credentials.callbackSecret", "option_missing", "Set a secret key in the community's Callback API settings and give it here: without it anybody could send events.");
        }

        if (Array.Find(options.Communities, c => Owner(c) is null) is { } wrong)
        {
            throw RuleViolation.Invalid("options.communities", "option_invalid", $"\"{wrong}\" is no id. Give a community's number, or user and a person's number.");
        }

        if (Array.Find(options.Discussions, c => Owner(c) is null or > 0) is { } other)
        {
            throw RuleViolation.Invalid("options.discussions", "option_invalid", $"\"{other}\" is no id of a community. Give its number.");
        }
    }

    public Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<VkOptions>();
        var lanes = options.Terms.Select(t => $"search: {t}").Concat(options.Communities.Select(c => $"wall: {c}")).Concat(options.Discussions.Select(c => $"discussions: {c}")).ToList();
        return reading.StateAs<Rounds<VkLane>>().ReadAsync(
            lanes,
            (name, lane) => name.StartsWith("search: ", StringComparison.Ordinal)
                ? SearchAsync(reading, name, lane, cancellationToken)
                : name.StartsWith("discussions: ", StringComparison.Ordinal)
                ? VkBoard.ReadAsync(reading, name, lane, -Owner(name["discussions: ".Length..])!.Value, cancellationToken)
                : VkWall.ReadAsync(reading, name, lane, Owner(name["wall: ".Length..])!.Value, cancellationToken),
            Past,
            lane => lane.From is null ? null : lane with { From = null, Listed = 0 });
    }

    // As nothing of what is refused was read, the next list has it changed.
    private static (VkLane After, bool More)? Past(VkLane lane, NetworkFailure failure) => lane.Pending is not [var refused, .. var others]
        ? null
        : (lane with { Pending = others, Offset = 0, Counts = lane.Counts.Where(c => c.Key != refused.Split(':')[0]).ToDictionary(StringComparer.Ordinal) }, others.Count > 0);

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        // Nothing can be said of comments on photos, videos and goods.
        var posts = nativeIds.Where(VkPosts.IsPost).ToList();
        var found = new List<NetworkPost>();
        var asked = new List<string>(posts);
        if (posts.Count > 0)
        {
            var answer = await VkApi.CallAsync(reading, "wall.getById", "recheck", [("posts", string.Join(',', posts)), ("extended", "1"), ("fields", Fields)], cancellationToken);
            var authors = VkPosts.Authors(answer);
            found.AddRange(answer.Items("items").Select(p => VkPosts.Post(p, authors, reading.Now)).OfType<NetworkPost>());
        }

        // Comments can only be asked for one by one.
        var closed = false;
        foreach (var id in nativeIds)
        {
            try
            {
                if (VkPosts.CommentId(id) is { } under && !closed)
                {
                    found.AddRange(await VkWall.CommentAsync(reading, under.Owner, under.Post, under.Comment, cancellationToken) is { } there ? [there] : []);
                    asked.Add(id);
                }
                else if (VkBoard.IdOf(id) is { } comment)
                {
                    found.AddRange(await VkBoard.CommentAsync(reading, comment, cancellationToken) is { } there ? [there] : []);
                    asked.Add(id);
                }
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // Of what is refused it is not known that it is gone. Service tokens may ask for no comment under a post.
                closed |= failure.Code == VkApi.MethodClosed;
            }
        }

        return new(found, null) { Removed = [.. asked.Except(found.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now) => VkCallback.Receive(call, settings.As<VkOptions>(), now);

    /// <summary>The owner of a wall as the API counts it: communities are negative. Null for what is no id.</summary>
    public static long? Owner(string written) =>
        written.StartsWith("user", StringComparison.Ordinal) ? (long.TryParse(written.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var user) ? user : null)
        : long.TryParse(written.TrimStart('-'), NumberStyles.None, CultureInfo.InvariantCulture, out var group) && group > 0 ? -group : null;

    private static async Task<(Page, VkLane, bool)> SearchAsync(Reading reading, string name, VkLane lane, CancellationToken cancellationToken)
    {
        var since = lane.Since > 0 ? lane.Since - Overlap : reading.Now.AddDays(-reading.Options<VkOptions>().HistoryDays).ToUnixTimeSeconds();
        List<(string, string)> parameters = [("q", name["search: ".Length..]), ("count", $"{PageSize}"), ("extended", "1"), ("fields", Fields), ("start_time", $"{since}")];
        if (lane.From is { } from)
        {
            parameters.Add(("start_from", from));
        }

        if (lane.Until is { } until)
        {
            parameters.Add(("end_time", $"{until}"));
        }

        var answer = await VkApi.CallAsync(reading, "newsfeed.search", name, parameters, cancellationToken);
        var items = answer.Items("items").ToList();
        var authors = VkPosts.Authors(answer);
        var after = After(lane, items, answer.Text("next_from"), since);
        return (new([.. items.Select(i => VkPosts.Post(i, authors, reading.Now)).OfType<NetworkPost>()], null), after, after.Top > 0);
    }

    // A lane with a Top is in the middle of a pass.
    private static VkLane After(VkLane lane, List<JsonElement> items, string? nextFrom, long since)
    {
        var dates = items.Select(i => i.Long("date") ?? 0).Where(d => d > 0).ToList();
        var top = Math.Max(lane.Top, dates.Count > 0 ? dates.Max() : 0);
        var listed = lane.Listed + items.Count;
        if (nextFrom is not null && items.Count > 0 && listed < MostListed)
        {
            return lane with { Top = top, From = nextFrom, Listed = listed };
        }

        // All that the network lists of one search is read, but not all that there is: go on below the oldest.
        return listed >= MostListed && dates.Count > 0 && dates.Min() > since && dates.Min() != lane.Until
            ? lane with { Top = top, From = null, Until = dates.Min(), Listed = 0 }
            : new VkLane { Since = Math.Max(top, lane.Since) };
    }
}
