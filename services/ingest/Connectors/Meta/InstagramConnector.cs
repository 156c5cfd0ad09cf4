using Serm.Defaults;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Where reading own posts, posts that tag the account, or a hashtag stands.</summary>
internal sealed record InstagramLane
{
    /// <summary>Own posts and their comments; a thread below a comment is pending as <c>post:comment</c>.</summary>
    public Followed Followed { get; init; } = new();

    /// <summary>Posts that tag the account.</summary>
    public Sweep Sweep { get; init; } = new();

    /// <summary>Posts of a hashtag.</summary>
    public HashtagState Hashtag { get; init; } = new();

    /// <summary>The list begun again; null when it stands at its first page.</summary>
    public InstagramLane? Anew() =>
        Followed.Anew() is { } followed ? this with { Followed = followed }
        : Sweep.Anew() is { } sweep ? this with { Sweep = sweep }
        : Hashtag.Sweep.Anew() is { } media ? this with { Hashtag = Hashtag with { Sweep = media } } : null;
}

/// <summary>Instagram by the Graph API: own posts and comments, posts that tag or mention the account, hashtags within their budget; Meta's calls tell comments and mentions at once.</summary>
internal sealed class InstagramConnector : IPulled, IRechecked, IWebhook
{
    private const string Own = "posts", Tagged = "tagged";
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    public ConnectorCard Card { get; } = new(
        "instagram",
        "Instagram",
        "Posts and comments of your own account, public posts that tag or mention it, and hashtags: 30 different ones in 7 days. Instagram has no search over words.",
        "https://developers.facebook.com/docs/instagram-platform",
        typeof(InstagramOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 10;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [.. Graph.Limits(settings.As<InstagramOptions>()), Hashtags.Limit(settings.As<InstagramOptions>())];

    public Uri? Address(Settings settings) => new(settings.As<InstagramOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Instagram: {settings.As<InstagramOptions>().Account}";

    public void Check(Settings settings)
    {
        if (Lanes(settings.As<InstagramOptions>()).Count == 0)
        {
            throw RuleViolation.Invalid("options.own", "option_missing", "Have your own posts read, or posts that tag the account, or give hashtags.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<InstagramOptions>();
        var expiry = await Graph.ExpiryAsync(reading, options, new("expiry", Hashtags.Free), cancellationToken);
        var lanes = Lanes(options);
        var page = await reading.StateAs<Rounds<InstagramLane>>().ReadAsync(
            lanes,
            (name, lane) => LaneAsync(reading, options, name, lane, cancellationToken),
            (lane, _) => lane.Followed.Past() is { } rest ? (lane with { Followed = rest }, rest.More()) : null,
            lane => lane.Anew());
        return page with { Hints = page.Hints with { ExpiresAt = expiry } };
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var (posts, gone) = (new List<NetworkPost?>(), new List<RemovedPost>());
        foreach (var id in nativeIds.Where(i => !i.StartsWith(InstagramPosts.Others, StringComparison.Ordinal)))
        {
            try
            {
                posts.Add(await AskAsync(reading, reading.Options<InstagramOptions>(), id, cancellationToken));
            }
            catch (NetworkFailure failure) when (failure.Code is Graph.Gone)
            {
                gone.Add(new(id, reading.Now));
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // What may be seen no more is not known to be gone.
            }
        }

        return new([.. posts.OfType<NetworkPost>()], null) { Removed = gone };
    }

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now) => GraphHook.Receive(call, settings.As<InstagramOptions>(), (field, value, at) => InstagramPosts.Change(field, value, at, now));

    private static async Task<(Page, InstagramLane, bool)> LaneAsync(Reading reading, InstagramOptions options, string name, InstagramLane lane, CancellationToken cancellationToken)
    {
        if (name.StartsWith('#'))
        {
            var (page, after, more) = await Hashtags.ReadAsync(reading, options, name[1..], lane.Hashtag, cancellationToken);
            return (page, lane with { Hashtag = after }, more);
        }

        var (posts, next, goesOn) = name == Tagged ? await TaggedAsync(reading, options, lane, cancellationToken)
            : lane.Followed.Pending.Count == 0 ? await MediaAsync(reading, options, lane, cancellationToken) : await CommentsAsync(reading, options, lane, cancellationToken);
        return (new(posts, null), next, goesOn);
    }

    private static List<string> Lanes(InstagramOptions options) =>
    [
        .. options.Own ? [Own] : Array.Empty<string>(),
        .. options.Tagged ? [Tagged] : Array.Empty<string>(),
        .. options.Hashtags.Select(h => h.Trim().TrimStart('#').ToLowerInvariant()).Where(h => h.Length > 0).Distinct(StringComparer.Ordinal).Select(h => $"#{h}"),
    ];

    private static async Task<NetworkPost?> AskAsync(Reading reading, InstagramOptions options, string id, CancellationToken cancellationToken)
    {
        var number = Uri.EscapeDataString(id[(id.LastIndexOf(':') + 1)..]);
        var prefix = id[..(id.LastIndexOf(':') + 1)];
        var path = prefix switch
        {
            InstagramPosts.MentionedComment => $"{options.Account}?fields=mentioned_comment.comment_id({number}){{{InstagramPosts.MentionFields}}}",
            InstagramPosts.MentionedMedia => $"{options.Account}?fields=mentioned_media.media_id({number}){{{InstagramPosts.MediaFields}}}",
            InstagramPosts.Own => $"{number}?fields={InstagramPosts.MediaFields}",
            _ => $"{number}?fields={InstagramPosts.CommentFields},media{{id}}",
        };
        var answer = await Graph.GetAsync(reading, options, path, new("recheck", Hashtags.Free), cancellationToken);
        return prefix switch
        {
            InstagramPosts.MentionedComment => InstagramPosts.Mention(answer.At("mentioned_comment") ?? default, reading.Now),
            InstagramPosts.MentionedMedia => InstagramPosts.Media(answer.At("mentioned_media") ?? default, prefix, reading.Now),
            InstagramPosts.Own => InstagramPosts.Media(answer, prefix, reading.Now),
            _ => InstagramPosts.Comment(answer, answer.Text("media", "id"), null, reading.Now),
        };
    }

    private static async Task<(List<NetworkPost>, InstagramLane, bool)> MediaAsync(Reading reading, InstagramOptions options, InstagramLane lane, CancellationToken cancellationToken)
    {
        var answer = await Graph.GetAsync(reading, options, $"{options.Account}/media?limit={options.FollowedPosts}&fields={InstagramPosts.MediaFields}{Graph.At(lane.Followed.Next)}", new(Own, Hashtags.Free), cancellationToken);
        var media = answer.Items("data").Where(m => m.Text("id") is not null).ToList();
        var followed = lane.Followed.Listed(media.Select(m => (m.Text("id")!, m.Long("comments_count"))), Graph.After(answer), options.FollowedPosts);
        return ([.. media.Select(m => InstagramPosts.Media(m, InstagramPosts.Own, reading.Now)).OfType<NetworkPost>()], lane with { Followed = followed }, followed.More());
    }

    private static async Task<(List<NetworkPost>, InstagramLane, bool)> CommentsAsync(Reading reading, InstagramOptions options, InstagramLane lane, CancellationToken cancellationToken)
    {
        var (media, under) = lane.Followed.Pending[0].Split(':') is [var m, var c] ? (m, c) : (lane.Followed.Pending[0], null);
        var path = under is null ? $"{media}/comments?fields={InstagramPosts.CommentFields},replies.limit(50){{{InstagramPosts.CommentFields}}}" : $"{under}/replies?fields={InstagramPosts.CommentFields}";
        var answer = await Graph.GetAsync(reading, options, $"{path}&limit=50{Graph.At(lane.Followed.Next)}", new(Own, Hashtags.Free), cancellationToken);
        var comments = answer.Items("data").ToList();
        var posts = comments.Select(c => InstagramPosts.Comment(c, media, under, reading.Now))
            .Concat(comments.SelectMany(c => c.Items("replies", "data").Select(r => InstagramPosts.Comment(r, media, c.Text("id"), reading.Now))));

        // Threads that are longer than what comes along with their comment are read by themselves.
        var longer = comments.Where(c => c.At("replies", "paging", "next") is not null).Select(c => $"{media}:{c.Text("id")}");
        var followed = lane.Followed.After(Graph.After(answer), longer);
        return ([.. posts.OfType<NetworkPost>()], lane with { Followed = followed }, followed.More());
    }

    private static async Task<(List<NetworkPost>, InstagramLane, bool)> TaggedAsync(Reading reading, InstagramOptions options, InstagramLane lane, CancellationToken cancellationToken)
    {
        var answer = await Graph.GetAsync(reading, options, $"{options.Account}/tags?limit=50&fields={InstagramPosts.MediaFields}{Graph.At(lane.Sweep.Next)}", new(Tagged, Hashtags.Free), cancellationToken);
        var media = answer.Items("data").ToList();
        var (sweep, more) = lane.Sweep.After(media.Select(m => m.Time("timestamp")), Graph.After(answer), lane.Sweep.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays)));
        return ([.. media.Select(m => InstagramPosts.Media(m, InstagramPosts.Others, reading.Now)).OfType<NetworkPost>()], lane with { Sweep = sweep }, more);
    }
}
