using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Mastodon;

/// <summary>What a Mastodon source takes.</summary>
public sealed class MastodonOptions
{
    /// <summary>The server that is asked.</summary>
    [Required(ErrorMessage = "Give the address of a server, such as https://mastodon.social.")]
    [Url]
    [Display(Name = "Server", Description = "It sees its own posts and what reaches it from others: a large one sees more. Pleroma, Akkoma and others that speak Mastodon's interface work too.")]
    public string Server { get; set; } = "https://mastodon.social";

    /// <summary>Tags whose public posts are read.</summary>
    [MaxLength(50)]
    [Display(Name = "Hashtags", Description = "One a line, without #. Most servers show them without a token.")]
    public string[] Hashtags { get; set; } = [];

    /// <summary>Words that are searched for.</summary>
    [MaxLength(50)]
    [Display(Name = "Search words", Description = "Needs a token, and a server with full-text search. Finds posts of authors who agreed to be found.")]
    public string[] Terms { get; set; } = [];

    /// <summary>Read what mentions the token's own account.</summary>
    [Display(Name = "Mentions of my account", Description = "Posts that mention or answer the account to which the token belongs.")]
    public bool Mentions { get; set; }

    /// <summary>For search and own mentions.</summary>
    [Secret]
    [MaxLength(500)]
    [Display(Name = "Access token", Description = "From Preferences, Development, of an account on the server, with the scopes read:search, read:statuses and read:notifications.")]
    public string AccessToken { get; set; } = "";

    /// <summary>Whether posts come at once.</summary>
    [Display(Name = "Listen", Description = "Serm keeps a connection open, over which posts, edits and deletions of the hashtags and mentions come at once. Needs a token; searches cannot be listened to.")]
    public bool Listen { get; set; }

    /// <summary>Whether answers are sent.</summary>
    [Sends]
    [Display(Name = "Answer", Description = "Answers to mentions are sent through this source, by the account of the token, which then needs the scope write:statuses too.")]
    public bool Replies { get; set; }

    /// <summary>The server's limit for a status.</summary>
    [Advanced]
    [Range(100, 100_000)]
    [Display(Name = "Characters of an answer", Description = "As many as the server allows in a post: 500 unless it was set otherwise.")]
    public int ReplyCharacters { get; set; } = 500;

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 365)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 1;

    /// <summary>How late a post of another server may arrive.</summary>
    [Advanced]
    [Range(0, 1_440)]
    [Display(Name = "Minutes of overlap", Description = "Posts of other servers arrive late and with their old date: each read begins so far before the newest known post.")]
    public int OverlapMinutes { get; set; } = 15;

    /// <summary>The server's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Requests in 5 minutes")]
    public int RequestsPerFiveMinutes { get; set; } = 300;
}

/// <summary>Where reading a timeline stands. Ids are texts, as not all servers count.</summary>
internal sealed record MastodonLane
{
    /// <summary>The newest id that is safe; null before the first pass.</summary>
    public string? Safe { get; init; }

    /// <summary>The id above which the pass under way goes on; null between passes, and for one that goes down.</summary>
    public string? From { get; init; }

    /// <summary>The id below which a pass goes on that goes down; null for its first page.</summary>
    public string? Under { get; init; }

    /// <summary>The newest id of a pass that goes down.</summary>
    public string? Highest { get; init; }

    /// <summary>As <see cref="Safe"/>, in states of before.</summary>
    public long Mark { get; init; }
}

/// <summary>Mastodon and what speaks its interface. Mastodon's ids carry the moment of publication in their upper bits: a post that arrives late stands below the newest, so that each pass begins somewhat before it. Ids of others (Pleroma, Akkoma, GoToSocial) are texts in the order of arrival.</summary>
internal sealed class MastodonConnector : IPulled, IStreamed, IRechecked, IReplies
{
    private const int PageSize = 40;
    private const int RandomBits = 16;
    private const string Own = "mentions", Search = "search: ";

    // Smaller numbers are no snowflakes.
    private static readonly TimeSpan FirstServer = TimeSpan.FromDays(365 * 40);

    // Of two ids of one series the longer is the newer, and of two of one length the one that comes later.
    private static readonly Comparer<string> Order = Comparer<string>.Create((a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b));

    // Each is a connection of its own.
    private const int MostStreams = 10;

