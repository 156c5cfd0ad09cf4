using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.NodeBB;

/// <summary>What a NodeBB source takes.</summary>
public sealed class NodeBBOptions
{
    /// <summary>The forum.</summary>
    [Required(ErrorMessage = "Give the address of the forum.")]
    [Url]
    [Display(Name = "Address of the forum", Description = "Such as https://forum.example.org, with the path that the forum lies under. All its public posts are read.")]
    public string Url { get; set; } = "";

    /// <summary>For what the public cannot see.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "API token", Description = "Only for categories that the public cannot see. From the forum's administrator: Settings, API Access.")]
    public string Token { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 30)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. The forum lists no more than 30 days. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 3;

    /// <summary>How long edits are noticed.</summary>
    [Advanced]
    [Range(1, 1_440)]
    [Display(Name = "Minutes of overlap", Description = "Each read goes so far below the newest known post: what is edited within this time is noticed.")]
    public int OverlapMinutes { get; set; } = 60;

    /// <summary>Politeness.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Requests a minute")]
    public int RequestsPerMinute { get; set; } = 30;
}

/// <summary>Where reading the forum stands.</summary>
internal sealed record NodeBBState
{
    /// <summary>The pass.</summary>
    public Sweep Sweep { get; init; } = new();

    /// <summary>Pages without a post since the last one with any.</summary>
    public int Empty { get; init; }
}

/// <summary>A NodeBB forum: all posts by its read interface. Ids are <c>host/post-1</c>; the thread is that of the topic's first post.</summary>
internal sealed class NodeBBConnector : IPulled, IRechecked
{
    // Of a page the posts are taken out that the reader may not see, so that one may be empty before the last.
    private const int EmptyPages = 2;
    private static readonly TimeSpan Listed = TimeSpan.FromDays(30);

    public ConnectorCard Card { get; } = new(
        "nodebb",
        "NodeBB forum",
        "All public posts of a forum that runs NodeBB, with what they answer. Edits are noticed for an hour, deletions for two weeks.",
        "https://docs.nodebb.org/api/read/",
        typeof(NodeBBOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 10;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a minute", settings.As<NodeBBOptions>().RequestsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new(settings.As<NodeBBOptions>().Url);

    public string NameOf(Settings settings) => new Uri(settings.As<NodeBBOptions>().Url).IdnHost;

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<NodeBBOptions>();
        var state = reading.StateAs<NodeBBState>();
        var floor = state.Sweep.Floor(TimeSpan.FromMinutes(options.OverlapMinutes), reading.Now.AddDays(-options.HistoryDays));
        var number = int.TryParse(state.Sweep.Next, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 1;
        var age = reading.Now - DateTimeOffset.FromUnixTimeSeconds(floor);
        var term = age <= TimeSpan.FromDays(1) ? "day" : age <= TimeSpan.FromDays(7) ? "week" : "month";
        var posts = (await GetAsync(reading, options, $"/api/recent/posts/{term}?page={number}", "posts", cancellationToken)).Json() is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().ToList()
            : throw NetworkFailure.Unreadable(new Uri(options.Url).Host);
        var page = (number + 1).ToString(CultureInfo.InvariantCulture);
        var empty = posts.Count > 0 ? 0 : state.Empty + 1;
        var (sweep, more) = posts.Count == 0 && empty <= EmptyPages ? (state.Sweep with { Next = page }, true) : state.Sweep.After(posts.Select(p => p.Time("timestampISO")), page, floor);
        var missed = !more && state.Sweep.Since > 0 && age > Listed ? new MissedTime(DateTimeOffset.FromUnixTimeSeconds(state.Sweep.Since), reading.Now - Listed, "too_long_ago") : null;
        return new([.. posts.Select(p => Post(p, options.Url, reading.Now)).OfType<NetworkPost>()], Reading.Write(new NodeBBState { Sweep = sweep, Empty = more ? empty : 0 })) { More = more, Hints = new(Missed: missed) };
    }

    // The list tells a post's words without its markup, a single post with it: by asking again only what is gone can be told, not what was edited.
    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<NodeBBOptions>();
        var removed = new List<RemovedPost>();
        foreach (var id in nativeIds)
        {
            try
            {
                var pid = id[(id.IndexOf("/post-", StringComparison.Ordinal) + "/post-".Length)..];
                var post = (await GetAsync(reading, options, $"/api/v3/posts/{Uri.EscapeDataString(pid)}/summary", "recheck", cancellationToken)).Json().At("response");
                if (post is null || post.Value.Flag("deleted"))
                {
                    removed.Add(new(id, reading.Now));
                }
            }
            catch (NetworkFailure failure) when (failure.Code is "http_404" or NetworkFailure.NotAllowed)
            {
                removed.Add(new(id, reading.Now));
            }
        }

        return Page.Nothing() with { Removed = removed };
    }

    private static NetworkPost? Post(JsonElement post, string forum, DateTimeOffset now)
    {
        if (post.Text("pid") is not { } pid || post.Flag("deleted"))
        {
            return null;
        }

        var (host, main) = (new Uri(forum).Authority, post.Text("topic", "mainPid"));
        var first = post.Flag("isMainPost") || pid == main;
        return new($"{host}/post-{pid}", (post.Text("content") ?? "").Replace("\n", "<br>", StringComparison.Ordinal), post.Time("timestampISO"))
        {
            Html = true,
            Title = first ? post.Text("topic", "title") : null,
            Url = $"{forum.TrimEnd('/')}/post/{Uri.EscapeDataString(pid)}",
            Author = Writer(post, forum),
            Parent = first ? null : (post.Text("toPid") ?? main) is { } parent ? $"{host}/post-{parent}" : null,
            Root = first || main is null ? null : $"{host}/post-{main}",
            Engagement = new(now, post.Long("upvotes") ?? post.Long("votes"), Replies: post.Long("replies")),
        };
    }

    private static Author? Writer(JsonElement post, string forum)
    {
        if (post.Text("user", "userslug") is { } slug)
        {
            return new(slug, post.Text("user", "displayname") ?? post.Text("user", "username") ?? slug, slug, $"{forum.TrimEnd('/')}/user/{Uri.EscapeDataString(slug)}");
        }

        // Guests have a name of their own choice, or none.
        return (post.Text("handle") ?? post.Text("user", "username")) is { } name ? new(name, WebUtility.HtmlDecode(name)) : null;
    }

    private static Task<NetworkAnswer> GetAsync(Reading reading, NodeBBOptions options, string path, string lane, CancellationToken cancellationToken) =>
        reading.Http.GetAsync(NetworkClient.At(options.Url, path), new(lane), cancellationToken, options.Token.Length == 0 ? [] : [("Authorization", $"Bearer {options.Token}")]);
}
