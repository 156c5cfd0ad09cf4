using System.Text.Json;

namespace Serm.Ingest.Connectors.Meta;

/// <summary>Where reading a Page's own posts, or a list of posts by others, stands.</summary>
internal sealed record GraphLane
{
    /// <summary>Own posts and their comments.</summary>
    public Followed Followed { get; init; } = new();

    /// <summary>Posts by others.</summary>
    public Sweep Sweep { get; init; } = new();

    /// <summary>The list begun again; null when it stands at its first page.</summary>
    public GraphLane? Anew() => Followed.Anew() is { } followed ? this with { Followed = followed } : Sweep.Anew() is { } sweep ? this with { Sweep = sweep } : null;
}

/// <summary>Facebook Pages by the Graph API: own posts, what visitors write, all comments, and posts that tag the Page; Meta's calls tell the same at once.</summary>
internal sealed class FacebookConnector : IPulled, IRechecked, IWebhook
{
    private const string Own = "posts", Tagged = "tagged";
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    public ConnectorCard Card { get; } = new(
        "facebook",
        "Facebook",
        "Posts of your own Page, what visitors write on it, all comments, and public posts that tag it. Meta has no search over what others write.",
        "https://developers.facebook.com/docs/pages-api",
        typeof(FacebookOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 10;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => Graph.Limits(settings.As<FacebookOptions>());

    public Uri? Address(Settings settings) => new(settings.As<FacebookOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Facebook: {settings.As<FacebookOptions>().Page}";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<FacebookOptions>();
        var expiry = await Graph.ExpiryAsync(reading, options, new("expiry"), cancellationToken);
        string[] lanes = options.Tagged ? [Own, Tagged] : [Own];
        var page = await reading.StateAs<Rounds<GraphLane>>().ReadAsync(
            lanes,
            (name, lane) => name == Tagged ? TaggedAsync(reading, options, lane, cancellationToken)
                : lane.Followed.Pending.Count == 0 ? PostsAsync(reading, options, lane, cancellationToken) : CommentsAsync(reading, options, lane, cancellationToken),
            (lane, _) => lane.Followed.Past() is { } rest ? (lane with { Followed = rest }, rest.More()) : null,
            lane => lane.Anew());
        return page with { Hints = page.Hints with { ExpiresAt = expiry } };
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var (posts, gone) = (new List<(JsonElement, NetworkPost?)>(), new List<RemovedPost>());
        foreach (var id in nativeIds)
        {
            var post = id.StartsWith("post:", StringComparison.Ordinal);
            try
            {
                var answer = await Graph.GetAsync(reading, reading.Options<FacebookOptions>(), $"{Uri.EscapeDataString(id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..])}?fields={(post ? FacebookPosts.PostFields : FacebookPosts.CommentFields)}", new("recheck"), cancellationToken);
                posts.Add((answer, post ? FacebookPosts.Post(answer, reading.Now) : FacebookPosts.Comment(answer, null, reading.Now)));
            }
            catch (NetworkFailure failure) when (failure.Code is Graph.Gone)
            {
                gone.Add(new(id, reading.Now));
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // A post of others that may be seen no more is not known to be gone.
            }
        }

        var page = FacebookPosts.Shown(posts, reading.Now);
        return page with { Removed = [.. page.Removed, .. gone] };
    }

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now) => GraphHook.Receive(call, settings.As<FacebookOptions>(), (field, value, _) => FacebookPosts.Change(field, value, now));

    private static async Task<(Page, GraphLane, bool)> PostsAsync(Reading reading, FacebookOptions options, GraphLane lane, CancellationToken cancellationToken)
    {
        var answer = await Graph.GetAsync(reading, options, $"{options.Page}/feed?limit={options.FollowedPosts}&fields={FacebookPosts.PostFields}{Graph.At(lane.Followed.Next)}", new(Own), cancellationToken);
        var posts = answer.Items("data").Where(p => p.Text("id") is not null).ToList();
        var followed = lane.Followed.Listed(posts.Select(p => (p.Text("id")!, FacebookPosts.Comments(p))), Graph.After(answer), options.FollowedPosts);
        return (FacebookPosts.Shown(posts.Select(p => (p, FacebookPosts.Post(p, reading.Now))), reading.Now), lane with { Followed = followed }, followed.More());
    }

    private static async Task<(Page, GraphLane, bool)> CommentsAsync(Reading reading, FacebookOptions options, GraphLane lane, CancellationToken cancellationToken)
    {
        var post = lane.Followed.Pending[0];
        var answer = await Graph.GetAsync(reading, options, $"{post}/comments?filter=stream&order=chronological&limit=100&fields={FacebookPosts.CommentFields}{Graph.At(lane.Followed.Next)}", new(Own), cancellationToken);
        var followed = lane.Followed.After(Graph.After(answer));
        return (FacebookPosts.Shown(answer.Items("data").Select(c => (c, FacebookPosts.Comment(c, post, reading.Now))), reading.Now), lane with { Followed = followed }, followed.More());
    }

    private static async Task<(Page, GraphLane, bool)> TaggedAsync(Reading reading, FacebookOptions options, GraphLane lane, CancellationToken cancellationToken)
    {
        var answer = await Graph.GetAsync(reading, options, $"{options.Page}/tagged?limit=100&fields={FacebookPosts.PostFields}{Graph.At(lane.Sweep.Next)}", new(Tagged), cancellationToken);
        var posts = answer.Items("data").ToList();
        var (sweep, more) = lane.Sweep.After(posts.Select(p => p.Time("created_time")), Graph.After(answer), lane.Sweep.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays)));
        return (FacebookPosts.Shown(posts.Select(p => (p, FacebookPosts.Post(p, reading.Now))), reading.Now), lane with { Sweep = sweep }, more);
    }
}