    public ConnectorCard Card { get; } = new(
        "mastodon",
        "Mastodon",
        "Hashtags, full-text search and mentions of your account, as one server sees them. Authors who do not want to be indexed are left out.",
        "https://docs.joinmastodon.org/api/",
        typeof(MastodonOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement | Ability.Replies)
    {
        Headers = new("x-ratelimit-remaining", "x-ratelimit-reset", ResetForm.Iso),
    };

    public int RecheckBatch => 20;

    // An hour by its documentation.
    public TimeSpan? Remembers { get; } = TimeSpan.FromMinutes(50);

    public bool Sends(Settings settings) => settings.As<MastodonOptions>().Replies;

    public ReplyLength Length(Settings settings) => new(1, settings.As<MastodonOptions>().ReplyCharacters - MastodonReplies.RoomForName);

    public Task<SentReply> ReplyAsync(Answering answering, CancellationToken cancellationToken) => MastodonReplies.SendAsync(answering, cancellationToken);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests in 5 minutes", settings.As<MastodonOptions>().RequestsPerFiveMinutes, TimeSpan.FromMinutes(5))];

    public Uri? Address(Settings settings) => new(settings.As<MastodonOptions>().Server);

    public string NameOf(Settings settings) => settings.As<MastodonOptions>() is var o ? $"{new Uri(o.Server).Host}: {string.Join(", ", Lanes(o))}" : "";

    public void Check(Settings settings)
    {
        var options = settings.As<MastodonOptions>();
        if (Lanes(options).Count == 0)
        {
            throw RuleViolation.Invalid("options.hashtags", "option_missing", "Give hashtags or search words, or have the mentions of your account read.");
        }

        if (options.AccessToken.Length == 0 && (options.Mentions || options.Terms.Length > 0 || options.Replies))
        {
            throw RuleViolation.Invalid("credentials.accessToken", "option_missing", "Search, mentions and answers need an access token.");
        }

        if (options.Listen && (options.AccessToken.Length == 0 || options.Terms.Length > 0 || options.Hashtags.Length > MostStreams))
        {
            throw RuleViolation.Invalid("options.listen", "option_invalid", $"Listening needs an access token and at most {MostStreams} hashtags, and cannot follow searches: make a source of their own for these.");
        }
    }

    public bool Streams(Settings settings) => settings.As<MastodonOptions>().Listen;

    public IAsyncEnumerable<Page> ListenAsync(Reading reading, CancellationToken cancellationToken) =>
        MastodonStream.ListenAsync(reading, reading.Options<MastodonOptions>(), at => ReadAsync(at, cancellationToken), cancellationToken);

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<MastodonOptions>();
        var lanes = Lanes(options);
        return await reading.StateAs<Rounds<MastodonLane>>().ReadAsync(lanes, async (name, lane) =>
        {
            var safe = lane.Safe ?? (lane.Mark > 0 ? lane.Mark.ToString(CultureInfo.InvariantCulture) : null);
            var above = lane.From ?? Start(options, name, safe);
            var answer = (await reading.Http.GetAsync(Url(options, name, above, lane.Under), new(name), cancellationToken, Token(options))).Json();
            var searched = name.StartsWith(Search, StringComparison.Ordinal);
            var listed = (searched ? answer.Items("statuses") : answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray() : []).ToList();
            var statuses = name == Own ? listed.Select(n => n.At("status")).OfType<JsonElement>() : listed;
            var dates = listed.Select(s => s.Time("created_at")).ToList();

            // A search always tells its newest first; its pages may be somewhat short. The first pass of a list tells them so too, until they are old enough.
            var floor = reading.Now.AddDays(-options.HistoryDays);
            var (after, more) = !searched && above is not null ? Up(lane, listed, above, safe)
                : Down(lane, listed, safe, above is not null ? listed.Count > PageSize / 2 : dates.Min() >= floor && (name == Own || listed.Count >= PageSize));
            var missed = searched && !more && listed.Count >= PageSize && Moment(above) is { } since && dates.Min() is { } oldest && oldest > since ? new MissedTime(since, oldest, "too_many_results") : null;
            var posts = statuses.Select(s => Post(s, options, reading.Now)).OfType<NetworkPost>().Where(p => name == Own || above is not null || !(p.PublishedAt < floor)).ToList();
            return (new Page(await MastodonThreads.WithRootsAsync(reading, options, posts, cancellationToken), null) { Hints = new(Missed: missed) }, after, more);
        });
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<MastodonOptions>();
        var ids = nativeIds.Select(i => i[(i.LastIndexOf('/') + 1)..]).ToList();
        try
        {
            var url = NetworkClient.At(options.Server, $"/api/v1/statuses?{string.Join('&', ids.Select(i => $"id[]={Uri.EscapeDataString(i)}"))}");
            var answer = (await reading.Http.GetAsync(url, new("recheck"), cancellationToken, Token(options))).Json();
            var there = (answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray() : []).Select(s => Post(s, options, reading.Now)).OfType<NetworkPost>().ToList();
            return new(there, null) { Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
        }
        catch (NetworkFailure failure) when (failure.Code is "http_404")
        {
            // Servers before 4.3 cannot be asked for several at once.
            return Page.Nothing();
        }
    }

    /// <summary>A status as a post; null for one that is not public, or whose author does not want to be indexed.</summary>
    internal static NetworkPost? Post(JsonElement status, MastodonOptions options, DateTimeOffset now)
    {
        if (status.Text("id") is not { } id || status.Text("visibility") is not (null or "public" or "unlisted") || status.Flag("account", "noindex"))
        {
            return null;
        }

        // Content warnings are part of what is said.
        var warning = status.Text("spoiler_text");
        var host = new Uri(options.Server).Authority;
        return new($"{host}/{id}", $"{(warning is null ? "" : $"<p>{System.Net.WebUtility.HtmlEncode(warning)}</p>")}{status.Text("content")}", status.Time("created_at"))
        {
            Html = true,
            Url = status.Text("url") ?? status.Text("uri"),
            Language = status.Text("language"),
            EditedAt = status.Time("edited_at"),
            Author = Author(status.At("account")),
            Parent = status.Text("in_reply_to_id") is { } parent ? $"{host}/{parent}" : null,
            Engagement = new(now, status.Long("favourites_count"), Shares(status), status.Long("replies_count")),
        };
    }

    // Above the page's own ids: for mentions these are the notifications', whose ids are of another series.
    private static (MastodonLane, bool More) Up(MastodonLane lane, List<JsonElement> listed, string above, string? safe)
    {
        var newest = Ids(listed).LastOrDefault();
        return listed.Count >= PageSize && newest is not null && Order.Compare(newest, above) > 0 ? (lane with { From = newest }, true) : (new() { Safe = Newer(newest, safe) }, false);
    }

    private static (MastodonLane, bool More) Down(MastodonLane lane, List<JsonElement> listed, string? safe, bool goesOn)
    {
        var ids = Ids(listed);
        var top = Newer(ids.LastOrDefault(), lane.Highest);
        return goesOn && ids.Count > 0 && (lane.Under is null || Order.Compare(ids[0], lane.Under) < 0)
            ? (new() { Safe = safe, Under = ids[0], Highest = top }, true)
            : (new() { Safe = Newer(top, safe) }, false);
    }

    private static List<string> Ids(List<JsonElement> listed) => [.. listed.Select(s => s.Text("id")).OfType<string>().Order(Order)];

    private static string? Newer(string? a, string? b) => a is null || (b is not null && Order.Compare(a, b) < 0) ? b : a;

    // Ids of lists that are no snowflakes, and those of notifications, are in the order of arrival.
    private static string? Start(MastodonOptions options, string lane, string? safe) =>
        lane != Own && Moment(safe) is not null && long.Parse(safe!, CultureInfo.InvariantCulture) - Span(TimeSpan.FromMinutes(options.OverlapMinutes)) is > 0 and var before ? before.ToString(CultureInfo.InvariantCulture) : safe;

    /// <summary>When a status with such an id was published; null when the id does not say.</summary>
    internal static DateTimeOffset? Moment(string? id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > Span(FirstServer) ? DateTimeOffset.UnixEpoch.AddMilliseconds(number >> RandomBits) : null;

    private static List<string> Lanes(MastodonOptions options) =>
    [
        .. options.Hashtags.Select(t => t.Trim().TrimStart('#')).Where(t => t.Length > 0).Select(t => $"#{t}"),
        .. options.Terms.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => Search + t.Trim()),
        .. options.Mentions ? [Own] : Array.Empty<string>(),
    ];

    private static Uri Url(MastodonOptions options, string lane, string? above, string? under)
    {
        var path = lane switch
        {
            Own => "/api/v1/notifications?types[]=mention",
            ['#', .. var tag] => $"/api/v1/timelines/tag/{Uri.EscapeDataString(tag)}?",
            _ => $"/api/v2/search?q={Uri.EscapeDataString(lane[Search.Length..])}&type=statuses",
        };
        return NetworkClient.At(options.Server, $"{path}&limit={PageSize}{Id("min_id", above)}{Id("max_id", under)}".Replace("?&", "?", StringComparison.Ordinal));

        static string Id(string name, string? id) => id is null ? "" : $"&{name}={Uri.EscapeDataString(id)}";
    }

    /// <summary>The header that a token goes in; none without one.</summary>
    internal static (string, string)[] Token(MastodonOptions options) => options.AccessToken.Length == 0 ? [] : [("Authorization", $"Bearer {options.AccessToken}")];

    private static long Span(TimeSpan time) => (long)time.TotalMilliseconds << RandomBits;

    private static long? Shares(JsonElement status) => status.Long("reblogs_count") is { } boosts ? boosts + (status.Long("quotes_count") ?? 0) : null;

    private static Author? Author(JsonElement? account) => account is { } a
        ? new(a.Text("uri") ?? a.Text("url") ?? a.Text("acct"), a.Text("display_name") ?? a.Text("username"), a.Text("acct"), a.Text("url"), a.Long("followers_count"))
        : null;
}
